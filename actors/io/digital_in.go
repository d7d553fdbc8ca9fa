package ioactors

import (
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// DigitalIn is io.DigitalIn.
func DigitalIn() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.DigitalIn", Fault: flow.FaultRetry,
			Doc:      "Give the state of an input pin at each edge",
			Out:      []flow.Port{{Name: "state", Doc: "1 when the pin goes high, 0 when it goes low", Kind: "integer"}},
			Requires: []string{"io.digitalin"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.digitalin", Port: "state", Rests: true,
				Make: func(v flow.Value, _ time.Time) flow.Value { return bit(v) }}, nil
		},
	}
}
