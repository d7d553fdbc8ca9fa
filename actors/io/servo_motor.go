package ioactors

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ServoMotor is io.ServoMotor. An angle that the servo does not have is a dead
// letter. Unlike Calvin's, it does not turn to 90 degrees by itself when it
// starts: it would do so after each migration.
func ServoMotor() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.ServoMotor", Fault: flow.FaultRetry,
			Doc:      "Set the angle of a servo",
			In:       []flow.Port{{Name: "angle", Doc: "in degrees", Kind: "number<deg>"}},
			Requires: []string{"io.servomotor"}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Writes{Capability: "io.servomotor", In: "angle",
				Make: func(v flow.Value) (flow.Value, bool, error) {
					switch v.(type) {
					case int64, float64:
						return v, true, nil
					}
					return nil, false, fmt.Errorf("%w: an angle is a number, not %s", flow.ErrUnfit, value.Kind(v))
				}}, nil
		},
	}
}
