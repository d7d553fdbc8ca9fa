package engine_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An exclusive actor asks before each firing whether it may act, and goes on
// when it may again; others are not asked.
func TestExclusiveActorsAskBeforeEachFiring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var leased atomic.Bool
		leased.Store(true)
		reg := newRegister()
		eng, err := engine.New(engine.Config{Checkpoints: reg,
			Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
			May: func(id flow.ActorID, epoch uint64) bool {
				if id != "app:b" || epoch != 1 {
					t.Errorf("%s of epoch %d was asked for", id, epoch)
				}
				return leased.Load()
			},
			Types: flow.Types{
				"test.Give": {New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: ints(1, 2, 3, 4)}, nil }},
				"test.Pump": {Spec: flow.Spec{Exclusive: true}, New: func(map[string]flow.Value) (flow.Actor, error) { return &pump{leased: &leased}, nil }},
			}})
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, reg: reg, eng: eng}
		b.activate("app:b", "test.Pump", chain[:1], nil)
		b.activate("app:a", "test.Give", nil, chain[:1])
		stat := func() engine.ActorStat {
			actors, _ := eng.Stats()
			return actors[1]
		}
		time.Sleep(time.Second) // virtual
		synctest.Wait()
		if s := stat(); s.Firings != 2 || s.Why == "" {
			t.Errorf("it fired %d times and is %s (%s), want 2 and that its lease has ended", s.Firings, s.State, s.Why)
		}
		leased.Store(true)
		time.Sleep(time.Second)
		synctest.Wait()
		if s := stat(); s.Firings != 4 || s.State != engine.Running {
			t.Errorf("when it may again it has fired %d times and is %s, want 4 and running", s.Firings, s.State)
		}
		if err := eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A pump's lease ends while it fires for the second time.
type pump struct {
	leased *atomic.Bool
	fired  int
}

func (p *pump) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error {
		if p.fired++; p.fired == 2 {
			p.leased.Store(false)
		}
		return nil
	}}}
}

// What a type that keeps its tokens on its disk was given is settled at once,
// however long what it gives is not.
func TestWhatIsKeptIsSettled(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &plant{t: t, window: 1024,
				types: flow.Types{
					"test.Give":  {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: 2000}, nil }},
					"test.Spool": {Spec: flow.Spec{Keeps: keeps}, New: func(map[string]flow.Value) (flow.Actor, error) { return same{}, nil }},
					"test.Idle":  {New: func(map[string]flow.Value) (flow.Actor, error) { return idle{}, nil }},
				},
				nodes: []flow.Node{{ID: "app:a", Type: "test.Give"}, {ID: "app:b", Type: "test.Spool"}, {ID: "app:c", Type: "test.Idle"}},
				links: []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:b.out > app:c.in")}}
			p.start()
			p.settle()
			first, second := p.linkStat(p.links[0].ID()), p.linkStat(p.links[1].ID())
			settled := int(first.Tokens) - first.Held
			if keeps && (settled != 256 || second.Held != 256) || !keeps && settled != 0 {
				t.Errorf("keeps %v: %d of its tokens are settled while %d that it gave wait", keeps, settled, second.Held)
			}
			p.close()
		})
	}
}

// Two ends of a link in different lives know nothing of each other's numbers:
// they are joined when both are of one life.
func TestEndsOfTwoLivesAreNotJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.start()
		p.settle()
		give := func(life uint64) engine.Activation {
			a := activation(p.nodes[0], p.links)
			a.Epoch++
			a.Lives = map[flow.LinkID]uint64{p.links[0].ID(): life}
			return a
		}
		if err := p.eng.Stop(t.Context(), "app:a"); err != nil {
			t.Fatal(err)
		}
		if err := p.eng.Start(t.Context(), give(2)); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if s := p.linkStat(p.links[0].ID()); s.Up || s.Held != 3 || p.eng.Join(p.links[0].ID()) {
			t.Errorf("the sender of life 2 was joined to the receiver of life 0: up %v, holds %d", s.Up, s.Held)
		}
		add := activation(p.nodes[1], p.links)
		add.Lives = give(2).Lives
		if err := p.eng.Rewire(t.Context(), add); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if want := ints(1, 3, 6, 7, 9, 12); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// A step of an activation that has ended is not brought along with its
// successor's, which the answer that it is stale would end.
func TestStepsOfTheEndedAreLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.reg = newRegister()
		p.reg.block = make(chan struct{})
		p.start()
		p.settle() // a's step holds the register up
		if err := p.eng.StopNow(t.Context(), "app:a"); err != nil {
			t.Fatal(err)
		}
		start := func() {
			a := activation(p.nodes[0], p.links)
			a.Epoch, a.Checkpoint = p.reg.claim("app:a")
			if err := p.eng.Start(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		start()
		synctest.Wait() // its step waits behind
		if err := p.eng.StopNow(t.Context(), "app:a"); err != nil {
			t.Fatal(err)
		}
		start()
		synctest.Wait() // and this one, too, in the same batch
		close(p.reg.block)
		p.settle()
		if got := p.eng.Running()["app:a"]; got != 3 {
			t.Errorf("a runs in epoch %d, want the third, which nobody has replaced", got)
		}
		if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}
