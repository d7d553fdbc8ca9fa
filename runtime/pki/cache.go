package pki

import (
	"container/list"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// cacheSize bounds the memory for leaves that were good: about 1 MB.
const cacheSize = 4096

// A cache remembers identities by the hash of their leaf and forgets the one
// not asked for the longest. Only what was verified goes in, so strangers can't
// fill it.
type cache struct {
	max     int
	order   list.List // of keyed, newest first
	entries map[[32]byte]*list.Element
}

// An entry is what is known about a leaf.
type entry struct {
	id   flow.Identity
	from time.Time // the latest NotBefore of its chain
}

type keyed struct {
	sum [32]byte
	entry
}

func (c *cache) get(sum [32]byte) (entry, bool) {
	e, ok := c.entries[sum]
	if !ok {
		return entry{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*keyed).entry, true
}

func (c *cache) put(sum [32]byte, e entry) {
	if old, ok := c.entries[sum]; ok {
		old.Value.(*keyed).entry = e
		return
	}
	if c.entries == nil {
		c.entries = make(map[[32]byte]*list.Element)
	}
	c.entries[sum] = c.order.PushFront(&keyed{sum, e})
	if c.order.Len() > c.max {
		last := c.order.Back()
		delete(c.entries, last.Value.(*keyed).sum)
		c.order.Remove(last)
	}
}
