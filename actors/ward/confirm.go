package ward

import (
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Some groups' devices are answered only when the checks of their readings are on
// the chain, as [flow.Mode] says. Every check of a reading that is settled is in a
// log on disk, so what is left to wait for is that all logs come to the chain as
// far as they go then. Nobody else waits for that.

// A confirmer is an [Inlet] that knows when checks have come to the chain.
type confirmer interface {
	// Confirm calls then, on any goroutine, when every check that was on disk
	// anywhere before the call is in a final block.
	Confirm(then func())
}

// confirming are the answers of one intake that wait for the chain.
type confirming struct {
	by confirmer // nil: nobody knows, and nobody waits

	mu    sync.Mutex // guards what follows
	done  []*taking
	ended bool
}

// finish answers an arrival whose reading is settled, or has it wait.
func (i *intake) finish(t *taking) {
	if i.confirms.by == nil || i.mode(t) == flow.Anchored {
		i.answer(t.arrival, t.said)
		return
	}
	i.confirms.by.Confirm(func() {
		i.confirms.mu.Lock()
		defer i.confirms.mu.Unlock()
		if !i.confirms.ended {
			i.confirms.done = append(i.confirms.done, t)
			i.env.Wake()
		}
	})
}

// mode is what the rules say of an arrival. While they can't be known, it waits.
func (i *intake) mode(t *taking) flow.Mode {
	if t.judged {
		return t.said.Verdict.Mode
	}
	if i.hint == nil {
		return flow.Anchored
	}
	v, err := i.hint.rules.Judge(&flow.Case{Reading: t.reading(), Group: t.arrival.By.Group, Now: i.env.Now()})
	if err != nil {
		return flow.Confirmed
	}
	return v.Mode
}

// confirmed reports whether the chain has what some wait for.
func (i *intake) confirmed() bool {
	i.confirms.mu.Lock()
	defer i.confirms.mu.Unlock()
	return len(i.confirms.done) > 0
}

// tell answers them.
func (i *intake) tell(*flow.Firing) error {
	i.confirms.mu.Lock()
	done := i.confirms.done
	i.confirms.done = nil
	i.confirms.mu.Unlock()
	for _, t := range done {
		i.answer(t.arrival, t.said)
	}
	return nil
}

// end has nobody answered any more.
func (c *confirming) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended, c.done = true, nil
}
