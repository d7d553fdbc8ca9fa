package draw

import "slices"

// settle gives the nodes of each column their heights: first one below the
// other, then, column by column to and fro, as near to their neighbours' as
// order and distances allow.
func settle(columns [][]*node, between [][]hop) {
	for _, col := range columns {
		y := 0
		for _, n := range col {
			n.y = y
			y += n.h + apart(n)
		}
	}
	for range 4 {
		for c := 1; c < len(columns); c++ {
			pull(columns[c], between[c-1], nil)
		}
		for c := len(columns) - 2; c >= 0; c-- {
			pull(columns[c], nil, between[c])
		}
	}
	for c := 1; c < len(columns); c++ {
		pull(columns[c], between[c-1], between[c])
	}
	top := 0
	for _, col := range columns {
		if len(col) > 0 {
			top = min(top, col[0].y)
		}
	}
	for _, col := range columns {
		for _, n := range col {
			n.y -= top
		}
	}
}

// apart is the room below a node.
func apart(n *node) int {
	if n.lane() {
		return laneGap
	}
	return boxGap
}

// pull moves a column towards what it is joined to before it and after it.
func pull(col []*node, before, after []hop) {
	wants := map[*node][]int{}
	for _, h := range before {
		wants[h.right] = append(wants[h.right], h.left.y+h.leftY-h.rightY)
	}
	for _, h := range after {
		wants[h.left] = append(wants[h.left], h.right.y+h.rightY-h.leftY)
	}
	// Less the room of all above, heights only have to rise.
	room := 0
	heights, weights := make([]int, len(col)), make([]int, len(col))
	for i, n := range col {
		heights[i], weights[i] = n.y-room, 1
		if w := wants[n]; len(w) > 0 {
			slices.Sort(w)
			heights[i], weights[i] = (w[(len(w)-1)/2]+w[len(w)/2])/2-room, 4*len(w)
		}
		room += n.h + apart(n)
	}
	room = 0
	for i, y := range rising(heights, weights) {
		col[i].y = y + room
		room += col[i].h + apart(col[i])
	}
}

// rising are the numbers nearest to those wanted, by weighted squares, that do
// not fall: neighbours that would are pooled at their mean.
func rising(want, weight []int) []int {
	type pool struct{ sum, weight, n int }
	mean := func(p pool) int { return floorDiv(p.sum, p.weight) }
	var pools []pool
	for i, w := range want {
		p := pool{w * weight[i], weight[i], 1}
		for len(pools) > 0 && mean(pools[len(pools)-1]) >= mean(p) {
			last := pools[len(pools)-1]
			p = pool{p.sum + last.sum, p.weight + last.weight, p.n + last.n}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, p)
	}
	out := make([]int, 0, len(want))
	for _, p := range pools {
		for range p.n {
			out = append(out, mean(p))
		}
	}
	return out
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
