package sensor

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Temperature is sensor.Temperature. The first token comes after one period.
func Temperature() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.Temperature", Fault: flow.FaultRetry,
			Doc:      "Give the temperature once each period",
			Args:     []flow.ArgSpec{{Name: "period", Doc: "seconds between two readings", Required: true}},
			Out:      []flow.Port{{Name: "centigrade", Doc: "the temperature", Kind: "number<Cel>"}},
			Requires: []string{"io.temperature"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &devices.Periodic{Capability: "io.temperature", Port: "centigrade", Period: a.Seconds("period")}
			return p, a.Err()
		},
	}
}
