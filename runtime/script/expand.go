package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of what one script may make.
const (
	maxActors = 100_000
	maxLinks  = 1_000_000
)

// An expander replaces component instances by what is in them, innermost
// first, and joins the links that cross their borders.
//
//	x.out > c.p   and inside   .p > y.in   make   x.out > y.in
//
// A border has two faces. What is set on one travels to the far end that the
// face stands for: properties of c.p, set outside, to y.in; those of .p, set
// inside, to x.out.
type expander struct {
	*program
	actors []*actor
	links  []crossing
	blocks int
	over   bool // a limit is passed: reported
}

// An actor is one that will run.
type actor struct {
	flow.Node
	inst  *inst
	props map[[2]string][]candidate // by side and port, the strongest first
}

// A crossing is a link between actors, with the statement it comes from.
type crossing struct {
	from, to socket
	where    Span
}

// A socket is a port of an actor that will run.
type socket struct {
	actor *actor
	port  string
}

// A hull is what can be seen of a component instance from outside.
type hull struct {
	in, out           map[string][]socket    // the ports inside that each port leads to
	inFaces, outFaces map[string][]candidate // set on the inner face of each port
}

func newHull() *hull {
	return &hull{map[string][]socket{}, map[string][]socket{}, map[string][]candidate{}, map[string][]candidate{}}
}

func (x *expander) limit(where Span, what string, n int) {
	if !x.over {
		x.report(tooLarge.at(x.file, where, fmt.Sprintf("the script makes more than %d %s", n, what)))
	}
	x.over = true
}

// block makes the actors and links of one block. Env holds its parameters.
func (x *expander) block(b *block, prefix string, env map[string]flow.Value, depth int) *hull {
	mine := newHull()
	actors := make(map[string]*actor, len(b.insts))
	hulls := map[string]*hull{}
	for _, in := range b.insts {
		if x.over {
			return mine
		}
		args := x.args(in, env)
		id := prefix + ":" + in.name
		switch {
		case in.comp == nil:
			if len(x.actors) == maxActors {
				x.limit(in.where, "actors", maxActors)
				return mine
			}
			a := &actor{Node: flow.Node{ID: flow.ActorID(id), Type: in.typ, Args: args}, inst: in, props: map[[2]string][]candidate{}}
			x.actors = append(x.actors, a)
			actors[in.name] = a
		case depth == maxDepth:
			x.report(tooDeep.at(x.file, in.where, maxDepth))
			x.over = true
			return mine
		default:
			if x.blocks++; x.blocks > maxActors {
				x.limit(in.where, "component instances", maxActors)
				return mine
			}
			hulls[in.name] = x.block(in.comp, id, args, depth+1)
		}
	}
	x.faces(b, actors, hulls, mine, env)
	for _, w := range b.wires {
		x.join(w, actors, hulls, mine)
	}
	return mine
}

// args are an instance's arguments with the block's parameters put in, and an
// actor's defaults.
func (x *expander) args(in *inst, env map[string]flow.Value) map[string]flow.Value {
	args := map[string]flow.Value{}
	if in.spec != nil {
		for _, s := range in.spec.Args {
			if !s.Required {
				args[s.Name] = s.Default
			}
		}
	}
	for _, a := range in.args {
		v, ok := x.value(a.Value, env)
		if !ok {
			continue
		}
		args[a.Name.Name] = v
		if in.spec != nil {
			if s, known := in.spec.Arg(a.Name.Name); known && !fits(s, v) {
				x.report(x.wrongArg(a, s, v))
			}
		}
	}
	return args
}

// value is what an expression stands for; parameters shadow constants. It is
// not ok where a name is undefined, which has been reported.
func (x *expander) value(e Expr, env map[string]flow.Value) (flow.Value, bool) {
	n, ok := e.(*Name)
	if !ok {
		return literal(e), true
	}
	if v, ok := env[n.Name]; ok {
		return v, true
	}
	v, ok := x.consts[n.Name]
	return v, ok
}

// faces hands out the properties set in a block: those of actors to the
// actors, in the order of the script and with what the type declares standing
// where the actor does; those of outer faces to the ports inside; those of the
// block's own ports to its hull.
func (x *expander) faces(b *block, actors map[string]*actor, hulls map[string]*hull, mine *hull, env map[string]flow.Value) {
	type step struct {
		at int32
		do func()
	}
	var steps []step
	for _, in := range b.insts {
		a := actors[in.name]
		if a == nil {
			continue
		}
		steps = append(steps, step{in.where.Start.Offset, func() {
			for _, dir := range []string{"in", "out"} {
				for port, routing := range declared(in, dir) {
					a.add(dir, port, candidate{"routing", routing, in.where})
				}
			}
		}})
	}
	for _, s := range b.props {
		if s.dir == "" {
			continue
		}
		steps = append(steps, step{s.Start.Offset, func() {
			for _, c := range x.candidates(s, env) {
				port := s.Port.Port.Name
				switch {
				case s.inst == nil && s.dir == "out": // an in-port, seen from inside
					mine.inFaces[port] = append(mine.inFaces[port], c)
				case s.inst == nil:
					mine.outFaces[port] = append(mine.outFaces[port], c)
				case s.inst.comp == nil:
					actors[s.inst.name].add(s.dir, port, c)
				default:
					ends := hulls[s.inst.name].in[port]
					if s.dir == "out" {
						ends = hulls[s.inst.name].out[port]
					}
					for _, e := range ends {
						e.actor.add(s.dir, e.port, c)
					}
				}
			}
		}})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.at) - int(b.at) })
	for _, s := range steps {
		s.do()
	}
}

func (a *actor) add(dir, port string, cs ...candidate) {
	k := [2]string{dir, port}
	a.props[k] = append(a.props[k], cs...)
}

// candidates are the values of one property statement.
func (x *expander) candidates(s *prop, env map[string]flow.Value) []candidate {
	var cs []candidate
	for _, a := range s.Args {
		v, ok := x.value(a.Value, env)
		if !ok {
			continue
		}
		if _, isName := a.Value.(*Name); isName {
			x.checkProperty(a, s.dir, v)
		}
		cs = append(cs, candidate{a.Name.Name, v, a.Name.Span})
	}
	return cs
}

// join makes the links of one wire.
func (x *expander) join(w wire, actors map[string]*actor, hulls map[string]*hull, mine *hull) {
	from, out := reach(w.from, actors, hulls, false)
	to, in := reach(w.to, actors, hulls, true)
	// The properties of inner faces go to the other end.
	for _, s := range from {
		s.actor.add("out", s.port, in...)
	}
	for _, s := range to {
		s.actor.add("in", s.port, out...)
	}
	switch {
	case w.from.actor == "" && w.to.actor == "":
	case w.from.actor == "":
		mine.in[w.from.port] = append(mine.in[w.from.port], to...)
		mine.inFaces[w.from.port] = append(mine.inFaces[w.from.port], in...)
	case w.to.actor == "":
		mine.out[w.to.port] = append(mine.out[w.to.port], from...)
		mine.outFaces[w.to.port] = append(mine.outFaces[w.to.port], out...)
	default:
		for _, f := range from {
			for _, t := range to {
				if len(x.links) == maxLinks || x.over {
					x.limit(w.where, "links", maxLinks)
					return
				}
				x.links = append(x.links, crossing{f, t, w.to.where})
			}
		}
	}
}

// reach are the ports of actors that one end of a wire leads to, and the
// properties set on the inner face of the border between.
func reach(e end, actors map[string]*actor, hulls map[string]*hull, in bool) ([]socket, []candidate) {
	if a := actors[e.actor]; a != nil {
		return []socket{{a, e.port}}, nil
	}
	h := hulls[e.actor]
	switch {
	case h == nil:
		return nil, nil
	case in:
		return h.in[e.port], h.inFaces[e.port]
	}
	return h.out[e.port], h.outFaces[e.port]
}

// rule is the rule of the most specific path that an actor is on.
func (p *program) rule(id flow.ActorID) *flow.Rule {
	for path := id.Local(); path != ""; {
		if r, ok := p.rules[path]; ok {
			return r
		}
		i := strings.LastIndexByte(path, ':')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return nil
}
