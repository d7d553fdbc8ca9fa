package firing

import (
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An outlet is an out-port: its links and which of them get a token.
type outlet struct {
	port    string
	routing routing
	ends    []Out
	turns   []int          // links in turn
	selects map[string]int // of dispatch-mapped: selector → link
	seed    uint64         // of random
	offered uint64         // tokens, to all links, ever
	closed  bool           // it has links, and all of them are closing: what it gives must wait
}

// room reports whether a token would find its place. What goes nowhere always
// does; what has closing links only waits for others.
func (o *outlet) room() bool {
	if o.closed {
		return false
	}
	switch o.routing {
	case byDefault, dispatchMapped:
		for _, e := range o.ends {
			if e.Room() < 1 {
				return false
			}
		}
		return true
	case balanced:
		return len(o.ends) == 0 || o.roomiest() >= 0
	}
	return len(o.ends) == 0 || o.ends[o.turn()].Room() > 0
}

// turn is the link that the next token goes to, whether it has room or not:
// tokens behind a full link wait, even if others have room.
func (o *outlet) turn() int {
	n := uint64(len(o.turns))
	if o.routing == random {
		return o.turns[mix(o.seed+o.offered)%n]
	}
	return o.turns[o.offered%n]
}

// roomiest is the link with most room, the first of equals, or -1 when none
// has any.
func (o *outlet) roomiest() int {
	best, most := -1, 0
	for n, e := range o.ends {
		if r := e.Room(); r > most {
			best, most = n, r
		}
	}
	return best
}

// sort says to which link a value goes, -1 being to where the routing says, and
// what is left of the value. The error is about the value.
func (o *outlet) sort(v flow.Value) (int, flow.Value, error) {
	if o.routing != dispatchMapped || len(o.ends) == 0 {
		return -1, v, nil
	}
	dict, ok := v.(map[string]any)
	if !ok || len(dict) != 1 {
		return -1, v, errors.New("its routing is dispatch-mapped, so it takes dictionaries of one entry, {selector: value}")
	}
	for selector, inner := range dict {
		n, known := o.selects[selector]
		if !known {
			return -1, v, fmt.Errorf("no peer is mapped to %q", selector)
		}
		return n, inner, nil
	}
	return -1, v, nil
}

// offer gives a token to the link that sort chose, or to those that the
// routing chooses, and is to how many. There is room.
func (o *outlet) offer(to int, t *flow.Token, bytes int) (links int) {
	switch {
	case len(o.ends) == 0:
		return 0
	case to >= 0:
	case o.routing == byDefault:
		for _, e := range o.ends {
			e.Offer(t, bytes)
		}
		return len(o.ends)
	case o.routing == balanced:
		to = o.roomiest()
	default:
		to = o.turn()
	}
	o.ends[to].Offer(t, bytes)
	o.offered++
	return 1
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood 2014): equal
// numbers give equal ones, and neighbours have nothing in common.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// seedOf makes one seed for each port.
func seedOf(seed uint64, actor, port string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(actor + "." + port))
	return mix(seed ^ h.Sum64())
}
