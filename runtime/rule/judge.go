package rule

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file judges with a contract at hand: natively where that is as good, and
// else by the manager's own check, in the EVM of this process.

// Judge judges a case by a state in which the rules are these: natively when all
// that decides are limits whose code is known here, else by the manager's check.
// The verdict's Block is left to the caller. An error means that the state can't
// be read now.
func (s *Set) Judge(st chain.State, c *flow.Case) (flow.Verdict, error) {
	f := factsOf(c)
	if s.native(&f) {
		var v flow.Verdict
		s.judge(&f, &v)
		return v, nil
	}
	a, err := s.ask(st, &f)
	if err != nil {
		return flow.Verdict{}, err
	}
	return s.verdict(&f, a), nil
}

// native reports whether no contract has to be asked.
func (s *Set) native(f *facts) bool {
	if s.paused {
		return true
	}
	e := s.resolve(f.Reading.Device, f.Group)
	return e == nil || e.revoked || e.native
}

// errAnswer reports a manager that does not answer as one.
var errAnswer = errors.New("not the answer of a rule manager")

// ask has the manager's contract judge.
func (s *Set) ask(st chain.State, f *facts) (answer, error) {
	out, err := st.Call(s.at, appendQuestion(make([]byte, 0, f.room()), f))
	if err != nil {
		return answer{}, fmt.Errorf("ask rule manager %s: %w", s.manager, err)
	}
	a, ok := answerOf(out)
	if !ok {
		return answer{}, fmt.Errorf("ask rule manager %s: %w: %d bytes", s.manager, errAnswer, len(out))
	}
	return a, nil
}

// same reports whether a native verdict is what the contract says.
func (a answer) same(v flow.Verdict) bool {
	return a.reason == v.Reason && a.rule.Hex() == v.Rule && a.version == v.Version && a.epoch == v.Epoch
}

// verdict is the contract's answer, in words as far as they are known here.
func (s *Set) verdict(f *facts, a answer) flow.Verdict {
	var v flow.Verdict
	if s.judge(f, &v); a.same(v) {
		return v
	}
	return flow.Verdict{Reason: a.reason, Clause: s.clauseOf(f, a), Group: f.Group, Rule: a.rule.Hex(), Version: a.version, Epoch: a.epoch, Mode: v.Mode}
}

// clauseOf finds words for what one contract of an entry says.
func (s *Set) clauseOf(f *facts, a answer) string {
	switch {
	case a.rule == s.at:
		return "the rule manager itself says: " + a.reason.String()
	case a.reason == flow.Accepted:
		return "every contract of the rule accepts it"
	case a.reason == flow.BadRule:
		return fmt.Sprintf("rule contract %s gives no answer that counts", a.rule.Hex())
	}
	return fmt.Sprintf("rule contract %s says: %s", a.rule.Hex(), a.reason)
}
