package device

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Attributes are what a node says of itself, as dictionaries in dictionaries:
// the service sys.attribute.public or sys.attribute.indexed.
type Attributes map[string]flow.Value

// At is the attribute at a dotted path such as "address.floor": a value, or a
// dictionary of all below; nil where there is none.
func (a Attributes) At(path string) flow.Value {
	var at flow.Value = map[string]any(a)
	for _, name := range strings.Split(path, ".") {
		dict, _ := at.(map[string]any)
		at = dict[name]
	}
	return at
}

// Indexed are the attributes of Calvin's scheme. A node that states no name is
// called by its id.
func Indexed(of flow.Attributes, id flow.NodeID) Attributes {
	a := Attributes{}
	for kind, fields := range of {
		dict := map[string]any{}
		for name, v := range fields {
			dict[name] = v
		}
		a[kind] = dict
	}
	if a.At("node_name.name") == nil {
		dict, _ := a["node_name"].(map[string]any)
		if dict == nil {
			dict = map[string]any{}
			a["node_name"] = dict
		}
		dict["name"] = string(id)
	}
	return a
}
