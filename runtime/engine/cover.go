package engine

import "github.com/wardflow/wardflow/runtime/flow"

// A cover is a committed checkpoint seen from settling: when everything made
// up to it is settled, the in-links are settled up to what it had taken.
type cover struct {
	taken, made map[flow.LinkID]uint64
}

// covers are committed checkpoints whose in-links are not settled yet, oldest
// first. It only decides; its cell holds the lock.
type covers struct {
	waiting []cover
	loop    map[flow.LinkID]bool // out-links that settle at the checkpoint
}

// add takes the newest committed checkpoint.
func (cs *covers) add(c cover) { cs.waiting = append(cs.waiting, c) }

// due drops the covers whose outputs are settled, as settled tells, and
// returns up to where the in-links may be settled now; nil when there is
// nothing new.
func (cs *covers) due(settled func(flow.LinkID) uint64) map[flow.LinkID]uint64 {
	n := 0
	for n < len(cs.waiting) && cs.done(cs.waiting[n], settled) {
		n++
	}
	if n == 0 {
		return nil
	}
	taken := cs.waiting[n-1].taken
	cs.waiting = append(cs.waiting[:0], cs.waiting[n:]...)
	return taken
}

func (cs *covers) done(c cover, settled func(flow.LinkID) uint64) bool {
	for id, made := range c.made {
		if !cs.loop[id] && settled(id) < made {
			return false
		}
	}
	return true
}

// Loops are the links of a graph that lie in a feedback loop: those whose two
// ends can reach each other (Tarjan's strongly connected components).
func Loops(g *flow.Graph) map[flow.LinkID]bool {
	next := map[flow.ActorID][]flow.ActorID{}
	for _, l := range g.Links {
		next[l.From.Actor] = append(next[l.From.Actor], l.To.Actor)
	}
	t := tarjan{next: next, index: map[flow.ActorID]int{}, low: map[flow.ActorID]int{}, group: map[flow.ActorID]int{}}
	for _, a := range g.Actors {
		if _, seen := t.index[a.ID]; !seen {
			t.visit(a.ID)
		}
	}
	loops := map[flow.LinkID]bool{}
	for _, l := range g.Links {
		if t.group[l.From.Actor] == t.group[l.To.Actor] && t.group[l.From.Actor] != 0 {
			loops[l.ID()] = true
		}
	}
	return loops
}

type tarjan struct {
	next       map[flow.ActorID][]flow.ActorID
	index, low map[flow.ActorID]int
	group      map[flow.ActorID]int // 0: still on the stack
	stack      []flow.ActorID
	groups     int
}

func (t *tarjan) visit(v flow.ActorID) {
	t.index[v] = len(t.index) + 1
	t.low[v] = t.index[v]
	t.stack = append(t.stack, v)
	for _, w := range t.next[v] {
		if _, seen := t.index[w]; !seen {
			t.visit(w)
			t.low[v] = min(t.low[v], t.low[w])
		} else if t.group[w] == 0 {
			t.low[v] = min(t.low[v], t.index[w])
		}
	}
	if t.low[v] != t.index[v] {
		return
	}
	t.groups++
	for {
		w := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.group[w] = t.groups
		if w == v {
			return
		}
	}
}
