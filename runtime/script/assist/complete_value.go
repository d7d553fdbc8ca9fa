package assist

import (
	"slices"
	"strconv"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// inBrackets is what could stand in brackets: names of arguments, or values.
func (c *site) inBrackets() []Item {
	outer, inner := c.open[0], c.open[len(c.open)-1]
	first := c.word(c.first)
	if first == "rule" || first == "apply" {
		return c.inRule(inner)
	}
	if c.word(outer) == "[" && c.isPort(c.first, outer) {
		return c.directions()
	}
	named := c.word(outer) == "(" && inner == outer
	switch {
	case !named:
		return c.values()
	case c.last(1) == "=" || c.last(1) == "+":
		return append(c.expected(c.argument(outer)), c.values()...)
	case first == "component":
		return nil
	case c.last(1) == "(" || c.last(1) == "," || c.lastKind() != script.LexPunct || c.last(1) == "]" || c.last(1) == "}":
		return c.names(outer)
	}
	return nil
}

// isPort reports whether the words from one up to another are a port.
func (c *site) isPort(from, to int) bool {
	return to-from == 3 && c.word(from+1) == "." || to-from == 2 && c.word(from) == "."
}

func (c *site) directions() []Item {
	return []Item{c.item(Keyword, "in", "the in-port of this name"), c.item(Keyword, "out", "the out-port of this name")}
}

// A hole is an argument that could be given at the cursor.
type hole struct {
	name, doc, kind string
	def             *string // nil: it must be given
	values          []string
}

// holes are the arguments of what opens at a bracket, with what is told of
// them, and the kind of name they are.
func (c *site) holes(open int) ([]hole, Kind) {
	var all []hole
	if port := open; c.word(c.first+1) != ":" {
		if c.word(port-1) == "]" {
			port -= 3
		}
		if !c.isPort(c.first, port) {
			return nil, Property
		}
		dirs := c.propertyDirs(port, open)
		for _, p := range script.Properties() {
			none := ""
			all = append(all, hole{name: p.Name, doc: properties[p.Name], def: &none,
				values: slices.Concat(pick(dirs[0], p.In), pick(dirs[1], p.Out))})
		}
		return all, Property
	}
	typ := ""
	for i := c.first + 2; i < open; i++ {
		typ += c.word(i)
	}
	switch t := c.index.typed(typ); {
	case t == nil:
	case t.kind == Component:
		for i := range t.comp.Params {
			h := hole{name: t.comp.Params[i].Name}
			if d := t.comp.Params[i].Default; d != nil {
				text := c.text(d.Where())
				h.def = &text
			}
			all = append(all, h)
		}
		return all, Parameter
	default:
		for _, a := range t.spec.Args {
			all = append(all, argHole(a))
		}
	}
	return all, Argument
}

func argHole(a flow.ArgSpec) hole {
	h := hole{name: a.Name, doc: a.Doc, kind: a.Kind}
	if !a.Required {
		text := script.Literal(a.Default)
		h.def = &text
	}
	return h
}

func pick(yes bool, values []string) []string {
	if yes {
		return values
	}
	return nil
}

// propertyDirs reports which directions the port before a property's bracket
// may have, in and out.
func (c *site) propertyDirs(port, open int) [2]bool {
	if port != open {
		return [2]bool{c.word(open-2) == "in", c.word(open-2) == "out"}
	}
	n := &script.PortName{Port: script.Ident{Name: c.word(port - 1)}}
	if port-c.first == 3 {
		n.Actor = &script.Ident{Name: c.word(c.first)}
	}
	in, out := c.index.only(c.block, n, InPort), c.index.only(c.block, n, OutPort)
	if n.Actor == nil {
		in, out = out, in // the view from inside
	}
	return [2]bool{!out, !in}
}

// names are the arguments that have not been given yet.
func (c *site) names(open int) []Item {
	holes, kind := c.holes(open)
	given := map[string]bool{}
	for i := open + 1; i+1 < len(c.words) && c.word(i) != ")" && !(i > open+1 && c.begins(i, 1)); i++ {
		if c.words[i].Kind == script.LexWord && c.word(i+1) == "=" && i != c.n {
			given[c.word(i)] = true
		}
	}
	var items []Item
	for n, h := range holes {
		if given[h.name] {
			continue
		}
		i := c.item(kind, h.name, "")
		i.Doc, i.First = h.doc, 100+n
		switch {
		case h.def == nil:
			i.Detail, i.First = "must be given"+bracketed(h.kind), n
		case *h.def != "":
			i.Detail = "default " + *h.def
		}
		if next := c.before(int(c.at.End.Offset)); c.word(next) != "=" {
			i.Edit.New, i.Snippet = h.name+"=$0", true
		}
		items = append(items, i)
	}
	return items
}

// argument is the argument whose value the cursor is in, given the bracket of
// the list of arguments.
func (c *site) argument(open int) (h hole) {
	name := ""
	for i := open + 1; i < c.n; i++ {
		if c.word(i) == "=" {
			name = c.word(i - 1)
		}
	}
	holes, _ := c.holes(open)
	if i := slices.IndexFunc(holes, func(h hole) bool { return h.name == name }); i >= 0 {
		return holes[i]
	}
	return hole{}
}

// expected are the values that an argument has by its nature.
func (c *site) expected(h hole) []Item {
	var items []Item
	for n, v := range h.values {
		i := c.item(Literal, strconv.Quote(v), routings[v])
		i.First = n
		items = append(items, i)
	}
	if h.def != nil && *h.def != "" && len(*h.def) < 60 {
		i := c.item(Literal, *h.def, "the default")
		items = append(items, i)
	}
	if h.kind == "bool" {
		items = append(items, c.item(Literal, "true", ""), c.item(Literal, "false", ""))
	}
	return items
}

// values are the names and words that any value may be.
func (c *site) values() []Item {
	var items []Item
	seen := map[string]bool{}
	add := func(y *symbol, detail string, first int) {
		if !seen[y.name] {
			seen[y.name] = true
			i := c.item(y.kind, y.name, detail)
			i.First = first
			items = append(items, i)
		}
	}
	for b := c.block; b != nil; b = b.parent {
		for _, y := range b.vars {
			add(y, string(y.kind), 20)
		}
		if b.comp != nil {
			break
		}
	}
	for _, d := range c.index.file.Constants {
		add(c.index.constants[d.Name.Name], c.text(d.Value.Where()), 21)
	}
	for _, word := range []string{"true", "false", "null"} {
		i := c.item(Literal, word, "")
		i.First = 30
		items = append(items, i)
	}
	return items
}
