package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TriggeredSoilMoisture is sensor.TriggeredSoilMoisture.
func TriggeredSoilMoisture() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.TriggeredSoilMoisture", Fault: flow.FaultRetry,
			Doc:      "Give the moisture of the soil for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "level", Doc: "the moisture", Kind: "number<%>"}},
			Requires: []string{"io.soilmoisture"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Triggered{Capability: "io.soilmoisture", In: "trigger", Out: "level"}, nil
		},
	}
}
