package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

func open(t testing.TB, d *waltest.Disk) *Journal {
	t.Helper()
	j, err := Open(Config{Disk: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// step is a step of one actor with one link out: tokens from+1 … made are new.
func step(actor flow.ActorID, epoch, from, made, settled uint64) flow.Checkpoint {
	c := flow.Checkpoint{Actor: actor, Epoch: epoch, Version: 1, State: fmt.Appendf(nil, "at %d", made),
		Taken: map[flow.LinkID]uint64{"in #1": made}, Made: map[flow.LinkID]uint64{"out #1": made},
		Settled: map[flow.LinkID]uint64{"out #1": settled}}
	for n := from + 1; n <= made; n++ {
		c.Out = append(c.Out, flow.OutToken{Link: "out #1", Token: flow.Token{Seq: n, Value: int64(n), Source: actor}})
	}
	return c
}

// whole is what the same actor's checkpoint is then.
func wholeStep(actor flow.ActorID, epoch, made, settled uint64) flow.Checkpoint {
	return step(actor, epoch, settled, made, settled)
}

func mustCommit(t testing.TB, j *Journal, steps ...flow.Checkpoint) {
	t.Helper()
	if stale, err := j.Commit(t.Context(), steps); err != nil || len(stale) > 0 {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
}

func mustFence(t testing.TB, j *Journal, actor flow.ActorID, epoch uint64) flow.Checkpoint {
	t.Helper()
	c, err := j.Fence(t.Context(), actor, epoch)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same compares checkpoints by their bytes.
func same(a, b flow.Checkpoint) bool {
	x, errX := flow.AppendCheckpoint(nil, a)
	y, errY := flow.AppendCheckpoint(nil, b)
	return errX == nil && errY == nil && slices.Equal(x, y)
}

func TestStepsBecomeAWhole(t *testing.T) {
	j := open(t, &waltest.Disk{})
	if c := mustFence(t, j, "a:x", 5); c.Epoch != 0 || c.State != nil {
		t.Errorf("a new actor has %+v", c)
	}
	mustCommit(t, j, step("a:x", 5, 0, 3, 0))
	mustCommit(t, j, step("a:x", 5, 3, 5, 1))
	mustCommit(t, j, step("a:x", 5, 3, 6, 2)) // repeats 4 and 5, whose answer was lost
	if got, want := mustFence(t, j, "a:x", 6), wholeStep("a:x", 5, 6, 2); !same(got, want) {
		t.Errorf("after three steps there is %+v, want %+v", got, want)
	}
}

// Each actor stands for itself: a stale one holds up nobody.
func TestStale(t *testing.T) {
	j := open(t, &waltest.Disk{})
	mustFence(t, j, "a:old", 5)
	mustFence(t, j, "a:new", 5)
	mustCommit(t, j, step("a:old", 5, 0, 1, 0))
	mustFence(t, j, "a:old", 6)
	stale, err := j.Commit(t.Context(), []flow.Checkpoint{step("a:old", 5, 1, 2, 0), step("a:new", 5, 0, 1, 0), step("a:unknown", 5, 0, 1, 0)})
	if err != nil || !reflect.DeepEqual(stale, []flow.ActorID{"a:old", "a:unknown"}) {
		t.Errorf("Commit = %v, %v, want the old and the unknown one", stale, err)
	}
	for _, hole := range []flow.Checkpoint{step("a:new", 5, 2, 3, 0), step("a:new", 5, 0, 0, 0)} {
		if stale, err := j.Commit(t.Context(), []flow.Checkpoint{hole}); err != nil || len(stale) != 1 {
			t.Errorf("a step that does not fit: %v, %v", stale, err)
		}
	}
	if _, err := j.Fence(t.Context(), "a:old", 5); !errors.Is(err, flow.ErrStale) {
		t.Errorf("Fence of an older epoch = %v", err)
	}
	if got := mustFence(t, j, "a:new", 6); !same(got, wholeStep("a:new", 5, 1, 0)) {
		t.Errorf("the other one is at %+v", got)
	}
}

// The epoch before does for a node that starts again and can't reach the
// register, but not for a second activation in one process: a step of the first
// may still be on its way.
func TestSameEpoch(t *testing.T) {
	d := &waltest.Disk{}
	j := open(t, d)
	mustFence(t, j, "a:x", 5)
	mustFence(t, j, "a:x", 5) // nothing came of the first
	mustCommit(t, j, step("a:x", 5, 0, 1, 0))
	if _, err := j.Fence(t.Context(), "a:x", 5); !errors.Is(err, flow.ErrStale) {
		t.Errorf("Fence under an epoch that has committed = %v", err)
	}
	j.Close()
	j = open(t, d)
	if got := mustFence(t, j, "a:x", 5); !same(got, wholeStep("a:x", 5, 1, 0)) {
		t.Errorf("after a restart there is %+v", got)
	}
	mustCommit(t, j, step("a:x", 5, 1, 2, 0))
}

func TestAdoptAndForget(t *testing.T) {
	d := &waltest.Disk{}
	j := open(t, d)
	c := wholeStep("a:x", 7, 9, 4)
	if err := j.Adopt(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, j, step("a:x", 7, 9, 10, 5))
	c.Epoch = 6
	if err := j.Adopt(t.Context(), c); !errors.Is(err, flow.ErrStale) {
		t.Errorf("Adopt under an older epoch = %v", err)
	}
	mustFence(t, j, "a:y", 1)
	if err := j.Forget(t.Context(), "a:y", "a:unknown"); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = open(t, d)
	if got := j.Actors(); !reflect.DeepEqual(got, map[flow.ActorID]uint64{"a:x": 7}) {
		t.Errorf("Actors = %v", got)
	}
	if got := mustFence(t, j, "a:x", 8); !same(got, wholeStep("a:x", 7, 10, 5)) {
		t.Errorf("after Adopt and a step: %+v", got)
	}
}

func TestPlan(t *testing.T) {
	d := &waltest.Disk{}
	j := open(t, d)
	if _, ok := j.Plan(); ok {
		t.Error("a new journal has a plan")
	}
	for _, p := range []Plan{{3, []byte("three")}, {2, []byte("two")}, {4, []byte("four")}, {5, []byte("four")}} {
		if err := j.KeepPlan(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	if err := j.KeepPlan(t.Context(), Plan{9, nil}); !errors.Is(err, ErrClosed) {
		t.Errorf("KeepPlan after Close = %v", err)
	}
	d.Crash(rand.New(rand.NewPCG(1, 1)))
	j = open(t, d)
	if p, ok := j.Plan(); !ok || string(p.Body) != "four" || p.Index != 4 {
		t.Errorf("Plan = %d %q, %v", p.Index, p.Body, ok)
	}
}

// Commits that come while the disk is busy share one wait for it, and one whose
// caller does not want to wait any longer has not happened.
func TestGroups(t *testing.T) {
	d := &waltest.Disk{}
	j := open(t, d)
	for n := range 20 {
		mustFence(t, j, flow.ActorID(fmt.Sprintf("a:%d", n)), 1)
	}
	before := d.Syncs()
	j.turn <- struct{}{} // the disk is busy
	done := make(chan error)
	for n := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		if n == 7 {
			cancel()
		}
		go func() {
			defer cancel()
			_, err := j.Commit(ctx, []flow.Checkpoint{step(flow.ActorID(fmt.Sprintf("a:%d", n)), 1, 0, 1, 0)})
			done <- err
		}()
	}
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("Commit of who does not wait = %v", err)
	}
	for {
		j.mu.Lock()
		n := len(j.waiting)
		j.mu.Unlock()
		if n == 19 {
			break
		}
		runtime.Gosched()
	}
	<-j.turn
	for range 19 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := d.Syncs() - before; n != 1 {
		t.Errorf("19 commits that came together waited for the disk %d times", n)
	}
	if got := mustFence(t, j, "a:7", 2); got.Epoch != 0 {
		t.Errorf("what was taken back is there: %+v", got)
	}
}

// Whatever stands in a record, reading it ends, and what it makes of the actors
// can be written and read again.
func FuzzReplay(f *testing.F) {
	b, _ := appendStep(appendFence(nil, "a:x", 3), step("a:x", 3, 0, 2, 0))
	f.Add(b)
	b, _ = appendWhole(nil, "a:y", wholeOf(wholeStep("a:y", 3, 5, 2), 4))
	f.Add(appendForget(b, "a:x"))
	f.Add([]byte("f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		actors := map[flow.ActorID]whole{}
		if replay(actors, b) != nil {
			return
		}
		for id, w := range actors {
			again := map[flow.ActorID]whole{}
			b, err := appendWhole(nil, id, w)
			if err == nil {
				err = replay(again, b)
			}
			if err != nil || !same(again[id].checkpoint(id), w.checkpoint(id)) || again[id].fence != w.fence {
				t.Fatalf("%s: %+v became %+v, %v", id, w, again[id], err)
			}
		}
	})
}

func TestClosed(t *testing.T) {
	j := open(t, &waltest.Disk{})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Commit = %v", err)
	}
	if err := j.Close(); err != nil {
		t.Errorf("a second Close = %v", err)
	}
}
