package contextactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// RegistryAttribute is context.RegistryAttribute: address, owner, node_name and
// user_extra, by which rules choose nodes.
func RegistryAttribute() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "context.RegistryAttribute",
			Doc:      "Give an indexed attribute of the node for each token",
			Args:     []flow.ArgSpec{{Name: "attribute", Doc: "its dotted path, such as address.floor", Kind: "string", Required: true}},
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "value", Doc: "the attribute; null where the node says nothing"}},
			Requires: []string{"sys.attribute.indexed"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			it := &attribute{capability: "sys.attribute.indexed", path: a.Name("attribute")}
			return it, a.Err()
		},
	}
}
