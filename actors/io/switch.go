package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Switch is io.Switch.
func Switch() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Switch", Fault: flow.FaultRetry,
			Doc:      "Give the state of a switch at each change",
			Out:      []flow.Port{{Name: "state", Doc: "1 on, 0 off, as the device says it", Kind: "integer|bool"}},
			Requires: []string{"io.switch"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.switch", Port: "state", Rests: true}, nil
		},
	}
}
