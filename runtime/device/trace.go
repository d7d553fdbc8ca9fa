package device

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// MaxTrace is how many values a trace has at most: 11 hours of one every two
// seconds, or a minute of an ECG.
const MaxTrace = 20_000

// A Trace is recorded values that a mock can play.
type Trace struct {
	Name string // for people
	rec  *recording
}

// Pace says when each value of a trace was.
type Pace struct {
	Times []time.Duration // since the first value, never falling; nil: Every says it
	Every time.Duration   // between two values; 0 with no Times: one second
	Speed float64         // how many times as fast; 0: once
	Once  bool            // it is not played again and again
}

// NewTrace makes a trace. What can't be played is refused.
func NewTrace(name string, values []flow.Value, p Pace) (*Trace, error) {
	if p.Speed == 0 {
		p.Speed = 1
	}
	if p.Every == 0 && p.Times == nil {
		p.Every = time.Second
	}
	switch {
	case len(values) == 0:
		return nil, errors.New("the trace holds no value")
	case len(values) > MaxTrace:
		return nil, fmt.Errorf("the trace has %d values: want up to %d", len(values), MaxTrace)
	case !(p.Speed >= 1e-3 && p.Speed <= 1e6):
		return nil, fmt.Errorf("the trace's speed is %v: want 0.001 to 1000000", p.Speed)
	case p.Times != nil && p.Every != 0:
		return nil, errors.New("the trace has times and a steady pace: want one of them")
	case p.Times != nil && len(p.Times) != len(values):
		return nil, fmt.Errorf("the trace has %d values and %d times", len(values), len(p.Times))
	case p.Times == nil && (p.Every < time.Millisecond/10 || p.Every > 24*time.Hour):
		return nil, fmt.Errorf("the trace has a value every %v: want 100µs to 24h", p.Every)
	}
	rows := make([]row, len(values))
	for i, v := range values {
		if n, ok := number(v); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
			return nil, fmt.Errorf("value %d of the trace is no number", i+1)
		}
		rows[i] = row{value: v}
		if p.Times == nil {
			continue
		}
		at := p.Times[i] - p.Times[0]
		if i > 0 && p.Times[i] < p.Times[i-1] || at < 0 || at.Seconds() > longestRecording/2 {
			return nil, fmt.Errorf("time %d of the trace, %v, lies before that of the value before, or beyond what can be played", i+1, p.Times[i])
		}
		rows[i].at, rows[i].timed = at, true
	}
	r := &recording{loop: !p.Once}
	r.load(rows, p.Every, p.Speed)
	return &Trace{Name: name, rec: r}, nil
}

// playing is a trace that a mock plays.
type playing struct {
	name  string
	began time.Time
	rec   *recording
}

// begin is the trace as it plays from now on.
func (t *Trace) begin(now time.Time) *recording {
	return &recording{values: t.rec.values, at: t.rec.at, length: t.rec.length, loop: t.rec.loop, began: now}
}
