package script

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Print writes a tree in one canonical form, a statement a line, without its
// comments. What it prints of a file without mistakes parses to the same tree
// and prints the same.
func Print(f *File) []byte {
	var p printer
	for _, c := range f.Constants {
		p.line("define ", c.Name.Name, " = ", show(c.Value))
	}
	for _, c := range f.Components {
		p.component(c)
	}
	for _, s := range f.Body {
		p.stmt("", s)
	}
	return []byte(p.String())
}

type printer struct{ strings.Builder }

func (p *printer) line(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
	p.WriteByte('\n')
}

func (p *printer) component(c *Component) {
	head := "component " + c.Name.Name + "(" + showParams(c.Params) + ")"
	if len(c.In) > 0 {
		head += " " + list(c.In)
	}
	head += " ->"
	if len(c.Out) > 0 {
		head += " " + list(c.Out)
	}
	p.block("", head, c.Doc, c.Body)
}

// block writes what has braces.
func (p *printer) block(indent, head string, doc *Doc, body []Stmt) {
	p.line(indent, head, " {")
	inner := indent + "    "
	if doc != nil {
		p.line(inner, docQuoted(doc.Text, len(inner), strings.Contains(doc.Text, "\n"), false))
	}
	for _, s := range body {
		p.stmt(inner, s)
	}
	p.line(indent, "}")
}

func (p *printer) stmt(indent string, s Stmt) {
	switch s := s.(type) {
	case *Instance:
		p.line(indent, s.Name.Name, " : ", s.Type.Name, "(", showArgs(s.Args), ")")
	case *Property:
		dir := ""
		if s.Dir != nil {
			dir = "[" + s.Dir.Name + "]"
		}
		p.line(indent, s.Port.String(), dir, "(", showArgs(s.Args), ")")
	case *Link:
		to := make([]string, len(s.To))
		for i, t := range s.To {
			to[i] = showTarget(t)
		}
		p.line(indent, showSource(s.From), " > ", strings.Join(to, ", "))
	case *RuleDef:
		p.line(indent, "rule ", s.Name.Name, " : ", showRule(s.Rule))
	case *Group:
		p.line(indent, "group ", s.Name.Name, " : ", list(s.Members))
	case *Apply:
		p.line(indent, "apply ", list(s.Targets), " : ", showRule(s.Rule))
	case *For:
		p.block(indent, "for "+s.Var.Name+" in "+show(s.Over), nil, s.Body)
	case *Test:
		p.block(indent, "test "+show(&s.Name), s.Doc, s.Body)
	case *Give:
		p.line(indent, "give ", s.Port.String(), " ", show(s.Tokens))
	case *Expect:
		p.line(indent, "expect ", s.Port.String(), " ", show(s.Tokens), map[bool]string{true: " ..."}[s.More])
	case *After:
		p.line(indent, "after ", show(&s.Seconds))
	case *Set:
		p.line(indent, "set ", s.Capability.Name, " ", show(s.Value))
	}
}

func showParams(params []Param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = p.Name
		if p.Default != nil {
			parts[i] += "=" + show(p.Default)
		}
	}
	return strings.Join(parts, ", ")
}

func list(ids []Ident) string { return strings.Join(idents(ids), ", ") }

func showSource(s Source) string {
	switch {
	case s.Void:
		return "voidport"
	case s.Port != nil:
		return s.Port.String()
	}
	text := show(s.Value)
	if s.Once {
		text = "once " + text
	}
	if s.Label != nil {
		text = ":" + s.Label.Name + " " + text
	}
	return text
}

func showTarget(t Target) string {
	if t.Void {
		return "voidport"
	}
	s := ""
	if tr := t.Transform; tr != nil {
		s = "/"
		if tr.Label != nil {
			s += ":" + tr.Label.Name + " "
		}
		s += show(tr.Value) + "/ "
	}
	if t.Tag != nil {
		s += "@" + show(t.Tag) + " "
	}
	return s + t.Port.String()
}

func showArgs(args []Arg) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Name.Name + "=" + show(a.Value)
	}
	return strings.Join(parts, ", ")
}

// show is an expression as a script has it.
func show(e Expr) string {
	switch e := e.(type) {
	case *Name:
		return e.Name
	case *Field:
		return e.Of.Name + "." + strings.Join(idents(e.Path), ".")
	case *Sum:
		parts := make([]string, len(e.Items))
		for i, item := range e.Items {
			parts[i] = show(item)
		}
		return strings.Join(parts, " + ")
	case *List:
		parts := make([]string, len(e.Items))
		for i, item := range e.Items {
			parts[i] = show(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *Dict:
		parts := make([]string, len(e.Items))
		for i, item := range e.Items {
			parts[i] = show(&item.Key) + ": " + show(item.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *Scalar:
		return showScalar(e.Value)
	}
	return ""
}

func showScalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	case string:
		return quote(v)
	}
	return fmt.Sprint(v)
}

// quote writes a string so that it stands on one line and reads as itself.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == utf8.RuneError:
			b.WriteString(string(utf8.RuneError))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// showRule is a rule with the parentheses that its tree needs.
func showRule(r RuleExpr) string {
	switch r := r.(type) {
	case *RuleName:
		return r.Name
	case *Predicate:
		return r.Name.Name + "(" + showArgs(r.Args) + ")"
	case *RuleNot:
		return "~" + inner(r.Rule, '~', false)
	case *RuleOp:
		return inner(r.Left, r.Op, false) + " " + string(r.Op) + " " + inner(r.Right, r.Op, true)
	}
	return ""
}

// inner is an operand of op. Operators join to the left, so the right operand
// needs parentheses around the same one.
func inner(r RuleExpr, op byte, right bool) string {
	o, ok := r.(*RuleOp)
	if !ok || op == '|' && o.Op == '&' || o.Op == op && !right {
		return showRule(r)
	}
	return "(" + showRule(r) + ")"
}
