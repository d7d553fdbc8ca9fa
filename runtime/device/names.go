package device

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// A Capability is a name that actors require of their node, and what the values
// of the device behind it are. Documentation, the mock panel and the checks of
// configurations read this table.
type Capability struct {
	Name  string     `json:"name"`  // "io.temperature"
	Doc   string     `json:"doc"`   // one sentence
	Kind  string     `json:"kind"`  // of its values, in the language of package kind; "" is any
	Range *Range     `json:"range"` // of a number; nil: any
	Rest  flow.Value `json:"rest"`  // what a mock reads before anybody has set it
	Use   Use        `json:"use"`   // what actors do with it
}

// A Range is the least and the greatest value, in the unit of the kind.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Use is what actors do with a device.
type Use string

// The uses.
const (
	Reads   Use = "read"  // its value, now and then
	Watches Use = "watch" // its changes: a button, a card reader
	Writes  Use = "write" // a lamp, a servo
)

// Capabilities are all the names that devices may be bound to, sorted. The
// defaults and ranges are those of usual parts: a DS18B20 thermometer, a DHT11,
// an HC-SR04 distance meter, a hobby servo.
func Capabilities() []Capability {
	axes := "record{x: number, y: number, z: number}"
	still := map[string]any{"x": int64(0), "y": int64(0), "z": int64(0)}
	return []Capability{
		{"data.sink", "A store of data outside", "", nil, nil, Writes},
		{"data.source", "A source of data outside, such as the parameters of a machine", "", nil, nil, Watches},
		{"io.accelerometer", "Acceleration along three axes", axes, nil, still, Reads},
		{"io.button", "A button: 1 pressed, 0 not", "integer|bool", &Range{0, 1}, int64(0), Watches},
		{"io.buzzer", "A buzzer: true sounds", "bool", nil, false, Writes},
		{"io.digitalin", "A pin of a port, read: 0 or 1", "integer|bool", &Range{0, 1}, int64(0), Watches},
		{"io.digitalout", "A pin of a port, set: 0 or 1", "integer", &Range{0, 1}, int64(0), Writes},
		{"io.distance", "A distance", "number<m>", &Range{0, 4}, 2.0, Reads},
		{"io.gyroscope", "Rotation around three axes", axes, nil, still, Reads},
		{"io.hallswitch", "A magnetic switch: true near a magnet", "integer|bool", &Range{0, 1}, false, Watches},
		{"io.humidity", "Relative humidity of the air", "number<%>", &Range{0, 100}, 60.0, Reads},
		{"io.knob", "A knob: 1 and -1 are a step clockwise and back", "integer", &Range{-1, 1}, int64(0), Watches},
		{"io.light", "A lamp: 1 is on, 0 off", "integer", &Range{0, 1}, int64(0), Writes},
		{"io.lightbreaker", "A light barrier: true while its beam is closed", "integer|bool", &Range{0, 1}, false, Watches},
		{"io.pressure", "Pressure of the air", "number<mbar>", &Range{260, 1260}, 1013.25, Reads},
		{"io.pwm", "Duty cycle of a pulsed output", "integer<%>", &Range{0, 100}, int64(0), Writes},
		{"io.rfid", "Cards held to a reader", "record{cardno: any, data?: any}", nil, map[string]any{"cardno": "04A224B1C02A80", "data": ""}, Watches},
		{"io.servomotor", "Angle of a servo", "number<deg>", &Range{-180, 180}, int64(90), Writes},
		{"io.soilmoisture", "Moisture of soil", "number<%>", &Range{0, 100}, 50.0, Reads},
		{"io.stdin", "Lines of the standard input; the end of a stream at its end", "string|eos", nil, "", Watches},
		{"io.switch", "A switch: 1 is on, 0 off", "integer|bool", &Range{0, 1}, int64(0), Watches},
		{"io.temperature", "A temperature", "number<Cel>", &Range{-55, 125}, 20.0, Reads},
		{"io.tiltswitch", "A tilt switch: true while it is closed", "integer|bool", &Range{0, 1}, false, Watches},
		{"media.audio", "A player of sound files, set to the name of one", "string", nil, "", Writes},
		{"notify.bell", "A bell that rings when it is set", "", nil, nil, Writes},
	}
}

// Unit is the unit of its numbers, as Kind states it: UCUM, or "".
func (c Capability) Unit() string {
	_, after, _ := strings.Cut(c.Kind, "<")
	unit, _, _ := strings.Cut(after, ">")
	return unit
}

// Check refuses a value that the device can't have: another kind, or beyond
// the range. The error is a reason, and does not name the capability.
func (c Capability) Check(v flow.Value) error {
	k, err := kind.Parse(c.Kind)
	if err != nil {
		panic("device: " + c.Name + ": " + err.Error())
	}
	if ok, why := k.Takes(v); !ok {
		return errors.New(why)
	}
	if n, ok := number(v); ok && c.Range != nil && !(n >= c.Range.Min && n <= c.Range.Max) {
		return fmt.Errorf("%v is not within %v and %v", v, c.Range.Min, c.Range.Max)
	}
	return nil
}

func number(v flow.Value) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// Find is the capability of a name.
func Find(name string) (Capability, bool) {
	all := Capabilities()
	i := slices.IndexFunc(all, func(c Capability) bool { return c.Name == name })
	if i < 0 {
		return Capability{}, false
	}
	return all[i], true
}
