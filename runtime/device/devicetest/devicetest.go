// Package devicetest holds every driver to what package device promises.
package devicetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An InputRig is an input and the world behind it.
type InputRig struct {
	Input device.Input
	// Change makes the next change happen out there, and says what is to be
	// read from then on and from what time. Values that follow each other
	// differ.
	Change func() (flow.Value, time.Time)
	// Break makes reading fail, and Mend undoes it; nil: it can't fail.
	Break, Mend func()
}

// An OutputRig is an output and the world behind it.
type OutputRig struct {
	Output device.Output
	Good   []flow.Value // values that it takes
	Bad    flow.Value   // one that its capability can't have
	// World is what the output has been set to last, in the world's own words;
	// it waits for the world to notice. want is the value written.
	World func(want flow.Value) flow.Value
}

// began is when the tests of inputs begin.
var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// Began is when the clock of the tests stands before the first change.
func Began() time.Time { return began }

// patience bounds a wait for the world; it is never waited for in vain.
const patience = 10 * time.Second

// RunInput tests an input. Each test makes its own.
func RunInput(t *testing.T, rig func(t *testing.T) InputRig) {
	t.Run("a feed gives the changes in order, and reading gives the last", func(t *testing.T) {
		r := rig(t)
		w := watch(t, r.Input)
		w.none(began)
		for range 3 {
			want, at := r.Change()
			w.next(at, want)
			if v, err := r.Input.Read(at); err != nil || !reflect.DeepEqual(v, want) {
				t.Fatalf("Read = %v, %v; want %v", v, err, want)
			}
		}
	})
	t.Run("feeds are apart, and see only what comes after them", func(t *testing.T) {
		r := rig(t)
		first := watch(t, r.Input)
		first.none(began)
		one, at := r.Change()
		first.next(at, one)
		second := watch(t, r.Input)
		second.none(at)
		two, at := r.Change()
		second.next(at, two)
		first.next(at, two)
		first.feed.Close()
		three, at := r.Change()
		second.next(at, three)
	})
	t.Run("a feed that is closed wakes nobody", func(t *testing.T) {
		r := rig(t)
		open, closed := watch(t, r.Input), watch(t, r.Input)
		open.none(began)
		closed.none(began)
		closed.feed.Close()
		closed.clear()
		want, at := r.Change()
		open.next(at, want)
		select {
		case <-closed.woken:
			t.Error("a closed feed was woken")
		default:
		}
	})
	t.Run("what breaks is said, and mended it goes on", func(t *testing.T) {
		r := rig(t)
		if r.Break == nil {
			t.Skip("it does not break")
		}
		_, at := r.Change()
		r.Break()
		if v, err := r.Input.Read(at); err == nil {
			t.Errorf("Read of a broken device = %v, want an error", v)
		}
		r.Mend()
		w := watch(t, r.Input)
		w.none(at)
		want, at := r.Change()
		w.next(at, want)
	})
}

// RunOutput tests an output.
func RunOutput(t *testing.T, rig func(t *testing.T) OutputRig) {
	t.Run("what is written is there", func(t *testing.T) {
		r := rig(t)
		for _, v := range r.Good {
			if err := r.Output.Write(v); err != nil {
				t.Fatalf("Write(%v) = %v", v, err)
			}
			if got := r.World(v); !reflect.DeepEqual(got, v) {
				t.Fatalf("Write(%v) set it to %v", v, got)
			}
		}
	})
	t.Run("a value that it can't have is refused", func(t *testing.T) {
		r := rig(t)
		good := r.Good[0]
		if err := r.Output.Write(good); err != nil {
			t.Fatalf("Write(%v) = %v", good, err)
		}
		if err := r.Output.Write(r.Bad); err == nil {
			t.Errorf("Write(%v) gives no error", r.Bad)
		}
		if got := r.World(good); !reflect.DeepEqual(got, good) {
			t.Errorf("the value refused set it to %v", got)
		}
	})
}

// A watcher is a feed and who is woken by it.
type watcher struct {
	t     *testing.T
	feed  device.Feed
	woken chan struct{}
}

func watch(t *testing.T, in device.Input) *watcher {
	w := &watcher{t: t, woken: make(chan struct{}, 1)}
	w.feed = in.Watch(func() {
		select {
		case w.woken <- struct{}{}:
		default:
		}
	})
	t.Cleanup(w.feed.Close)
	return w
}

func (w *watcher) clear() {
	select {
	case <-w.woken:
	default:
	}
}

// none says that there is no change at the time now.
func (w *watcher) none(now time.Time) {
	w.t.Helper()
	if v, ok, err := w.feed.Next(now); ok || err != nil {
		w.t.Fatalf("Next before any change = %v, %v, %v", v, ok, err)
	}
}

// next waits for one change, and for no second.
func (w *watcher) next(now time.Time, want flow.Value) {
	w.t.Helper()
	late := time.After(patience)
	for {
		v, ok, err := w.feed.Next(now)
		if err != nil {
			w.t.Fatalf("Next: %v", err)
		}
		if ok {
			if !reflect.DeepEqual(v, want) {
				w.t.Fatalf("Next = %v, want %v", v, want)
			}
			break
		}
		if due := w.feed.Due(); !due.IsZero() && !due.After(now) {
			w.t.Fatalf("Next has nothing at %v, and is due at %v", now, due)
		}
		select {
		case <-w.woken:
		case <-late:
			w.t.Fatalf("no change came; want %v", want)
		}
	}
	if v, ok, err := w.feed.Next(now); ok || err != nil {
		w.t.Fatalf("Next gives a second change: %v, %v, %v", v, ok, err)
	}
}
