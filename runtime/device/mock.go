package device

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Mock is a device made of nothing: whoever holds it sets what actors read
// and sees what they write. It is an [Input] and an [Output]. What else it can
// be made to do, play a trace or have a fault, is in drive.go.
type Mock struct {
	c    Capability
	tell teller[Change]

	mu      sync.Mutex // guards what follows
	value   flow.Value // set last, by whomever, or played last
	set     bool       // of a sensor: value stands in the place of its own signal
	own     bool       // it is a sensor with a signal of its own, see Through
	said    flow.Value // what was read last of such a sensor
	heard   bool       // said is
	trace   *playing   // nil: none plays
	fault   *running   // nil: it is well
	writes  uint64
	written []flow.Value
	broken  error
	feeds   watchers
}

// A Change is a device that was set from outside, or that an actor has written to.
type Change struct {
	Name    string     `json:"name"` // of the capability
	Value   flow.Value `json:"value"`
	Written bool       `json:"written"` // by an actor
}

// kept is how many written values a mock remembers.
const kept = 1024

// NewMock makes a mock that reads the capability's value at rest.
func NewMock(c Capability) *Mock { return &Mock{c: c, value: c.Rest} }

// About is what the mock stands for.
func (m *Mock) About() Capability { return m.c }

// Set makes the mock read v from now on, which is a change whatever it was
// before: two presses of a button are two. A value that the capability can't
// have is refused. It ends a trace; a fault stays, and what is set shows when it
// is over.
func (m *Mock) Set(v flow.Value) error {
	if err := m.c.Check(v); err != nil {
		return fmt.Errorf("%s: %w", m.c.Name, err)
	}
	m.mu.Lock()
	m.value, m.set, m.trace = v, true, nil
	m.feeds.push(v)
	m.mu.Unlock()
	m.feeds.wake()
	m.tell.tell(Change{Name: m.c.Name, Value: v})
	return nil
}

// Break makes reading and writing give err until it is nil again: a cable that
// came loose. Whoever watches is woken.
func (m *Mock) Break(err error) {
	m.mu.Lock()
	m.broken = err
	m.mu.Unlock()
	m.feeds.wake()
}

// Value is what the mock was set to last, by whomever.
func (m *Mock) Value() flow.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value
}

// Written are the last 1024 values that actors wrote, oldest first.
func (m *Mock) Written() []flow.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.written)
}

// Subscribe calls told after each change until stop is called. Told must not
// call the mock.
func (m *Mock) Subscribe(told func(Change)) (stop func()) { return m.tell.add(told) }

// Read is the value at the time now.
func (m *Mock) Read(now time.Time) (flow.Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.value, m.broken
	}
	return m.at(m.value, now)
}

// Watch begins a feed of what it is set to, and of what its trace plays.
func (m *Mock) Watch(wake func()) Feed {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := &mockFeed{m: m, pushed: m.feeds.add(wake, nil), trace: m.trace}
	if f.trace != nil {
		f.from = f.trace.rec.Watch(nil)
	}
	return f
}

// Write notes what an actor wrote. A value that the capability can't have is
// refused, as a real device would.
func (m *Mock) Write(v flow.Value) error {
	if err := m.c.Check(v); err != nil {
		return fmt.Errorf("%s: %w: %w", m.c.Name, flow.ErrUnfit, err)
	}
	m.mu.Lock()
	err := m.broken
	if err == nil && m.fault != nil && m.fault.Kind == Silence {
		err = fmt.Errorf("%s: the device does not answer", m.c.Name)
	}
	if err == nil {
		if m.fault == nil || m.fault.Kind != Stuck {
			m.value = v
		}
		m.writes++
		m.written = append(m.written, v)
		m.written = m.written[max(0, len(m.written)-kept):]
	}
	m.mu.Unlock()
	if err == nil {
		m.tell.tell(Change{Name: m.c.Name, Value: v, Written: true})
	}
	return err
}

// A mockFeed is a watcher's view of a mock: what it is set to, and what its
// trace plays, as its fault lets them through.
type mockFeed struct {
	m      *Mock
	pushed *pushed
	trace  *playing // whose changes it gives
	from   Feed     // of them; nil: none
}

func (f *mockFeed) Next(now time.Time) (flow.Value, bool, error) {
	m := f.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return nil, false, m.broken
	}
	m.heal(now)
	for {
		v, ok, err := f.next(now)
		if !ok || err != nil {
			return nil, false, err
		}
		if m.fault == nil {
			return v, true, nil
		}
		if m.fault.Kind != Stuck && m.fault.Kind != Silence {
			return m.fault.of(m.c, v, now), true, nil
		}
	}
}

// next is the next change as it would be without a fault.
func (f *mockFeed) next(now time.Time) (flow.Value, bool, error) {
	if v, ok, err := f.pushed.Next(now); ok || err != nil {
		return v, ok, err
	}
	if f.trace != f.m.trace { // it began while this feed was there: its first value is a change
		f.trace, f.from = f.m.trace, nil
		if f.trace != nil {
			f.from = &played{of: f.trace.rec, begun: true}
		}
	}
	if f.from == nil {
		return nil, false, nil
	}
	v, ok, err := f.from.Next(now)
	if !ok {
		f.m.pass(now)
	}
	return v, ok, err
}

// Due is when the trace plays its next value, or the fault is over.
func (f *mockFeed) Due() time.Time {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	var due time.Time
	if f.from != nil && f.trace == f.m.trace {
		due = f.from.Due()
	}
	if x := f.m.fault; x != nil && !x.until.IsZero() && (due.IsZero() || x.until.Before(due)) {
		due = x.until
	}
	return due
}

func (f *mockFeed) Close() { f.pushed.Close() }
