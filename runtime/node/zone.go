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
	if n.own.ID.Group == "" {
		return a
	}
	zone := map[string]string{}
	for i, part := range strings.SplitN(n.own.ID.Group, "/", len(zoneFields)) {
		zone[zoneFields[i]] = part
	}
	if a == nil {
		a = flow.Attributes{}
	}
	a["zone"] = zone
	return a
}
