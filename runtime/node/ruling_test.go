package node

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// People hear of a disagreement as of something bad, with both verdicts and
// without a value, and of each change of the rules.
func TestPeopleHearOfRules(t *testing.T) {
	var log strings.Builder
	n := &Node{events: &events{node: "a"}, log: slog.New(slog.NewTextHandler(&log, nil))}
	n.keys.node.ID.URI = "spiffe://h/node/a"
	n.rulesDoubted(&rule.Disagreement{Kind: "8310-5",
		Native:   flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel", Group: "h1/3", Rule: "0x01", Version: 2, Epoch: 3, Block: 4},
		Contract: flow.Verdict{Reason: flow.Accepted, Group: "h1/3", Rule: "0x01", Version: 2, Epoch: 3, Block: 4}})
	n.rulesChanged(rule.NewSet("0xAA", 5, false, rule.Default()), chain.Head{Number: 9})
	n.rulesChanged(rule.NewSet("0xAA", 6, true, nil), chain.Head{Number: 10})
	got := n.events.newest()
	want := []struct {
		kind control.EventKind
		bad  bool
		text string
	}{
		{control.RuleDoubted, true, `a reading of kind "8310-5" of group "h1/3" at block 4: natively too low (rule 0x01, version 2, epoch 3), by the contract accepted`},
		{control.RuleChanged, false, "rules of epoch 5, block 9: 1 in force"},
		{control.RuleChanged, false, "rules of epoch 6, block 10: the manager is paused, readings wait"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d events: %+v", len(got), got)
	}
	for i, w := range want {
		if got[i].Kind != w.kind || got[i].Bad != w.bad || !strings.Contains(got[i].Text, w.text) || strings.Contains(got[i].Text, "1.1") {
			t.Errorf("event %d: %+v, want %+v", i, got[i], w)
		}
	}
	if s := log.String(); !strings.Contains(s, "msg=audit") || strings.Contains(s, "1.1") {
		t.Errorf("the record got\n%s", s)
	}
}
