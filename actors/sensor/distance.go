package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Distance is sensor.Distance. The first token comes after one period.
func Distance() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.Distance", Fault: flow.FaultRetry,
			Doc:      "Give a distance once each period",
			Args:     []flow.ArgSpec{{Name: "period", Doc: "seconds between two readings", Required: true}},
			Out:      []flow.Port{{Name: "meters", Doc: "the distance", Kind: "number<m>"}},
			Requires: []string{"io.distance"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &devices.Periodic{Capability: "io.distance", Port: "meters", Period: a.Seconds("period")}
			return p, a.Err()
		},
	}
}
