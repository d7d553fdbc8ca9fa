package device

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A FaultKind is a way in which a device goes wrong.
type FaultKind string

// The faults of a mock.
const (
	Stuck   FaultKind = "stuck"        // it says the same, whatever goes on; a lamp stays as it is
	Drift   FaultKind = "drift"        // its value moves away from what is true, more and more
	Beyond  FaultKind = "out-of-range" // it says what can't be
	Silence FaultKind = "silence"      // it says nothing; what is written to it fails
)

// FaultKinds are all of them.
var FaultKinds = []FaultKind{Stuck, Drift, Beyond, Silence}

// A Fault is what a mock is made to have.
type Fault struct {
	Kind FaultKind
	For  time.Duration // 0: until it is mended

	// PerMinute is how fast a drifting value moves, in its unit; 0: by a
	// twentieth of the range, upwards.
	PerMinute float64
	// Value is what is said out of range; nil: a tenth of the range above its
	// greatest.
	Value flow.Value
}

// running is a fault that a mock has.
type running struct {
	Fault
	since time.Time
	until time.Time  // zero: until it is mended
	held  flow.Value // of Stuck: what it said last
	said  bool       // held is; a sensor that has said nothing yet sticks at the first
}

// ErrUnfitFault reports a fault that such a device can't have.
var ErrUnfitFault = errors.New("such a device can't have this fault")

// Faults are those that a device can have.
func (c Capability) Faults() []FaultKind {
	switch {
	case c.Use == Writes:
		return []FaultKind{Stuck, Silence}
	case c.Range == nil && !c.numeric():
		return []FaultKind{Stuck, Silence}
	case c.Use == Watches: // its values are states and steps, and do not drift
		return []FaultKind{Stuck, Beyond, Silence}
	}
	return FaultKinds
}

// numeric reports whether the values are numbers and nothing else.
func (c Capability) numeric() bool { return c.Check(0.5) == nil && c.Check("x") != nil }

// fit completes a fault of such a device, or says why it can't have it.
func (c Capability) fit(f Fault) (Fault, error) {
	if !slices.Contains(FaultKinds, f.Kind) {
		return f, fmt.Errorf("%w: there is no fault %q: want one of %v", ErrUnfitFault, f.Kind, c.Faults())
	}
	if !slices.Contains(c.Faults(), f.Kind) {
		return f, fmt.Errorf("%w: %s of %s: want one of %v", ErrUnfitFault, f.Kind, c.Name, c.Faults())
	}
	if f.For < 0 {
		return f, fmt.Errorf("%w: for %v: want a time above 0, or 0 for until it is mended", ErrUnfitFault, f.For)
	}
	r := c.Range
	switch f.Kind {
	case Drift:
		if math.IsNaN(f.PerMinute) || math.IsInf(f.PerMinute, 0) {
			return f, fmt.Errorf("%w: drift of %v a minute", ErrUnfitFault, f.PerMinute)
		}
		if f.PerMinute == 0 && r == nil {
			return f, fmt.Errorf("%w: %s has no range: say how fast it drifts", ErrUnfitFault, c.Name)
		}
		if f.PerMinute == 0 {
			f.PerMinute = (r.Max - r.Min) / 20
		}
	case Beyond:
		if f.Value == nil && r == nil {
			return f, fmt.Errorf("%w: %s has no range: say what it reads", ErrUnfitFault, c.Name)
		}
		if f.Value == nil {
			n := r.Max + (r.Max-r.Min)/10
			if c.whole() {
				n = max(r.Max+1, math.Round(n))
			}
			f.Value = n
		}
		n, ok := number(f.Value)
		switch {
		case !ok || math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) > 1e12:
			return f, fmt.Errorf("%w: %v is no number that it could say", ErrUnfitFault, f.Value)
		case r != nil && n >= r.Min && n <= r.Max:
			return f, fmt.Errorf("%w: %v is within %v and %v: to read that is no fault, so set it", ErrUnfitFault, f.Value, r.Min, r.Max)
		}
		f.Value = c.rounded(n)
	}
	return f, nil
}

// of is what is read where there is a fault and v would be read without it.
func (x *running) of(c Capability, v flow.Value, now time.Time) flow.Value {
	switch x.Kind {
	case Stuck:
		if !x.said {
			x.held, x.said = v, true
		}
		return x.held
	case Beyond:
		return x.Value
	case Drift:
		if n, ok := number(v); ok {
			return c.rounded(n + x.PerMinute*max(0, now.Sub(x.since).Minutes()))
		}
	}
	return v
}

// rounded is a number as such a device would say it: whole where it says whole
// ones, else in thousandths.
func (c Capability) rounded(n float64) flow.Value {
	n = math.Round(max(-1e12, min(1e12, n))*1000) / 1000
	if c.whole() {
		return int64(math.Round(n))
	}
	return n
}

// whole reports whether it says integers.
func (c Capability) whole() bool { return c.Check(int64(0)) == nil && c.Check(0.5) != nil }

// Through is what is read of a sensor that by itself says v at the time now: v,
// unless the mock is set, plays, or has a fault. [ErrSilent] says that nothing
// is.
func (m *Mock) Through(v flow.Value, now time.Time) (flow.Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.own = true
	m.pass(now)
	if m.set {
		v = m.value
	}
	got, err := m.at(v, now)
	if err == nil {
		m.said, m.heard = got, true
	}
	return got, err
}

// at is what is read where the value is v; the caller holds mu.
func (m *Mock) at(v flow.Value, now time.Time) (flow.Value, error) {
	m.pass(now)
	if m.trace != nil {
		got, err := m.trace.rec.Read(now)
		if err != nil {
			return nil, err
		}
		v, m.value = got, got
	}
	if m.fault == nil {
		return v, nil
	}
	if m.fault.Kind == Silence {
		return nil, ErrSilent
	}
	return m.fault.of(m.c, v, now), nil
}

// heal ends a fault that is over at the time now; the caller holds mu.
func (m *Mock) heal(now time.Time) {
	if x := m.fault; x != nil && !x.until.IsZero() && !now.Before(x.until) {
		m.fault = nil
	}
}

// pass ends what is over at the time now; the caller holds mu.
func (m *Mock) pass(now time.Time) {
	m.heal(now)
	if p := m.trace; p != nil && !p.rec.loop && now.Sub(p.began) >= p.rec.length {
		m.value, m.trace = p.rec.values[len(p.rec.values)-1], nil
	}
}

// Play makes the mock read what was recorded, from now on, until it is set,
// cleared, or the trace ends: then a sensor goes on with its own signal, and all
// else stays as it is.
func (m *Mock) Play(t *Trace, now time.Time) error {
	for i, v := range t.rec.values {
		if err := m.c.Check(v); err != nil {
			return fmt.Errorf("%s: value %d of the trace: %w", m.c.Name, i+1, err)
		}
	}
	m.mu.Lock()
	m.trace, m.set = &playing{name: t.Name, began: now, rec: t.begin(now)}, false
	m.mu.Unlock()
	m.feeds.wake()
	return nil
}

// Fail gives the mock a fault in the place of any that it has. One that such a
// device can't have is [ErrUnfitFault].
func (m *Mock) Fail(f Fault, now time.Time) error {
	f, err := m.c.fit(f)
	if err != nil {
		return err
	}
	m.mu.Lock()
	was := m.seen(now)
	x := &running{Fault: f, since: now}
	if f.For > 0 {
		x.until = now.Add(f.For)
	}
	if was != nil {
		x.held, x.said = was, true
	}
	m.fault = x
	if f.Kind == Beyond && m.c.Use == Watches {
		m.feeds.push(f.Value)
	}
	m.mu.Unlock()
	m.feeds.wake()
	return nil
}

// seen is what was or is read of the mock, for one that is to stick there; nil:
// nothing yet.
func (m *Mock) seen(now time.Time) flow.Value {
	if m.own {
		if m.heard {
			return m.said
		}
		return nil
	}
	v, err := m.at(m.value, now)
	if err != nil {
		return m.value
	}
	return v
}

// Mend ends a fault.
func (m *Mock) Mend() {
	m.mu.Lock()
	m.fault = nil
	m.mu.Unlock()
	m.feeds.wake()
}

// Heal ends a fault that is over at the time now, and wakes whoever watches: a
// lamp that nobody reads has no other clock. It returns when there is something
// to heal next; zero: not that is known.
func (m *Mock) Heal(now time.Time) (next time.Time) {
	m.mu.Lock()
	had := m.fault
	m.heal(now)
	healed := had != nil && m.fault == nil
	if m.fault != nil {
		next = m.fault.until
	}
	m.mu.Unlock()
	if healed {
		m.feeds.wake()
	}
	return next
}

// Clear ends a fault and a trace; a sensor goes on with its own signal, and all
// else stays as it is.
func (m *Mock) Clear(now time.Time) {
	m.mu.Lock()
	m.pass(now)
	m.fault, m.trace = nil, nil
	m.set = m.set && !m.own
	m.mu.Unlock()
	m.feeds.wake()
}

// A State is how a mock is at some time.
type State struct {
	Value  flow.Value // what is read, or was written
	Heard  bool       // false: nothing is read; Value is what it was before, or nil
	Sensor bool       // it has a signal of its own
	Own    bool       // it reads that now
	Trace  string     // name of what plays; "": nothing
	Began  time.Time  // the trace
	Length time.Duration
	Fault  *Fault // nil: it is well
	Since  time.Time
	Until  time.Time // zero: until it is mended
	Writes uint64    // how often actors have written
}

// State is how the mock is at the time now.
func (m *Mock) State(now time.Time) State {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pass(now)
	s := State{Writes: m.writes, Sensor: m.own, Own: m.own && !m.set && m.trace == nil}
	if known := m.set || m.trace != nil || m.fault != nil && m.fault.Kind == Beyond; m.own && !known {
		s.Value, s.Heard = m.said, m.heard && (m.fault == nil || m.fault.Kind != Silence)
	} else {
		v, err := m.at(m.value, now)
		if s.Value, s.Heard = v, err == nil; err != nil && m.own {
			s.Value = m.said
		} else if err != nil {
			s.Value = m.value
		}
		if m.c.Use == Writes {
			s.Value, s.Heard = m.value, true
		}
	}
	if m.trace != nil {
		s.Trace, s.Began, s.Length = m.trace.name, m.trace.began, m.trace.rec.length
	}
	if x := m.fault; x != nil {
		f := x.Fault
		s.Fault, s.Since, s.Until = &f, x.since, x.until
	}
	return s
}
