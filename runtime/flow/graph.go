package flow

// A Graph is one compiled application: what runs and how it is joined. It is
// the output of package script and the input of package placement.
type Graph struct {
	App    string `json:"app"`
	Actors []Node `json:"actors"` // sorted by ID
	Links  []Link `json:"links"`  // in the order of the script
}

// A Node of a graph is one actor as the script declares it.
type Node struct {
	ID    ActorID                   `json:"id"`
	Type  string                    `json:"type"`            // "std.Sum"
	Args  map[string]Value          `json:"args,omitempty"`  // given arguments and defaults
	Ports map[string]map[string]any `json:"ports,omitempty"` // properties of "in:name" and "out:name"
	Rule  *Rule                     `json:"rule,omitempty"`  // where it may run; nil: anywhere fit

	// What package expand adds to what the script says.
	Replica *Replica `json:"replica,omitempty"` // nil: the script declares it
	// Local actors have their checkpoints on the disk of their node, which they
	// stay with: they go on while the register can't be reached.
	Local bool `json:"local,omitempty"`
}

// A Replica is one of several actors that run for one that the script declares.
type Replica struct {
	Of     ActorID `json:"of"`               // the actor of the script
	Number int     `json:"number"`           // from 1, the original's; never given twice
	Node   NodeID  `json:"node,omitempty"`   // the one node it is for; "": any that is fit
	Ending bool    `json:"ending,omitempty"` // it gets nothing new, and goes when all it has is settled
	// Last is the highest number given so far, where no replica has it any more.
	// It stands with the first of them.
	Last int `json:"last,omitempty"`
}

// Actor finds an actor of the graph.
func (g *Graph) Actor(id ActorID) (Node, bool) {
	for _, n := range g.Actors {
		if n.ID == id {
			return n, true
		}
	}
	return Node{}, false
}

// LinksOf are the links that end and those that start at an actor.
func (g *Graph) LinksOf(id ActorID) (in, out []Link) {
	for _, l := range g.Links {
		if l.To.Actor == id {
			in = append(in, l)
		}
		if l.From.Actor == id {
			out = append(out, l)
		}
	}
	return in, out
}

// A Rule says on which nodes an actor may run. Op is "and", "or" (over Terms),
// "not" (of the one term) or "match", a predicate with arguments such as
// node_attr_match(index=["address", {"floor": "3"}]).
type Rule struct {
	Op    string           `json:"op"`
	Terms []Rule           `json:"terms,omitempty"`
	Name  string           `json:"name,omitempty"`
	Args  map[string]Value `json:"args,omitempty"`
	Line  int              `json:"line,omitempty"` // in the script, from 1
	// Target is what apply gave the rule to, as its path within the application:
	// the actors of one component, scaled as one, keep together on each node. It
	// stands with the outermost rule.
	Target string `json:"target,omitempty"`
}
