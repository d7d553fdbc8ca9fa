package sensor

import (
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Generator is sensor.Generator: a patient made of formulas, for when there is
// no recording. The same seed gives the same samples, and the signals of one
// seed agree with each other: the heart rate is that of the ECG.
//
// It keeps its pace and its numbers as [Player] does.
func Generator() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "sensor.Generator", Fault: flow.FaultRetry,
			Doc: "Make up plausible readings of a device",
			Args: []flow.ArgSpec{
				{Name: "device", Doc: "name of the device's certificate on its node", Kind: "string", Required: true},
				{Name: "signal", Doc: "ecg, heart_rate, spo2, temperature, glucose or resp", Kind: "string", Required: true},
				{Name: "seed", Doc: "which patient; one seed gives one body", Kind: "number", Default: int64(1)},
				{Name: "rate", Doc: "samples a second; 0 is usual for the signal: 250 for the ECG, one a second, in 5 s (temperature) or in 5 min (glucose)",
					Kind: "number", Default: int64(0)},
				{Name: "chunk", Doc: "seconds in one reading of the ECG", Default: "1s"},
				{Name: "kind", Doc: "LOINC code; \"\" is the signal's", Kind: "string", Default: ""},
				{Name: "unit", Doc: "UCUM code; \"\" is the signal's", Kind: "string", Default: ""},
				{Name: "stream", Doc: "name of the stream; \"\" is the signal", Kind: "string", Default: ""},
				{Name: "fault_every", Doc: "every so many readings one is faulty; 0 is none", Kind: "number", Default: int64(0)},
				{Name: "fault_value", Doc: "what the faulty one says, in unit; of the ECG one sample", Kind: "number", Default: int64(0)}},
			Out:   []flow.Port{{Name: "reading", Doc: "readings signed by the device", Kind: "reading"}},
			State: 1, Identity: "device", Speaks: flow.RoleDevice},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			of := a.Name("device")
			name := a.Text("signal")
			m, known := models[name]
			if !known {
				a.Refuse("signal", "there is no %q: want ecg, heart_rate, spo2, temperature, glucose or resp", name)
			}
			g := &generator{made: made{model: m, body: newBody(uint64(a.Int("seed"))), rate: a.Number("rate"),
				every: a.Int("fault_every"), fault: a.Number("fault_value")}}
			if g.made.rate == 0 {
				g.made.rate = m.rate
			}
			g.made.setChunk(&a)
			g.device = device{name: of, stream: or(a.Text("stream"), name), kind: or(a.Text("kind"), m.kind), unit: or(a.Text("unit"), m.unit), signal: &g.made}
			return g, a.Err()
		},
	}
}

type generator struct {
	device
	made made
}

// Start begins to make readings.
func (g *generator) Start(env flow.Env) error { return g.device.start(env) }
func (g *generator) Actions() []flow.Action   { return g.device.actions() }
func (g *generator) Save() ([]byte, error)    { return g.device.save() }

func (g *generator) Restore(version int, state []byte) error {
	return g.device.restore(version, state)
}

// setChunk checks the numbers that depend on each other.
func (m *made) setChunk(a *value.Args) {
	chunk := a.Seconds("chunk")
	if a.Err() != nil {
		return
	}
	low, high := 1e-5, 100.0
	if m.model.wave {
		low, high = 50, 2000
	}
	if m.rate < low || m.rate > high {
		a.Refuse("rate", "want %v to %v samples a second, not %v", low, high, m.rate)
		return
	}
	m.chunk = 1
	if m.model.wave {
		n := chunk.Seconds() * m.rate
		if n < 1 || n > most {
			a.Refuse("chunk", "would hold %.0f samples, want 1 to %d", n, most)
			return
		}
		m.chunk = int64(n)
		m.period = time.Duration(float64(time.Second) / m.rate)
	}
	if m.every < 0 {
		a.Refuse("fault_every", "want 0 or more, not %d", m.every)
	}
	if f := m.fault * 1e6 / float64(m.model.scale); f > 1e12 || f < -1e12 {
		a.Refuse("fault_value", "%v is beyond what is measured", m.fault)
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
