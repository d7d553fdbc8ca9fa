package script

import "slices"

// value puts an argument.
func (b *builder) value(e Expr) {
	switch e := e.(type) {
	case *List:
		plain := !slices.ContainsFunc(e.Items, func(e Expr) bool {
			switch e.(type) {
			case *List, *Dict, *Sum:
				return true
			}
			return false
		})
		b.bracket(len(e.Items), style{comma: true, fill: plain}, func(i int) { b.value(e.Items[i]) })
	case *Dict:
		b.bracket(len(e.Items), style{comma: true}, func(i int) {
			b.value(&e.Items[i].Key)
			b.take()
			b.space()
			b.value(e.Items[i].Value)
		})
	case *Sum:
		b.before(b.tok())
		b.group(dGroup, 0, false, func() {
			b.group(dNest, 1, false, func() {
				for i, item := range e.Items {
					if i > 0 {
						b.line(" ")
						b.take()
						b.space()
					}
					b.value(item)
				}
			})
		})
	case *Scalar:
		b.strings(e)
	default:
		b.upTo(e.Where())
	}
}

// strings puts a scalar: one token, or strings next to each other.
func (b *builder) strings(s *Scalar) {
	if b.at+1 >= len(b.tokens) || b.tokens[b.at+1].Start.Offset >= s.End.Offset {
		b.take()
		return
	}
	b.before(b.tok())
	b.group(dGroup, 0, false, func() {
		b.group(dNest, 1, false, func() {
			b.take()
			for b.tok().Start.Offset < s.End.Offset {
				b.line(" ")
				b.take()
			}
		})
	})
}

// args puts (NAME=VALUE, ...). A list or dictionary alone in there breaks for
// the parentheses, which then stay on its lines.
func (b *builder) args(args []Arg) {
	b.bracket(len(args), style{comma: true, hug: len(args) == 1 && b.lone(args[0].Value)}, func(i int) {
		b.take()
		b.take()
		b.value(args[i].Value)
	})
}

// lone reports whether a value is a list or dictionary with no comment between
// it and the parentheses around.
func (b *builder) lone(e Expr) bool {
	switch e.(type) {
	case *List, *Dict:
	default:
		return false
	}
	open, s := b.tok(), e.Where()
	end := b.at
	for b.tokens[end].Start.Offset < s.End.Offset || b.tokens[end].kind != ')' {
		end++
	}
	for _, c := range b.comments[b.next:] {
		at := c.Start.Offset
		if at > b.tokens[end].Start.Offset {
			break
		}
		if at > open.Start.Offset && at < s.Start.Offset || at >= s.End.Offset {
			return false
		}
	}
	return true
}

// A style is how a bracket breaks.
type style struct {
	comma bool // behind the last item, too
	fill  bool // several items on a line
	hug   bool // not at all: its one item does
}

// bracket puts n items between two brackets. It breaks when it does not fit on
// the line, and where the writer went to a new line behind the first bracket.
func (b *builder) bracket(n int, s style, item func(i int)) {
	b.take()
	if s.hug {
		item(0)
		if b.tok().kind == ',' {
			b.at++
		}
		b.take()
		return
	}
	kept, some := n > 0 && b.newLine(), false
	b.group(dGroup, 0, kept, func() {
		b.group(dNest, 1, false, func() {
			b.items(n, "", s, kept, item)
			some = b.closing() || n > 0
		})
		if some {
			b.line("")
		}
		b.take()
	})
}

// newLine reports whether the writer has gone to a new line after the last
// token.
func (b *builder) newLine() bool {
	return b.at > 0 && b.tok().Start.Line > b.tokens[b.at-1].End.Line
}

// items puts items with commas between them, the first behind a break. Where
// the writer's breaks are kept, only those are taken, and what must be for the
// width.
func (b *builder) items(n int, flat string, s style, kept bool, item func(i int)) {
	for i := range n {
		fill := s.fill
		if i == 0 {
			b.line(flat)
			fill = false
		} else if kept {
			if fill = !b.newLine(); !fill {
				b.hard()
			}
		} else if !fill {
			b.line(" ")
		}
		one := func() {
			if fill {
				b.line(" ")
			}
			item(i)
			if i < n-1 {
				b.comma(dText)
			}
		}
		if fill {
			b.group(dGroup, 0, false, one)
		} else {
			one()
		}
		if i == n-1 && s.comma {
			b.comma(dBroken)
		}
	}
}

// closing puts the comments before a closing bracket, and tells whether there
// are any.
func (b *builder) closing() bool {
	t := b.tok()
	some := len(b.wait) > 0
	for some {
		c := b.comment(t.Start)
		if c == nil || c.Start.Line != b.end {
			break
		}
		b.wait = append(b.wait, c.String())
		b.end = c.End.Line
		b.next++
	}
	b.spill(0)
	own := false // the last one has a line of its own
	for c := b.comment(t.Start); c != nil; c = b.comment(t.Start) {
		switch {
		case c.Start.Line != b.end:
			b.hard()
			b.text(c.String())
			own = true
		case own:
			b.text(" " + c.String())
		default:
			b.put(&doc{kind: dTail, text: c.String()})
		}
		b.end = c.End.Line
		b.next++
		some = true
	}
	return some
}

// rule puts a rule, up to where it ends, with its parentheses. A long one is
// broken before its operators.
func (b *builder) rule(r RuleExpr, end Pos) {
	preds := predicatesIn(r, nil)
	var part func()
	part = func() {
		b.group(dNest, 1, false, func() {
			for t := b.tok(); t.Start.Offset < end.Offset && t.kind != ')'; t = b.tok() {
				switch {
				case t.kind == '&' || t.kind == '|':
					b.line(" ")
					b.take()
					b.space()
				case t.kind == '(':
					b.take()
					b.group(dGroup, 0, false, part)
					b.take()
				case len(preds) > 0 && t.Start == preds[0].Start:
					b.take()
					b.args(preds[0].Args)
					preds = preds[1:]
				default:
					b.take()
				}
			}
		})
	}
	b.before(b.tok())
	b.group(dGroup, 0, false, part)
}

// predicatesIn are the predicates of a rule, in the order of the text.
func predicatesIn(r RuleExpr, ps []*Predicate) []*Predicate {
	switch r := r.(type) {
	case *Predicate:
		ps = append(ps, r)
	case *RuleNot:
		ps = predicatesIn(r.Rule, ps)
	case *RuleOp:
		ps = predicatesIn(r.Right, predicatesIn(r.Left, ps))
	}
	return ps
}
