package assist

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// A Symbol is one entry of the outline.
type Symbol struct {
	Name   string
	Kind   Kind
	Detail string
	Span   script.Span // of all of it
	At     script.Span // of its name, within Span
	Inside []Symbol
}

// Symbols is the outline of the script itself, in the order of the text.
func (s *Snapshot) Symbols() []Symbol {
	var all []Symbol
	for _, c := range s.file.Constants {
		if c.Span.Src == 0 {
			all = append(all, Symbol{Name: c.Name.Name, Kind: Constant, Detail: oneLine(s.text(c.Value.Where())), Span: c.Span, At: c.Name.Span})
		}
	}
	for _, c := range s.file.Components {
		if c.Span.Src == 0 {
			all = append(all, Symbol{Name: c.Name.Name, Kind: Component, Detail: strings.TrimPrefix(head(s, c), "component "+c.Name.Name), Span: c.Span, At: c.Name.Span, Inside: s.outline(c.Body)})
		}
	}
	return append(all, s.outline(s.file.Body)...)
}

// outline are the entries of a list of statements.
func (s *Snapshot) outline(body []script.Stmt) []Symbol {
	var all []Symbol
	for _, stmt := range body {
		if stmt.Where().Src != 0 {
			continue
		}
		switch stmt := stmt.(type) {
		case *script.Instance:
			all = append(all, Symbol{Name: stmt.Name.Name, Kind: Instance, Detail: stmt.Type.Name, Span: stmt.Span, At: stmt.Name.Span})
		case *script.Link:
			all = append(all, s.labelled(stmt)...)
		case *script.RuleDef:
			all = append(all, Symbol{Name: stmt.Name.Name, Kind: Rule, Detail: oneLine(s.text(stmt.Rule.Where())), Span: stmt.Span, At: stmt.Name.Span})
		case *script.Group:
			all = append(all, Symbol{Name: stmt.Name.Name, Kind: Group, Detail: idents(stmt.Members), Span: stmt.Span, At: stmt.Name.Span})
		case *script.For:
			all = append(all, Symbol{Name: "for " + stmt.Var.Name, Kind: Loop, Detail: "in " + oneLine(s.text(stmt.Over.Where())), Span: stmt.Span, At: stmt.Var.Span, Inside: s.outline(stmt.Body)})
		case *script.Test:
			name, _ := stmt.Name.Value.(string)
			all = append(all, Symbol{Name: name, Kind: Test, Span: stmt.Span, At: stmt.Name.Span, Inside: s.outline(stmt.Body)})
		}
	}
	return all
}

// labelled are the actors that a link's literals and transforms become by name.
func (s *Snapshot) labelled(l *script.Link) []Symbol {
	var all []Symbol
	if l.From.Label != nil {
		all = append(all, Symbol{Name: l.From.Label.Name, Kind: Literal, Detail: oneLine(s.text(l.From.Value.Where())), Span: l.From.Span, At: l.From.Label.Span})
	}
	for _, t := range l.To {
		if tr := t.Transform; tr != nil && tr.Label != nil {
			all = append(all, Symbol{Name: tr.Label.Name, Kind: Literal, Detail: oneLine(s.text(tr.Value.Where())), Span: tr.Span, At: tr.Label.Span})
		}
	}
	return all
}

// oneLine is a text shortened to what an outline has room for.
func oneLine(text string) string {
	const most = 60
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return string(r)
}
