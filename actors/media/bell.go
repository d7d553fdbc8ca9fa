package media

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Bell is media.Bell.
func Bell() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "media.Bell", Fault: flow.FaultRetry,
			Doc:      "Ring a bell for each token",
			In:       []flow.Port{{Name: "trigger", Doc: "any token rings"}},
			Requires: []string{"notify.bell"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "notify.bell", In: "trigger",
				Make: func(flow.Value) (flow.Value, bool, error) { return nil, true, nil }}, nil
		},
	}
}
