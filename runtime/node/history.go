package node

import (
	"context"
	"sync"

	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
)

// After a start the register shows, one after another, what was agreed before:
// older versions of applications, older policies. That is history, and what has
// signed.json is newer. Nothing is judged by it; only what is agreed now is, and
// there an older version is an attack or a mistake.

// A history ends when the register first shows what is agreed now.
type history struct {
	ended chan struct{} // closed

	mu    sync.Mutex // guards what follows
	index uint64     // of the newest view that something was judged by
	first map[[32]byte]bool
}

func newHistory() *history { return &history{ended: make(chan struct{})} }

// end says that a view is what is agreed now.
func (h *history) end(view *register.View) {
	h.mu.Lock()
	h.index, h.first = view.Index, map[[32]byte]bool{}
	for _, app := range view.Apps {
		h.first[proof.Says(app.Signature)] = true
	}
	h.mu.Unlock()
	close(h.ended)
}

// over waits for the end; false when ctx ended before.
func (h *history) over(ctx context.Context) bool {
	select {
	case <-h.ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// had reports whether a statement was agreed already at the end of the history, or
// that has not come yet.
func (h *history) had(statement []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first == nil || h.first[proof.Says(statement)]
}

// behind reports whether a view is older than one that was judged by; otherwise it
// is the newest.
func (h *history) behind(view *register.View) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.first == nil || view.Index < h.index {
		return true
	}
	h.index = view.Index
	return false
}

// past reports whether a view is history. What concerned local actors before the
// start is what this node goes on with until the register is heard.
func (n *Node) past(view *register.View) bool {
	if !n.synced.Load() && view == n.kept.Load() {
		return false
	}
	return n.history.behind(view)
}
