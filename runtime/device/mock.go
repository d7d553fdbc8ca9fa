package device

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Mock is a device made of nothing: whoever holds it sets what actors read
// and sees what they write. It is an [Input] and an [Output].
type Mock struct {
	c    Capability
	tell teller[Change]

	mu      sync.Mutex // guards what follows
	value   flow.Value
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

// Set makes the mock read v from now on, which is a change whatever it was
// before: two presses of a button are two. A value that the capability can't
// have is refused.
func (m *Mock) Set(v flow.Value) error {
	if err := m.c.Check(v); err != nil {
		return fmt.Errorf("%s: %w", m.c.Name, err)
	}
	m.mu.Lock()
	m.value = v
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

// Read is the value, whatever time it is.
func (m *Mock) Read(time.Time) (flow.Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value, m.broken
}

// Watch begins a feed of what it is set to.
func (m *Mock) Watch(wake func()) Feed {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.feeds.add(wake, func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.broken
	})
}

// Write notes what an actor wrote. A value that the capability can't have is
// refused, as a real device would.
func (m *Mock) Write(v flow.Value) error {
	if err := m.c.Check(v); err != nil {
		return fmt.Errorf("%s: %w: %w", m.c.Name, flow.ErrUnfit, err)
	}
	m.mu.Lock()
	err := m.broken
	if err == nil {
		m.value = v
		m.written = append(m.written, v)
		m.written = m.written[max(0, len(m.written)-kept):]
	}
	m.mu.Unlock()
	if err == nil {
		m.tell.tell(Change{Name: m.c.Name, Value: v, Written: true})
	}
	return err
}
