package placement

import (
	"cmp"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A site is a node, and what it can still take.
type site struct {
	*NodeView
	load  int     // actors decided to run there
	size  float64 // how much it can take, against the largest node: 0 < size ≤ 1
	short string  // what it has little of, or ""
	rank  int     // 0: enough of everything; 1: little of something; 2: none
}

// smallest is the least size that a node counts with.
const smallest = 1.0 / 1000

// measure finds how large the nodes are: by processors or memory, whichever it
// has less of. One that does not state a measure counts as the smallest that
// does.
func (p *planner) measure() {
	for _, n := range p.order {
		n.size = 1
		n.short, n.rank = shortOf(n.NodeView)
	}
	for _, typ := range []string{CPUTotal, MemTotal} {
		least, most := 0.0, 0.0
		for _, n := range p.order {
			if v, ok := Amount(n.Attributes[typ][value]); ok && v > 0 {
				if most = max(most, v); least == 0 || v < least {
					least = v
				}
			}
		}
		if most == 0 {
			continue
		}
		for _, n := range p.order {
			v, ok := Amount(n.Attributes[typ][value])
			if !ok || v <= 0 {
				v = least
			}
			n.size = max(smallest, min(n.size, v/most))
		}
	}
}

// shortOf says what a node has a quarter of or less.
func shortOf(n *NodeView) (what string, rank int) {
	for _, typ := range []string{CPUAvail, MemAvail} {
		v, ok := Amount(n.Attributes[typ][value])
		switch {
		case !ok || v > 25:
		case v == 0:
			return fmt.Sprintf("%s is 0", typ), 2
		case rank == 0:
			what, rank = fmt.Sprintf("%s is %s", typ, n.Attributes[typ][value]), 1
		}
	}
	return what, rank
}

// share is how full a node would be with more actors, for its size.
func (n *site) share(more int) float64 { return float64(n.load+more) / n.size }

// neighbours are how many actors on each node are linked with the unit's.
func (p *planner) neighbours(u *unit) map[flow.NodeID]int {
	count := map[flow.NodeID]int{}
	for _, t := range u.tasks {
		for _, id := range p.next[t.ID] {
			if other := p.byID[id]; other != nil && other.unit != u && other.unit.at != "" {
				count[other.unit.at]++
			}
		}
	}
	return count
}

// A taste compares nodes for a unit: first those with enough of everything,
// then with fewest replicas of the same actor, then with fewest actors for their
// size, then with most of the unit's neighbours. The rest is for the names to say.
type taste struct {
	size    int // of the unit
	fellows map[flow.NodeID]int
	near    map[flow.NodeID]int
}

func (p *planner) taste(u *unit) taste { return taste{len(u.tasks), p.replicas(u), p.neighbours(u)} }

func (t taste) compare(a, b *site) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(t.fellows[a.ID], t.fellows[b.ID]),
		cmp.Compare(a.share(t.size), b.share(t.size)), cmp.Compare(t.near[b.ID], t.near[a.ID]))
}

// replicas are how many replicas each node has of what the unit's actors are
// replicas of.
func (p *planner) replicas(u *unit) map[flow.NodeID]int {
	var count map[flow.NodeID]int
	for _, t := range u.tasks {
		if t.Replica == nil {
			continue
		}
		for _, o := range p.fellows[t.Replica.Of] {
			if o.unit != u && o.unit.at != "" {
				if count == nil {
					count = map[flow.NodeID]int{}
				}
				count[o.unit.at]++
			}
		}
	}
	return count
}

// reason says why, of nodes that fit, one was chosen.
func (t taste) reason(first *site, fit []*site) string {
	if len(fit) == 1 {
		return "it is the only node that fits"
	}
	var all, few, share, equal int // that fit and have room, of these with as few replicas, as full, with as many neighbours
	sized, passed := false, ""
	for _, n := range fit {
		if n.rank > first.rank {
			passed += fmt.Sprintf("; passed over %s: %s", n.ID, n.short)
			continue
		}
		all++
		if t.fellows[n.ID] != t.fellows[first.ID] {
			continue
		}
		few++
		sized = sized || n.size != first.size
		if n.share(t.size) == first.share(t.size) {
			share++
			if t.near[n.ID] == t.near[first.ID] {
				equal++
			}
		}
	}
	fewest := "fewest actors"
	if sized {
		fewest += " for its size"
	}
	switch {
	case all == 1:
		return "it is the only node that fits and has room" + passed
	case few == 1:
		return fmt.Sprintf("it has the fewest replicas of the same of %d nodes that fit%s", all, passed)
	case share == 1 && few < all:
		return fmt.Sprintf("of %d nodes that fit, those with fewest replicas of the same, it has the %s%s", all, fewest, passed)
	case share == 1:
		return fmt.Sprintf("it has the %s of %d nodes that fit%s", fewest, all, passed)
	case equal == 1:
		return fmt.Sprintf("of %d nodes that fit, those with %s, it has the most neighbours%s", all, fewest, passed)
	}
	return fmt.Sprintf("of %d nodes that fit equally, it is the first by name%s", equal, passed)
}
