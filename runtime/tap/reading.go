package tap

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// OfReading is a reading as a tap shows it in the place of its signed bytes:
//
//	{"$reading": {"device": …, "stream": …, "seq": …, "kind": "8867-4", "name": "heart rate",
//	 "unit": "/min", "at": …, "period": 0.004, "values": [72.0]}}
//
// name is its kind in words, or ""; period is seconds between its values, and
// missing when there is one.
func OfReading(r *flow.Reading, name string) flow.Value {
	values := make([]any, len(r.Samples))
	for i := range r.Samples {
		values[i] = float64(r.Micro(i)) / 1e6
	}
	d := map[string]any{"device": r.Device, "stream": r.Stream, "seq": int64(r.Seq), "kind": r.Kind, "unit": r.Unit,
		"at": r.At.UTC().Format(time.RFC3339Nano), "values": values}
	if name != "" {
		d["name"] = name
	}
	if r.Period > 0 {
		d["period"] = r.Period.Seconds()
	}
	return map[string]any{"$reading": d}
}
