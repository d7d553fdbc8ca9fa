package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Accelerometer is sensor.Accelerometer. Its period is in microseconds, as
// Calvin's is.
func Accelerometer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.Accelerometer", Fault: flow.FaultRetry,
			Doc:      "Give the acceleration once each period",
			Args:     []flow.ArgSpec{{Name: "period", Doc: "microseconds between two readings, or a time such as \"20ms\"", Required: true}},
			Out:      []flow.Port{{Name: "acceleration", Doc: "along each axis", Kind: "record{x: number, y: number, z: number}"}},
			Requires: []string{"io.accelerometer"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &devices.Periodic{Capability: "io.accelerometer", Port: "acceleration", Period: micros(&a, "period")}
			return p, a.Err()
		},
	}
}
