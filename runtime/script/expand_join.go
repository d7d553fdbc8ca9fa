package script

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// faces hands out the properties set in a frame, in the order of the script:
// those of actors to the actors, with what the type declares standing where the
// actor does; those of outer faces to the ports inside; those of the
// component's own ports to its hull.
func (f *frame) faces(x *expander) {
	for _, it := range f.block.items {
		switch {
		case x.over:
			return
		case it.inst != nil:
			f.declare(it.inst)
		case it.prop != nil && it.prop.dir != "":
			f.property(x, it.prop)
		case it.loop != nil:
			for _, l := range f.loops[it.loop] {
				l.faces(x)
			}
		}
	}
}

// declare gives an actor the properties of its type.
func (f *frame) declare(in *inst) {
	a := f.actors[in.name]
	if a == nil {
		return
	}
	for _, dir := range []string{"in", "out"} {
		for port, routing := range declared(in, dir) {
			a.add(dir, port, candidate{key: "routing", value: routing, where: in.where})
		}
	}
}

// property hands out what one statement sets.
func (f *frame) property(x *expander, s *prop) {
	cs := x.candidates(f, s)
	port := s.Port.Port.Name
	var ends []socket
	if s.inst != nil {
		ends, _ = f.ends(end{actor: s.Port.Actor.Name, port: port}, s.dir)
	}
	if !x.spend((1+len(ends))*(1+len(cs)), s.Span) {
		return
	}
	switch {
	case s.inst == nil && s.dir == "out": // an in-port, seen from inside
		f.hull.inFaces[port] = append(f.hull.inFaces[port], cs...)
	case s.inst == nil:
		f.hull.outFaces[port] = append(f.hull.outFaces[port], cs...)
	default:
		for _, e := range ends {
			e.actor.add(s.dir, e.port, cs...)
		}
	}
}

func (a *actor) add(dir, port string, cs ...candidate) {
	k := [2]string{dir, port}
	a.props[k] = append(a.props[k], cs...)
}

// candidates are the values of one property statement.
func (x *expander) candidates(f *frame, s *prop) []candidate {
	var cs []candidate
	for _, a := range s.Args {
		b, st := x.values(f).eval(a.Value)
		if st != known {
			continue
		}
		x.checkProperty(a, s.dir, b.value)
		cs = append(cs, candidate{key: a.Name.Name, value: b.value, where: a.Name.Span})
	}
	return cs
}

// ends are the ports of actors that one end of a wire leads to, and the
// properties set on the inner face of the border between.
func (f *frame) ends(e end, dir string) ([]socket, []candidate) {
	for at := f; at != nil; at = at.parent {
		if a := at.actors[e.actor]; a != nil {
			return []socket{{actor: a, port: e.port}}, nil
		}
		if h := at.hulls[e.actor]; h != nil && dir == "in" {
			return h.in[e.port], h.inFaces[e.port]
		} else if h != nil {
			return h.out[e.port], h.outFaces[e.port]
		}
		if _, mine := at.block.byName[e.actor]; mine {
			return nil, nil
		}
	}
	return nil, nil
}

// join makes the links of a frame, in the order of the script.
func (f *frame) join(x *expander) {
	for _, it := range f.block.items {
		if x.over {
			return
		}
		if it.wire != nil {
			f.wire(x, it.wire)
		}
		for _, l := range f.loops[it.loop] {
			l.join(x)
		}
	}
}

// wire makes the links of one wire.
func (f *frame) wire(x *expander, w *wire) {
	if x.given != nil && x.given[portPath{f.pathOf(w.to.actor), w.to.port}.plain()] {
		return
	}
	from, out := f.ends(w.from, "out")
	to, in := f.ends(w.to, "in")
	if !x.spend(1+len(in)+len(out)+len(from)*(1+len(in))+len(to)*(1+len(out)), w.where) {
		return
	}
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
		f.hull.in[w.from.port] = append(f.hull.in[w.from.port], behind(to, w.from.port)...)
		f.hull.inFaces[w.from.port] = append(f.hull.inFaces[w.from.port], in...)
	case w.to.actor == "":
		f.hull.out[w.to.port] = append(f.hull.out[w.to.port], behind(from, w.to.port)...)
		f.hull.outFaces[w.to.port] = append(f.hull.outFaces[w.to.port], out...)
	default:
		f.cross(x, w, from, to)
	}
}

// behind are the sockets that a border's port leads to. For an actor of the
// component itself the far end is then called by that port.
func behind(sockets []socket, port string) []socket {
	out := make([]socket, len(sockets))
	for i, s := range sockets {
		if s.as == "" {
			s.as = "." + port
		}
		out[i] = s
	}
	return out
}

// cross links each of some ports to each of others.
func (f *frame) cross(x *expander, w *wire, from, to []socket) {
	for _, s := range from {
		for _, t := range to {
			if len(x.links) == maxLinks {
				x.limit(w.where, "links", maxLinks)
			}
			if !x.spend(stepsLink, w.where) {
				return
			}
			c := crossing{from: s, to: t, wire: w, fromAs: t.as, toAs: s.as}
			if c.fromAs == "" {
				c.fromAs = f.seen(w.from, t.actor.frame)
			}
			if c.toAs == "" {
				c.toAs = f.seen(w.to, s.actor.frame)
			}
			x.links = append(x.links, c)
		}
	}
}

// pathOf is the path of what an instance's name means in a frame.
func (f *frame) pathOf(name string) string {
	for at := f; at != nil; at = at.parent {
		if _, ok := at.block.byName[name]; ok {
			return at.path + ":" + name
		}
	}
	return ""
}

// seen is what an end of a wire in f is called in another frame that is f or
// one around it: with the names of the fors between.
func (f *frame) seen(e end, from *frame) string {
	if below, ok := strings.CutPrefix(f.pathOf(e.actor), from.path+":"); ok {
		return below + "." + e.port
	}
	return e.name()
}

// endpoint is the socket in the graph.
func (s socket) endpoint() flow.Endpoint { return flow.Endpoint{Actor: s.actor.ID, Port: s.port} }

// local is the socket without the application, for people.
func (s socket) local() string { return s.actor.ID.Local() + "." + s.port }
