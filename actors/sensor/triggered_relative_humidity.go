package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TriggeredRelativeHumidity is sensor.TriggeredRelativeHumidity.
func TriggeredRelativeHumidity() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.TriggeredRelativeHumidity", Fault: flow.FaultRetry,
			Doc:      "Give the relative humidity of the air for each token",
			In:       []flow.Port{{Name: "measure", Doc: "any token"}},
			Out:      []flow.Port{{Name: "percent", Doc: "the humidity", Kind: "number<%>"}},
			Requires: []string{"io.humidity"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Triggered{Capability: "io.humidity", In: "measure", Out: "percent"}, nil
		},
	}
}
