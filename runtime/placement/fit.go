package placement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A task is one actor to place.
type task struct {
	flow.Node
	known     bool // its type is
	exclusive bool
	needs     []string          // capabilities
	abilities []string          // of ports
	zone      map[string]string // what must be certified; nil: it handles no patient data, or may anywhere
	match     matcher
	company   company
	unit      *unit
	lost      flow.ActorID // an actor that it must be near, and that there is not
	bound     []string     // what it needs that is bound to its node
}

func newTask(in *Input, n flow.Node, app string) *task {
	t := &task{Node: n, match: matcher{here: in.Here[app]}, company: companyOf(n.Rule)}
	var spec flow.Spec
	if in.Specs != nil {
		spec, t.known = in.Specs(n.Type)
	}
	t.exclusive = spec.Exclusive
	t.needs = Needs(n, spec)
	for _, c := range t.needs {
		if Bound(c) {
			t.bound = append(t.bound, c)
		}
	}
	if slices.ContainsFunc(t.needs, Patient) {
		zone, own := in.Zones[app]
		if !own {
			zone = in.Zones[""]
		}
		t.zone = zone
	}
	t.abilities = abilitiesOf(n)
	return t
}

// abilitiesOf are what an actor's ports must be able to do beyond a link each:
// of a list of preferences, the first counts.
func abilitiesOf(n flow.Node) []string {
	var all []string
	for _, props := range n.Ports {
		routing := props["routing"]
		if list, ok := routing.([]any); ok && len(list) > 0 {
			routing = list[0]
		}
		if r, ok := routing.(string); ok && r != "default" && r != "fanout" {
			all = append(all, "routing."+r)
		}
		if n, ok := props["nbr_peers"].(int64); ok && n > 1 {
			all = append(all, "nbr_peers.many")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fits reports whether a node satisfies what an actor requires, up or not.
func (t *task) fits(n *NodeView) bool {
	return t.known && t.able(n) && t.allowed(n)
}

// able reports whether the node has what the actor needs.
func (t *task) able(n *NodeView) bool {
	for _, c := range t.needs {
		if !n.Offers(c) {
			return false
		}
	}
	return len(t.abilities) == 0 || len(t.unable(n)) == 0
}

// unable are the abilities that a node's ports lack.
func (t *task) unable(n *NodeView) []string {
	if !limited(n) || n.Offers(portAbility+"runtime.base.1") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.abilities), func(a string) bool { return n.Offers(portAbility + a) })
}

// allowed reports whether the rule, the zone and the replica let the actor run
// on the node.
func (t *task) allowed(n *NodeView) bool {
	if t.company.err != nil || t.lost != "" || t.Replica != nil && t.Replica.Node != "" && t.Replica.Node != n.ID {
		return false
	}
	for field, want := range t.zone {
		if got, ok := n.Attributes["zone"][field]; !ok || got != want {
			return false
		}
	}
	if t.Rule == nil {
		return true
	}
	ok, _, err := t.match.match(t.Rule, n)
	return ok && err == nil
}

// praise says why a node fits.
func (t *task) praise(n *NodeView) string {
	var parts []string
	if len(t.needs) > 0 {
		parts = append(parts, "offers "+strings.Join(t.needs, ", "))
	}
	for _, field := range slices.Sorted(maps.Keys(t.zone)) {
		parts = append(parts, fmt.Sprintf("zone.%s is %s, as patient data must have it", field, t.zone[field]))
	}
	if t.Replica != nil && t.Replica.Node == n.ID {
		parts = append(parts, fmt.Sprintf("has a replica of %s of its own", t.Replica.Of))
	}
	if t.Rule != nil {
		m := t.match
		m.explain = true
		if _, why, _ := m.match(t.Rule, n); why != "" {
			parts = append(parts, "matches "+ruleName(t.Rule)+": "+why)
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing is required"}
	}
	return string(n.ID) + ": " + strings.Join(parts, "; ")
}

func ruleName(r *flow.Rule) string {
	switch {
	case r.Name != "" && r.Op != "match":
		return "rule " + r.Name
	case r.Line == 0:
		return "the rule"
	}
	return fmt.Sprintf("the rule of line %d", r.Line)
}

// lacks says what a node lacks for an actor, up or not; nothing: it fits.
func (t *task) lacks(n *NodeView) []string {
	var no []string
	for _, c := range t.needs {
		if !n.Offers(c) {
			no = append(no, "capability "+c+" missing")
		}
	}
	for _, a := range t.unable(n) {
		no = append(no, "its ports can't do "+a)
	}
	return append(no, t.forbids(n)...)
}

// forbids says what does not allow the actor on a node.
func (t *task) forbids(n *NodeView) []string {
	var no []string
	for _, field := range slices.Sorted(maps.Keys(t.zone)) {
		got, ok := n.Attributes["zone"][field]
		switch want := t.zone[field]; {
		case !ok:
			no = append(no, fmt.Sprintf("zone.%s is not certified, and patient data must stay in %s", field, want))
		case got != want:
			no = append(no, fmt.Sprintf("zone.%s is %s, and patient data must stay in %s", field, got, want))
		}
	}
	if t.Replica != nil && t.Replica.Node != "" && t.Replica.Node != n.ID {
		no = append(no, fmt.Sprintf("this replica is for %s alone", t.Replica.Node))
	}
	if t.company.err != nil {
		return append(no, ruleName(t.Rule)+" can't be evaluated: "+t.company.err.Error())
	}
	if t.lost != "" {
		no = append(no, fmt.Sprintf("it must be near %s, which there is not", t.lost))
	}
	if t.Rule == nil {
		return no
	}
	m := t.match
	m.explain = true
	switch ok, why, err := m.match(t.Rule, n); {
	case err != nil:
		no = append(no, ruleName(t.Rule)+" can't be evaluated: "+err.Error())
	case !ok:
		no = append(no, ruleName(t.Rule)+": "+why)
	}
	return no
}
