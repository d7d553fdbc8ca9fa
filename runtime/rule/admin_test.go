package rule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// manager makes a manager with the ward's rules on a chain of its own.
func manager(t testing.TB) (*chaintest.Sim, *rule.Admin) {
	t.Helper()
	sim, key := chaintest.NewSim(t, time.Now)
	address, err := rule.Deploy(t.Context(), sim, key, key.Address(), key.Address())
	if err != nil {
		t.Fatal(err)
	}
	a := &rule.Admin{Chain: sim, Manager: address, Key: key}
	if _, err := a.Set(t.Context(), rule.Default()...); err != nil {
		t.Fatal(err)
	}
	return sim, a
}

// What the contract does not allow, it refuses by name, and nothing changes.
func TestRefusals(t *testing.T) {
	t.Parallel()
	sim, a := manager(t)
	ctx := t.Context()
	const floor = "h1/3"
	good := rule.Default()[0].Limits[0]
	limit := func(change func(*rule.Limit)) rule.Limit {
		l := good
		change(&l)
		return l
	}
	stranger, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, refusal, msg string
		do                 func() (chain.Receipt, error)
	}{
		{"unpause what runs", "ExpectedPause", "not paused", func() (chain.Receipt, error) { return a.Unpause(ctx) }},
		{"revoke nothing", "NoSuchRule", "group h1 has no rule of its own", func() (chain.Receipt, error) { return a.Revoke(ctx, "h1") }},
		{"revoke no limit", "NoSuchLimit", "does not name kind 1-1", func() (chain.Receipt, error) { return a.RevokeLimit(ctx, floor, "1-1") }},
		{"empty range", "BadLimit", "min is above max", func() (chain.Receipt, error) {
			return a.SetLimit(ctx, floor, limit(func(l *rule.Limit) { l.Min, l.Max = 2, 1 }))
		}},
		{"space in a kind", "BadLimit", "printable ASCII", func() (chain.Receipt, error) {
			return a.SetLimit(ctx, floor, limit(func(l *rule.Limit) { l.Kind = "a b" }))
		}},
		{"eleven years", "BadLimit", "ten years", func() (chain.Receipt, error) {
			return a.SetLimit(ctx, floor, limit(func(l *rule.Limit) { l.Age = 11 * 365 * 24 * time.Hour }))
		}},
		{"no limits", "BadLimit", "1 to 64", func() (chain.Receipt, error) { return a.Set(ctx, rule.Rule{Group: floor}) }},
		{"a kind twice", "BadLimit", "named twice", func() (chain.Receipt, error) {
			return a.Set(ctx, rule.Rule{Group: floor, Limits: []rule.Limit{good, good}})
		}},
		{"slash in front", "BadGroup", "a part is empty", func() (chain.Receipt, error) { return a.SetLimit(ctx, "/h1", good) }},
		{"slash behind", "BadGroup", "a part is empty", func() (chain.Receipt, error) { return a.SetLimit(ctx, "h1/", good) }},
		{"two slashes", "BadGroup", "a part is empty", func() (chain.Receipt, error) { return a.SetLimit(ctx, "h1//3", good) }},
		{"line break in a group", "BadGroup", "printable", func() (chain.Receipt, error) { return a.SetLimit(ctx, "h1\n", good) }},
		{"long group", "BadGroup", "128", func() (chain.Receipt, error) { return a.SetLimit(ctx, strings.Repeat("x", 129), good) }},
		{"a stranger", "AccessControlUnauthorizedAccount", "may not change rules", func() (chain.Receipt, error) {
			other := *a
			other.Key = stranger
			return other.Pause(ctx)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.do()
			var r *rule.Refusal
			if !errors.As(err, &r) || r.Name != tt.refusal || !strings.Contains(r.Msg, tt.msg) {
				t.Errorf("got %v, want the refusal %s with %q in it", err, tt.refusal, tt.msg)
			}
		})
	}
	set, _, err := a.Rules(ctx)
	if err != nil || set.Epoch() != 1 || len(set.Rules()) != len(rule.Default()) {
		t.Errorf("after refusals only: epoch %d, %d rules, %v", set.Epoch(), len(set.Rules()), err)
	}
	if _, err := rule.Load(ctx, sim, chain.Address{1}, chain.Hash{}); err == nil {
		t.Error("rules were loaded from a block that does not exist")
	}
}

// Each change is one epoch further, and each rule counts its own versions.
func TestChanges(t *testing.T) {
	t.Parallel()
	_, a := manager(t)
	ctx := context.Background()
	const floor = "h1/3"
	warm := rule.Limit{Kind: "8310-5", Unit: "Cel", Min: 35e6, Max: 45e6}
	for i, step := range []struct {
		name    string
		do      func() (chain.Receipt, error)
		reason  flow.Reason // of 34.1 degrees
		version uint64
	}{
		{"narrow one limit", func() (chain.Receipt, error) { return a.SetLimit(ctx, floor, warm) }, flow.TooLow, 2},
		{"revoke it", func() (chain.Receipt, error) { return a.RevokeLimit(ctx, floor, "8310-5") }, flow.Revoked, 3},
		{"set it again", func() (chain.Receipt, error) { return a.SetLimit(ctx, floor, warm) }, flow.TooLow, 4},
		{"a rule for the type", func() (chain.Receipt, error) {
			return a.Set(ctx, rule.Rule{Group: floor + "/icu-1/monitor", Limits: []rule.Limit{{Kind: "8310-5", Unit: "Cel", Max: 50e6}}})
		}, flow.Accepted, 1},
		{"revoke it: nothing falls through", func() (chain.Receipt, error) { return a.Revoke(ctx, floor+"/icu-1/monitor") }, flow.Revoked, 2},
		{"pause", func() (chain.Receipt, error) { return a.Pause(ctx) }, flow.Paused, 0},
		{"set in a pause", func() (chain.Receipt, error) {
			return a.Set(ctx, rule.Rule{Group: floor + "/icu-1/monitor", Limits: []rule.Limit{{Kind: "8310-5", Unit: "Cel", Max: 50e6}}})
		}, flow.Paused, 0},
		{"unpause", func() (chain.Receipt, error) { return a.Unpause(ctx) }, flow.Accepted, 3},
	} {
		if _, err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		set, _, err := a.Rules(ctx)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		v := rule.Evaluate(set, caseOf(floor+"/icu-1/monitor", temperature(3410), noon))
		if v.Reason != step.reason || v.Version != step.version || v.Epoch != uint64(i+2) {
			t.Errorf("%s: %v (%s) by version %d, epoch %d; want %v by %d, epoch %d",
				step.name, v.Reason, v.Clause, v.Version, v.Epoch, step.reason, step.version, i+2)
		}
	}
}
