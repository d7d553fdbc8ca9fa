package ward_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A strict inlet says how strict the rules are, and when the chain has the checks.
type strict struct {
	*inlet
	mode    flow.Mode
	err     error
	waiting []func()
}

func (s *strict) Judge(*flow.Case) (flow.Verdict, error) { return flow.Verdict{Mode: s.mode}, s.err }

func (s *strict) Confirm(then func()) { s.waiting = append(s.waiting, then) }

func (s *strict) confirm() {
	all := s.waiting
	s.waiting = nil
	for _, then := range all {
		then()
	}
}

func newStrictGateway(t *testing.T) (*gateway, *strict) {
	w := newHouse(t)
	g := &gateway{house: w, inlet: &inlet{}}
	s := &strict{inlet: g.inlet}
	w.ids.know(w.collector.Env.Signer)
	env := actortest.NewEnv().Offer("ingest", s)
	env.Actor, env.Signer = "ward:intake", w.collector.Env.Signer
	env.Set(w.now)
	g.intake = actortest.Start(t, env, ward.Intake(), map[string]flow.Value{"collector": "bed1", "devices": []any{thermoEPC, otherEPC}})
	g.intake.Room = 1000
	return g, s
}

// A device of a group that wants more than a log is answered when its checks are
// on the chain, also when it brings the same again; others need not wait for it,
// and nobody is told sooner because the rules can't be known.
func TestConfirmed(t *testing.T) {
	g, s := newStrictGateway(t)
	said := func(want ...string) {
		t.Helper()
		g.intake.Run()
		if !slices.Equal(g.said, want) {
			t.Fatalf("said %q, want %q", g.said, want)
		}
	}
	g.bring(g.therm, 1)
	g.flows()
	said("1 accepted")

	for _, mode := range []flow.Mode{flow.Confirmed, flow.PerCheck} {
		g.said = nil
		s.mode = mode
		seq := uint64(2 * mode)
		g.bring(g.therm, seq)
		g.flows()
		said()
		s.mode = flow.Anchored
		g.bring(g.therm, seq+1)
		g.flows()
		said(word(seq+1, "accepted"))
		s.confirm()
		said(word(seq+1, "accepted"), word(seq, "accepted"))
	}

	g.said = nil
	s.mode = flow.Confirmed
	g.bring(g.therm, 5)
	g.flows()
	said()
	s.confirm()
	said("5 already")

	g.said = nil
	s.mode, s.err = flow.Anchored, errors.New("the rules can't be known")
	g.bring(g.therm, 6)
	g.flows()
	said()
	s.err = nil
	s.confirm()
	said("6 accepted")
}

func word(seq uint64, what string) string {
	return string(rune('0'+seq)) + " " + what
}
