package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// This file shows people what a link sends. Where nobody looks, that is one
// atomic load a frame.

// A Watcher is shown the tokens that a link sends from this node, in order;
// what is sent again after a connection was lost, again. It is called while the
// link waits, so it must not block, and keeps nothing of the slice.
type Watcher interface {
	Offer(tokens []flow.Token, now time.Time)
	// End says that the link sends nothing from here any more, and why.
	End(why string)
}

// Watch shows a watcher what a link sends from now on, until stop is called or
// the link ends here. The giving actor must run here: otherwise
// [ErrNotRunning].
func (e *Engine) Watch(id flow.LinkID, w Watcher) (stop func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock() // so that the end is not taken away meanwhile
	o := e.outs[id]
	if o == nil {
		return nil, fmt.Errorf("watch link %s: %w", id, ErrNotRunning)
	}
	o.watch(func(all []Watcher) []Watcher { return append(all, w) })
	return func() {
		o.watch(func(all []Watcher) []Watcher { return slices.DeleteFunc(all, func(x Watcher) bool { return x == w }) })
	}, nil
}

// Sends reports whether a link sends from here now, so that it could be watched.
func (e *Engine) Sends(id flow.LinkID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.outs[id] != nil
}

// watch changes who watches.
func (o *outEnd) watch(change func([]Watcher) []Watcher) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []Watcher
	if now := o.watchers.Load(); now != nil {
		all = slices.Clone(*now)
	}
	if all = change(all); len(all) == 0 {
		o.watchers.Store(nil)
		return
	}
	o.watchers.Store(&all)
}

// show tells those who watch of what was sent just now.
func (o *outEnd) show(f *link.Frame) {
	all := o.watchers.Load()
	if all == nil {
		return
	}
	now := time.Now()
	for _, w := range *all {
		w.Offer(f.Tokens, now)
	}
}

// unwatch tells those who watch that this end is gone.
func (o *outEnd) unwatch(why string) {
	if all := o.watchers.Swap(nil); all != nil {
		for _, w := range *all {
			w.End(why)
		}
	}
}
