package rule_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A ward from nothing, on the real chain: made, opened, followed over JSON-RPC
// by another node, changed by the admin.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	info, err := rule.Init(ctx, dir, "", "", rule.Default(), log)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := chain.ReadInfo(dir); err != nil || again != info || info.Manager == (chain.Address{}) {
		t.Errorf("chain.json says %+v, %v; Init said %+v", again, err, info)
	}
	if _, err := rule.Init(ctx, dir, "", "", nil, log); err == nil || !strings.Contains(err.Error(), "made once") {
		t.Errorf("a second Init = %v", err)
	}

	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	srv := httptest.NewServer(c.Handler())
	defer srv.Close()
	remote, err := chain.Dial(srv.URL, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	for name, reader := range map[string]chain.Reader{"embedded": c, "remote": remote} {
		b, err := rule.Start(rule.Config{Chain: reader, Manager: info.Manager, Log: log})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		await(ctx, t, name+": 34.1 degrees are accepted", func() bool {
			r, now := fresh(3410)
			v, err := b.Judge(caseOf(monitor, r, now))
			return err == nil && v.OK() && v.Version == 1
		})
		defer func() {
			await(ctx, t, name+": 34.1 degrees are refused", func() bool {
				r, now := fresh(3410)
				v, err := b.Judge(caseOf(monitor, r, now))
				return err == nil && v.Reason == flow.TooLow && v.Version == 2 && v.Clause == "34.1 Cel is below 35 Cel"
			})
			await(ctx, t, name+": the contract has agreed", func() bool { s := b.Status(time.Now()); return s.Checked > 0 && s.Waiting == 0 })
			if s := b.Status(time.Now()); s.Disagreed != 0 || s.Unchecked != 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}()
	}
	key, err := chain.LoadKey(filepath.Join(dir, rule.AdminKeyFile), "")
	if err != nil {
		t.Fatal(err)
	}
	a := rule.Admin{Chain: remote, Manager: info.Manager, Key: key}
	if _, err := a.SetLimit(ctx, "h1/3", rule.Limit{Kind: "8310-5", Unit: "Cel", Min: 35e6, Max: 45e6}); err != nil {
		t.Fatal(err)
	}
	collector, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		t.Fatal(err)
	}
	a.Key = collector
	if _, err := a.Pause(ctx); err == nil || !strings.Contains(err.Error(), "may not change rules") {
		t.Errorf("the collectors' account paused the rules: %v", err)
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
