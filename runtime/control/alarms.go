package control

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// MaxAlarms is how many alarms a snapshot has at most.
const MaxAlarms = 100

// An Alarm is one that a store has raised.
type Alarm struct {
	flow.Alarm
	Actor   flow.ActorID `json:"actor"`             // the store
	Until   time.Time    `json:"until,omitzero"`    // when it was over; a gap never is
	Outline bool         `json:"outline,omitempty"` // without the device, as the asker may not see more
}

// outlinedAlarms are alarms without what they say of patients' devices.
func outlinedAlarms(all []Alarm) []Alarm {
	out := slices.Clone(all)
	for i := range out {
		out[i].Device, out[i].Stream, out[i].Text, out[i].Outline = "", "", "", true
	}
	return out
}
