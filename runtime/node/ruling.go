package node

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// This file is where people hear of what happens to the rules.

// bookOf is how the rule book is set up on this node.
func (n *Node) bookOf(c chain.Reader, manager chain.Address) rule.Config {
	return rule.Config{Chain: c, Manager: manager, Log: n.log, Alarm: n.rulesDoubted, Changed: n.rulesChanged}
}

// rulesDoubted raises the alarm when the contract does not share a verdict that
// this node has found by itself.
func (n *Node) rulesDoubted(d *rule.Disagreement) {
	n.audit(flow.AuditEvent{At: time.Now(), Kind: flow.AuditReading, Who: n.signer().ID.URI, Proven: true,
		What: "stop judging natively, as the contract does not share a verdict: " + d.String()})
	n.events.add(control.RuleDoubted, "", "", "native judging has stopped, the contract judges each reading: "+d.String())
}

// rulesChanged tells that readings are judged by other rules from now on.
func (n *Node) rulesChanged(s *rule.Set, at chain.Head) {
	text := fmt.Sprintf("rules of epoch %d, block %d: %d in force", s.Epoch(), at.Number, len(s.Rules()))
	if s.Paused() {
		text = fmt.Sprintf("rules of epoch %d, block %d: the manager is paused, readings wait", s.Epoch(), at.Number)
	}
	n.events.add(control.RuleChanged, "", "", text)
}

// judgingOf is what a rule book has done, for people.
func judgingOf(st rule.Status) *control.Judging {
	return &control.Judging{Rules: st.Rules, Paused: st.Paused, Native: st.Native, Accepted: st.Accepted, Refused: st.Refused, Later: st.Later,
		Checked: st.Checked, Disagreed: st.Disagreed, Unchecked: st.Unchecked}
}
