package rule_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

// A ward from nothing, on the real chain: made, opened, followed, changed by two
// admins, whose keys are nowhere in its folder.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cards := ruletest.Admins(2)
	info, err := rule.Init(ctx, dir, ruletest.Founding(cards))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := chain.ReadInfo(dir); err != nil || again != info || info.Manager == (chain.Address{}) {
		t.Errorf("chain.json says %+v, %v; Init said %+v", again, err, info)
	}
	if _, err := rule.Init(ctx, dir, ruletest.Founding(cards)); err == nil || !strings.Contains(err.Error(), "made once") {
		t.Errorf("a second Init = %v", err)
	}
	if keys, err := filepath.Glob(filepath.Join(dir, "*.key")); err != nil || len(keys) != 1 {
		t.Errorf("keys in the folder: %v, %v, want the collectors' alone", keys, err)
	}
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	key, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		t.Fatal(err)
	}
	payer := chain.NewPayer(c, key, log)
	defer payer.Close()
	b, err := rule.Start(rule.Config{Chain: c, Manager: info.Manager, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	judged := func(what string, is func(flow.Verdict) bool) {
		t.Helper()
		await(ctx, t, what, func() bool {
			r, now := fresh(3410)
			v, err := b.Judge(&flow.Case{Reading: r, Group: monitor, Now: now})
			return err == nil && is(v)
		})
	}
	judged("34.1 degrees are accepted", func(v flow.Verdict) bool { return v.OK() && v.Version == 1 && v.Epoch == 1 })
	d := &rule.Desk{Chain: c, Manager: info.Manager, Relay: payer}
	p, _, err := d.Propose(ctx, cards[1], must(d.Draft(ctx, parse(t, warmer)[:1]...)), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if done, _, err := d.Approve(ctx, cards[0], p.ID); err != nil || !done {
		t.Fatal(done, err)
	}
	judged("34.1 degrees are refused", func(v flow.Verdict) bool {
		return v.Reason == flow.TooLow && v.Version == 2 && v.Epoch == 2 && v.Clause == "34.1 Cel is below 35 Cel"
	})
}

func TestInitRefuses(t *testing.T) {
	t.Parallel()
	cards := ruletest.Admins(2)
	k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		change     func(*rule.Founding)
	}{
		{"one admin", "1 rule admins where a change takes 2", func(f *rule.Founding) { f.Admins = f.Admins[:1] }},
		{"one approval", "want at least two", func(f *rule.Founding) { f.Approvals = 1 }},
		{"three approvals of two", "2 rule admins where a change takes 3", func(f *rule.Founding) { f.Approvals = 3 }},
		{"one admin twice", "has that role already", func(f *rule.Founding) { f.Admins[1] = f.Admins[0] }},
		{"another curve", "P-256 keys of certificates", func(f *rule.Founding) { f.Admins[1] = k.Public() }},
		{"a bad rule", "min is above max", func(f *rule.Founding) { f.Rules[0].Limits[0].Max = -1e9 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			f := ruletest.Founding(cards)
			tt.change(&f)
			if _, err := rule.Init(t.Context(), dir, f); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Init = %v, want %q in it", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(dir, chain.GenesisFile)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there is a chain all the same: %v", err)
			}
		})
	}
}

func await(ctx context.Context, t *testing.T, what string, is func() bool) {
	t.Helper()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
