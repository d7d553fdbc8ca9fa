package device

import (
	"maps"
	"path"
	"slices"
	"sync"
)

// A Bench has the mocks of sensors that make up or play their readings, as far
// as its owner lets people drive them. An actor that is such a sensor joins it
// and gives what it measures to [Mock.Through].
type Bench struct {
	may []string

	mu    sync.Mutex // guards what follows
	seats map[string]*seat
}

// A Join makes a sensor one that can be driven, as [Bench.Join] does. It is what
// an actor gets under the capability [Driven].
type Join func(c Capability) (m *Mock, leave func())

// Driven is the capability of nodes that have mocks.
const Driven = "mocks"

// A seat is the mock of one sensor. It is kept when its actor has gone, so that
// a fault outlasts the actor's being restarted.
type seat struct {
	mock *Mock
	sits int // how many actors are this sensor now
}

// mostSeats bounds the sensors that a bench remembers.
const mostSeats = 4096

// NewBench lets the sensors be driven whose names are in the list, in which *
// stands for any letters: "bed-1-*".
func NewBench(may []string) *Bench { return &Bench{may: may, seats: map[string]*seat{}} }

// Join makes a sensor one that can be driven; c says what it measures. nil: this
// one can't be. Call leave when the sensor ends.
func (b *Bench) Join(c Capability) (m *Mock, leave func()) {
	if !slices.ContainsFunc(b.may, func(p string) bool { ok, err := path.Match(p, c.Name); return ok && err == nil }) {
		return nil, func() {}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.seats[c.Name]
	if s == nil || s.mock.c.Kind != c.Kind {
		b.makeRoom()
		s = &seat{mock: NewMock(c)}
		b.seats[c.Name] = s
	}
	s.mock.sensor()
	s.sits++
	var once sync.Once
	return s.mock, func() {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			s.sits--
		})
	}
}

// makeRoom forgets those who have left when there are too many.
func (b *Bench) makeRoom() {
	if len(b.seats) < mostSeats {
		return
	}
	maps.DeleteFunc(b.seats, func(_ string, s *seat) bool { return s.sits == 0 })
}

// sensor makes the mock one with a signal of its own.
func (m *Mock) sensor() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.own = true
}

// Mocks are those of the sensors that are there now, by name.
func (b *Bench) Mocks() map[string]*Mock {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]*Mock{}
	for name, s := range b.seats {
		if s.sits > 0 {
			all[name] = s.mock
		}
	}
	return all
}
