package engine_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestTokensReachTheStoreInOrder(t *testing.T) {
	b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 500}
	b.start()
	got := b.disk.await(t, 500)
	if err := b.eng.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, sums(500)) {
		t.Fatalf("the store has %v …, want the running sums in order", got[:min(len(got), 12)])
	}
}

// Without a register nothing leaves an actor, and nothing is lost when it is
// there again.
func TestNothingIsReleasedBeforeItsCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 100}
		b.reg.fail(errors.New("no leader"))
		b.start()
		time.Sleep(time.Minute) // virtual: everything that could move has moved
		synctest.Wait()
		if got := b.disk.have(); len(got) != 0 {
			t.Fatalf("the store has %v although no checkpoint was kept", got)
		}
		b.reg.fail(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(100)) {
			t.Fatalf("after the register came back the store has %d values, want 100 in order", len(got))
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A full disk holds tokens up, through the windows, back to the source.
func TestBackpressureReachesTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 10_000}
		b.start()
		b.disk.mu.Lock()
		b.disk.full = errors.New("disk full")
		b.disk.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.Held > l.Window {
				t.Errorf("link %s holds %d tokens, its window is %d", l.ID, l.Held, l.Window)
			}
		}
		b.disk.mu.Lock()
		b.disk.full = nil
		b.disk.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(b.disk.have()); got != 10_000 {
			t.Errorf("with room again the store has %d values, want 10000", got)
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// However often the engine dies, each token takes effect at the store once and
// in order: a crash is an engine that is left behind, cut off from its register
// and its disk by the next epoch.
func TestCrashesLoseAndRepeatNothing(t *testing.T) {
	for crashes := range 6 {
		t.Run(fmt.Sprint(crashes), func(t *testing.T) {
			b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 2000}
			for i := range crashes {
				b.start()
				b.disk.await(t, (i+1)*200)
				left := b.eng
				t.Cleanup(func() { left.Close() })
			}
			b.start()
			got := b.disk.await(t, 2000)
			if err := b.eng.Close(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, sums(2000)) {
				t.Fatalf("after %d crashes the store has %d values, want the 2000 running sums in order", crashes, len(got))
			}
		})
	}
}

// A firing that fails has not happened: its token waits and is offered again.
func TestAFaultKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := 0
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 20}
		b.fail = func(n int64) error {
			if n == 7 && failed < 3 {
				failed++
				if failed == 2 {
					panic("a bug in the actor")
				}
				return errors.New("seven is unlucky")
			}
			return nil
		}
		b.start()
		synctest.Wait() // and not a moment longer
		if actors, _ := b.eng.Stats(); actors[1].Errors != 1 || actors[1].State != engine.Faulted {
			t.Errorf("at once b has %d errors and is %s, want 1 and resting after its fault", actors[1].Errors, actors[1].State)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(20)) {
			t.Fatalf("the store has %v, want all 20 running sums", got)
		}
		actors, _ := b.eng.Stats()
		for _, a := range actors {
			if a.ID == "app:b" && (a.Errors != 3 || a.State != engine.Running) {
				t.Errorf("b has %d errors and is %s, want 3 and running", a.Errors, a.State)
			}
		}
		if !b.saw("faulted") {
			t.Error("no event told of the fault")
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// ErrLater is no fault: the token waits for what is missing.
func TestLaterIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ready atomic.Bool
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 5}
		b.fail = func(int64) error {
			if !ready.Load() {
				return fmt.Errorf("the rules are not known: %w", flow.ErrLater)
			}
			return nil
		}
		b.start()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		actors, _ := b.eng.Stats()
		if actors[1].State != engine.Waiting || actors[1].Errors != 0 {
			t.Errorf("b is %s with %d errors, want waiting with none", actors[1].State, actors[1].Errors)
		}
		ready.Store(true)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(5)) {
			t.Errorf("the store has %v, want 5 running sums", got)
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestARefusedLinkCarriesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 5}
		b.judge = func(l flow.Link) error {
			if l == chain[0] {
				return errors.New("certificate of another root")
			}
			return nil
		}
		b.start()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.disk.have(); len(got) != 0 {
			t.Errorf("the store has %v over a refused link", got)
		}
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.ID == chain[0].ID() && (l.Up || l.Refused != "certificate of another root") {
				t.Errorf("link %s: up %v, refused %q", l.ID, l.Up, l.Refused)
			}
		}
		if !b.saw("link refused") {
			t.Error("no event told of the refusal")
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A source is settled only when what it caused is stored.
func TestSettledMeansStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 10}
		b.start()
		time.Sleep(time.Second)
		synctest.Wait()
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.Held != 0 {
				t.Errorf("link %s (sender %v) still holds %d tokens although all are stored", l.ID, l.Out, l.Held)
			}
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLoops(t *testing.T) {
	link := func(from, to string) flow.Link {
		return flow.Link{From: flow.Endpoint{Actor: flow.ActorID(from), Port: "o"}, To: flow.Endpoint{Actor: flow.ActorID(to), Port: "i"}}
	}
	g := &flow.Graph{Actors: []flow.Node{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}},
		Links: []flow.Link{link("a", "b"), link("b", "c"), link("c", "b"), link("c", "d"), link("d", "d")}}
	got := slices.Sorted(maps.Keys(engine.Loops(g)))
	want := []flow.LinkID{"b.o > c.i", "c.o > b.i", "d.o > d.i"}
	if !slices.Equal(got, want) {
		t.Fatalf("Loops = %v, want %v", got, want)
	}
}
