package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Local actors go on while the register can't be reached, and the others while
// the node's own disk can't be written; neither waits for the other's keeper.
func TestKeepersAreWaitedForApart(t *testing.T) {
	for _, localFails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			reg, journal := newRegister(), newRegister()
			var here, there got
			types := flow.Types{
				"test.Give":  {New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: ints(1, 2, 3)}, nil }},
				"test.Here":  {New: func(map[string]flow.Value) (flow.Actor, error) { return &here, nil }},
				"test.There": {New: func(map[string]flow.Value) (flow.Actor, error) { return &there, nil }},
			}
			eng, err := engine.New(engine.Config{Types: types, Checkpoints: reg, Local: journal,
				Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
			if err != nil {
				t.Fatal(err)
			}
			links := []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:c.out > app:d.in")}
			nodes := []flow.Node{{ID: "app:a", Type: "test.Give", Local: true}, {ID: "app:b", Type: "test.Here", Local: true},
				{ID: "app:c", Type: "test.Give"}, {ID: "app:d", Type: "test.There"}}
			broken, whole := reg, journal
			if localFails {
				broken, whole = journal, reg
			}
			broken.fail(errors.New("can't be reached"))
			for _, n := range nodes {
				a := activation(n, links)
				if n.Local {
					a.Epoch, a.Checkpoint = journal.claim(n.ID)
				} else {
					a.Epoch, a.Checkpoint = reg.claim(n.ID)
				}
				if err := eng.Start(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute) // virtual
			synctest.Wait()
			goes, waits := &here, &there
			if localFails {
				goes, waits = waits, goes
			}
			if !slices.Equal(goes.values, ints(1, 2, 3)) || len(waits.values) > 0 {
				t.Errorf("local fails %v: one took %v, the other %v; want all and nothing", localFails, goes.values, waits.values)
			}
			if len(broken.whole) > 0 || len(whole.whole) != 2 {
				t.Errorf("local fails %v: the keepers have %d and %d actors, want 0 and 2", localFails, len(broken.whole), len(whole.whole))
			}
			began := time.Now()
			id := map[bool]flow.ActorID{false: "app:a", true: "app:c"}[localFails]
			if err := eng.Stop(t.Context(), id); err != nil || time.Since(began) > 0 {
				t.Errorf("stop %s took %v: %v", id, time.Since(began), err)
			}
			if err := eng.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestLocalActorsNeedAJournal(t *testing.T) {
	p, _ := adder(t, "", nil)
	p.nodes[0].Local = true
	p.reg = newRegister()
	eng, err := engine.New(engine.Config{Types: p.types, Checkpoints: p.reg,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	if err := eng.Start(t.Context(), activation(p.nodes[0], p.links)); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("Start of a local actor without a journal: %v, want an error that names it", err)
	}
}
