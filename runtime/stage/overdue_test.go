package stage_test

import (
	"context"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// An actor that asks for a time which is past each time it is moved does not
// hold the clock, though another never rests.
func TestOverdue(t *testing.T) {
	all := types()
	overdue := typ("overdue", ins, nil, func(*simple, map[string]flow.Value) []flow.Action { return nil })
	overdue.New = func(map[string]flow.Value) (flow.Actor, error) {
		return &simple{begun: func(s *simple) { s.env.WakeAt(stage.Began) }, actions: func(*simple) []flow.Action { return nil }}, nil
	}
	all["overdue"] = overdue
	s := start(t, stage.Config{Types: all, Migrate: 3, Graph: &flow.Graph{
		Actors: []flow.Node{node("c", "count", nil), node("k", "sink", nil), node("o", "overdue", nil)},
		Links:  []flow.Link{link("c.out", "k.in")}}})
	steps := 0
	bound := func() bool { steps++; return steps > 200_000 }
	if end := s.Run(context.Background(), stage.Began.Add(5*time.Millisecond), bound); end != stage.TimeIsUp {
		t.Errorf("it ends because %s, and the clock stands at %v", end, s.Now().Sub(stage.Began))
	}
}
