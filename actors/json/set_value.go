package jsonactors

import "github.com/wardflow/wardflow/runtime/flow"

// SetValue is json.SetValue.
func SetValue() flow.Type {
	return one(flow.Spec{Name: "json.SetValue", Doc: "Set an item of a list or dictionary, in a copy"}, set)
}
