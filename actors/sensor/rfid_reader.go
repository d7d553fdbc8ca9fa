package sensor

import (
	"maps"
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// RFIDReader is sensor.RFIDReader. The time is in seconds since 1970.
func RFIDReader() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.RFIDReader", Fault: flow.FaultRetry,
			Doc:      "Give what is on a card when one is held to the reader",
			Out:      []flow.Port{{Name: "data", Doc: "what is on the card, and the time as a number", Kind: "record{cardno: any, data?: any, timestamp: number<s>}"}},
			Requires: []string{"io.rfid"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.rfid", Port: "data",
				Make: stamped}, nil
		},
	}
}

// stamped is the card with the time at which it was given.
func stamped(v flow.Value, now time.Time) flow.Value {
	card, ok := v.(map[string]any)
	if !ok {
		card = map[string]any{"cardno": v}
	}
	all := maps.Clone(card)
	all["timestamp"] = float64(now.UnixMicro()) / 1e6
	return all
}
