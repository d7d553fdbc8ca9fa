package control

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// room runs a hub whose snapshots are "1", "2", … inside a synctest bubble.
func room(t *testing.T, most int) (h *hub[int64], taken *atomic.Int64, fail *atomic.Bool) {
	taken, fail = new(atomic.Int64), new(atomic.Bool)
	h = newHub("", 250*time.Millisecond, most, counting(func() (int64, error) {
		if fail.Load() {
			return 0, errors.New("no")
		}
		return taken.Add(1), nil
	}))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	return h, taken, fail
}

// counting shows numbers: whole "5", what changed "+1".
func counting(take func() (int64, error)) source[int64] {
	return source[int64]{
		take:    func(context.Context) (int64, error) { return take() },
		whole:   func(n int64) ([]byte, error) { return fmt.Append(nil, n), nil },
		changes: func(before, now int64) []byte { return fmt.Appendf(nil, "+%d", now-before) },
		failed:  func(err error) []byte { return []byte(err.Error()) },
	}
}

func mustJoin(t *testing.T, h *hub[int64], last uint64) *viewer[int64] {
	return mustEnter(t, h, last, false)
}

func mustEnter(t *testing.T, h *hub[int64], last uint64, brief bool) *viewer[int64] {
	t.Helper()
	v, err := h.join(last, brief)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNobodyWatchesNothingIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, taken, _ := room(t, 4)
		time.Sleep(time.Hour)
		if n := taken.Load(); n != 0 {
			t.Fatalf("%d snapshots taken for nobody", n)
		}
		v := mustJoin(t, h, 0)
		<-v.ready
		if f, skipped, open := v.next(); string(f.data) != "1" || skipped != 0 || !open {
			t.Fatalf("first frame %q, %d skipped, open %t; want 1, 0, true", f.data, skipped, open)
		}
		v.leave()
		time.Sleep(time.Hour)
		if n := taken.Load(); n > 2 {
			t.Fatalf("%d snapshots taken, the last after the only viewer left", n)
		}
	})
}

func TestAtMostFourASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, taken, _ := room(t, 4)
		for range 3 {
			mustJoin(t, h, 0)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := taken.Load(); n < 39 || n > 41 {
			t.Fatalf("%d snapshots in 10 s, want about 40 however many watch", n)
		}
	})
}

func TestSlowViewerSkipsToTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, _ := room(t, 4)
		slow := mustJoin(t, h, 0)
		<-slow.ready
		slow.next()                 // 1 at 0 ms
		time.Sleep(time.Second + 1) // 2, 3, 4, 5 meanwhile
		synctest.Wait()
		<-slow.ready
		f, skipped, _ := slow.next()
		if string(f.data) != "5" || skipped != 3 {
			t.Fatalf("got frame %q with %d skipped, want 5 with 3", f.data, skipped)
		}
		<-slow.ready
		if f, skipped, _ := slow.next(); string(f.data) != "6" || skipped != 0 {
			t.Fatalf("then got frame %q with %d skipped, want 6 with 0", f.data, skipped)
		}
	})
}

func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, _ := room(t, 4)
		mustJoin(t, h, 0) // somebody else watches all the time
		time.Sleep(time.Second + 1)
		synctest.Wait() // the newest is 5
		for _, tt := range []struct{ last, frame, skipped uint64 }{
			{last: 0, frame: 5, skipped: 0}, // new here: nothing was missed
			{last: 4, frame: 5, skipped: 0},
			{last: 2, frame: 5, skipped: 2}, // 3 and 4
			{last: 5, frame: 6, skipped: 0}, // has it already: waits for the next
		} {
			v := mustJoin(t, h, tt.last)
			<-v.ready
			if f, skipped, _ := v.next(); f.seq != tt.frame || skipped != tt.skipped {
				t.Errorf("resumed after %d: frame %d, %d skipped; want %d, %d", tt.last, f.seq, skipped, tt.frame, tt.skipped)
			}
			v.leave()
		}
	})
}

func TestFullRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, _ := room(t, 2)
		first := mustJoin(t, h, 0)
		mustJoin(t, h, 0)
		if _, err := h.join(0, false); !errors.Is(err, errFull) {
			t.Fatalf("a third of two viewers: %v, want %v", err, errFull)
		}
		first.leave()
		mustJoin(t, h, 0)
	})
}

func TestFailedSnapshotIsShownAndOvercome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, fail := room(t, 2)
		fail.Store(true)
		v := mustJoin(t, h, 0)
		<-v.ready
		if f, _, _ := v.next(); f.name != "problem" || string(f.data) != "no" {
			t.Fatalf("got %+v, want the failure", f)
		}
		fail.Store(false)
		<-v.ready
		if f, _, _ := v.next(); f.name != "snapshot" {
			t.Fatalf("got %+v, want a snapshot again", f)
		}
	})
}

func TestCloseEndsViewing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub("", 250*time.Millisecond, 2, counting(func() (int64, error) { return 1, nil }))
		ctx, stop := context.WithCancel(t.Context())
		go h.run(ctx)
		v := mustJoin(t, h, 0)
		<-v.ready
		v.next()
		stop()
		<-v.ready
		if _, _, open := v.next(); open {
			t.Fatal("the hub has closed, but the viewer is not told")
		}
		if _, err := h.join(0, false); !errors.Is(err, errClosed) {
			t.Fatalf("join after close: %v, want %v", err, errClosed)
		}
	})
}

// Who has the snapshot before gets what changed, and everybody else, and who was
// too slow, the newest whole.
func TestChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, fail := room(t, 9)
		next := func(v *viewer[int64]) string {
			t.Helper()
			<-v.ready
			e, skipped, _ := v.next()
			return fmt.Sprintf("%s %d %s -%d", e.name, e.seq, e.data, skipped)
		}
		v, plain := mustEnter(t, h, 0, true), mustEnter(t, h, 0, false)
		for i, want := range []string{"snapshot 1 1 -0", "changes 2 +1 -0", "changes 3 +1 -0"} {
			if got := next(v); got != want {
				t.Errorf("event %d: %s, want %s", i+1, got, want)
			}
		}
		time.Sleep(time.Millisecond)
		if got := next(plain); got != "snapshot 3 3 -2" {
			t.Errorf("who wants no changes: %s", got)
		}
		fail.Store(true)
		if got := next(v); got != "problem 4 no -0" {
			t.Errorf("a failure: %s", got)
		}
		fail.Store(false)
		if got := next(v); got != "changes 5 +1 -0" {
			t.Errorf("after a failure: %s, want what changed since the last snapshot there was", got)
		}
		time.Sleep(time.Second + 1)
		if got := next(v); got != "snapshot 9 8 -3" {
			t.Errorf("too slow: %s, want the newest whole", got)
		}
		for _, tt := range []struct {
			last uint64
			want string
		}{{8, "changes 9 +1 -0"}, {7, "snapshot 9 8 -1"}, {0, "snapshot 9 8 -0"}, {9, "changes 10 +1 -0"}} {
			w := mustEnter(t, h, tt.last, true)
			if got := next(w); got != tt.want {
				t.Errorf("resumed after %d: %s, want %s", tt.last, got, tt.want)
			}
			w.leave()
		}
	})
}
