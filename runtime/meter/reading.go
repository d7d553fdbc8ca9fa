package meter

import (
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Reading is what a node has counted, at one moment. What is nil or empty is
// not shown.
type Reading struct {
	Node   flow.NodeID
	Actors []engine.ActorStat
	Links  []engine.LinkStat
	Types  map[flow.ActorID]string // of the actors: "std.Sum"
	Judged map[flow.ActorID]*control.Judged
	Spools map[flow.ActorID]*control.SpoolState

	Facts    *control.NodeFacts
	Chain    *control.ChainState
	Checks   *control.ChecksState
	Store    *control.StoreState
	Register *control.RegisterState

	Members map[string]int // nodes by condition, as [control.NodeState].Condition says
	Alarms  int            // that are not over
	Packets uint64         // sent to other nodes on links
	Bytes   uint64         // in them
	Ends    []End          // of certificates
	Syncs   *Durations     // of the journal
	Lease   time.Duration  // for how long this node may run what acts on the world; 0: it may not

	Spans, SpansLost uint64 // of traces: sent, and given up
}

// An End is when a certificate of the node ends.
type End struct {
	Use  string // "node", "identity", "web"
	Name string
	At   time.Time
}
