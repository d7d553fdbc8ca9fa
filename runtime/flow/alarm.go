package flow

import "time"

// An Alarm says that what comes from the devices of a ward is not as it should
// be. It accuses nobody: the readings have come, or not, by way of Who, and
// people look there first.
type Alarm struct {
	At     time.Time `json:"at"`
	Kind   AlarmKind `json:"kind"`
	Who    string    `json:"who"` // SPIFFE ID of the collector; "" if it is not known
	Device string    `json:"device"`
	Stream string    `json:"stream"`
	Text   string    `json:"text"` // one sentence for people
	// Over says that it is as it should be again; Kind, Device and Stream say
	// which alarm is over.
	Over bool `json:"over,omitempty"`
}

// An AlarmKind says what an alarm is about.
type AlarmKind string

// The kinds.
const (
	AlarmGap     AlarmKind = "gap"     // numbers of a device's stream never came
	AlarmSilence AlarmKind = "silence" // a stream has stopped
	AlarmLate    AlarmKind = "late"    // readings come long after they were taken
)
