package ioactors

import (
	"math"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// PWM is io.PWM.
func PWM() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.PWM", Fault: flow.FaultRetry,
			Doc:      "Set the duty cycle of a pulsed output",
			In:       []flow.Port{{Name: "dutycycle", Doc: "in percent, cut off at 0 and 100; what is no number counts as 0"}},
			Requires: []string{"io.pwm"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "io.pwm", In: "dutycycle",
				Make: func(v flow.Value) (flow.Value, bool, error) { return percent(v), true, nil }}, nil
		},
	}
}

// percent is a whole number of 0 to 100. A text may hold one.
func percent(v flow.Value) flow.Value {
	switch n := v.(type) {
	case int64:
		return min(max(n, 0), 100)
	case float64:
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return int64(0)
		}
		return int64(min(max(math.Trunc(n), 0), 100))
	case bool:
		if n {
			return int64(1)
		}
	case string:
		if i, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64); err == nil {
			return percent(i)
		}
	}
	return int64(0)
}
