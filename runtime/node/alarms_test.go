package node

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An alarm stands until it is over; the newest come first, and old ones go.
func TestAlarms(t *testing.T) {
	var a alarms
	at := time.Unix(1_700_000_000, 0)
	say := func(kind flow.AlarmKind, stream string, over bool) {
		at = at.Add(time.Second)
		a.add("ward:store", flow.Alarm{At: at, Kind: kind, Device: "D", Stream: stream, Over: over})
	}
	say(flow.AlarmSilence, "Temp", false)
	say(flow.AlarmSilence, "HR", false)
	say(flow.AlarmSilence, "Temp", true)
	list := a.newest()
	if len(list) != 2 || list[0].Stream != "HR" || !list[0].Until.IsZero() || list[1].Until != at {
		t.Errorf("alarms: %+v, want HR that stands and Temp that is over", list)
	}
	for range 2 * control.MaxAlarms {
		say(flow.AlarmGap, "HR", false)
	}
	if list := a.newest(); len(list) != control.MaxAlarms || list[0].At != at {
		t.Errorf("%d alarms, the newest of %v", len(list), list[0].At)
	}
}
