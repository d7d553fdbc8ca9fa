package draw

import "slices"

// sweeps is how often the order of the columns is bettered. More rarely helps.
const sweeps = 12

// order puts the nodes of each column into an order with few crossings.
func order(columns [][]*node, between [][]hop) {
	number(columns)
	best, at := crossings(between), snapshot(columns)
	for i := 0; i < sweeps && best > 0; i++ {
		if i%2 == 0 {
			for c := 1; c < len(columns); c++ {
				arrange(columns[c], between[c-1], true)
			}
		} else {
			for c := len(columns) - 2; c >= 0; c-- {
				arrange(columns[c], between[c], false)
			}
		}
		if n := crossings(between); n < best {
			best, at = n, snapshot(columns)
		}
	}
	for c := range columns {
		copy(columns[c], at[c])
	}
	number(columns)
}

func number(columns [][]*node) {
	for _, col := range columns {
		for i, n := range col {
			n.place = i
		}
	}
}

func snapshot(columns [][]*node) [][]*node {
	all := make([][]*node, len(columns))
	for c := range columns {
		all[c] = slices.Clone(columns[c])
	}
	return all
}

// arrange sorts a column by the mean rank of each node's neighbours in the
// column before it, or after. A node without any stays behind the one above it.
func arrange(col []*node, between []hop, before bool) {
	type mean struct{ sum, n int }
	means := map[*node]mean{}
	for _, h := range between {
		n, rank := h.left, rankOf(h.right, h.rightY)
		if before {
			n, rank = h.right, rankOf(h.left, h.leftY)
		}
		m := means[n]
		means[n] = mean{m.sum + rank, m.n + 1}
	}
	keys := map[*node]int{}
	last := 0
	for _, n := range col {
		if m := means[n]; m.n > 0 {
			last = m.sum / m.n
		}
		keys[n] = last
	}
	slices.SortStableFunc(col, func(a, b *node) int { return keys[a] - keys[b] })
	for i, n := range col {
		n.place = i
	}
}

// rankOf orders ports of a column from top to bottom.
func rankOf(n *node, y int) int { return n.place<<16 + min(y, 1<<16-1) }

// crossings counts the pairs of hops that cross.
func crossings(between [][]hop) int {
	total := 0
	for _, hs := range between {
		rights := make([]int, len(hs))
		sorted := slices.Clone(hs)
		slices.SortFunc(sorted, func(a, b hop) int {
			if d := rankOf(a.left, a.leftY) - rankOf(b.left, b.leftY); d != 0 {
				return d
			}
			return rankOf(a.right, a.rightY) - rankOf(b.right, b.rightY)
		})
		for i, h := range sorted {
			rights[i] = rankOf(h.right, h.rightY)
		}
		total += inversions(rights)
	}
	return total
}

// inversions counts the pairs that stand in the wrong order, sorting as it goes.
func inversions(a []int) int {
	if len(a) < 2 {
		return 0
	}
	left, right := slices.Clone(a[:len(a)/2]), slices.Clone(a[len(a)/2:])
	total := inversions(left) + inversions(right)
	for i := range a {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			a[i], left = left[0], left[1:]
		} else {
			total += len(left)
			a[i], right = right[0], right[1:]
		}
	}
	return total
}
