package node

import (
	"maps"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// zoneFields are the fields of the attribute type "zone", as they stand in a
// certificate's group: site/floor/room/type.
var zoneFields = []string{"site", "floor", "room", "type"}

// attributes are what this node says of itself: what its configuration says,
// and the zone that its certificate says. Nobody believes another zone.
func (n *Node) attributes() flow.Attributes {
	a := maps.Clone(n.cfg.Attributes)
	delete(a, "zone")
	group := n.signer().ID.Group
	if group == "" {
		return a
	}
	zone := map[string]string{}
	for i, part := range strings.SplitN(group, "/", len(zoneFields)) {
		zone[zoneFields[i]] = part
	}
	if a == nil {
		a = flow.Attributes{}
	}
	a["zone"] = zone
	return a
}
