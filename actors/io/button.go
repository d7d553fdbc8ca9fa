package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Button is io.Button. Its text is what a panel writes on it.
func Button() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Button", Fault: flow.FaultRetry,
			Doc:      "Give the state of a button at each press and release",
			Args:     []flow.ArgSpec{{Name: "text", Doc: "what stands on the button", Kind: "string", Default: "Button"}},
			Out:      []flow.Port{{Name: "state", Doc: "1 pressed, 0 not, as the device says it", Kind: "integer|bool"}},
			Requires: []string{"io.button"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			a.Text("text")
			return &devices.Changes{Capability: "io.button", Port: "state", Rests: true}, a.Err()
		},
	}
}
