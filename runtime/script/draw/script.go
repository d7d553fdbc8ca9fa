package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// Options say which picture of a script is wanted.
type Options struct {
	Component string // the inside of this component; "": the program
	Expand    bool   // show what is inside components, each round of a for, and what names stand for
}

// Of draws a script as it is written: what is in a component is not shown, and
// what a for makes is shown once, unless the options say otherwise. Tests and
// rules are left out. The file should have no mistakes; what is not declared is
// drawn all the same. An error says that there is no such component, or that
// the picture would have too many boxes to be one.
func Of(f *script.File, types script.Types, o Options) (*Picture, error) {
	d := &drawer{file: f, types: types, expand: o.Expand, comps: map[string]*script.Component{}, constant: script.ConstantsOf(f)}
	for _, c := range f.Components {
		if d.comps[c.Name.Name] == nil {
			d.comps[c.Name.Name] = c
		}
	}
	if o.Component == "" {
		p := d.block(&Picture{Title: script.AppName(f.Name)}, f.Body, nil, nil)
		return p, d.err
	}
	c := d.comps[o.Component]
	if c == nil {
		return nil, fmt.Errorf("%s has no component %s", f.Name, o.Component)
	}
	p := d.component(c.Name.Name, c, nil)
	return p, d.err
}

// maxBoxes is how much still makes a picture.
const maxBoxes = 20_000

type drawer struct {
	file     *script.File
	types    script.Types
	expand   bool
	comps    map[string]*script.Component
	constant func(string) (flow.Value, bool)
	depth    int
	boxes    int
	err      error
}

// A scope is a picture in the making, and the one around it: in the body of a
// for, names may be those outside.
type scope struct {
	*drawer
	*Picture
	outer *scope
	loop  string         // the name of this picture's box in the outer one
	env   map[string]any // what parameters and variables stand for; a name may lack
	count map[Shape]int
}

// component draws the inside of a component.
func (d *drawer) component(title string, c *script.Component, env map[string]any) *Picture {
	p := &Picture{Title: title, In: names(c.In), Out: names(c.Out)}
	return d.block(p, c.Body, nil, env)
}

func names(ids []script.Ident) []string {
	var all []string
	for _, id := range ids {
		all = append(all, id.Name)
	}
	return all
}

// block fills a picture with what statements declare, then with their links.
func (d *drawer) block(p *Picture, body []script.Stmt, outer *scope, env map[string]any) *Picture {
	s := &scope{drawer: d, Picture: p, outer: outer, env: env, count: map[Shape]int{}}
	if outer != nil {
		s.loop = outer.last().Name
	}
	d.depth++
	defer func() { d.depth-- }()
	for _, stmt := range body {
		if in, ok := stmt.(*script.Instance); ok {
			s.instance(in)
		}
	}
	for _, stmt := range body { // labels name actors as well
		if l, ok := stmt.(*script.Link); ok && l.From.Label != nil {
			s.add(&Box{Name: l.From.Label.Name, Shape: Value, Text: s.value(&l.From), Out: []string{"token"}})
		}
	}
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *script.Link:
			s.link(stmt)
		case *script.For:
			s.rounds(stmt)
		}
	}
	return p
}

// add puts a box into the picture.
func (s *scope) add(b *Box) *Box {
	if s.boxes++; s.boxes > maxBoxes && s.err == nil {
		s.err = fmt.Errorf("the picture has more than %d boxes: draw one component, or leave out what is inside", maxBoxes)
	}
	if s.err == nil {
		s.Boxes = append(s.Boxes, b)
	}
	return b
}

func (s *scope) last() *Box {
	if len(s.Boxes) == 0 {
		return &Box{}
	}
	return s.Boxes[len(s.Boxes)-1]
}

// instance draws an actor or an instance of a component.
func (s *scope) instance(in *script.Instance) {
	if s.box(in.Name.Name) != nil || s.err != nil {
		return
	}
	b := &Box{Name: in.Name.Name, Shape: Actor, Type: in.Type.Name}
	if spec, ok := s.types(b.Type); ok && strings.Contains(b.Type, ".") {
		for _, port := range spec.In {
			b.In = append(b.In, port.Name)
		}
		for _, port := range spec.Out {
			b.Out = append(b.Out, port.Name)
		}
	} else if c := s.comps[b.Type]; c != nil {
		b.Shape, b.In, b.Out = Component, names(c.In), names(c.Out)
		const deep = 100
		if s.expand && s.depth < deep {
			b.Inside = s.component(b.Name+" : "+b.Type, c, s.arguments(c, in))
		}
	}
	s.add(b)
}

// link draws one statement: a line for each target, and the boxes for values,
// transforms and voidport.
func (s *scope) link(l *script.Link) {
	var from End
	switch {
	case l.From.Port != nil:
		from = s.end(l.From.Port, true)
	case l.From.Label != nil:
		from = End{l.From.Label.Name, "token"}
	case l.From.Value != nil:
		from = End{s.small(Value, nil, s.value(&l.From), "", "token"), "token"}
	}
	for _, t := range l.To {
		f := from
		if l.From.Void {
			f = End{s.small(Void, nil, "", "", "void"), "void"}
		}
		if tr := t.Transform; tr != nil {
			name := s.small(Transform, tr.Label, "/"+s.shown(tr.Value)+"/", "in", "out")
			s.Lines = append(s.Lines, Line{f, End{name, "in"}})
			f = End{name, "out"}
		}
		to := End{}
		if t.Void {
			to = End{s.small(Void, nil, "", "void", ""), "void"}
		} else {
			to = s.end(t.Port, false)
		}
		s.Lines = append(s.Lines, Line{f, to})
	}
}

// small adds a box for what has no name, or only a label, and returns its name.
func (s *scope) small(shape Shape, label *script.Ident, text, in, out string) string {
	s.count[shape]++
	b := &Box{Name: fmt.Sprintf("_%s_%d", shape, s.count[shape]), Shape: shape, Text: text}
	if label != nil {
		b.Name = label.Name
	}
	if in != "" {
		b.In = []string{in}
	}
	if out != "" {
		b.Out = []string{out}
	}
	return s.add(b).Name
}

// end is one end of a link. A name that is not of this picture but of one
// around it is a port in the border, and joined outside.
func (s *scope) end(n *script.PortName, from bool) End {
	port := n.Port.Name
	if n.Actor == nil {
		return s.inner(port, from)
	}
	name := n.Actor.Name
	b := s.box(name)
	if b == nil && s.outer != nil && s.outer.knows(name) {
		return s.beyond(name+"."+port, func(outer *scope) End { return outer.end(n, from) }, from)
	}
	if b == nil {
		b = s.add(&Box{Name: name, Shape: Actor})
	}
	if from {
		b.Out = with(b.Out, port)
	} else {
		b.In = with(b.In, port)
	}
	return End{name, port}
}

// inner is a port of the component that this picture shows, or of the one
// around a for.
func (s *scope) inner(port string, from bool) End {
	if s.outer != nil {
		return s.beyond("."+port, func(outer *scope) End { return outer.inner(port, from) }, from)
	}
	if from {
		s.In = with(s.In, port)
	} else {
		s.Out = with(s.Out, port)
	}
	return End{"", port}
}

// beyond is a port in the border of a for, joined outside to what end says.
func (s *scope) beyond(port string, end func(*scope) End, from bool) End {
	box := s.outer.box(s.loop)
	known := box != nil && (from && slices.Contains(s.In, port) || !from && slices.Contains(s.Out, port))
	if box == nil || known {
		return End{"", port}
	}
	far := end(s.outer)
	if from {
		s.In = append(s.In, port)
		box.In = s.In
		s.outer.Lines = append(s.outer.Lines, Line{far, End{s.loop, port}})
	} else {
		s.Out = append(s.Out, port)
		box.Out = s.Out
		s.outer.Lines = append(s.outer.Lines, Line{End{s.loop, port}, far})
	}
	return End{"", port}
}

// knows reports whether a name stands for a box here or further out.
func (s *scope) knows(name string) bool {
	return s.box(name) != nil || s.outer != nil && s.outer.knows(name)
}

func with(ports []string, port string) []string {
	if slices.Contains(ports, port) {
		return ports
	}
	return append(slices.Clip(ports), port)
}

// value is what a literal source gives.
func (s *scope) value(from *script.Source) string {
	text := s.shown(from.Value)
	if from.Once {
		return "once " + text
	}
	return text
}

// shown is a value as the script has it; in an expanded picture, which knows
// what names stand for, it is the value itself.
func (s *scope) shown(e script.Expr) string {
	if s.expand {
		if v, ok := script.Evaluate(e, s.lookup); ok {
			return script.Literal(v)
		}
	}
	return s.text(e)
}

// text is what stands at a node of the tree, on one line.
func (s *scope) text(e script.Expr) string {
	at := e.Where()
	src := s.file.Src
	if int(at.Src) < len(s.file.Texts) {
		src = s.file.Texts[at.Src].Src
	}
	if int(at.End.Offset) > len(src) {
		return ""
	}
	return strings.Join(strings.Fields(string(src[at.Start.Offset:at.End.Offset])), " ")
}
