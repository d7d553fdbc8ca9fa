package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TriggeredDistance is sensor.TriggeredDistance.
func TriggeredDistance() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.TriggeredDistance", Fault: flow.FaultRetry,
			Doc:      "Give a distance for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:      []flow.Port{{Name: "meters", Doc: "the distance", Kind: "number<m>"}},
			Requires: []string{"io.distance"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Triggered{Capability: "io.distance", In: "trigger", Out: "meters"}, nil
		},
	}
}
