package register

import (
	"cmp"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A View is what is agreed, at one moment, about applications and where their
// actors run. Nothing in it changes: a later moment has a View of its own.
type View struct {
	Index        uint64                          `json:"index"` // rises with each change; 0: nothing known yet
	Apps         map[string]App                  `json:"apps,omitempty"`
	Placements   map[flow.ActorID]flow.Placement `json:"placements,omitempty"`
	Settings     map[string][]byte               `json:"settings,omitempty"`
	Certificates int                             `json:"certificates"` // how many are kept
}

// Of are the placements of an application, by actor.
func (v *View) Of(app string) []flow.Placement {
	return v.where(func(p flow.Placement) bool { return p.Actor.App() == app })
}

// On are the placements on a node, by actor.
func (v *View) On(node flow.NodeID) []flow.Placement {
	return v.where(func(p flow.Placement) bool { return p.Node == node })
}

func (v *View) where(fits func(flow.Placement) bool) []flow.Placement {
	var out []flow.Placement
	for _, p := range v.Placements {
		if fits(p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b flow.Placement) int { return cmp.Compare(a.Actor, b.Actor) })
	return out
}

// A board shows the newest View and says when it is replaced. On a voter the
// View is put together when it is read first: many changes between two readings
// cost one.
type board struct {
	source func() *View // of this node's own state

	mu      sync.Mutex // guards what follows
	view    *View
	newest  uint64 // index of what source would give; 0: nothing newer than view
	changed chan struct{}
}

func newBoard() *board { return &board{view: &View{}, changed: make(chan struct{})} }

func (b *board) read() (*View, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.newest > b.view.Index {
		b.view = b.source()
		b.newest = 0
	}
	return b.view, b.changed
}

// changes is the channel that the next change closes.
func (b *board) changes() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// index is that of the View that read would give.
func (b *board) index() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(b.view.Index, b.newest)
}

// outdate says that this node's own state is at an index.
func (b *board) outdate(index uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if index <= b.view.Index || index <= b.newest {
		return
	}
	b.newest = index
	b.wake()
}

// show replaces the view. An older one than is shown already, from a voter that
// lags, is passed over.
func (b *board) show(v *View) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.Index <= b.view.Index {
		return
	}
	b.view = v
	b.wake()
}

// ring wakes who waits for a change though the view is the same.
func (b *board) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake()
}

func (b *board) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}
