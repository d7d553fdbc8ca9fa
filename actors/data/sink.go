package data

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sink is data.Sink. A token waits until the store has taken it.
func Sink() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "data.Sink", Fault: flow.FaultRetry,
			Doc:      "Hand tokens to the node's data store",
			In:       []flow.Port{{Name: "data", Doc: "what is to be kept, often a list of dictionaries"}},
			Requires: []string{"data.sink"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "data.sink", In: "data",
				Make: func(v flow.Value) (flow.Value, bool, error) { return v, true, nil }}, nil
		},
	}
}
