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
	// node fits, except those that are bound to their node (see [Bound] and
	// [flow.Node.Local]). Without it an actor stays with its node, up or not.
	Failover bool
	// Pins are the nodes that people moved actors to. A pin holds while its
	// node is up, not drained and fits, and the actor is not bound elsewhere.
	Pins map[flow.ActorID]Pin
	// Gone tells the nodes that were removed for good. A node that is neither
	// in Nodes nor gone counts as down: it may only not have been heard of yet.
	// Nil: none is gone.
	Gone func(flow.NodeID) bool
	// Leased tells the nodes that may still hold a lease. Exclusive actors of
	// one that is not up stay with it until the lease has ended; those that
	// shall leave one that is up are nowhere first, so that it stops them.
	// Nil: none does.
	Leased func(flow.NodeID) bool
	// Acting is, for an exclusive actor that no node has by the plan of before,
	// a node that may not have stopped it yet, or "": until there is none it goes
	// nowhere, not there either, since there may be others. Nil: there is none.
	Acting func(flow.ActorID) flow.NodeID
	// Zones are, by application, what the zone must be in the certificate of a
	// node that handles patient data: {"site": "north"}. An actor does so whose
	// type requires one of [Patient]. An application without an entry runs
	// anywhere; "" is the entry of those that have none of their own.
	Zones map[string]map[string]string
}

// A Pin is a person's decision that an actor runs on a node.
type Pin struct {
	Node flow.NodeID
	By   string // who decided, for the explanation; "": not said
}

// A NodeView is a node as the cluster sees it. Attributes of the type "zone"
// count as certified: whoever fills them in takes them from the certificate.
type NodeView struct {
	flow.NodeInfo
	Up    bool // it is alive
	Drain bool // it shall be emptied: no actor comes, and those it has leave if they can
}

// An Outcome is the plan: where everything runs, and what changes.
type Outcome struct {
	Placements []flow.Placement // sorted by actor, one for each actor of the graphs
	Moves      []Move           // against Input.Old, sorted by actor
	// Stays are the actors that should leave their node and can't, and why.
	Stays map[flow.ActorID]string
	// Unpinned are the actors that are not where a pin wants them, and why.
	// Whoever keeps the pins forgets these, so that no actor goes back by itself.
	Unpinned map[flow.ActorID]string
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
//
// It is not when both nodes offer the same [Group] of it.
func Bound(capability string) bool {
	return capability == "store" || capability == "recordings" || capability == "buffer.persistent"
}

// Group is the capability that nodes offer which hold the same under another
// one: those with "store.group.ward" have one store among them.
func Group(capability, name string) string { return capability + groups + name }

const groups = ".group."

// Patient reports whether what a capability gives is patient data: cards, the
// store, the rules that judge readings.
func Patient(capability string) bool {
	return capability == "card" || capability == "store" || capability == "rules"
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

// Fits reports whether a node satisfies what an actor requires by itself: its
// type, its rule and the zone of its application. Whether the node is up, being
// drained or has room does not matter, nor where other actors are.
func Fits(in *Input, n flow.Node, node *NodeView) bool {
	n.Replica = nil
	return newTask(in, n, n.ID.App()).fits(node)
}
