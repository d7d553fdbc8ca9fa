package remote

import (
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An early counts offers for which it was too early: of links, and of
// activations, that are not known here yet. An honest node that knows more than
// we do waits longer and longer between two; one that makes links up does not.
type early struct {
	mu    sync.Mutex // guards what follows
	since time.Time
	asked map[offering]int
}

type offering struct {
	node flow.NodeID
	link flow.LinkID
}

const (
	earlyOften = 10          // times within earlyFor are too often
	earlyFor   = time.Minute //
	earlyMost  = 4096        // offerings that are remembered; so many are too many
)

// tooOften counts one more, and reports whether it is to be on record: each
// tenth of one link, and the last for which there is room.
func (d *Door) tooOften(node flow.NodeID, id flow.LinkID) bool {
	e, now := &d.early, d.cfg.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked == nil || len(e.asked) >= earlyMost || now.Sub(e.since) >= earlyFor || now.Before(e.since) {
		e.since, e.asked = now, make(map[offering]int)
	}
	o := offering{node, id}
	e.asked[o]++
	return e.asked[o]%earlyOften == 0 || len(e.asked) == earlyMost
}
