package control

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A ChecksState is how far the log of a node's checks is on the chain.
type ChecksState struct {
	Node     flow.NodeID `json:"node"`
	Log      string      `json:"log"`                // the log's account: 0x and 40 hex digits
	Contract string      `json:"contract,omitempty"` // the anchors'; "": not found yet
	Chain    uint64      `json:"chain,omitempty"`    // id
	Size     uint64      `json:"size"`               // checks on disk, which are those that were answered
	Anchored uint64      `json:"anchored"`           // the first so many have their head in a final block
	Block    uint64      `json:"block"`              // that one
	At       time.Time   `json:"at,omitzero"`        // when that was seen
	Since    time.Time   `json:"since,omitzero"`     // since when a check waits for its head
	Sending  int         `json:"sending"`            // checks that are to be transactions themselves and are in no final block
	Problem  string      `json:"problem,omitempty"`  // why they do not come to the chain
}
