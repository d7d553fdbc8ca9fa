package firing

import (
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A routing is what a port does with several peers (calvin-reference 1.5).
type routing uint8

const (
	byDefault routing = iota // of an in-port: its one link; of an out-port: fanout
	collectUnordered
	collectTagged
	collectAll
	collectAny
	roundRobin
	random
	balanced
	dispatchOrdered
	dispatchMapped
)

var routings = map[string]map[string]routing{
	"in": {"": byDefault, "default": byDefault, "collect-unordered": collectUnordered, "collect-tagged": collectTagged,
		"collect-all-tagged": collectAll, "collect-any-tagged": collectAny},
	"out": {"": byDefault, "default": byDefault, "fanout": byDefault, "round-robin": roundRobin, "random": random,
		"balanced": balanced, "dispatch-ordered": dispatchOrdered, "dispatch-mapped": dispatchMapped},
}

// tags reports whether tokens are taken as dictionaries.
func (r routing) tags() bool { return r == collectTagged || r == collectAll || r == collectAny }

// routing is what the graph says of a port, else what its type does. Of a list
// of preferences the first counts.
func (b *binder) routing(side, port string) (routing, error) {
	v, ok := b.Node.Ports[side+":"+port]["routing"]
	if list, is := v.([]any); is && len(list) > 0 {
		v = list[0]
	}
	if !ok {
		find := b.Spec.InPort
		if side == "out" {
			find = b.Spec.OutPort
		}
		p, _ := find(port)
		v = p.Routing
	}
	name, _ := v.(string)
	r, known := routings[side][name]
	if !known {
		return r, fmt.Errorf("there is no routing %v for %s-ports", v, side)
	}
	return r, nil
}

// tag gives each link its tag: from the actor's route, else the link's own.
func (i *intake) tag(links []flow.Link, r flow.Route) error {
	names := make([]string, len(links))
	for n, l := range links {
		names[n] = nameOf(l.FromAs, l.From)
	}
	i.tags = make([]string, len(links))
	switch {
	case len(r.Order) > 0:
		if err := matches(names, r.Order, true); err != nil {
			return err
		}
		copy(i.tags, names)
		if i.routing == collectAll {
			for _, name := range names {
				i.slots = append(i.slots, slices.Index(r.Order, name))
			}
		}
	case len(r.Mapping) > 0:
		peers := make([]string, 0, len(r.Mapping))
		for tag, peer := range r.Mapping {
			peers = append(peers, peer)
			if n := slices.Index(names, peer); n >= 0 {
				i.tags[n] = tag
			}
		}
		slices.Sort(peers)
		return matches(names, peers, true)
	default:
		for n, l := range links {
			if i.tags[n] = l.Tag; l.Tag == "" {
				i.tags[n] = names[n]
			}
			if slices.Contains(i.tags[:n], i.tags[n]) {
				return fmt.Errorf("two sources have the tag %s", i.tags[n])
			}
		}
	}
	return nil
}

// order settles whose turn follows whose, and what selects a link.
func (o *outlet) order(links []flow.Link, r flow.Route) error {
	names := make([]string, len(links))
	for n, l := range links {
		names[n] = nameOf(l.ToAs, l.To)
	}
	switch {
	case o.routing == dispatchOrdered && len(r.Order) > 0:
		if err := matches(names, r.Order, false); err != nil {
			return err
		}
		for _, peer := range r.Order {
			o.turns = append(o.turns, slices.Index(names, peer))
		}
		return nil
	case o.routing == dispatchMapped:
		return o.mapTo(names, r.Mapping)
	}
	for n := range links {
		o.turns = append(o.turns, n)
	}
	return nil
}

// mapTo keeps what selects each link: without a mapping, its name does.
func (o *outlet) mapTo(names []string, mapping map[string]string) error {
	o.selects = map[string]int{}
	if len(mapping) == 0 {
		for n, name := range names {
			o.selects[name] = n
		}
		return nil
	}
	var peers []string
	for selector, peer := range mapping {
		peers = append(peers, peer)
		o.selects[selector] = slices.Index(names, peer)
	}
	slices.Sort(peers)
	return matches(names, peers, false)
}

// nameOf is what an actor calls the far end of a link.
func nameOf(as string, e flow.Endpoint) string {
	if as != "" {
		return as
	}
	return e.String()
}

// matches reports how the peers that an actor states differ from those that
// are linked. Once says that each may be stated only once.
func matches(linked, stated []string, once bool) error {
	for n, s := range stated {
		if !slices.Contains(linked, s) {
			return fmt.Errorf("the actor is told of %s, which is not linked to it; linked are %v", s, linked)
		}
		if once && slices.Contains(stated[:n], s) {
			return fmt.Errorf("the actor is told of %s twice", s)
		}
	}
	for _, l := range linked {
		if !slices.Contains(stated, l) {
			return fmt.Errorf("%s is linked to it, but the actor is not told of it; it is of %v", l, stated)
		}
	}
	return nil
}
