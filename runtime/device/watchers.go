package device

import (
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// held is how many changes a feed keeps for a watcher that doesn't take them.
const held = 1024

// watchers are the feeds of one input that is told of its changes, rather than
// asked for them.
type watchers struct {
	mu    sync.Mutex // guards feeds and what each holds
	feeds []*pushed
}

// add makes a feed. state, if any, is asked at each Next and its error given.
func (w *watchers) add(wake func(), state func() error) *pushed {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &pushed{of: w, told: wake, state: state}
	w.feeds = append(w.feeds, f)
	return f
}

// push puts a change into every feed. Call wake afterwards, with no lock held.
func (w *watchers) push(v flow.Value) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.feeds {
		f.changes = append(f.changes, v)
		f.changes = f.changes[max(0, len(f.changes)-held):]
	}
}

// wake wakes every watcher.
func (w *watchers) wake() {
	w.mu.Lock()
	feeds := append([]*pushed(nil), w.feeds...)
	w.mu.Unlock()
	for _, f := range feeds {
		f.told()
	}
}

// pushed is the feed of one watcher.
type pushed struct {
	of      *watchers
	told    func()
	state   func() error
	awaits  bool // the world may push a change at any time
	changes []flow.Value
}

// Awaits reports whether more may come by itself.
func (f *pushed) Awaits() bool { return f.awaits }

func (f *pushed) Next(time.Time) (flow.Value, bool, error) {
	if f.state != nil {
		if err := f.state(); err != nil {
			return nil, false, err
		}
	}
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if len(f.changes) == 0 {
		return nil, false, nil
	}
	v := f.changes[0]
	f.changes = f.changes[1:]
	return v, true, nil
}

func (f *pushed) Due() time.Time { return time.Time{} }

func (f *pushed) Close() {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	for i, g := range f.of.feeds {
		if g == f {
			f.of.feeds = append(f.of.feeds[:i:i], f.of.feeds[i+1:]...)
			return
		}
	}
}

// A teller calls those who asked to be told.
type teller[T any] struct {
	mu   sync.Mutex // guards what follows
	next int
	told map[int]func(T)
}

func (t *teller[T]) add(told func(T)) (stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told == nil {
		t.told = map[int]func(T){}
	}
	n := t.next
	t.next++
	t.told[n] = told
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.told, n)
	}
}

func (t *teller[T]) tell(v T) {
	t.mu.Lock()
	var all []func(T)
	for n := range t.next {
		if told, ok := t.told[n]; ok {
			all = append(all, told)
		}
	}
	t.mu.Unlock()
	for _, told := range all {
		told(v)
	}
}
