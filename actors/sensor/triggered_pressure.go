package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TriggeredPressure is sensor.TriggeredPressure.
func TriggeredPressure() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.TriggeredPressure", Fault: flow.FaultRetry,
			Doc:      "Give the pressure of the air for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "mbar", Doc: "the pressure", Kind: "number<mbar>"}},
			Requires: []string{"io.pressure"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Triggered{Capability: "io.pressure", In: "trigger", Out: "mbar"}, nil
		},
	}
}
