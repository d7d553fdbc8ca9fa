package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// discarding takes everything and keeps nothing, like flow.Terminator.
type discarding struct{}

func (discarding) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error { return nil }}}
}

// Actors whose checkpoints are in the register find their links again after a
// restart, whichever of the two starts first.
func TestLinksComeBackAfterARestart(t *testing.T) {
	for _, order := range [][]flow.ActorID{{"app:a", "app:b"}, {"app:b", "app:a"}} {
		synctest.Test(t, func(t *testing.T) {
			reg := newRegister()
			limit := int64(0)
			types := flow.Types{
				"test.Source":  {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: limit}, nil }},
				"test.Discard": {New: func(map[string]flow.Value) (flow.Actor, error) { return discarding{}, nil }},
			}
			for run := range 3 {
				limit += 30
				eng, err := engine.New(engine.Config{Types: types, Checkpoints: reg,
					Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
				if err != nil {
					t.Fatal(err)
				}
				b := &bench{t: t, reg: reg, eng: eng}
				for _, id := range order {
					if id == "app:a" {
						b.activate(id, "test.Source", nil, chain[:1])
					} else {
						b.activate(id, "test.Discard", chain[:1], nil)
					}
				}
				time.Sleep(time.Second)
				synctest.Wait()
				_, links := eng.Stats()
				for _, l := range links {
					if !l.Up || l.Held != 0 {
						t.Errorf("run %d, %v first: link %s (sender %v): up %v, %d held: %s", run, order[0], l.ID, l.Out, l.Up, l.Held, l.Why)
					}
				}
				if err := eng.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
