package jsonactors

import "github.com/wardflow/wardflow/runtime/flow"

// SetValues is json.SetValues.
func SetValues() flow.Type {
	return many(flow.Spec{Name: "json.SetValues", Doc: "Set several items of a list or dictionary, in a copy"}, set)
}
