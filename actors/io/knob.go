package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Knob is io.Knob. Two turns the same way are two tokens.
func Knob() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Knob", Fault: flow.FaultRetry,
			Doc:      "Give the direction of each turn of a knob",
			Out:      []flow.Port{{Name: "direction", Doc: "1 clockwise, -1 back, 0 neither", Kind: "integer"}},
			Requires: []string{"io.knob"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.knob", Port: "direction"}, nil
		},
	}
}
