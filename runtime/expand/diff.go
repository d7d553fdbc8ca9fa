package expand

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Difference is what an update of an application touches. All are sorted.
type Difference struct {
	Added   []flow.ActorID // they start
	Removed []flow.ActorID // they stop, and what they hold goes
	Changed []Change       // they go on with their state and tokens, but for what Change says
	Kept    []flow.ActorID // nothing of them changes

	LinksAdded, LinksRemoved []flow.LinkID
}

// None reports whether nothing changes at all.
func (d Difference) None() bool {
	return len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.LinksAdded)+len(d.LinksRemoved) == 0
}

// A Change is an actor that an update touches.
type Change struct {
	Actor flow.ActorID
	Why   []string // what is other than before, for people: "argument limit is 5, was 3"
	Anew  bool     // its type is another: it starts without state
}

// Diff compares the graph that runs, or nil, with the one that shall.
func Diff(old, next *flow.Graph) Difference {
	var d Difference
	if old == nil {
		old = &flow.Graph{}
	}
	was := map[flow.ActorID]flow.Node{}
	for _, n := range old.Actors {
		was[n.ID] = n
	}
	links := diffLinks(old, next, &d)
	for _, n := range next.Actors {
		before, ok := was[n.ID]
		delete(was, n.ID)
		if !ok {
			d.Added = append(d.Added, n.ID)
			continue
		}
		why := append(diffNode(before, n), links[n.ID]...)
		if len(why) == 0 {
			d.Kept = append(d.Kept, n.ID)
			continue
		}
		d.Changed = append(d.Changed, Change{Actor: n.ID, Why: why, Anew: before.Type != n.Type})
	}
	d.Removed = slices.Collect(maps.Keys(was))
	for _, ids := range [][]flow.ActorID{d.Added, d.Removed, d.Kept} {
		slices.Sort(ids)
	}
	slices.SortFunc(d.Changed, func(a, b Change) int { return cmp.Compare(a.Actor, b.Actor) })
	return d
}

// diffLinks notes the links that come and go, and says it for the actors at
// their ends.
func diffLinks(old, next *flow.Graph, d *Difference) map[flow.ActorID][]string {
	was := map[flow.LinkID]flow.Link{}
	for _, l := range old.Links {
		was[l.ID()] = l
	}
	why := map[flow.ActorID][]string{}
	say := func(l flow.Link, what string) {
		why[l.From.Actor] = append(why[l.From.Actor], fmt.Sprintf("link from %s to %s %s", l.From.Port, l.To, what))
		why[l.To.Actor] = append(why[l.To.Actor], fmt.Sprintf("link from %s to %s %s", l.From, l.To.Port, what))
	}
	for _, l := range next.Links {
		before, ok := was[l.ID()]
		delete(was, l.ID())
		switch {
		case !ok:
			d.LinksAdded = append(d.LinksAdded, l.ID())
			say(l, "is new")
		case before.Closing != l.Closing && l.Closing:
			say(l, "closes")
		case before.Closing != l.Closing:
			say(l, "opens again")
		case before != l:
			say(l, "is called otherwise")
		}
	}
	d.LinksRemoved = slices.Sorted(maps.Keys(was))
	for _, id := range d.LinksRemoved {
		say(was[id], "goes")
	}
	slices.Sort(d.LinksAdded)
	return why
}

// diffNode says what is other about an actor itself.
func diffNode(old, n flow.Node) []string {
	if old.Type != n.Type {
		return []string{fmt.Sprintf("its type is %s, was %s: it starts anew", n.Type, old.Type)}
	}
	var why []string
	for _, k := range bothKeys(old.Args, n.Args) {
		a, was := old.Args[k]
		b, is := n.Args[k]
		switch {
		case !was:
			why = append(why, fmt.Sprintf("argument %s is %s, was not given", k, show(b)))
		case !is:
			why = append(why, fmt.Sprintf("argument %s is not given, was %s", k, show(a)))
		case !reflect.DeepEqual(a, b):
			why = append(why, fmt.Sprintf("argument %s is %s, was %s", k, show(b), show(a)))
		}
	}
	for _, k := range bothKeys(old.Ports, n.Ports) {
		if a, b := old.Ports[k], n.Ports[k]; !samePort(a, b) {
			why = append(why, fmt.Sprintf("properties of %s are %s, were %s", k, show(any(b)), show(any(a))))
		}
	}
	if !ending(n) && !sameRule(old.Rule, n.Rule) {
		why = append(why, "the rule for where it may run is another")
	}
	if old.Local != n.Local {
		why = append(why, map[bool]string{true: "its checkpoints are on its node's disk now", false: "its checkpoints are in the register now"}[n.Local])
	}
	return append(why, diffReplica(old.Replica, n.Replica)...)
}

func diffReplica(old, r *flow.Replica) []string {
	var was, is flow.Replica
	if old != nil {
		was = *old
	}
	if r != nil {
		is = *r
	}
	var why []string
	if was.Node != is.Node && is.Node != "" {
		why = append(why, fmt.Sprintf("it is for node %s", is.Node))
	}
	if !was.Ending && is.Ending {
		why = append(why, "it ends when it has passed on what it holds")
	}
	if was.Ending && !is.Ending {
		why = append(why, "it goes on, and does not end")
	}
	return why
}

// samePort compares properties of a port. How many peers it has is told by its
// links.
func samePort(a, b map[string]any) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, "nbr_peers")
	delete(b, "nbr_peers")
	return maps.EqualFunc(a, b, func(v, w any) bool { return reflect.DeepEqual(v, w) })
}

// sameRule compares two rules, not minding where in the script they stand.
func sameRule(a, b *flow.Rule) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Op == b.Op && a.Name == b.Name && len(a.Args) == len(b.Args) &&
		(len(a.Args) == 0 || reflect.DeepEqual(a.Args, b.Args)) &&
		slices.EqualFunc(a.Terms, b.Terms, func(x, y flow.Rule) bool { return sameRule(&x, &y) })
}

func bothKeys[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// show is a value as JSON, cut to a length that fits a line.
func show(v any) string {
	if m, ok := v.(map[string]any); ok && len(m) == 0 {
		return "none"
	}
	b, err := flow.MarshalValue(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if r := []rune(string(b)); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return string(b)
}
