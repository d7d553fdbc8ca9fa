package node

import (
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// numbers gives the events of all nodes the numbers by which this node shows them.
// An event keeps its own as long as it is shown, so that who watches sees the same
// one again and not another; a later one has a greater one, unless the news of it
// came late.
type numbers struct {
	mu   sync.Mutex // guards what follows
	last uint64
	of   map[told]uint64
}

// A told is an event as the node that tells of it knows it.
type told struct {
	node flow.NodeID
	at   int64 // nanoseconds: a node that was started anew counts anew
	seq  uint64
}

// give numbers events, which are the newest first and have those of who tells.
func (n *numbers) give(events []control.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil || len(n.of) > 8*control.MaxEvents {
		n.forget(events)
	}
	for i := range slices.Backward(events) {
		e := &events[i]
		k := told{e.Node, e.At.UnixNano(), e.Seq}
		if n.of[k] == 0 {
			n.last++
			n.of[k] = n.last
		}
		e.Seq = n.of[k]
	}
}

// forget keeps the numbers of these events only.
func (n *numbers) forget(events []control.Event) {
	kept := make(map[told]uint64, len(events))
	for _, e := range events {
		k := told{e.Node, e.At.UnixNano(), e.Seq}
		if number := n.of[k]; number > 0 {
			kept[k] = number
		}
	}
	n.of = kept
}
