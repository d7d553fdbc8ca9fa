package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TriggeredTemperature is sensor.TriggeredTemperature.
func TriggeredTemperature() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.TriggeredTemperature", Fault: flow.FaultRetry,
			Doc:      "Give the temperature for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "centigrade", Doc: "the temperature", Kind: "number<Cel>"}},
			Requires: []string{"io.temperature"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Triggered{Capability: "io.temperature", In: "trigger", Out: "centigrade"}, nil
		},
	}
}
