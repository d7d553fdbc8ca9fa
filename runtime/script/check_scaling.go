package script

import (
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A scaledActor is one whose rule asks for replicas.
type scaledActor struct {
	kind   string // the predicate
	target string // the path of what got the rule
	at     Span   // where it got it
}

// together reports whether two actors are replicated as one: each node has both,
// linked with each other alone.
func (s scaledActor) together(o scaledActor) bool {
	return s.kind == "device_scaling" && s.kind == o.kind && s.target == o.target
}

// shares are the routings that give each token to one of several replicas.
// What every node has its own of may also get every token, such as a display.
var shares = map[string][]string{
	"device_scaling":      {"", "default", "fanout", "balanced", "random", "round-robin"},
	"performance_scaling": {"balanced", "random", "round-robin"},
	"manual_scaling":      {"balanced", "random", "round-robin"},
}

// checkScaling looks at actors that have replicas: whether their types bear it,
// whether what comes to them is shared out, and whether what they give is
// gathered. Calvin leaves all that to the user.
func (x *expander) checkScaling(pl *placing) {
	scaled := map[*actor]scaledActor{}
	byID := map[flow.ActorID]*actor{}
	for _, a := range x.actors {
		byID[a.ID] = a
		if r, at := pl.ruleAt(a.ID); r != nil {
			if p := scalingIn(r); p != nil {
				scaled[a] = scaledActor{p.Name, r.Target, at}
			}
		}
	}
	if len(scaled) == 0 {
		return
	}
	for _, a := range x.actors {
		if s, ok := scaled[a]; ok {
			x.checkScaledType(a, s)
		}
		x.checkNear(a, pl, byID, scaled)
	}
	for i := range x.links {
		c := &x.links[i]
		from, many := scaled[c.from.actor]
		to, several := scaled[c.to.actor]
		if many && several && from.together(to) {
			continue
		}
		if several {
			x.checkSource(c, to)
		}
		if many {
			x.checkTaker(c, from)
		}
	}
}

// scalingIn is the predicate of a rule that asks for replicas, or nil.
func scalingIn(r *flow.Rule) *flow.Rule {
	if r.Op == "match" && scaling(r.Name) {
		return r
	}
	if r.Op != "match" {
		for i := range r.Terms {
			if p := scalingIn(&r.Terms[i]); p != nil {
				return p
			}
		}
	}
	return nil
}

// checkScaledType refuses replicas where only one actor may be: one for each
// node is another thing.
func (x *expander) checkScaledType(a *actor, s scaledActor) {
	spec := a.inst.spec
	if spec == nil || s.kind == "device_scaling" {
		return
	}
	why := ""
	if name, _ := a.Args[spec.Identity].(string); spec.Identity != "" && name != "" {
		why = fmt.Sprintf("it speaks as %s, as only one may", name)
	}
	if spec.Exclusive {
		why = "it acts on the world, as only one may"
	}
	if why != "" {
		x.report(scaledType.at(x.file, s.at, a.ID.Local(), s.kind, why).see(a.inst.where, "made here").
			help("device_scaling() has one on each node that fits"))
	}
}

// checkNear looks at whom an actor is to be near: who has replicas is in several
// places.
func (x *expander) checkNear(a *actor, pl *placing, byID map[flow.ActorID]*actor, scaled map[*actor]scaledActor) {
	r, at := pl.ruleAt(a.ID)
	if r == nil {
		return
	}
	near := nearTo(r)
	if !x.spend(len(near), at) {
		return
	}
	for _, id := range near {
		other := byID[id]
		if s, ok := scaled[other]; ok && other != a {
			if where := pl.mention[id.Local()]; where != (Span{}) {
				at = where
			}
			x.report(nearScaled.at(x.file, at, id.Local(), s.kind).see(s.at, "it has them from here").
				help("near() can name actors without replicas"))
		}
	}
}

func nearTo(r *flow.Rule) []flow.ActorID {
	if r.Op != "match" {
		var all []flow.ActorID
		for i := range r.Terms {
			all = append(all, nearTo(&r.Terms[i])...)
		}
		return all
	}
	if r.Name != "near" {
		return nil
	}
	var all []flow.ActorID
	names, _ := r.Args["actors"].([]any)
	for _, v := range names {
		if s, ok := v.(string); ok {
			all = append(all, flow.ActorID(s))
		}
	}
	return all
}

// checkSource looks at the out-port that a link to replicas starts from. A
// literal gives the same to each of them.
func (x *expander) checkSource(c *crossing, s scaledActor) {
	from := c.from.actor
	if from.inst.made && from.inst.typ != "std.Constantify" {
		return
	}
	if !slices.Contains(shares[s.kind], routing(from, "out:"+c.from.port)) {
		x.report(scaledRoute.at(x.file, c.wire.from.where, c.to.actor.ID.Local(), s.kind, c.from.local()).see(s.at, "it has them from here").
			help(`%s(routing="round-robin") gives each token to the next of them`, c.wire.from.name()))
	}
}

// checkTaker looks at the in-port that a link from replicas ends at. Where the
// script names no port, as with voidport, it takes from all. One that waits for
// a token from each would wait for ever for a replica that ends.
func (x *expander) checkTaker(c *crossing, s scaledActor) {
	to := c.to.actor
	port := to.Ports["in:"+c.to.port]
	many, _ := collects(port["routing"])
	switch {
	case to.inst.spec == nil:
		return
	case many && routing(to, "in:"+c.to.port) == "collect-all-tagged":
		x.report(scaledFanIn.at(x.file, c.wire.to.where, c.from.actor.ID.Local(), s.kind, c.to.local(), "waits for a token of each").
			see(s.at, "it has them from here").help(`routing="collect-any-tagged" takes what there is`))
		return
	case many:
		return
	}
	if to.inst.made {
		port["routing"] = "collect-unordered"
		return
	}
	x.report(scaledFanIn.at(x.file, c.wire.to.where, c.from.actor.ID.Local(), s.kind, c.to.local(), "takes from one source only").see(s.at, "it has them from here").
		help(`%s(routing="collect-unordered") takes tokens in turn`, c.wire.to.name()))
}

// routing is the first choice of a port's routing, or "".
func routing(a *actor, port string) string {
	for _, v := range alternatives(a.Ports[port]["routing"]) {
		s, _ := v.(string)
		return s
	}
	return ""
}
