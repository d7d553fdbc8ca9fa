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
func room(t *testing.T, most int) (h *hub, taken *atomic.Int64, fail *atomic.Bool) {
	taken, fail = new(atomic.Int64), new(atomic.Bool)
	h = newHub(250*time.Millisecond, most, func(context.Context) ([]byte, error) {
		if fail.Load() {
			return nil, errors.New("no")
		}
		return fmt.Append(nil, taken.Add(1)), nil
	}, func(err error) []byte { return []byte(err.Error()) })
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

func mustJoin(t *testing.T, h *hub, last uint64) *viewer {
	t.Helper()
	v, err := h.join(last)
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
		if _, err := h.join(0); !errors.Is(err, errFull) {
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
		if f, _, _ := v.next(); !f.failed || string(f.data) != "no" {
			t.Fatalf("got %+v, want the failure", f)
		}
		fail.Store(false)
		<-v.ready
		if f, _, _ := v.next(); f.failed {
			t.Fatalf("got %+v, want a snapshot again", f)
		}
	})
}

func TestCloseEndsViewing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(250*time.Millisecond, 2, func(context.Context) ([]byte, error) { return []byte("x"), nil }, nil)
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
		if _, err := h.join(0); !errors.Is(err, errClosed) {
			t.Fatalf("join after close: %v, want %v", err, errClosed)
		}
	})
}
