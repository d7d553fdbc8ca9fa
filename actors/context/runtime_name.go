package contextactors

import "github.com/wardflow/wardflow/runtime/flow"

// RuntimeName is context.RuntimeName. A node that states no name is called by
// its id.
func RuntimeName() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "context.RuntimeName",
			Doc:      "Give the name of the node for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "value", Doc: "the name", Kind: "string|null"}},
			Requires: []string{"sys.attribute.indexed"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &attribute{capability: "sys.attribute.indexed", path: "node_name.name"}, nil
		},
	}
}
