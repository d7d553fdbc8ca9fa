package engine

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An action is a flow.Action with its ports found.
type action struct {
	flow.Action
	ins  []*intake
	outs []*outlet
}

// ready fills the firing if every in-port has a token and every out-port room.
func (a *action) ready(f *flow.Firing) bool {
	for _, o := range a.outs {
		if !o.room() {
			return false
		}
	}
	for _, i := range a.ins {
		t, peer, ok := i.peek()
		if !ok {
			return false
		}
		f.In = append(f.In, t)
		f.Peers = append(f.Peers, peer)
	}
	return true
}

func (a *action) take(now time.Time) {
	for _, i := range a.ins {
		i.take(now)
	}
}

// bind finds the ports of the actions: one intake for each in-port that has
// links, shared by the actions that name it, and one outlet for each out-port.
func bind(actions []flow.Action, ins []*inEnd, outs []*outEnd) ([]action, error) {
	intakes, outlets := map[string]*intake{}, map[string]*outlet{}
	for _, i := range ins {
		port := i.link.To.Port
		if intakes[port] == nil {
			intakes[port] = &intake{}
		}
		intakes[port].ends = append(intakes[port].ends, i)
	}
	for _, o := range outs {
		port := o.link.From.Port
		if outlets[port] == nil {
			outlets[port] = &outlet{}
		}
		outlets[port].ends = append(outlets[port].ends, o)
	}
	bound := make([]action, 0, len(actions))
	for n, act := range actions {
		if act.Fire == nil {
			return nil, fmt.Errorf("action %d has no Fire", n)
		}
		b := action{Action: act}
		for _, p := range act.In {
			if intakes[p] == nil {
				intakes[p] = &intake{} // no link: never a token, never fires
			}
			b.ins = append(b.ins, intakes[p])
		}
		for _, p := range act.Out {
			if outlets[p] == nil {
				outlets[p] = &outlet{} // no link: what is given goes nowhere
			}
			b.outs = append(b.outs, outlets[p])
		}
		bound = append(bound, b)
	}
	return bound, nil
}

// An intake is an in-port: its links, read in rotation (Calvin's
// collect-unordered; with one link, its default).
type intake struct {
	ends []*inEnd
	next int // whose turn it is
	last int // whose token was peeked
}

func (i *intake) peek() (flow.Token, flow.Identity, bool) {
	for n := range i.ends {
		at := (i.next + n) % len(i.ends)
		if t, peer, ok := i.ends[at].peek(); ok {
			i.last = at
			return t, peer, true
		}
	}
	return flow.Token{}, flow.Identity{}, false
}

func (i *intake) take(now time.Time) {
	i.ends[i.last].take(now)
	i.next = (i.last + 1) % len(i.ends)
}

// An outlet is an out-port: every token goes to each of its links (Calvin's
// fanout). It has room when its slowest link has.
type outlet struct{ ends []*outEnd }

func (o *outlet) room() bool {
	for _, e := range o.ends {
		if e.room() < 1 {
			return false
		}
	}
	return true
}

func (o *outlet) offer(t flow.Token, bytes int) {
	for _, e := range o.ends {
		e.offer(t, bytes)
	}
}
