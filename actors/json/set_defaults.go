package jsonactors

import "github.com/wardflow/wardflow/runtime/flow"

// SetDefaults is json.SetDefaults.
func SetDefaults() flow.Type {
	return many(flow.Spec{Name: "json.SetDefaults", Doc: "Set those of several keys that a dictionary lacks, in a copy"}, setDefault)
}
