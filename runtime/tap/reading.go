package tap

import (
	"encoding/json"
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

// A ReadingShown is what stands under "$reading", for who reads what was shown.
type ReadingShown struct {
	Device string            `json:"device"`
	Stream string            `json:"stream"`
	Kind   string            `json:"kind"` // LOINC code
	Name   string            `json:"name"` // the kind in words, or ""
	Unit   string            `json:"unit"` // UCUM code
	Values []json.RawMessage `json:"values"`
}

// Numbers are its values, without the last where that says how many more there
// were.
func (r *ReadingShown) Numbers() []float64 {
	var all []float64
	for _, v := range r.Values {
		var x float64
		if json.Unmarshal(v, &x) == nil {
			all = append(all, x)
		}
	}
	return all
}
