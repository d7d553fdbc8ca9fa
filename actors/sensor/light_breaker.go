package sensor

import (
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// LightBreaker is sensor.LightBreaker. Calvin calls the port open though true is
// closed.
func LightBreaker() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.LightBreaker", Fault: flow.FaultRetry,
			Doc:      "Give the state of a light barrier at each change",
			Out:      []flow.Port{{Name: "open", Doc: "true closed, false open", Kind: "bool"}},
			Requires: []string{"io.lightbreaker"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.lightbreaker", Port: "open", Rests: true,
				Make: func(v flow.Value, _ time.Time) flow.Value { return python.Truth(v) }}, nil
		},
	}
}
