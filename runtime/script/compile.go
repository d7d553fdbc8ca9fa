package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Types finds an actor type by name, such as "std.Sum".
type Types func(name string) (flow.Spec, bool)

// TypesOf are the specs of actor types.
func TypesOf(types flow.Types) Types {
	return func(name string) (flow.Spec, bool) {
		t, ok := types[name]
		return t.Spec, ok
	}
}

// An Option changes how a script is compiled.
type Option func(*options)

type options struct {
	app   string
	names []string
}

// WithApp names the application; without it, it is named for its file.
func WithApp(name string) Option { return func(o *options) { o.app = name } }

// WithNames gives the names of the actor types there are, for suggestions when
// a script misspells one.
func WithNames(names []string) Option { return func(o *options) { o.names = names } }

// NamesOf are the names of actor types, sorted.
func NamesOf(types flow.Types) []string { return slices.Sorted(maps.Keys(types)) }

// AppName is the application's name for a script file: the file's name without
// folder and extension, each dot turned into "_".
func AppName(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return strings.ReplaceAll(base, ".", "_")
}

// Compile turns a tree into the graph of one application. The issues include
// those of [Parse] and [Check]; the graph is nil when one of them is an error.
//
// Links are in the order of the script, those inside a component before those
// that join it to the rest. Equal scripts and types give equal graphs.
func Compile(f *File, types Types, opts ...Option) (*flow.Graph, Issues) {
	p := newProgram(f, types, opts)
	sound := p.check()
	var g *flow.Graph
	if sound {
		x := &expander{program: p}
		x.block(p.main, p.app, nil, 0)
		if !x.over {
			g = x.graph()
		}
	}
	issues := p.issues.settle(p.file)
	if issues.Err() != nil {
		return nil, issues
	}
	return g, issues
}

// graph settles the properties of each port and gives the outcome.
func (x *expander) graph() *flow.Graph {
	g := &flow.Graph{App: x.app, Links: make([]flow.Link, 0, len(x.links))}
	type portKey struct {
		actor *actor
		side  [2]string
	}
	ins := map[portKey][]crossing{}
	count := map[portKey]int64{}
	seen := make(map[flow.Link]Span, len(x.links))
	for _, c := range x.links {
		l := flow.Link{
			From: flow.Endpoint{Actor: c.from.actor.ID, Port: c.from.port},
			To:   flow.Endpoint{Actor: c.to.actor.ID, Port: c.to.port},
		}
		if old, ok := seen[l]; ok {
			if !x.doubled[c.where.Start.Offset] {
				x.report(repeatedLink.at(x.file, c.where, l.From.String()+" > "+l.To.String(), l.To.String()).
					see(old, "made here first").help("leave one of them out"))
			}
			continue
		}
		seen[l] = c.where
		g.Links = append(g.Links, l)
		in := portKey{c.to.actor, [2]string{"in", c.to.port}}
		ins[in] = append(ins[in], c)
		count[in]++
		count[portKey{c.from.actor, [2]string{"out", c.from.port}}]++
	}
	// Only ports with a link have properties.
	for _, a := range x.actors {
		for _, side := range a.sides() {
			n := count[portKey{a, side}]
			if n == 0 {
				continue
			}
			if a.Ports == nil {
				a.Ports = map[string]map[string]any{}
			}
			a.Ports[side[0]+":"+side[1]] = x.settlePort(a, side, n)
		}
		if len(a.Args) == 0 {
			a.Args = nil
		}
		a.Rule = x.rule(a.ID)
	}
	for _, a := range x.actors {
		for _, side := range a.sides() {
			if side[0] == "in" {
				x.checkFanIn(a, side, ins[portKey{a, side}])
			}
		}
		g.Actors = append(g.Actors, a.Node)
	}
	slices.SortFunc(g.Actors, func(a, b flow.Node) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return g
}

// sides are the ports of an actor: its side and name, in the type's order.
func (a *actor) sides() [][2]string {
	var sides [][2]string
	for _, dir := range []string{"in", "out"} {
		names, _ := a.inst.ports(dir)
		for _, n := range names {
			sides = append(sides, [2]string{dir, n})
		}
	}
	return sides
}

func (x *expander) settlePort(a *actor, side [2]string, peers int64) map[string]any {
	props, clashes := merge(a.props[side])
	for _, c := range clashes {
		x.report(conflict.at(x.file, c.where, c.key, string(a.ID)+"."+side[1]).
			help("have one value in common, or set the property in one place"))
	}
	if _, ok := props["nbr_peers"]; !ok {
		props["nbr_peers"] = peers
	}
	return props
}

// checkFanIn looks at an in-port that several links lead to: it must collect,
// and where it collects by tag, the tags must differ.
func (x *expander) checkFanIn(a *actor, side [2]string, links []crossing) {
	if len(links) < 2 {
		return
	}
	name := a.ID.Local() + "." + side[1]
	many, tagged := collects(a.Ports["in:"+side[1]]["routing"])
	if !many {
		x.report(fanIn.at(x.file, links[1].where, name).see(links[0].where, "the first connection").
			help(`%s(routing="collect-unordered") takes tokens in turn`, name))
		return
	}
	if !tagged {
		return
	}
	tags := map[string]crossing{}
	for _, c := range links {
		tag, ok := c.from.actor.Ports["out:"+c.from.port]["tag"].(string)
		if !ok {
			continue // its tag is the name of its port
		}
		if old, ok := tags[tag]; ok {
			x.report(equalTags.at(x.file, c.where, name, tag).see(old.where, "the other source").
				help(`%s.%s(tag="...") sets another`, c.from.actor.ID.Local(), c.from.port))
		}
		tags[tag] = c
	}
}
