package script

import (
	"slices"
	"strings"
)

// Format writes a script in the one style of the house: four spaces for each
// brace, a statement a line, at most one blank line, commas where they may be
// left out, brackets and lists of ports broken where they would pass column 100
// or were broken by the writer. Comments stay where they are, those at the ends
// of neighbouring lines below each other. Strings and numbers stay as written.
//
// A script that can't be read is not formatted: text is nil, and the issues have
// an error among them. Includes are not followed.
func Format(src []byte, name string) (text []byte, issues Issues) {
	f := &File{Name: name, Src: src, Texts: []Text{{name, src}}, lost: map[string]bool{}}
	tokens := f.parse(0, &loader{blind: true, seen: map[string]bool{}}, &place{body: &f.Body, whole: true})
	f.issues = f.issues.settle(f)
	if f.issues.Err() != nil {
		return nil, f.issues
	}
	p := &pretty{builder: builder{src: string(src), tokens: tokens, comments: f.Comments}, includes: f.Includes}
	var nodes []node
	for _, c := range f.Constants {
		nodes = append(nodes, c)
	}
	for _, c := range f.Components {
		nodes = append(nodes, c)
	}
	p.block(append(nodes, nodesOf(f.Body)...), 0)
	return write(p.lines), f.issues
}

// A node is whatever has a place in the text.
type node interface{ Where() Span }

func nodesOf(body []Stmt) []node {
	nodes := make([]node, len(body))
	for i, s := range body {
		nodes[i] = s
	}
	return nodes
}

// A pretty writes blocks of statements.
type pretty struct {
	builder
	includes []*Include // still to be written
	lines    []line
	prev     int32 // the line of the text where the last statement or comment ended; 0: none in this block
}

// block writes statements in the order of the text, up to the brace or the end.
func (p *pretty) block(nodes []node, indent int) {
	slices.SortStableFunc(nodes, func(a, b node) int { return int(a.Where().Start.Offset) - int(b.Where().Start.Offset) })
	for p.tok().kind != tEnd && p.tok().kind != '}' {
		p.leading(indent)
		var n node
		if p.tok().kind == tInclude {
			n, p.includes = p.includes[0], p.includes[1:]
		} else {
			n, nodes = nodes[0], nodes[1:]
		}
		p.one(n, indent)
	}
	p.leading(indent)
}

// one writes a statement, and what is in its braces.
func (p *pretty) one(n node, indent int) {
	p.doc(indent, func() { p.statement(n) })
	var doc *Doc
	var body []Stmt
	switch n := n.(type) {
	case *Component:
		doc, body = n.Doc, n.Body
	case *For:
		body = n.Body
	case *Test:
		doc, body = n.Doc, n.Body
	default:
		return
	}
	p.prev = 0
	if doc != nil {
		p.leading(indent + 1)
		p.doc(indent+1, func() { p.docstring(doc, indent+1) })
	}
	p.block(nodesOf(body), indent+1)
	p.prev = 0
	p.doc(indent, p.take)
}

// docstring puts a docstring, its lines below each other.
func (p *pretty) docstring(d *Doc, indent int) {
	t := p.tok()
	p.before(t)
	if p.gap {
		p.text(" ")
	}
	p.gap = false
	raw := p.src[t.Start.Offset+3 : t.End.Offset-3]
	first, _, more := strings.Cut(raw, "\n")
	last := raw[strings.LastIndexByte(raw, '\n')+1:]
	open, shut := more && strings.TrimSpace(first) == "", more && strings.TrimSpace(last) == ""
	p.text(docQuoted(d.Text, tab*indent, open && d.Text != "", shut && d.Text != ""))
	p.at++
	p.after(t)
}

// doc lays out what do builds.
func (p *pretty) doc(indent int, do func()) {
	p.blank(p.first())
	root := &doc{kind: dNest}
	p.out, p.last, p.gap, p.end = &root.kids, nil, false, 0
	do()
	lines := layout(root, indent)
	if len(p.wait) > 0 {
		lines = p.behind(lines, indent)
	}
	p.lines = append(p.lines, lines...)
	p.prev = p.end
}

// behind puts the comments that wait behind the last line.
func (p *pretty) behind(lines []line, indent int) []line {
	for i, text := range p.chunks() {
		if i == 0 {
			lines[len(lines)-1].comment = text
		} else {
			lines = append(lines, line{text: strings.Repeat(" ", tab*indent) + text})
		}
	}
	return lines
}

// first is the line of the text where the next statement begins, or the comment
// before it on that line.
func (p *pretty) first() int32 {
	if c := p.comment(p.tok().Start); c != nil {
		return c.Start.Line
	}
	return p.tok().Start.Line
}

// blank writes a blank line if the text has one before a line.
func (p *pretty) blank(at int32) {
	if p.prev > 0 && at > p.prev+1 {
		p.lines = append(p.lines, line{})
	}
}

// leading writes the comments before the next statement, save those on its
// line.
func (p *pretty) leading(indent int) {
	t := p.tok()
	stop := t.Start
	if t.kind == tEnd {
		stop.Offset++
	}
	for c := p.comment(stop); c != nil; c = p.comment(stop) {
		start, end := c.Start.Line, c.End.Line
		n := p.next + 1
		for ; n < len(p.comments) && p.comments[n].Start.Offset < stop.Offset && p.comments[n].Start.Line == end; n++ {
			end = p.comments[n].End.Line
		}
		last := n == len(p.comments) || p.comments[n].Start.Offset >= stop.Offset
		if last && t.Start.Line == end && t.kind != tEnd && t.kind != '}' {
			return
		}
		var texts []string
		for i := range p.comments[p.next:n] {
			texts = append(texts, p.comments[p.next+i].String())
		}
		p.blank(start)
		p.lines = append(p.lines, line{text: strings.Repeat(" ", tab*indent) + strings.Join(texts, " ")})
		p.next, p.prev = n, end
	}
}
