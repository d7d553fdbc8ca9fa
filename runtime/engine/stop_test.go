package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Applications that will not delete: an actor that hangs in a firing is left
// behind, and said to be; the others stop as if it were not there, a new
// activation of it may begin, and what the old one still does goes nowhere.
func TestAHangingActorHoldsUpNobody(t *testing.T) {
	hang, hanging := make(chan struct{}), make(chan struct{})
	hangs := true
	do := func(n int64) error {
		if n == 2 && hangs {
			hangs = false
			close(hanging)
			<-hang
		}
		return nil
	}
	p, sink := adder(t, "", do, ints(1, 2, 3)...)
	p.types["test.Got"] = flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }}
	p.start()
	<-hanging
	for _, id := range []flow.ActorID{"app:a", "app:c"} {
		if err := p.eng.Stop(t.Context(), id); err != nil {
			t.Errorf("stop %s: %v", id, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := p.eng.Stop(ctx, "app:b"); !errors.Is(err, engine.ErrHung) {
		t.Errorf("stop the hanging actor: %v, want %v", err, engine.ErrHung)
	}
	if got := p.eng.Hung(); !slices.Equal(got, []flow.ActorID{"app:b"}) {
		t.Errorf("Hung = %v, want app:b", got)
	}
	for _, n := range p.nodes {
		a := activation(n, p.links)
		a.Epoch, a.Checkpoint = p.reg.claim(n.ID)
		if err := p.eng.Start(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the new activation has taken all", func() bool { return p.stat("app:c").Firings == 3 })
	if err := p.eng.Close(); !errors.Is(err, engine.ErrHung) || !strings.Contains(err.Error(), "app:b") {
		t.Errorf("Close: %v, want that app:b hangs", err)
	}
	close(hang)
	until(t, "nothing hangs any more", func() bool { return len(p.eng.Hung()) == 0 })
	if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
		t.Errorf("c took %v, want %v, and nothing of the one left behind", sink.values, want)
	}
}

// until polls a condition for at most five minutes.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after five minutes it is not so that %s", what)
		}
	}
}

// Without a register Stop takes as long as it was given and no longer, also for
// many actors at once.
func TestStopWithoutARegisterIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.start()
		p.settle()
		p.close()
		p.reg.fail(errors.New("no leader"))
		p.types["test.Give"] = flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: ints(1, 2, 3, 4)}, nil }}
		p.start()
		p.settle()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := p.eng.Stop(ctx, "app:a")
		if took := time.Since(began); err == nil || took > 100*time.Millisecond {
			t.Errorf("Stop took %v and said %v, want it to say within 100 ms that the checkpoint was not kept", took, err)
		}
		began = time.Now()
		p.close()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("Close took %v", took)
		}
		p.reg.fail(nil)
		p.start()
		p.settle()
		if want := ints(1, 3, 6, 10); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// StopNow waits for no checkpoint, and what was not kept has not happened.
func TestStopNowWaitsForNoCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.reg = newRegister()
		p.reg.fail(errors.New("no leader"))
		p.start()
		p.settle()
		began := time.Now()
		for _, n := range p.nodes {
			if err := p.eng.StopNow(t.Context(), n.ID); err != nil || time.Since(began) > 0 {
				t.Errorf("after %v: stop %s now: %v", time.Since(began), n.ID, err)
			}
		}
		p.reg.fail(nil)
		p.close()
		p.start()
		p.settle()
		if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// A stop that waits for the register is cut short by StopNow.
func TestStopNowCutsAStopShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := adder(t, "", nil, ints(1, 2, 3)...)
		p.reg = newRegister()
		p.reg.fail(errors.New("no leader"))
		p.start()
		p.settle()
		began := time.Now()
		done := make(chan time.Duration)
		go func() {
			p.eng.Stop(t.Context(), "app:a")
			done <- time.Since(began)
		}()
		synctest.Wait()
		if err := p.eng.StopNow(t.Context(), "app:a"); err != nil {
			t.Error(err)
		}
		if took := <-done; took > 0 {
			t.Errorf("Stop went on for %v", took)
		}
		p.close()
	})
}

// Nor does it wait for the store of an actor that commits by itself.
func TestStopNowWaitsForNoStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 5}
		b.disk.full = errors.New("disk full")
		b.start()
		time.Sleep(time.Minute) // virtual
		began := time.Now()
		if err := b.eng.StopNow(t.Context(), "app:c"); err != nil || time.Since(began) > 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// slow keeps steps after a pause.
type slow struct {
	engine.Checkpoints
	pause time.Duration
}

func (s slow) Commit(ctx context.Context, steps []flow.Checkpoint) ([]flow.ActorID, error) {
	time.Sleep(s.pause) // virtual
	return s.Checkpoints.Commit(ctx, steps)
}

// A planned move waits for the rest of the commit on its way and two more at
// most, that of the step which waits already and that of what came since,
// however much the actor has to do.
func TestFreezeWaitsForFewCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const commit = 2 * time.Millisecond
		reg := newRegister()
		eng, err := engine.New(engine.Config{Checkpoints: slow{reg, commit}, Window: 1 << 20,
			Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
			Types: flow.Types{
				"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) {
					return &source{limit: 500_000}, nil
				}},
				"test.Discard": {New: func(map[string]flow.Value) (flow.Actor, error) { return discarding{}, nil }},
			}})
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, reg: reg, eng: eng}
		b.activate("app:b", "test.Discard", chain[:1], nil)
		b.activate("app:a", "test.Source", nil, chain[:1])
		time.Sleep(5 * commit / 2) // in the middle of a commit
		began := time.Now()
		if err := eng.Stop(t.Context(), "app:a"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 3*commit {
			t.Errorf("it took %v to freeze an actor that fires all the time, want at most three commits of %v", took, commit)
		}
		if err := eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
