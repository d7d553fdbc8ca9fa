package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Light is io.Light.
func Light() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Light", Fault: flow.FaultRetry,
			Doc:      "Set a lamp on or off",
			In:       []flow.Port{{Name: "on", Doc: "whatever counts as true is on, all else off"}},
			Requires: []string{"io.light"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "io.light", In: "on",
				Make: func(v flow.Value) (flow.Value, bool, error) { return bit(v), true, nil }}, nil
		},
	}
}
