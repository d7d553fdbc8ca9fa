package control

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// NodeFacts is what a node has measured of itself lately. It comes with the
// node's report, to whoever watches; gossip carries [NodeLoad] only. A number
// that the node could not measure is left out.
type NodeFacts struct {
	At      time.Time `json:"at"`                // when it was measured, by the node's own clock
	Started time.Time `json:"started"`           // when its process began
	Version string    `json:"version,omitempty"` // of the program, and "go1.26.0 linux/amd64"

	Cores       float64 `json:"cores"`                 // processors that the process may use
	CPU         float64 `json:"cpu"`                   // share of the host's processors that is busy, 0 to 1, over the last seconds
	ProcessCPU  float64 `json:"processCPU"`            // processors that the node's process keeps busy: 1 is one whole core
	Memory      uint64  `json:"memory,omitempty"`      // bytes that the host has
	MemoryUsed  uint64  `json:"memoryUsed,omitempty"`  // bytes of them in use
	Resident    uint64  `json:"resident,omitempty"`    // bytes of memory that the process holds
	DiskFree    uint64  `json:"diskFree,omitempty"`    // bytes free for the node's folder
	Disk        uint64  `json:"disk,omitempty"`        // bytes of that disk
	Goroutines  int     `json:"goroutines"`            // of the process
	Files       int     `json:"files,omitempty"`       // open in the process, connections among them
	MaxFiles    int     `json:"maxFiles,omitempty"`    // that it may open
	Syncs       uint64  `json:"syncs,omitempty"`       // times that its journal was written through to the disk
	SyncSlowest float64 `json:"syncSlowest,omitempty"` // seconds that 99 in 100 of them stayed within, within a factor of two

	// Skew is how far the node's clock is ahead of its peers', in seconds: the
	// median over those it has asked. Less than half the way to them says nothing.
	Skew  float64     `json:"skew"`
	Peers []PeerState `json:"peers,omitempty"` // sorted by node
}

// A PeerState is how one node finds another, by asking for its clock.
type PeerState struct {
	Node flow.NodeID `json:"node"`
	RTT  float64     `json:"rtt"`  // seconds there and back, the shortest of the last few
	Skew float64     `json:"skew"` // seconds that the peer's clock is ahead, to within half of RTT
	At   time.Time   `json:"at,omitzero"`
	Why  string      `json:"why,omitempty"` // why it does not answer now; the numbers are of the time before
}
