package sensor

import (
	"fmt"
	"math"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A model is one signal of a body.
type model struct {
	kind, unit string  // security.md section 7.2
	rate       float64 // usual samples a second
	scale      int64   // 10⁻⁶ unit a step
	wave       bool
	at         func(b *body, t float64) float64 // value in unit at t seconds; nil for the ECG
}

var models = map[string]model{
	"ecg":         {kind: "11524-6", unit: "mV", rate: 250, scale: 1000, wave: true},
	"heart_rate":  {kind: "8867-4", unit: "/min", rate: 1, scale: 1_000_000, at: (*body).shownHeartRate},
	"spo2":        {kind: "59408-5", unit: "%", rate: 1, scale: 1_000_000, at: (*body).saturation},
	"temperature": {kind: "8310-5", unit: "Cel", rate: 0.2, scale: 100_000, at: (*body).temperature},
	"glucose":     {kind: "99504-3", unit: "mg/dL", rate: 1.0 / 300, scale: 1_000_000, at: (*body).glucose},
	"resp":        {kind: "9279-1", unit: "/min", rate: 1, scale: 1_000_000, at: (*body).breathing},
}

// made is the signal of a model.
type made struct {
	model  model
	body   *body
	rate   float64
	chunk  int64
	period time.Duration
	every  int64
	fault  float64 // in unit

	index int64 // of the next sample
	heart heart // where the ECG stands at index

	ready *piece
	after heart
}

// when is the time of sample i since the first.
func (m *made) when(i int64) time.Duration {
	return time.Duration(math.Round(float64(i) / m.rate * float64(time.Second)))
}

func (m *made) next() (piece, error) {
	if m.ready != nil {
		return *m.ready, nil
	}
	p := &piece{scale: m.model.scale, span: m.when(m.index+m.chunk) - m.when(m.index)}
	if m.index > 0 {
		p.gap = m.when(m.index) - m.when(m.index-m.chunk)
	}
	if !m.model.wave {
		p.span = 0
		p.samples = []int64{m.step(m.model.at(m.body, float64(m.index)/m.rate))}
	} else {
		if m.after = m.heart; m.index == 0 {
			m.after = m.body.newHeart()
		}
		for i := range m.chunk {
			v := m.after.z + m.body.noise(m.index+i, 0.01)
			p.samples = append(p.samples, m.step(v))
			m.after.run(m.body, float64(m.index+i)/m.rate, 1/m.rate)
		}
		if m.chunk > 1 {
			p.period = m.period
		}
	}
	if reading := m.index/m.chunk + 1; m.every > 0 && reading%m.every == 0 {
		p.samples[len(p.samples)/2] = m.step(m.fault)
	}
	m.ready = p
	return *p, nil
}

// step is a value in unit as a number of the model's steps.
func (m *made) step(v float64) int64 {
	return int64(math.Round(v * 1e6 / float64(m.model.scale)))
}

func (m *made) take() {
	m.index, m.heart, m.ready = m.index+m.chunk, m.after, nil
}

func (m *made) save() flow.Value {
	return []any{m.index, m.heart.x, m.heart.y, m.heart.z}
}

func (m *made) restore(v flow.Value) error {
	list, _ := v.([]any)
	if len(list) == 4 {
		index, ok0 := list[0].(int64)
		x, ok1 := list[1].(float64)
		y, ok2 := list[2].(float64)
		z, ok3 := list[3].(float64)
		if ok0 && ok1 && ok2 && ok3 {
			m.index, m.heart, m.ready = index, heart{x, y, z}, nil
			return nil
		}
	}
	return fmt.Errorf("state has %s where the place in the signal should be", value.Kind(v))
}
