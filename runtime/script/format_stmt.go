package script

// statement puts one statement, or the head of one with braces.
func (b *builder) statement(n node) {
	switch n := n.(type) {
	case *Include:
		b.take()
		b.space()
		b.take()
	case *Constant:
		b.take()
		b.spaced(2) // NAME =
		b.value(n.Value)
	case *Component:
		b.component(n)
	case *Instance:
		b.take()
		b.spaced(1)
		b.upTo(n.Type.Span)
		b.args(n.Args)
	case *Property:
		b.upTo(n.Port.Span)
		if n.Dir != nil {
			b.upTo(n.Dir.Span)
			b.take()
		}
		b.args(n.Args)
	case *Link:
		b.link(n)
	case *RuleDef:
		b.take()
		b.spaced(2) // NAME :
		b.rule(n.Rule, n.End)
	case *Group:
		b.take()
		b.spaced(2) // NAME :
		if b.newLine() {
			b.list(len(n.Members), func(i int) { b.upTo(n.Members[i].Span) })
		} else {
			b.fill(n.Members, 1)
		}
	case *Apply:
		b.take()
		b.space()
		b.fill(n.Targets, 1)
		b.spaced(1) // :
		b.rule(n.Rule, n.End)
	default:
		b.addition(n)
	}
}

// addition puts what Calvin doesn't have.
func (b *builder) addition(n node) {
	switch n := n.(type) {
	case *For:
		b.take()
		b.spaced(2) // NAME in
		b.value(n.Over)
		b.spaced(1)
	case *Test:
		b.take()
		b.space()
		b.value(&n.Name)
		b.spaced(1)
	case *Give:
		b.tokensAt(n.Port, n.Tokens, false)
	case *Expect:
		b.tokensAt(n.Port, n.Tokens, n.More)
	case *After:
		b.take()
		b.spaced(1)
	case *Set:
		b.take()
		b.space()
		b.upTo(n.Capability.Span)
		b.space()
		b.value(n.Value)
	}
}

// spaced puts n tokens with spaces around them.
func (b *builder) spaced(n int) {
	for range n {
		b.space()
		b.take()
	}
	b.space()
}

// upTo puts the tokens up to the end of a span, without spaces.
func (b *builder) upTo(s Span) {
	for b.tok().Start.Offset < s.End.Offset {
		b.take()
	}
}

func (b *builder) tokensAt(port PortName, list Expr, more bool) {
	b.take()
	b.space()
	b.upTo(port.Span)
	b.space()
	b.value(list)
	if more {
		b.spaced(1)
	}
}

// component puts the head of a component.
func (b *builder) component(c *Component) {
	b.take()
	b.space()
	b.upTo(c.Name.Span)
	b.bracket(len(c.Params), style{}, func(i int) {
		b.take()
		if c.Params[i].Default != nil {
			b.take()
			b.value(c.Params[i].Default)
		}
	})
	b.space()
	b.fill(c.In, 2)
	b.spaced(1) // ->
	b.fill(c.Out, 2)
	b.spaced(1) // {
}

// link puts SOURCE > TARGETS. Several targets that do not fit on the line stand
// on one each.
func (b *builder) link(l *Link) {
	switch {
	case l.From.Value == nil:
		b.upTo(l.From.Span)
	default:
		if l.From.Label != nil {
			b.upTo(l.From.Label.Span)
			b.space()
		}
		if l.From.Once {
			b.take()
			b.space()
		}
		b.value(l.From.Value)
	}
	b.spaced(1) // >
	b.list(len(l.To), func(i int) { b.target(&l.To[i]) })
}

func (b *builder) target(t *Target) {
	if tr := t.Transform; tr != nil {
		b.take()
		if tr.Label != nil {
			b.upTo(tr.Label.Span)
			b.space()
		}
		b.value(tr.Value)
		b.take()
		b.space()
	}
	if t.Tag != nil {
		b.take()
		b.value(t.Tag)
		b.space()
	}
	b.upTo(t.Span)
}

// list puts names, ports or targets behind what ends with a space: on one line,
// or on a line each.
func (b *builder) list(n int, item func(i int)) {
	if n == 1 {
		item(0)
		return
	}
	kept := b.newLine()
	b.group(dGroup, 0, kept, func() {
		b.group(dNest, 1, false, func() { b.items(n, " ", style{}, kept, item) })
	})
}

// fill puts names, as many on each line as have room, by tabs further right.
func (b *builder) fill(ids []Ident, by int) {
	b.group(dNest, by, false, func() {
		for i, id := range ids {
			b.group(dGroup, 0, false, func() {
				if i > 0 {
					b.line(" ")
				}
				b.upTo(id.Span)
				if i < len(ids)-1 {
					b.comma(dText)
				}
			})
		}
	})
}

// comma puts the comma behind an item, which the text may have left out. A
// comment before it stays there if it is one between tokens of a line, else it
// goes behind it.
func (b *builder) comma(kind docKind) {
	t := b.tok()
	if t.kind == ',' {
		for c := b.comment(t.Start); c != nil; c = b.comment(t.Start) {
			if len(b.wait) == 0 && c.Start.Line == b.end && t.Start.Line == b.end {
				b.text(" " + c.String())
			} else {
				b.wait = append(b.wait, c.String())
			}
			b.next++
		}
	}
	b.put(&doc{kind: kind, text: ","})
	if t.kind == ',' {
		b.at++
		b.after(t)
	}
}
