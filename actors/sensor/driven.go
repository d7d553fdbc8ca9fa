package sensor

import (
	"math"
	"time"

	rig "github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Where a node lets people drive its made-up sensors, what a device measures
// goes through a mock: it may be held, played over, or made to go wrong. The
// readings are signed and numbered as ever, so what comes after sees a device
// that says so.

// scales are the range of what such devices show, by LOINC code, in its usual
// unit. It bounds what a mock can be set to, and is wider than what rules let
// through: a refusal is among what people want to see.
var scales = map[string]struct {
	unit     string
	min, max float64
	doc      string
}{
	"8310-5":  {"Cel", 15, 50, "Body temperature"},
	"8867-4":  {"/min", 0, 300, "Heart rate"},
	"8889-8":  {"/min", 0, 300, "Pulse"},
	"9279-1":  {"/min", 0, 100, "Breaths"},
	"59408-5": {"%", 0, 100, "Oxygen saturation"},
	"99504-3": {"mg/dL", 0, 600, "Glucose"},
	"11524-6": {"mV", -10, 10, "Electrocardiogram"},
}

// join makes the device one that can be driven, where its node lets it be.
func (d *device) join(env flow.Env) {
	v, err := env.Capability(rig.Driven)
	if err != nil {
		return // this node has no mocks
	}
	if join, ok := v.(rig.Join); ok {
		d.mock, d.leave = join(d.capability())
	}
}

// capability is what the device measures.
func (d *device) capability() rig.Capability {
	c := rig.Capability{Name: d.name, Doc: d.stream, Kind: "number", Use: rig.Reads}
	if d.unit != "" {
		c.Kind = "number<" + d.unit + ">"
	}
	if s, known := scales[d.kind]; known && s.unit == d.unit {
		c.Doc, c.Range = s.doc, &rig.Range{Min: s.min, Max: s.max}
	}
	return c
}

// Stop ends the device's being driven.
func (d *device) Stop() {
	if d.leave != nil {
		d.leave()
	}
}

// driven is a piece as its mock lets it be, its first sample taken at the time
// at. The second result is false when the device says nothing.
func (d *device) driven(p *piece, at time.Time) (*piece, bool) {
	if d.mock == nil {
		return p, true
	}
	out := *p
	out.samples = make([]int64, len(p.samples))
	step := float64(p.scale) / 1e6
	for i, s := range p.samples {
		v, err := d.mock.Through(float64(s*p.scale)/1e6, at.Add(time.Duration(i)*p.period))
		n, ok := v.(float64)
		if whole, is := v.(int64); is {
			n, ok = float64(whole), true
		}
		if err != nil || !ok { // it is silent
			return nil, false
		}
		out.samples[i] = int64(math.Round(n / step))
	}
	return &out, true
}
