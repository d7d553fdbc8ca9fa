package assist

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/script"
)

// A site is where the cursor stands, as the words before it tell. It needs no
// tree, which the statement under the cursor rarely has.
type site struct {
	*Snapshot
	index  *index      // of the text without the statement
	blocks []int       // the words that begin the blocks around, from the outermost
	block  *block      // around the cursor
	first  int         // the first word of the statement
	n      int         // the words before the cursor, without the one being typed
	open   []int       // brackets of the statement that are open, from the outermost
	prefix string      // what is typed of a word
	at     script.Span // of the whole word, which a completion replaces
	quoted bool        // the word stands in a string
}

// site looks at an offset; ok is false within comments, docstrings and numbers.
func (s *Snapshot) site(offset int) (c *site, ok bool) {
	for _, m := range s.file.Comments {
		line := m.Text[0] == '#' || m.Text[1] == '/'
		if int(m.Start.Offset) < offset && (offset < int(m.End.Offset) || line && offset == int(m.End.Offset)) {
			return nil, false
		}
	}
	c = &site{Snapshot: s, n: s.before(offset)}
	here := s.position(offset)
	c.at = script.Span{Start: here, End: here}
	if i := c.touching(offset); i >= 0 {
		l := s.words[i]
		switch l.Kind {
		case script.LexWord, script.LexKeyword, script.LexLiteral:
			c.at, c.prefix = l.Span, string(s.src[l.Start.Offset:offset])
			c.n = i
		case script.LexString, script.LexBad:
			if !c.string(l, offset) {
				return nil, false
			}
			c.n = i
		case script.LexDoc, script.LexNumber:
			return nil, false
		}
	}
	c.walk()
	return c, true
}

// touching is the word that an offset is in, or right behind; -1: none.
func (c *site) touching(offset int) int {
	if i := c.n; i < len(c.words) && int(c.words[i].Start.Offset) < offset {
		return i
	}
	i := c.n - 1
	if i < 0 || int(c.words[i].End.Offset) != offset {
		return -1
	}
	switch c.words[i].Kind {
	case script.LexPunct:
		return -1
	case script.LexString, script.LexDoc:
		return -1 // closed
	}
	return i
}

// string takes the part of a string before the offset for the prefix, and the
// whole between the quotes for what is replaced. It is not ok where a broken
// word is no string.
func (c *site) string(l script.Lexeme, offset int) bool {
	text := c.src[l.Start.Offset:l.End.Offset]
	from := slices.Index(text, '"') + 1
	if from == 0 || int(l.Start.Offset)+from > offset {
		return false
	}
	c.quoted = true
	c.at.Start = shift(l.Start, from)
	c.at.End = l.End
	if l.Kind == script.LexString {
		c.at.End = shift(l.End, -1)
	} else {
		c.at.End = c.position(offset)
	}
	c.prefix = string(c.src[c.at.Start.Offset:offset])
	return true
}

// position is the place of an offset.
func (s *Snapshot) position(offset int) script.Pos {
	p := script.Pos{Line: 1, Col: 1, Offset: int32(offset)}
	for i, c := range string(s.src[:offset]) {
		_ = i
		p.Col++
		if c == '\n' {
			p.Line++
			p.Col = 1
		}
	}
	return p
}

// walk goes over the words before the cursor and notes where the statement
// begins, which of its brackets are open, and which blocks are.
func (c *site) walk() {
	fresh := true // a statement begins with the next word
	for i := range c.n {
		if fresh || c.begins(i, len(c.open)) {
			c.first, c.open = i, c.open[:0]
		}
		fresh = false
		if c.words[i].Kind != script.LexPunct {
			continue
		}
		switch c.word(i) {
		case "(", "[":
			c.open = append(c.open, i)
		case "{":
			if len(c.open) == 0 && c.opensBlock() {
				c.blocks = append(c.blocks, c.first)
				fresh = true
				continue
			}
			c.open = append(c.open, i)
		case ")", "]":
			c.open = c.open[:max(0, len(c.open)-1)]
		case "}":
			if len(c.open) > 0 {
				c.open = c.open[:len(c.open)-1]
				continue
			}
			c.blocks = c.blocks[:max(0, len(c.blocks)-1)]
			fresh = true
		}
	}
	// The cursor itself may begin a statement.
	if fresh || c.n > 0 && len(c.open) == 0 && c.words[c.n-1].End.Line < c.at.Start.Line && !c.goesOn(c.n-1) {
		c.first, c.open = c.n, nil
	}
	c.index = c.rest()
	c.block = c.within(c.index)
}

// rest is the index of the text without the line being typed: half a statement
// would take the next one with it.
func (c *site) rest() *index {
	if c.first >= len(c.words) || c.opensBlock() {
		return c.Snapshot.index
	}
	src := slices.Clone(c.src)
	for i := int(c.words[c.first].Start.Offset); i < len(src); i++ {
		if src[i] == '\n' && i >= int(c.at.Start.Offset) {
			break
		}
		if src[i] != '\n' {
			src[i] = ' '
		}
	}
	f, _ := script.Load(c.name, src, c.world.Find)
	return newIndex(f, c.world.Types)
}

// opensBlock reports whether a brace of the statement is that of a component,
// for or test.
func (c *site) opensBlock() bool {
	switch c.word(c.first) {
	case "component", "test":
		return true
	case "for":
		return c.word(c.first+2) == "in"
	}
	return false
}

// begins reports whether a word begins a statement, with so many brackets of
// the one before it open.
func (c *site) begins(i, open int) bool {
	if i == 0 || c.words[i].Kind == script.LexDoc {
		return i == 0
	}
	if c.words[i-1].Kind == script.LexDoc {
		return true
	}
	if c.words[i-1].End.Line == c.words[i].Start.Line {
		return false
	}
	near := i+1 < len(c.words) && c.words[i+1].Start.Line == c.words[i].End.Line
	switch l := c.words[i]; {
	case l.Kind == script.LexKeyword:
		return true
	case l.Kind == script.LexWord && near && (c.word(i+1) == ":" || c.word(i+1) == ">"):
		return true
	case l.Kind == script.LexWord && c.word(i+1) == "." && (c.word(i+3) == ">" || c.word(i+3) == "("):
		return true
	case l.Kind == script.LexPunct && c.word(i) != "." && c.word(i) != ":" && c.word(i) != "[" && c.word(i) != "{":
		return false
	}
	return open == 0 && !c.goesOn(i-1)
}

// goesOn reports whether something must follow a word.
func (c *site) goesOn(i int) bool {
	if c.words[i].Kind != script.LexPunct {
		return false
	}
	switch c.word(i) {
	case ")", "]", "}":
		return false
	}
	return true
}

// within finds the innermost block around in an index; where the text is too
// broken for the tree to have it, the block around it.
func (c *site) within(x *index) *block {
	b := x.program
	for depth, i := range c.blocks {
		inner := b.inner
		if depth == 0 {
			inner = slices.Concat(x.blocks, inner)
		}
		for _, in := range inner {
			if at := in.span(); at.Src == 0 && at.Start.Offset == c.words[i].Start.Offset {
				b = in
				break
			}
		}
	}
	return b
}

// last is the nth word before the cursor, from 1.
func (c *site) last(n int) string {
	if c.n-n < c.first {
		return ""
	}
	return c.word(c.n - n)
}

// lastKind is the kind of the word before the cursor.
func (c *site) lastKind() script.LexKind {
	if c.n-1 < c.first {
		return script.LexPunct
	}
	return c.words[c.n-1].Kind
}
