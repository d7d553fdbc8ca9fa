package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// DigitalOut is io.DigitalOut.
func DigitalOut() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.DigitalOut", Fault: flow.FaultRetry,
			Doc:      "Set an output pin",
			In:       []flow.Port{{Name: "state", Doc: "whatever counts as true is 1, all else 0"}},
			Requires: []string{"io.digitalout"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "io.digitalout", In: "state",
				Make: func(v flow.Value) (flow.Value, bool, error) { return bit(v), true, nil }}, nil
		},
	}
}
