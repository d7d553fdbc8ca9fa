package placement

import "github.com/wardflow/wardflow/runtime/flow"

// An Input is all that a plan depends on. The order of its slices does not
// matter.
type Input struct {
	Graphs []flow.Graph                       // the applications that shall run
	Specs  func(typ string) (flow.Spec, bool) // actor types by name
	Nodes  []NodeView                         // every node ever seen and not removed
	Old    []flow.Placement                   // the plan of before; actors that no graph has are dropped
	Here   map[string]flow.NodeID             // by application, the node that got the request: current_node()
	// Failover moves actors away from nodes that are not up, where another
	// node fits, except those that require what is [Bound] to their node.
	// Without it an actor stays with its node, up or not.
	Failover bool
}

// A NodeView is a node as the cluster sees it.
type NodeView struct {
	flow.NodeInfo
	Up    bool // it is alive
	Drain bool // it shall be emptied: no actor comes, and those it has leave if they can
}

// An Outcome is the plan: where everything runs, and what changes.
type Outcome struct {
	Placements []flow.Placement // sorted by actor, one for each actor of the graphs
	Moves      []Move           // against Input.Old, sorted by actor
}

// A Move is an actor that changes its node. From is "" when it had none, To is
// "" when no node fits, or no graph has it any more.
type Move struct {
	Actor    flow.ActorID
	From, To flow.NodeID
}

// Unplaced are the placements without a node. Their Why says of each node why not.
func (o Outcome) Unplaced() []flow.Placement {
	var un []flow.Placement
	for _, pl := range o.Placements {
		if pl.Node == "" {
			un = append(un, pl)
		}
	}
	return un
}

// Bound reports whether what a capability gives is bound to the node that
// offers it, so that an actor can't take it along: another node's store is
// empty, its recordings are others, its buffers hold other items.
func Bound(capability string) bool {
	return capability == "store" || capability == "recordings" || capability == "buffer.persistent"
}

// Needs are the capabilities that an actor's node must offer: those its type
// requires, and the certificate that it speaks with. An actor that speaks with
// its node's certificate (the argument is null or "") needs none.
func Needs(n flow.Node, spec flow.Spec) []string {
	needs := append([]string(nil), spec.Requires...)
	if spec.Identity == "" {
		return needs
	}
	switch v := n.Args[spec.Identity].(type) {
	case nil:
	case string:
		if v != "" {
			needs = append(needs, "identity."+v)
		}
	default:
		// No node offers this, so the actor is refused, and the reason shows.
		needs = append(needs, "identity.(argument "+spec.Identity+" is no name)")
	}
	return needs
}
