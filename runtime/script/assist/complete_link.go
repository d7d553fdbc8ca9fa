package assist

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// inLink is what could stand in a link or in front of one.
func (c *site) inLink() []Item {
	arrow := -1
	for i := c.first; i < c.n; i++ {
		if c.word(i) == ">" {
			arrow = i
		}
	}
	if arrow < 0 {
		return c.source()
	}
	from := arrow + 1 // of the target
	slashes := 0
	for i := from; i < c.n; i++ {
		switch c.word(i) {
		case ",":
			from, slashes = i+1, 0
		case "/":
			slashes++
			if slashes == 2 {
				from = i + 1
			}
		}
	}
	if slashes == 1 {
		return c.values()
	}
	return c.port(from, InPort)
}

// source is what could stand before the > of a link: a port, or a literal's
// value.
func (c *site) source() []Item {
	first := c.word(c.first)
	switch {
	case c.last(1) == "." && c.n-c.first <= 2:
		return c.portsOf(c.first, c.n-1, OutPort, true)
	case first == ":" && c.n == c.first+2, first == "once" && c.n == c.first+1:
		return c.values()
	}
	return nil
}

// port is what could stand for a port that begins at a word: an actor with one
// of its ports, or after the dot the port.
func (c *site) port(from int, dir Kind) []Item {
	if c.n > from && c.last(1) == "." {
		return c.portsOf(from, c.n-1, dir, false)
	}
	if c.n > from && c.last(1) == ":" && c.block.test != nil {
		return c.inside(from)
	}
	if c.n != from {
		return nil
	}
	var items []Item
	for _, y := range c.block.instances() {
		items = append(items, c.wholePorts(y, dir)...)
		items = append(items, c.actor(y, 5))
	}
	if comp := c.block.component(); comp != nil && c.block.test == nil {
		for _, id := range comp.comp.Out {
			i := c.item(OutPort, "."+id.Name, "out-port of "+comp.comp.Name.Name)
			i.First = 3
			if !comp.linked[end{"", id.Name, OutPort}] {
				i.First, i.Detail = 1, i.Detail+", not linked yet"
			}
			items = append(items, i)
		}
	}
	if c.block.test == nil {
		items = append(items, c.keyword("voidport", 6))
	}
	return items
}

// wholePorts are an actor's ports that are not linked yet, with its name.
func (c *site) wholePorts(y *symbol, dir Kind) []Item {
	var items []Item
	for _, p := range c.portList(y.typ, dir) {
		if c.linked(y, p.Name, dir) || p.Name == deadLetter.Name {
			continue
		}
		i := c.item(dir, y.name+"."+p.Name, y.typ+", not linked yet")
		i.Doc, i.First = p.Doc, 1
		items = append(items, i)
	}
	return items
}

// linked reports whether a port of an instance has a link, seen from here, or
// is in the statement already.
func (c *site) linked(y *symbol, port string, dir Kind) bool {
	for i := c.first; i+2 < c.n; i++ {
		if c.word(i) == y.name && c.word(i+1) == "." && c.word(i+2) == port {
			return true
		}
	}
	return y.in.linked[end{y.name, port, dir}]
}

// portsOf are the ports of the actor whose name or path is from a word up to
// a dot. With both, the ports of the other direction follow: a property may be
// of either.
func (c *site) portsOf(from, dot int, dir Kind, both bool) []Item {
	if from == dot {
		return c.ownPorts(dir, both)
	}
	name := ""
	for i := from; i < dot; i++ {
		name += c.word(i)
	}
	y := c.find(name)
	if y == nil {
		return nil
	}
	items := c.portItems(y, dir, 0)
	if both {
		items = append(items, c.portItems(y, opposite(dir), 10)...)
	}
	return items
}

// find is the instance that a path leads to.
func (c *site) find(path string) *symbol {
	x := *c.index
	x.uses = nil // what the path adds is nobody's
	y := x.path(c.block, script.Ident{Name: path})
	if y == nil || y.kind != Instance {
		return nil
	}
	return y
}

func (c *site) portItems(y *symbol, dir Kind, first int) []Item {
	var items []Item
	for _, p := range c.portList(y.typ, dir) {
		i := c.item(dir, p.Name, string(dir)+" of "+y.typ+bracketed(p.Kind))
		i.Doc, i.First = p.Doc, first+1
		switch {
		case p.Name == deadLetter.Name:
			i.First = first + 3
		case c.linked(y, p.Name, dir):
			i.First = first + 2
		default:
			i.Detail += ", not linked yet"
		}
		items = append(items, i)
	}
	return items
}

func bracketed(kind string) string {
	if kind == "" {
		return ""
	}
	return " (" + kind + ")"
}

// portList are the ports of a type or component.
func (c *site) portList(typ string, dir Kind) []flow.Port {
	var ports []flow.Port
	switch t := c.index.typed(typ); {
	case t == nil:
	case t.kind == Component:
		ids := t.comp.In
		if dir == OutPort {
			ids = t.comp.Out
		}
		for _, id := range ids {
			ports = append(ports, flow.Port{Name: id.Name})
		}
	case dir == InPort:
		ports = t.spec.In
	default:
		ports = t.spec.Out
		if _, own := t.spec.OutPort(deadLetter.Name); !own {
			ports = append(slices.Clip(ports), deadLetter)
		}
	}
	return ports
}

// ownPorts are the component's own: in-ports on the left of >, out-ports on its
// right.
func (c *site) ownPorts(dir Kind, both bool) []Item {
	comp := c.block.component()
	if comp == nil {
		return nil
	}
	var items []Item
	add := func(kind Kind, ids []script.Ident, first int) {
		for _, id := range ids {
			i := c.item(kind, id.Name, string(kind)+" of "+comp.comp.Name.Name)
			i.First = first + 1
			if !comp.linked[end{"", id.Name, kind}] {
				i.First, i.Detail = first, i.Detail+", not linked yet"
			}
			items = append(items, i)
		}
	}
	lists := map[Kind][]script.Ident{InPort: comp.comp.In, OutPort: comp.comp.Out}
	add(opposite(dir), lists[opposite(dir)], 0)
	if both {
		add(dir, lists[dir], 10)
	}
	return items
}

// inside are the instances within the component that a path has come to.
func (c *site) inside(from int) []Item {
	path := ""
	for i := from; i < c.n-1; i++ {
		path += c.word(i)
	}
	b := c.block
	for part := range strings.SplitSeq(path, ":") {
		y := b.instance(part)
		if y == nil {
			if b, _ = b.round(part); b == nil {
				return nil
			}
			continue
		}
		t := c.index.typed(y.typ)
		if t == nil || t.kind != Component {
			return nil
		}
		b = t.in
	}
	var items []Item
	for _, y := range b.instances() {
		if y.in == b {
			items = append(items, c.actor(y, 0))
		}
	}
	return items
}
