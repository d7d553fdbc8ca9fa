package sensor

import (
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// HallEffect is sensor.HallEffect.
func HallEffect() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.HallEffect", Fault: flow.FaultRetry,
			Doc:      "Give whether there is a magnetic field at each change",
			Out:      []flow.Port{{Name: "state", Doc: "true in a magnetic field", Kind: "bool"}},
			Requires: []string{"io.hallswitch"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.hallswitch", Port: "state", Rests: true,
				Make: func(v flow.Value, _ time.Time) flow.Value { return python.Truth(v) }}, nil
		},
	}
}
