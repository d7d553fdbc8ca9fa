package node

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// Marks are what people and nodes have said about nodes and actors beside the
// plan: settings of the register, KIND/NAME.
const (
	markDrain = "drain/" // NODE: it shall be emptied
	markAway  = "away/"  // NODE: it stops, and says so itself
	markLeave = "leave/" // NODE: it shall be emptied, and then go
	markGone  = "gone/"  // NODE: it has left the cluster
	markPin   = "pin/"   // ACTOR: where somebody has moved it
	markStop  = "stop/"  // APP: it shall end; its sources give nothing new
	markScale = "scale/" // ACTOR: how many of it somebody wants
)

// A mark is one of them.
type mark struct {
	By    string      `json:"by,omitempty"`   // SPIFFE ID of who said so
	Boot  uint64      `json:"boot,omitempty"` // of the node's run; a later run undoes away and gone
	Node  flow.NodeID `json:"node,omitempty"` // of a pin
	N     int         `json:"n,omitempty"`    // of a scale
	Asked time.Time   `json:"asked,omitzero"` // when a stop was asked for
	At    time.Time   `json:"at,omitzero"`    // when; of a stop, when what is stopped was deployed
}

func (m mark) bytes() []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic("node: a mark can't be written down: " + err.Error())
	}
	return b
}

// markOf reads a mark; false when there is none.
func markOf(view *register.View, kind, name string) (mark, bool) {
	b, ok := view.Settings[kind+name]
	if !ok {
		return mark{}, false
	}
	var m mark
	return m, json.Unmarshal(b, &m) == nil
}

// marks are all of a kind, by name.
func marks(view *register.View, kind string) map[string]mark {
	all := map[string]mark{}
	for key := range view.Settings {
		if name, ok := strings.CutPrefix(key, kind); ok {
			if m, ok := markOf(view, kind, name); ok {
				all[name] = m
			}
		}
	}
	return all
}

// away reports whether this run of a node has said that it stops, or left.
func away(view *register.View, node flow.NodeID, boot uint64) bool {
	return marked(view, markAway, node, boot) || gone(view, node, boot)
}

// gone reports whether this run of a node has left the cluster for good.
func gone(view *register.View, node flow.NodeID, boot uint64) bool {
	return marked(view, markGone, node, boot)
}

// marked reports whether there is such a mark of this run of a node.
func marked(view *register.View, kind string, node flow.NodeID, boot uint64) bool {
	m, ok := markOf(view, kind, string(node))
	return ok && m.Boot >= boot
}
