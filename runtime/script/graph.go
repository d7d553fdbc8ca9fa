package script

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A portKey is one side's port of an actor.
type portKey struct {
	actor *actor
	side  [2]string // "in" or "out", and the port
}

// graph settles the properties of each port and gives the outcome. Pl says
// where actors may run; nil is anywhere.
func (x *expander) graph(pl *placing) *flow.Graph {
	g := &flow.Graph{App: x.app, Links: make([]flow.Link, 0, len(x.links))}
	x.dropTwice()
	ins := map[portKey][]int{} // links by in-port
	count := map[portKey]int64{}
	for i := range x.links {
		c := &x.links[i]
		in, out := c.in(), c.out()
		c.from.actor.note(out.side)
		c.to.actor.note(in.side)
		ins[in] = append(ins[in], i)
		count[in]++
		count[out]++
	}
	// Only ports with a link, or given tokens by a test, have properties.
	for _, a := range x.actors {
		for _, side := range a.sides() {
			n := count[portKey{a, side}]
			if _, fed := x.fed[portKey{a, side}]; n == 0 && !fed {
				continue
			}
			if a.Ports == nil {
				a.Ports = map[string]map[string]any{}
			}
			a.Ports[side[0]+":"+side[1]] = x.settlePort(a, side, max(n, 1))
		}
		if len(a.Args) == 0 {
			a.Args = nil
		}
		if pl != nil {
			a.Rule = pl.rule(a.ID)
		}
	}
	for i := range x.links {
		c := &x.links[i]
		g.Links = append(g.Links, flow.Link{From: c.from.endpoint(), To: c.to.endpoint(),
			FromAs: c.fromAs, ToAs: c.toAs, Tag: c.ownTag()})
	}
	for _, a := range x.actors {
		for _, side := range a.sides() {
			if links := ins[portKey{a, side}]; side[0] == "in" && len(links) > 1 && a.inst.spec != nil {
				x.checkFanIn(g, a, side[1], links)
			}
		}
		g.Actors = append(g.Actors, a.Node)
	}
	slices.SortFunc(g.Actors, func(a, b flow.Node) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return g
}

func (c *crossing) in() portKey  { return portKey{c.to.actor, [2]string{"in", c.to.port}} }
func (c *crossing) out() portKey { return portKey{c.from.actor, [2]string{"out", c.from.port}} }

// dropTwice reports links that are made twice and keeps the first.
func (x *expander) dropTwice() {
	type ends struct{ from, to portKey }
	seen := make(map[ends]Span, len(x.links))
	kept := x.links[:0]
	for _, c := range x.links {
		key := ends{c.out(), c.in()}
		old, ok := seen[key]
		if !ok {
			seen[key] = c.wire.to.where
			kept = append(kept, c)
		} else if !x.doubled[c.wire] {
			x.report(x.twice(c.wire, c.from.local()+" > "+c.to.local(), c.to.endpoint().String(), old))
		}
	}
	x.links = kept
}

// note keeps the ports that links of an actor of unknown type end at.
func (a *actor) note(side [2]string) {
	if _, known := a.inst.ports(side[0]); !known && !slices.Contains(a.noted, side) {
		a.noted = append(a.noted, side)
	}
}

// sides are the ports of an actor: its side and name, in the type's order.
func (a *actor) sides() [][2]string {
	sides := slices.Clone(a.noted)
	for _, dir := range []string{"in", "out"} {
		names, known := a.inst.ports(dir)
		if known && dir == "out" && !slices.Contains(names, deadLetter) {
			names = append(slices.Clip(names), deadLetter)
		}
		for _, n := range names {
			sides = append(sides, [2]string{dir, n})
		}
	}
	return sides
}

// settlePort is what all that is said of a port comes to.
func (x *expander) settlePort(a *actor, side [2]string, peers int64) map[string]any {
	props, clashes := map[string]any{}, []candidate(nil)
	if said := a.props[side]; x.spend(mergeSteps(said), a.inst.where) {
		props, clashes = merge(said)
	}
	for _, c := range clashes {
		x.report(conflict.at(x.file, c.where, c.key, a.ID.Local()+"."+side[1]).
			see(c.first, "this leaves no common value").
			help("have one value in common, or set the property in one place"))
	}
	if _, ok := props["nbr_peers"]; !ok {
		props["nbr_peers"] = peers
	}
	return props
}

// ownTag is the label of a link for ports that collect: the tag of its
// out-port, else the name by which the in-port's actor knows it.
func (c *crossing) ownTag() string {
	if tag, ok := c.setTag(); ok {
		return tag
	}
	return c.fromAs
}

func (c *crossing) setTag() (string, bool) {
	props := c.from.actor.Ports["out:"+c.from.port]
	for _, v := range alternatives(props["tag"]) {
		s, ok := v.(string)
		return s, ok
	}
	return "", false
}

// checkFanIn looks at an in-port that several links lead to: it must collect,
// and where it collects by tag, the tags must differ.
func (x *expander) checkFanIn(g *flow.Graph, a *actor, port string, links []int) {
	many, tagged := collects(a.Ports["in:"+port]["routing"])
	if !many {
		first, second := x.links[links[0]], x.links[links[1]]
		x.report(fanIn.at(x.file, second.wire.to.where, first.to.local(), first.to.endpoint().String()).
			see(first.wire.to.where, "the first connection").
			help(`%s(routing="collect-unordered") takes tokens in turn`, second.wire.to.name()))
		return
	}
	if !tagged {
		return
	}
	x.widenTags(g, links)
	tags := map[string]int{}
	for _, i := range links {
		c, tag := x.links[i], g.Links[i].Tag
		if old, ok := tags[tag]; ok {
			x.report(equalTags.at(x.file, c.wire.to.where, c.to.local(), tag).see(x.links[old].wire.to.where, "the other source").
				help(`%s(tag="...") sets another`, c.wire.from.name()))
		}
		tags[tag] = i
	}
}

// widenTags sees to it that links whose tag is not set differ in it: where
// several are called alike, as those from behind one port of a component, each
// has its own name within the application.
func (x *expander) widenTags(g *flow.Graph, links []int) {
	count := map[string]int{}
	for _, i := range links {
		if _, set := x.links[i].setTag(); !set {
			count[g.Links[i].Tag]++
		}
	}
	for _, i := range links {
		if _, set := x.links[i].setTag(); !set && count[g.Links[i].Tag] > 1 {
			g.Links[i].Tag = x.links[i].from.local()
		}
	}
}

// checkAllLinked looks once more for ports without a link: a for without
// elements makes none.
func (x *expander) checkAllLinked() {
	linked := make(map[portKey]bool, 2*len(x.links))
	for i := range x.links {
		linked[x.links[i].in()], linked[x.links[i].out()] = true, true
	}
	for _, a := range x.actors {
		for _, side := range a.sides() {
			if linked[portKey{a, side}] || side == [2]string{"out", deadLetter} {
				continue
			}
			what, typ := a.inst.is()
			x.report(missingLink.at(x.file, a.inst.where, what, a.inst.name, typ, side[0], side[1]).
				help("the for that links it has no elements"))
		}
	}
}
