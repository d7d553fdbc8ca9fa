package device

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Set is what one node, or a run without a node, offers to actors: devices
// and services by the name of their capability. It is safe for use by several
// goroutines.
type Set struct {
	tell teller[Change]

	mu    sync.Mutex // guards what follows
	given map[string]any
	ends  []func() error
}

// NewSet is a set that offers nothing.
func NewSet() *Set { return &Set{given: map[string]any{}} }

// Mocks is a set with a mock for every device, and with stand-ins for the
// services of a node that keep to the memory of this process. It is what a
// script runs on where there is no node: nothing of the world is touched.
func Mocks() *Set {
	s := NewSet()
	for _, c := range Capabilities() {
		s.Bind(c.Name, NewMock(c))
	}
	addServices(s)
	return s
}

// Bind offers d under a name, in the place of what was offered there. A mock
// tells the set's subscribers of its changes from now on. D stays its owner's to
// close.
func (s *Set) Bind(name string, d any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given[name] = d
	if m, ok := d.(*Mock); ok {
		m.Subscribe(s.tell.tell)
	}
}

// Own is Bind of something that is closed with the set, if it can be.
func (s *Set) Own(name string, d any) {
	s.Bind(name, d)
	if c, ok := d.(io.Closer); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ends = append(s.ends, c.Close)
	}
}

// Adopt offers all that another set does, in the place of what was offered
// there, and closes it when s is closed.
func (s *Set) Adopt(other *Set) {
	for _, name := range other.Names() {
		if d, err := other.Capability(name); err == nil {
			s.Bind(name, d)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, other.Close)
}

// Names are the capabilities offered, sorted.
func (s *Set) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.given))
}

// Capability is what is offered under a name: an [Input], an [Output] or a
// service. An error lists the names that there are.
func (s *Set) Capability(name string) (any, error) {
	s.mu.Lock()
	d, ok := s.given[name]
	s.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("there is no device or service %s here; there are %s", name, strings.Join(s.Names(), ", "))
	}
	return d, nil
}

// Put sets the mock bound to a name, as the statement set of a test block and
// the option --device do. What is not a mock can't be set.
func (s *Set) Put(name string, v flow.Value) error {
	d, err := s.Capability(name)
	if err != nil {
		return err
	}
	m, ok := d.(interface{ Set(flow.Value) error })
	if !ok {
		return fmt.Errorf("%s is no mock, so it can't be set", name)
	}
	return m.Set(v)
}

// Mock is the mock bound to a name, or nil.
func (s *Set) Mock(name string) *Mock {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, _ := s.given[name].(*Mock)
	return m
}

// Subscribe calls told after each change of a mock until stop is called. Told
// must not call the set's mocks.
func (s *Set) Subscribe(told func(Change)) (stop func()) { return s.tell.add(told) }

// Close closes what drivers hold open.
func (s *Set) Close() error {
	s.mu.Lock()
	ends := s.ends
	s.ends = nil
	s.mu.Unlock()
	var errs []error
	for _, end := range slices.Backward(ends) {
		errs = append(errs, end())
	}
	return errors.Join(errs...)
}
