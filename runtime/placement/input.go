package placement

import "github.com/wardflow/wardflow/runtime/flow"

// An Input is all that a plan depends on.
type Input struct {
	Graphs []flow.Graph                       // the applications that shall run
	Specs  func(typ string) (flow.Spec, bool) // actor types by name
	Nodes  []NodeView                         // every node ever seen and not removed
	Old    []flow.Placement                   // the plan of before; actors no graph has are dropped
	Here   map[string]flow.NodeID             // by application, the node that got the request: current_node()
	// Failover moves actors away from nodes that are not up, except those
	// whose type requires what only their node has. Without it an actor stays
	// with its node, up or not.
	Failover bool
}

// A NodeView is a node as the cluster sees it.
type NodeView struct {
	flow.NodeInfo
	Up    bool // gossip says it is alive
	Drain bool // it shall be emptied: no actor may come, and those it has leave
}

// An Outcome is the plan: where everything runs, and what changes.
type Outcome struct {
	Placements []flow.Placement // sorted by actor, one for each actor of the graphs
	Moves      []Move           // what changes against Input.Old, sorted by actor
}

// A Move is an actor that changes its node. From is "" when it had none, To is
// "" when no node fits any more.
type Move struct {
	Actor    flow.ActorID
	From, To flow.NodeID
}

// Unplaced are the placements without a node. Their Why says for each node why not.
func (o Outcome) Unplaced() []flow.Placement {
	var un []flow.Placement
	for _, pl := range o.Placements {
		if pl.Node == "" {
			un = append(un, pl)
		}
	}
	return un
}
