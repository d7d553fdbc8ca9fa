package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Buzzer is io.Buzzer.
func Buzzer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Buzzer", Fault: flow.FaultRetry,
			Doc:      "Sound a buzzer or silence it",
			In:       []flow.Port{{Name: "on", Doc: "whatever counts as true sounds, all else is silent"}},
			Requires: []string{"io.buzzer"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "io.buzzer", In: "on",
				Make: func(v flow.Value) (flow.Value, bool, error) { return python.Truth(v), true, nil }}, nil
		},
	}
}
