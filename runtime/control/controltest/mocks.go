package controltest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Mocks are what can be driven in the ward. They do what they are told, and
// their values are what was set: how they go wrong is package device's matter.
type Mocks struct {
	mu  sync.Mutex // guards all
	all []control.Mock
}

var bounds = []string{"stuck", "drift", "out-of-range", "silence"}

// mocks are those of a new ward: two sensors of the first bed, and a bench of
// devices on the ward's own host. io.pressure there is no mock.
func mocks() []control.Mock {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	step := []string{"stuck", "out-of-range", "silence"}
	out := []string{"stuck", "silence"}
	return []control.Mock{
		{Node: "bedside", Name: "bed-1-hr", Doc: "Heart rate", Use: control.MockReads, Form: control.MockNumber, Unit: "/min", Max: 300, Sensor: true,
			Actors: []flow.ActorID{"ward:bed1:hr"}, Faults: bounds, Value: raw("72.0")},
		{Node: "bedside", Name: "bed-1-temp", Doc: "Body temperature", Use: control.MockReads, Form: control.MockNumber, Unit: "Cel", Min: 25, Max: 45, Sensor: true,
			Actors: []flow.ActorID{"ward:bed1:temp"}, Faults: bounds, Value: raw("36.8")},
		{Node: "ward", Name: "io.button", Doc: "A button: 1 pressed, 0 not", Use: control.MockWatches, Form: control.MockButton, Max: 1, Actors: []flow.ActorID{}, Faults: step, Value: raw("0")},
		{Node: "ward", Name: "io.buzzer", Doc: "A buzzer: true sounds", Use: control.MockWrites, Form: control.MockBool, Actors: []flow.ActorID{"ward:log"}, Faults: out, Value: raw("true"),
			Writes: 3, Written: []control.MockWrite{{At: Begin.Add(time.Minute), Value: raw("true")}, {At: Begin.Add(40 * time.Second), Value: raw("false")}}},
		{Node: "ward", Name: "io.light", Doc: "A lamp: 1 is on, 0 off", Use: control.MockWrites, Form: control.MockSwitch, Max: 1, Actors: []flow.ActorID{}, Faults: out, Value: raw("1"), Writes: 1,
			Written: []control.MockWrite{{At: Begin.Add(time.Minute), Value: raw("1")}}},
		{Node: "ward", Name: "io.servomotor", Doc: "Angle of a servo", Use: control.MockWrites, Form: control.MockNumber, Unit: "deg", Min: -180, Max: 180, Actors: []flow.ActorID{}, Faults: out, Value: raw("45.0")},
		{Node: "ward", Name: "io.stdin", Doc: "Lines of the standard input", Use: control.MockWatches, Form: control.MockText, Actors: []flow.ActorID{}, Faults: out, Value: raw(`""`)},
		{Node: "ward", Name: "io.switch", Doc: "A switch: 1 is on, 0 off", Use: control.MockWatches, Form: control.MockSwitch, Max: 1, Actors: []flow.ActorID{}, Faults: step, Value: raw("0")},
		{Node: "ward", Name: "io.knob", Doc: "A knob: 1 and -1 are a step clockwise and back", Use: control.MockWatches, Form: control.MockKnob, Min: -1, Max: 1, Actors: []flow.ActorID{}, Faults: step, Value: raw("0")},
		{Node: "ward", Name: "notify.bell", Doc: "A bell that rings when it is set", Use: control.MockWrites, Form: control.MockAny, Actors: []flow.ActorID{}, Faults: out},
	}
}

// Mocks lists the ward's.
func (w *Ward) Mocks(context.Context) ([]control.Mock, error) {
	w.mu.Lock()
	err, now := w.err, w.now()
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	m := &w.mocks
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begin()
	for i := range m.all {
		if f := m.all[i].Fault; f != nil && !f.Until.IsZero() && !now.Before(f.Until) {
			m.all[i].Fault, m.all[i].Silent = nil, false
		}
	}
	return slices.Clone(m.all), nil
}

func (m *Mocks) begin() {
	if m.all == nil {
		m.all = mocks()
	}
}

// DriveMock does what it is told.
func (w *Ward) DriveMock(_ context.Context, by flow.Identity, node flow.NodeID, name string, d control.Drive) (*control.Mock, error) {
	w.mu.Lock()
	err, now := w.err, w.now()
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if node == "ward" && name == "io.pressure" {
		return nil, fmt.Errorf("%s of %s is no mock: a device that is really there can't be driven: %w", name, node, control.ErrConflict)
	}
	m := &w.mocks
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begin()
	i := slices.IndexFunc(m.all, func(x control.Mock) bool { return x.Node == node && x.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no mock %s on %s: %w", name, node, control.ErrNotFound)
	}
	if err := do(&m.all[i], d, now); err != nil {
		return nil, err
	}
	m.all[i].By, m.all[i].ByAt = by.URI, now
	w.mu.Lock()
	w.did = append(w.did, "drive "+name+" of "+string(node)+" by "+by.URI)
	w.mu.Unlock()
	one := m.all[i]
	return &one, nil
}

func do(x *control.Mock, d control.Drive, now time.Time) error {
	switch {
	case d.Set != nil:
		var n float64
		if json.Unmarshal(d.Set, &n) == nil && x.Min < x.Max && (n < x.Min || n > x.Max) {
			return fmt.Errorf("%s: %v is not within %v and %v: %w", x.Name, n, x.Min, x.Max, control.ErrInvalid)
		}
		x.Value, x.Held, x.Plays = d.Set, x.Sensor, nil
	case d.Play != nil:
		if len(d.Play.Values) == 0 {
			return fmt.Errorf("the trace holds no value: %w", control.ErrInvalid)
		}
		x.Plays, x.Held, x.Value = &control.MockPlays{Name: d.Play.Name, Since: now, Length: float64(len(d.Play.Values))}, false, d.Play.Values[0]
	case d.Fault != nil:
		if !slices.Contains(x.Faults, d.Fault.Kind) {
			return fmt.Errorf("such a device can't have this fault: %s: %w", d.Fault.Kind, control.ErrInvalid)
		}
		f := *d.Fault
		if f.Since = now; f.For > 0 {
			f.Until = now.Add(time.Duration(f.For * float64(time.Second)))
		}
		x.Fault, x.Silent = &f, f.Kind == "silence"
	case d.Mend:
		x.Fault, x.Silent = nil, false
	default:
		x.Fault, x.Plays, x.Held, x.Silent = nil, nil, false, false
	}
	return nil
}
