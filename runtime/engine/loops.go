package engine

import "github.com/wardflow/wardflow/runtime/flow"

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
