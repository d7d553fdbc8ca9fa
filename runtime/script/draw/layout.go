package draw

import "unicode/utf8"

// Measures, in pixels. The type is monospaced, so that its width is known.
const (
	charWidth   = 8  // of 13 px type, rounded up
	lineHeight  = 18 // of a row of text or ports
	boxPad      = 10 // left and right of a box's text
	boxGap      = 18 // below a box
	laneHeight  = 6
	laneGap     = 6
	columnGap   = 64 // where lines turn
	framePad    = 16 // between a frame and what is in it
	smallHeight = 24 // of a value, transform or voidport
)

// A sheet is a picture with everything in its place. Places are from the top
// left corner.
type sheet struct {
	title   string
	w, h    int
	nodes   []*node // without lanes
	paths   []path
	in, out map[string]int // heights of the picture's own ports
}

// A path is a line as it is drawn: a start, then steps.
type path struct {
	line  Line
	x, y  int
	steps []step
}

// A step goes straight to x, y, or by a curve that leaves and arrives level:
// bend is how far its handles reach, to the right at its start.
type step struct {
	x, y int
	bend [2]int // of the start's handle and the end's; none: straight
}

func textWidth(s string) int { return utf8.RuneCountInString(s) * charWidth }

// layout finds a place for everything in a picture.
func layout(p *Picture) *sheet {
	s := &sheet{title: p.Title, in: map[string]int{}, out: map[string]int{}}
	ends := map[End][2]*node{} // the node that tokens leave by, and the one they enter
	for _, port := range p.In {
		n := &node{port: port, w: textWidth(port) + boxPad, h: lineHeight, out: map[string]int{port: lineHeight / 2}}
		s.nodes = append(s.nodes, n)
		ends[End{"", port}] = [2]*node{n, ends[End{"", port}][1]}
	}
	boxes := make(map[string]*node, len(p.Boxes))
	for _, b := range p.Boxes {
		n := measure(b)
		s.nodes = append(s.nodes, n)
		boxes[b.Name] = n
	}
	for _, port := range p.Out {
		n := &node{port: port, w: textWidth(port) + boxPad, h: lineHeight, in: map[string]int{port: lineHeight / 2}}
		s.nodes = append(s.nodes, n)
		ends[End{"", port}] = [2]*node{ends[End{"", port}][0], n}
	}
	var edges []*edge
	for _, l := range p.Lines {
		e := &edge{line: l, from: boxes[l.From.Box], to: boxes[l.To.Box]}
		if l.From.Box == "" {
			e.from = ends[l.From][0]
		}
		if l.To.Box == "" {
			e.to = ends[l.To][1]
		}
		if e.from != nil && e.to != nil {
			edges = append(edges, e)
		}
	}
	turn(s.nodes, edges)
	count := layers(s.nodes, edges)
	columns := lay(s.nodes, edges, count)
	between := hops(edges, count)
	order(columns, between)
	settle(columns, between)
	s.spread(p, columns, edges)
	return s
}

// spread gives columns their places from left to right and draws the edges.
func (s *sheet) spread(p *Picture, columns [][]*node, edges []*edge) {
	left, right := make([]int, len(columns)), make([]int, len(columns))
	x := framePad + columnGap/2
	if len(p.In) > 0 {
		x = 0 // the first column is the border
	}
	top := framePad
	if p.Title != "" {
		top += lineHeight
	}
	for c, col := range columns {
		width := 0
		for _, n := range col {
			width = max(width, n.w)
		}
		left[c], right[c] = x, x+width
		for _, n := range col {
			n.x, n.y = x+(width-n.w)/2, n.y+top
			switch {
			case n.lane():
				n.x, n.w = x, width
			case n.entry():
				n.x = x
				s.in[n.port] = n.y + n.h/2
			case n.exit():
				s.out[n.port] = n.y + n.h/2
			}
			s.h = max(s.h, n.y+n.h)
		}
		x += width + columnGap
	}
	s.w = x - columnGap
	if len(p.Out) == 0 {
		s.w += framePad + columnGap/2
	}
	s.w = max(s.w, textWidth(p.Title)+2*boxPad)
	s.h += framePad
	for _, n := range s.nodes {
		if n.exit() {
			n.x = s.w - n.w // the last column is the other border
		}
	}
	for _, e := range edges {
		s.paths = append(s.paths, route(e, left, right))
	}
}

// route draws an edge: level across columns, curved between them.
func route(e *edge, left, right []int) path {
	from, to := e.from, e.to
	y1, y2 := from.y+from.out[e.line.From.Port], to.y+to.in[e.line.To.Port]
	p := path{line: e.line, x: from.x + from.w, y: y1}
	level := func(x, y int) { p.steps = append(p.steps, step{x: x, y: y}) }
	curve := func(x, y, a, b int) { p.steps = append(p.steps, step{x: x, y: y, bend: [2]int{a, b}}) }
	level(right[from.layer], y1)
	if e.back {
		for i, l := range e.lanes {
			mid := l.y + laneHeight/2
			if i == 0 {
				curve(right[l.layer], mid, columnGap/2, columnGap/2)
			} else {
				curve(right[l.layer], mid, -columnGap/2, columnGap/2)
			}
			level(left[l.layer], mid)
		}
		curve(left[to.layer], y2, -columnGap/2, -columnGap/2)
	} else {
		for _, l := range e.lanes {
			mid := l.y + laneHeight/2
			curve(left[l.layer], mid, columnGap/2, -columnGap/2)
			level(right[l.layer], mid)
		}
		curve(left[to.layer], y2, columnGap/2, -columnGap/2)
	}
	level(to.x, y2)
	return p
}
