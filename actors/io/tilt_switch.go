package ioactors

import (
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TiltSwitch is io.TiltSwitch. Calvin calls the port open though true is closed.
func TiltSwitch() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.TiltSwitch", Fault: flow.FaultRetry,
			Doc:      "Give the state of a tilt switch at each change",
			Out:      []flow.Port{{Name: "open", Doc: "true closed, false open", Kind: "bool"}},
			Requires: []string{"io.tiltswitch"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.tiltswitch", Port: "open", Rests: true,
				Make: func(v flow.Value, _ time.Time) flow.Value { return python.Truth(v) }}, nil
		},
	}
}
