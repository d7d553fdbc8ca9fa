package draw

// A node is what takes room in a column: a box, a port of the picture's own
// border, or a lane for a line that passes by.
type node struct {
	box   *Box   // nil: a border port or a lane
	port  string // of the border
	inner *sheet // of a box whose inside is shown

	w, h    int
	in, out map[string]int // heights of the ports, from the node's top
	layer   int
	x, y    int
	place   int // in its column, from 0
}

// lane reports whether the node is only room for a line.
func (n *node) lane() bool { return n.box == nil && n.port == "" }

// entry reports whether tokens enter the picture here, exit whether they leave.
func (n *node) entry() bool { return n.port != "" && n.in == nil }
func (n *node) exit() bool  { return n.port != "" && n.out == nil }

// An edge is a line on its way: from a node through lanes to a node.
type edge struct {
	line     Line
	from, to *node
	back     bool    // goes to the same column or an earlier one
	lanes    []*node // from the column after from's; of a back edge from from's own
}

// A hop is the part of an edge between two neighbouring columns, as the
// ordering sees it: from the left one to the right one.
type hop struct {
	left, right   *node
	leftY, rightY int // heights in them
}

// turn finds the edges that close circles: those are drawn as going back.
func turn(nodes []*node, edges []*edge) {
	outs := map[*node][]*edge{}
	for _, e := range edges {
		outs[e.from] = append(outs[e.from], e)
	}
	const open, done = 1, 2
	state := map[*node]int{}
	for _, root := range nodes {
		if state[root] != 0 {
			continue
		}
		// By hand, not by recursion: a chain may be as long as a script.
		stack := []*node{root}
		next := map[*node]int{}
		state[root] = open
		for len(stack) > 0 {
			n := stack[len(stack)-1]
			if next[n] == len(outs[n]) {
				state[n] = done
				stack = stack[:len(stack)-1]
				continue
			}
			e := outs[n][next[n]]
			next[n]++
			switch state[e.to] {
			case open:
				e.back = true
			case 0:
				state[e.to] = open
				stack = append(stack, e.to)
			}
		}
	}
}

// layers gives each node its column, and returns how many there are. The
// picture's own in-ports have the first column for themselves and its out-ports
// the last.
func layers(nodes []*node, edges []*edge) int {
	ins, outs := map[*node]int{}, map[*node][]*edge{}
	for _, e := range edges {
		if !e.back {
			ins[e.to]++
			outs[e.from] = append(outs[e.from], e)
		}
	}
	first, last := 0, 0
	for _, n := range nodes {
		if n.entry() {
			first = 1
		}
	}
	waits := map[*node]int{}
	var sorted []*node
	for _, n := range nodes {
		if !n.entry() {
			n.layer = first
		}
		if waits[n] = ins[n]; ins[n] == 0 {
			sorted = append(sorted, n)
		}
	}
	for i := 0; i < len(sorted); i++ {
		for _, e := range outs[sorted[i]] {
			e.to.layer = max(e.to.layer, e.from.layer+1)
			if waits[e.to]--; waits[e.to] == 0 {
				sorted = append(sorted, e.to)
			}
		}
	}
	for i := len(sorted) - 1; i >= 0; i-- {
		n := sorted[i]
		if len(outs[n]) > ins[n] && !n.entry() {
			n.layer = nearestOf(outs[n]) - 1
		}
		if !n.exit() {
			last = max(last, n.layer)
		}
	}
	count := last + 1
	for _, n := range nodes {
		if n.exit() {
			n.layer, count = last+1, last+2
		}
	}
	return count
}

// nearestOf is the first column that edges lead to. What feeds more than it is
// fed stands right before it.
func nearestOf(outs []*edge) int {
	near := outs[0].to.layer
	for _, e := range outs {
		near = min(near, e.to.layer)
	}
	return near
}

// lay fills the columns, with lanes for the edges that pass.
func lay(nodes []*node, edges []*edge, count int) [][]*node {
	columns := make([][]*node, count)
	for _, n := range nodes {
		columns[n.layer] = append(columns[n.layer], n)
	}
	lane := func(e *edge, layer int) {
		l := &node{h: laneHeight, layer: layer, in: map[string]int{"": laneHeight / 2}, out: map[string]int{"": laneHeight / 2}}
		e.lanes = append(e.lanes, l)
		columns[layer] = append(columns[layer], l)
	}
	for _, e := range edges {
		if e.from.layer >= e.to.layer {
			e.back = true
			for layer := e.from.layer; layer >= e.to.layer; layer-- {
				lane(e, layer)
			}
			continue
		}
		e.back = false
		for layer := e.from.layer + 1; layer < e.to.layer; layer++ {
			lane(e, layer)
		}
	}
	return columns
}

// hops are the parts of all edges between columns, by the column on the left.
func hops(edges []*edge, count int) [][]hop {
	all := make([][]hop, count)
	add := func(l, r *node, ly, ry int) { all[l.layer] = append(all[l.layer], hop{l, r, ly, ry}) }
	for _, e := range edges {
		if e.back {
			for i := 1; i < len(e.lanes); i++ {
				add(e.lanes[i], e.lanes[i-1], laneHeight/2, laneHeight/2)
			}
			continue
		}
		at, y := e.from, e.from.out[e.line.From.Port]
		for _, l := range e.lanes {
			add(at, l, y, laneHeight/2)
			at, y = l, laneHeight/2
		}
		add(at, e.to, y, e.to.in[e.line.To.Port])
	}
	return all
}
