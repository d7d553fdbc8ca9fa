package sim

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A device is outside the cluster. It keeps each reading until the source that
// reads it has answered for it, and so it knows at the end what was promised.
type device struct {
	id     flow.ActorID // of the source
	number int
	every  time.Duration
	made   uint64 // readings
	acked  uint64 // of them, answered for
	done   bool   // makes no more
}

// next is the reading after that number, when there is one.
func (d *device) next(after uint64) (uint64, bool) { return after + 1, after < d.made }

func (d *device) acknowledge(upto uint64) { d.acked = max(d.acked, upto) }

// tick makes a reading and shows it to whoever runs as the source, be it an
// activation that was replaced.
func (w *world) tick(d *device) {
	if d.done {
		return
	}
	d.made++
	for _, h := range w.hosts {
		if p := h.run; p != nil {
			if c := w.nodes[h.id].cells[d.id]; c != nil {
				w.after(0, p, c.wake)
			}
		}
	}
	w.after(w.between(d.every/2, 3*d.every/2), nil, func() { w.tick(d) })
}
