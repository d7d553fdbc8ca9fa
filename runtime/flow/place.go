package flow

// Attributes are what a node says of itself in Calvin's scheme: for each of
// "node_name", "owner", "address" and "user_extra" the fields it states, such
// as address → floor → "3".
type Attributes map[string]map[string]string

// A NodeInfo is what a node offers to the cluster.
type NodeInfo struct {
	ID           NodeID     `json:"id"`
	Boot         uint64     `json:"boot"`    // rises with each start of the process
	Door         string     `json:"door"`    // host:port of the mutual-TLS door, for nodes
	Control      string     `json:"control"` // host:port of the control API and page, for people
	Attributes   Attributes `json:"attributes,omitempty"`
	Capabilities []string   `json:"capabilities,omitempty"` // sorted
}

// Offers reports whether the node has a capability.
func (n *NodeInfo) Offers(capability string) bool {
	for _, c := range n.Capabilities {
		if c == capability {
			return true
		}
	}
	return false
}

// A Placement is the decision that an actor runs on a node.
type Placement struct {
	Actor ActorID  `json:"actor"`
	Node  NodeID   `json:"node"`          // "" while no node is fit
	Epoch uint64   `json:"epoch"`         // of the newest activation; 0: never activated
	Why   []string `json:"why,omitempty"` // sentences for people: why here, or why nowhere
}
