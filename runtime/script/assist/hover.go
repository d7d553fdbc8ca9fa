package assist

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// A Note is what there is to know about a name.
type Note struct {
	Span script.Span
	Text string // in Markdown
}

// Hover tells about what is at an offset, and why it is a mistake if it is one;
// ok is false where there is nothing to say.
func (s *Snapshot) Hover(offset int) (n Note, ok bool) {
	n, ok = s.note(offset)
	for _, i := range s.Issues() {
		if i.Severity == script.Note || i.Span.Src != 0 || int(i.Span.Start.Offset) > offset || int(i.Span.End.Offset) <= offset {
			continue
		}
		page, known := script.Explain(i.Code)
		if !known {
			continue
		}
		if ok {
			n.Text += "\n\n---\n\n"
		} else {
			n.Span = i.Span
		}
		n.Text += "**" + i.Code + "** " + page.Title + "\n\n" + page.Why
		return n, true
	}
	return n, ok
}

// note tells about the name or word at an offset.
func (s *Snapshot) note(offset int) (n Note, ok bool) {
	if u, found := s.at(offset); found {
		return Note{u.at, s.tell(u.sym)}, true
	}
	for i := s.before(offset); i < len(s.words) && int(s.words[i].Start.Offset) <= offset; i++ {
		if t, known := terms[s.word(i)]; known && s.meant(i) {
			return Note{s.words[i].Span, code(t.use) + t.doc}, true
		}
	}
	return Note{}, false
}

// meant reports whether a word is one of the language where it stands: the
// words that Calvin lacks are names elsewhere.
func (s *Snapshot) meant(i int) bool {
	l := s.words[i]
	if l.Kind == script.LexKeyword {
		return true
	}
	if l.Kind != script.LexWord || i+1 >= len(s.words) {
		return false
	}
	next := s.word(i + 1)
	switch s.word(i) {
	case "for":
		return s.leads(i) && s.word(i+2) == "in"
	case "in":
		return i >= 2 && s.word(i-2) == "for" && s.leads(i-2)
	case "once":
		return next != ":" && next != "." && next != "=" && next != ">" && next != "," && next != ")"
	case "test":
		return s.leads(i) && s.words[i+1].Kind == script.LexString
	case "give", "expect", "set":
		return s.leads(i) && s.words[i+1].Kind == script.LexWord
	case "after":
		return s.leads(i) && s.words[i+1].Kind == script.LexNumber
	}
	return false
}

// leads reports whether a word is the first on its line, or behind a brace.
func (s *Snapshot) leads(i int) bool {
	return i == 0 || s.words[i-1].End.Line < s.words[i].Start.Line || s.word(i-1) == "{" || s.word(i-1) == "}"
}

func code(text string) string { return "```calvin\n" + text + "\n```\n" }

// tell is all there is to know about a symbol.
func (s *Snapshot) tell(y *symbol) string {
	switch y.kind {
	case Constant:
		return s.tellConstant(y)
	case Component:
		return tellComponent(s, y.comp)
	case Instance:
		return s.tellInstance(y)
	case ActorType:
		return tellType(y.spec)
	case InPort, OutPort:
		return tellPort(y)
	case Parameter:
		p, _ := y.node.(*script.Param)
		text := p.Name
		if p.Default != nil {
			text += " = " + s.text(p.Default.Where())
		}
		return code(text) + "Parameter of component `" + y.comp.Name.Name + "`."
	case Variable:
		f, _ := y.node.(*script.For)
		return code("for "+y.name+" in "+s.text(f.Over.Where())) + "Stands for one element after the other."
	case Argument:
		return tellArg(y.arg, y.spec.Name)
	case Rule:
		r, _ := y.node.(*script.RuleDef)
		return code(s.text(r.Span))
	case Group:
		g, _ := y.node.(*script.Group)
		return code(s.text(g.Span))
	case Predicate:
		return code(predicates[y.name][0]) + predicates[y.name][1]
	case Property:
		return tellProperty(y.name)
	}
	return ""
}

func (s *Snapshot) tellConstant(y *symbol) string {
	c, _ := y.node.(*script.Constant)
	text := code("define " + y.name + " = " + s.text(c.Value.Where()))
	if _, plain := c.Value.(*script.Scalar); plain {
		return text
	}
	if v, ok := script.ConstantsOf(s.file)(y.name); ok {
		const most = 400
		if value := script.Literal(v); len(value) <= most {
			text += "= `" + value + "`"
		}
	}
	return text
}

// head is a component's first line.
func head(s *Snapshot, c *script.Component) string {
	var params []string
	for i := range c.Params {
		text := c.Params[i].Name
		if d := c.Params[i].Default; d != nil {
			text += "=" + s.text(d.Where())
		}
		params = append(params, text)
	}
	text := "component " + c.Name.Name + "(" + strings.Join(params, ", ") + ")"
	if len(c.In) > 0 {
		text += " " + idents(c.In)
	}
	text += " ->"
	if len(c.Out) > 0 {
		text += " " + idents(c.Out)
	}
	return text
}

func idents(ids []script.Ident) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.Name
	}
	return strings.Join(names, ", ")
}

func tellComponent(s *Snapshot, c *script.Component) string {
	text := code(head(s, c))
	if c.Doc != nil {
		text += c.Doc.Text
	}
	return text
}

func (s *Snapshot) tellInstance(y *symbol) string {
	text := code(y.name + " : " + y.typ)
	switch t := s.index.typed(y.typ); {
	case t == nil:
	case t.kind == Component && t.comp.Doc != nil:
		text += t.comp.Doc.Text
	case t.kind == ActorType:
		text += t.spec.Doc
	}
	return text
}

// tellType is an actor type as a table of what it takes and gives.
func tellType(spec *flow.Spec) string {
	var b strings.Builder
	b.WriteString(code(signature(spec)))
	b.WriteString(spec.Doc + "\n")
	for _, a := range spec.Args {
		fmt.Fprintf(&b, "\n- argument `%s`%s%s", a.Name, bracket(a.Kind), colon(a.Doc))
		if !a.Required {
			fmt.Fprintf(&b, "; `%s` if it is not given", script.Literal(a.Default))
		}
	}
	for _, p := range spec.In {
		fmt.Fprintf(&b, "\n- in-port `%s`%s%s", p.Name, bracket(p.Kind), colon(p.Doc))
	}
	for _, p := range spec.Out {
		fmt.Fprintf(&b, "\n- out-port `%s`%s%s", p.Name, bracket(p.Kind), colon(p.Doc))
	}
	if len(spec.Requires) > 0 {
		fmt.Fprintf(&b, "\n\nIts node must offer %s.", "`"+strings.Join(spec.Requires, "`, `")+"`")
	}
	return b.String()
}

// signature is an actor type as it is declared: what must be given and what
// may be.
func signature(spec *flow.Spec) string {
	var args []string
	for _, a := range spec.Args {
		if a.Required {
			args = append(args, a.Name)
		} else {
			args = append(args, a.Name+"="+script.Literal(a.Default))
		}
	}
	return spec.Name + "(" + strings.Join(args, ", ") + ")"
}

func bracket(kind string) string {
	if kind == "" {
		return ""
	}
	return " (`" + kind + "`)"
}

func colon(doc string) string {
	if doc == "" {
		return ""
	}
	return ": " + doc
}

func tellPort(y *symbol) string {
	if y.comp != nil {
		return code(y.name) + "The " + string(y.kind) + " `" + y.name + "` of component `" + y.comp.Name.Name + "`."
	}
	text := code(y.port.Name) + "The " + string(y.kind) + " `" + y.port.Name + "` of `" + y.spec.Name + "`" + bracket(y.port.Kind) + colon(y.port.Doc) + "."
	if r := y.port.Routing; r != "" && r != "default" {
		text += "\n\nRouting `" + r + "`: " + routings[r] + "."
	}
	return text
}

func tellArg(a flow.ArgSpec, of string) string {
	text := code(a.Name) + "The argument `" + a.Name + "` of `" + of + "`" + bracket(a.Kind) + colon(a.Doc) + "."
	if a.Required {
		return text + "\n\nIt must be given."
	}
	return text + "\n\n`" + script.Literal(a.Default) + "` if it is not given."
}

func tellProperty(name string) string {
	text := code(name) + properties[name]
	for _, p := range script.Properties() {
		if p.Name != name {
			continue
		}
		for _, side := range []struct {
			what   string
			values []string
		}{{"On in-ports", p.In}, {"On out-ports", p.Out}} {
			for i, v := range side.values {
				if i == 0 {
					text += "\n\n" + side.what + ":\n"
				}
				text += "\n- `\"" + v + "\"`" + colon(routings[v])
			}
		}
	}
	return text
}
