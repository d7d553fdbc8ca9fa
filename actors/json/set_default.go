package jsonactors

import "github.com/wardflow/wardflow/runtime/flow"

// SetDefault is json.SetDefault.
func SetDefault() flow.Type {
	return one(flow.Spec{Name: "json.SetDefault", Doc: "Set a key of a dictionary that lacks it, in a copy"}, setDefault)
}
