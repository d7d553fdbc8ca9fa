package control

import (
	"context"
	"io"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Cluster is what people may do to where things run and to the cluster
// itself: the part of a [Backend] that operators use. Every method notes by
// whom it was asked. Each returns once what it asks for is agreed in the
// register, and does not wait until it is done; [Backend.Snapshot] shows how
// far it has come. Without a majority of voters each is [ErrUnavailable], and
// nothing has changed.
type Cluster interface {
	// Move sends an actor to a node, where it stays as long as that node is
	// fit for it; node "" lifts an earlier Move and lets placement decide
	// again. Errors: no such actor or node [ErrNotFound]; a node that is not
	// fit, down or drained, and an actor that is bound to its node,
	// [ErrUnplaceable]; one that waits for nothing to be moved [ErrConflict].
	Move(ctx context.Context, by flow.Identity, id flow.ActorID, node flow.NodeID) error

	// Scale says how many replicas of an actor run, at least 1. The id is the
	// actor's in the script, which must say manual_scaling for it: otherwise
	// [ErrConflict]. Replicas that go first finish what they hold.
	Scale(ctx context.Context, by flow.Identity, id flow.ActorID, replicas int) error

	// Drain with on sends the actors of a node elsewhere, and places none
	// there until Drain with off. What fits nowhere else stays, and its
	// [ActorState].Stays says why.
	Drain(ctx context.Context, by flow.Identity, node flow.NodeID, on bool) error

	// Leave takes a node out for good: it is drained, gives up its vote, and
	// goes from the list of nodes. The node may be down already. The last
	// voter can't leave: [ErrConflict].
	Leave(ctx context.Context, by flow.Identity, node flow.NodeID) error

	// Vote gives a node a vote in the register, or takes it back. A node must
	// be up to get one. Taking the last vote, or one without which there would
	// be no majority, is [ErrConflict].
	Vote(ctx context.Context, by flow.Identity, node flow.NodeID, on bool) error

	// Backup writes the whole register, with a checksum.
	Backup(ctx context.Context, by flow.Identity, to io.Writer) error

	// Restore reads what Backup wrote into a register that is empty, or with
	// force in place of what is there: otherwise [ErrConflict]. A file that is
	// damaged or no backup is [ErrInvalid], and changes nothing.
	Restore(ctx context.Context, by flow.Identity, from io.Reader, force bool) error

	// Rotate gives gossip a new key, in steps that leave every node able to
	// read the others at all times.
	Rotate(ctx context.Context, by flow.Identity) error
}

// A NodeLoad is how big a node is and how busy, as it measured itself last.
type NodeLoad struct {
	Cores  float64 `json:"cores"`  // processors it may use, 0: not known
	Memory uint64  `json:"memory"` // bytes it may use, 0: not known
	// CPUUsed and MemoryUsed are shares from 0 to 1: exact where the node's report
	// has come, and otherwise in steps of a quarter, since finer ones would only
	// make gossip talk.
	CPUUsed    float64 `json:"cpuUsed"`
	MemoryUsed float64 `json:"memoryUsed"`
}

// A VoterState is one of the nodes that hold the register.
type VoterState struct {
	Node flow.NodeID `json:"node"`
	// Up says that it answers: the leader heard of it, or, where there is no
	// leader, gossip does.
	Up    bool      `json:"up"`
	Since time.Time `json:"since,omitzero"` // when it came up or went down, if known
}

// A Pin is an actor's being moved by somebody to where it is.
type Pin struct {
	Node flow.NodeID `json:"node"`
	By   string      `json:"by"` // SPIFFE ID
	At   time.Time   `json:"at,omitzero"`
}

// A Lease lets one node run an actor that may exist once only, for a time.
type Lease struct {
	Node flow.NodeID `json:"node"` // who holds it
	Left float64     `json:"left"` // seconds until it ends unless renewed, 0 or less: it has ended
}

// A SpoolState is what waits on disk on a link that may spill there.
type SpoolState struct {
	Tokens    uint64  `json:"tokens"`             // waiting
	Bytes     uint64  `json:"bytes"`              // they take on disk
	Oldest    float64 `json:"oldest,omitempty"`   // age of the first of them in seconds
	Dropped   uint64  `json:"dropped,omitempty"`  // for want of room, ever
	MaxBytes  uint64  `json:"maxBytes,omitempty"` // 0: no bound
	MaxTokens uint64  `json:"maxTokens,omitempty"`
	Overflow  string  `json:"overflow,omitempty"` // "block", "drop_oldest" or "latest_only"
}

// A Difference is what a new version of a script does to an actor of the old.
type Difference string

// The differences. Kept actors keep their state and tokens and are not stopped.
const (
	Added   Difference = "added"
	Removed Difference = "removed"
	Changed Difference = "changed" // its arguments, ports, rule or links differ, as [Planned].Changes says; it goes on from its state
	Kept    Difference = "kept"
)

// Condition is how a node is, in a word: "down", "suspected", "leaving",
// "draining" or "up".
func (n NodeState) Condition() string {
	switch {
	case !n.Up:
		return "down"
	case n.Suspected:
		return "suspected"
	case n.Leaving:
		return "leaving"
	case n.Draining:
		return "draining"
	}
	return "up"
}
