package firing

import (
	"strconv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An intake is an in-port: its links and how they are read.
type intake struct {
	port    string
	routing routing
	ends    []In
	tags    []string // of the links, if tokens are tagged
	slots   []int    // of the links, if the actor orders them: places in the list

	next  int   // whose turn it is
	shown []int // the links whose tokens the last peek showed
	one   [1]int
}

// has reports whether peek would show a token.
func (i *intake) has() bool {
	if i.routing != collectAll {
		for _, e := range i.ends {
			if e.Len() > 0 {
				return true
			}
		}
		return false
	}
	for _, e := range i.ends {
		if e.Len() == 0 {
			return false
		}
	}
	return len(i.ends) > 0
}

// peek shows what a firing would take.
func (i *intake) peek(t *flow.Token, peer *flow.Identity) bool {
	switch i.routing {
	case byDefault:
		return len(i.ends) > 0 && i.ends[0].Peek(t, peer)
	case collectUnordered:
		return i.peekNext(t, peer) >= 0
	case collectTagged:
		n := i.peekNext(t, peer)
		if n >= 0 {
			t.Value = wrap(i.tags[n], t.Value)
		}
		return n >= 0
	}
	return i.has() && i.peekEach(t, peer)
}

// peekNext shows the token of the next link in the rotation that has one, and
// is that link's number, or -1.
func (i *intake) peekNext(t *flow.Token, peer *flow.Identity) int {
	for k := range i.ends {
		n := i.next + k
		if n >= len(i.ends) {
			n -= len(i.ends)
		}
		if i.ends[n].Peek(t, peer) {
			i.one[0] = n
			i.shown = i.one[:]
			return n
		}
	}
	return -1
}

// peekEach shows one token made of those of all links that have any, or the
// first exception among them alone.
func (i *intake) peekEach(t *flow.Token, peer *flow.Identity) bool {
	i.shown = i.shown[:0]
	dict := make(map[string]any, len(i.ends))
	list := make([]any, len(i.slots))
	var whole, part flow.Token
	var who, far flow.Identity
	for n, e := range i.ends {
		if !e.Peek(&part, &far) {
			continue
		}
		if _, bad := part.Value.(flow.Exception); bad {
			tag := i.tags[n]
			if i.slots != nil {
				tag = strconv.Itoa(i.slots[n])
			}
			*t, *peer = part, far
			t.Value = wrap(tag, part.Value)
			i.shown = append(i.shown[:0], n)
			return true
		}
		if i.slots != nil {
			list[i.slots[n]] = part.Value
		} else {
			dict[i.tags[n]] = part.Value
		}
		if len(i.shown) == 0 {
			whole, who = part, far
		} else {
			whole, who = joined(whole, part), sameWho(who, far)
		}
		i.shown = append(i.shown, n)
	}
	whole.Value = dict
	if i.slots != nil {
		whole.Value = list
	}
	*t, *peer = whole, who
	return true
}

// joined is what can be said of two tokens put together: as old as the older,
// from the one source if it is one, and without a number.
func joined(a, b flow.Token) flow.Token {
	if b.Made.Before(a.Made) {
		a.Made = b.Made
	}
	if a.Source != b.Source {
		a.Source = ""
	}
	if a.Trace == nil {
		a.Trace = b.Trace
	}
	a.Seq = 0
	return a
}

// sameWho is the one identity behind two tokens, or nobody.
func sameWho(a, b flow.Identity) flow.Identity {
	if a != b {
		return flow.Identity{}
	}
	return a
}

// wrap puts a tag around a value; around that of an exception, inside it.
func wrap(tag string, v flow.Value) flow.Value {
	if e, ok := v.(flow.Exception); ok {
		return flow.Exception{Kind: e.Kind, Value: map[string]any{tag: e.Value}}
	}
	return map[string]any{tag: v}
}

// take takes what peek has shown.
func (i *intake) take(now time.Time) {
	if i.routing == byDefault {
		i.ends[0].Take(now)
		return
	}
	for _, n := range i.shown {
		i.ends[n].Take(now)
		i.next = n + 1
	}
	if i.next == len(i.ends) {
		i.next = 0
	}
}

// lettered tells the links of what take took that it became a dead letter.
func (i *intake) lettered() {
	if i.routing == byDefault {
		count(i.ends[0])
		return
	}
	for _, n := range i.shown {
		count(i.ends[n])
	}
}

func count(end In) {
	if c, ok := end.(Counts); ok {
		c.Lettered()
	}
}
