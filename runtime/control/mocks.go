package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Mocker has devices made of nothing, which people drive by hand: a
// configuration says which. A [Backend] that is none answers [ErrNotFound].
type Mocker interface {
	// Mocks are those of all nodes that can be reached, by node and name.
	Mocks(ctx context.Context) ([]Mock, error)

	// DriveMock has a mock do something, and says how it is then. One that is not
	// there is [ErrNotFound], a device that is no mock [ErrConflict], what it can't
	// do or be [ErrInvalid]. It is noted in the audit record of the mock's node.
	DriveMock(ctx context.Context, by flow.Identity, node flow.NodeID, name string, d Drive) (*Mock, error)
}

// mayMock is the action that asks to drive mocks, and to see what they say.
const mayMock = "mock"

// A Mock is a device made of nothing, or a sensor whose readings are made up or
// played, as far as its node's configuration lets people drive it.
type Mock struct {
	Node flow.NodeID `json:"node"`
	Name string      `json:"name"` // io.temperature, or the name of a sensor's certificate
	Doc  string      `json:"doc"`  // one sentence
	Use  MockUse     `json:"use"`  // what actors do with it
	// Form is what its values are, and so how people set them.
	Form MockForm `json:"form"`
	Unit string   `json:"unit,omitempty"` // UCUM, of a number
	// Min and Max are the range of a number; both 0: any.
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	// Sensor says that it has a signal of its own, generated or recorded, which it
	// gives while nobody drives it.
	Sensor bool           `json:"sensor,omitempty"`
	Actors []flow.ActorID `json:"actors"` // that use it now, on its node; never null
	Faults []string       `json:"faults"` // that it can be made to have; never null

	// Value is what is read of it now, or was written to it last. Absent: nothing
	// was yet, or the caller may not see it.
	Value  json.RawMessage `json:"value,omitempty"`
	Hidden bool            `json:"hidden,omitempty"` // the caller may not see what it says
	// Silent says that nothing is read of it now, and Value is of before.
	Silent bool `json:"silent,omitempty"`
	// Held says that a sensor reads what it was set to, and not its own signal.
	Held  bool       `json:"held,omitempty"`
	Plays *MockPlays `json:"plays,omitempty"`
	Fault *MockFault `json:"fault,omitempty"` // none: it is well

	Writes  uint64      `json:"writes"`            // how often actors have written to it
	Written []MockWrite `json:"written,omitempty"` // the last of them, newest first

	By   string    `json:"by,omitempty"`  // SPIFFE ID of who drove it last
	ByAt time.Time `json:"byAt,omitzero"` // when
}

// MockUse is what actors do with a mock.
type MockUse string

// The uses.
const (
	MockReads   MockUse = "read"  // its value, now and then
	MockWatches MockUse = "watch" // its changes
	MockWrites  MockUse = "write"
)

// MockForm is what the values of a mock are.
type MockForm string

// The forms.
const (
	MockNumber  MockForm = "number"
	MockInteger MockForm = "integer"
	MockSwitch  MockForm = "switch" // 0 or 1
	MockButton  MockForm = "button" // 1 while it is pressed, 0 not
	MockKnob    MockForm = "knob"   // each value is a step: 1 or -1
	MockBool    MockForm = "bool"
	MockText    MockForm = "text"
	MockAny     MockForm = "any" // any JSON
)

// A MockWrite is a value that an actor wrote.
type MockWrite struct {
	At    time.Time       `json:"at"`
	Value json.RawMessage `json:"value"`
}

// MockPlays is a trace that a mock plays.
type MockPlays struct {
	Name   string    `json:"name"`
	Since  time.Time `json:"since"`
	Length float64   `json:"length"` // of one round, in seconds
}

// A MockFault is what is wrong with a mock.
type MockFault struct {
	// Kind is stuck, drift, out-of-range or silence.
	Kind string `json:"kind"`
	// For is how many seconds it lasts; 0: until it is mended.
	For float64 `json:"for,omitempty"`
	// PerMinute is how fast a drifting value moves, in its unit; 0 to begin with:
	// a twentieth of the range, upwards.
	PerMinute float64 `json:"perMinute,omitempty"`
	// Value is what is said out of range; absent to begin with: a tenth of the
	// range above its greatest.
	Value json.RawMessage `json:"value,omitempty"`
	Since time.Time       `json:"since,omitzero"` // the node says it
	Until time.Time       `json:"until,omitzero"` // the node says it; absent: until it is mended
}

// A Drive is what a mock shall do: exactly one of these.
type Drive struct {
	Set   json.RawMessage `json:"set,omitempty"`   // to read this, any JSON
	Play  *MockTrace      `json:"play,omitempty"`  // to read what was recorded
	Fault *MockFault      `json:"fault,omitempty"` // to go wrong
	Mend  bool            `json:"mend,omitempty"`  // to be well again
	// Clear ends a fault and a trace; a sensor goes on with its own signal, all
	// else stays as it is.
	Clear bool `json:"clear,omitempty"`
}

// A MockTrace is what a mock shall play.
type MockTrace struct {
	Name   string            `json:"name"`   // for people
	Values []json.RawMessage `json:"values"` // up to 20,000
	Times  []float64         `json:"times,omitempty"`
	Every  float64           `json:"every,omitempty"` // seconds between two values, where there are no Times (seconds, never falling)
	Speed  float64           `json:"speed,omitempty"` // how many times as fast; 0: once
	Once   bool              `json:"once,omitempty"`  // do not begin again at the end
}

// maxTraceName bounds what a trace may be called.
const maxTraceName = 200

// Check says what is wrong with the form of a drive; what the mock can do, its
// node knows.
func (d *Drive) Check() error {
	n := 0
	for _, there := range []bool{d.Set != nil, d.Play != nil, d.Fault != nil, d.Mend, d.Clear} {
		if there {
			n++
		}
	}
	switch {
	case n != 1:
		return fmt.Errorf("%w: a drive does %d things: want exactly one of set, play, fault, mend, clear", ErrInvalid, n)
	case d.Play != nil && len(d.Play.Name) > maxTraceName:
		return fmt.Errorf("%w: the trace's name has %d bytes: want up to %d", ErrInvalid, len(d.Play.Name), maxTraceName)
	}
	return nil
}

// Hide takes out what a mock says and was given.
func (m *Mock) Hide() {
	m.Hidden, m.Value, m.Written = true, nil, nil
	if m.Fault != nil {
		f := *m.Fault
		f.Value = nil
		m.Fault = &f
	}
}

func (s *Server) mockRoutes() []route {
	return []route{{"GET /mocks", "see", s.getMocks}, {"POST /mocks/{id}/{mock}", mayMock, s.postMock}}
}

func (s *Server) mocker() (Mocker, error) {
	if m, ok := s.cfg.Backend.(Mocker); ok {
		return m, nil
	}
	return nil, fmt.Errorf("mock devices here: %w", ErrNotFound)
}

// getMocks shows all mocks; what those say whose node's the caller may not drive
// is left out, since actors may write there what is of a patient.
func (s *Server) getMocks(w http.ResponseWriter, r *http.Request) error {
	m, err := s.mocker()
	if err != nil {
		return err
	}
	all, err := m.Mocks(r.Context())
	if err != nil {
		return fmt.Errorf("look at the mock devices: %w", err)
	}
	may := map[flow.NodeID]bool{}
	for i := range all {
		node := all[i].Node
		if _, asked := may[node]; !asked {
			may[node] = s.mayAsk(CallerOf(r), Ask{Do: mayMock, Node: node}) == nil
		}
		if !may[node] {
			all[i].Hide()
		}
	}
	return reply(w, http.StatusOK, List[Mock]{APIVersion, list(all)})
}

func (s *Server) postMock(w http.ResponseWriter, r *http.Request) error {
	m, err := s.mocker()
	if err != nil {
		return err
	}
	var d Drive
	if err := s.read(w, r, &d); err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return err
	}
	node, name := flow.NodeID(r.PathValue("id")), r.PathValue("mock")
	now, err := m.DriveMock(r.Context(), CallerOf(r).ID, node, name, d)
	if err != nil {
		return fmt.Errorf("drive %s of %s: %w", name, node, err)
	}
	return reply(w, http.StatusOK, now)
}

// Mocks lists the devices that people can drive.
func (c *Client) Mocks(ctx context.Context) ([]Mock, error) {
	l, err := call[List[Mock]](ctx, c, http.MethodGet, "/mocks", nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// DriveMock has one do something, and gives how it is then.
func (c *Client) DriveMock(ctx context.Context, node flow.NodeID, name string, d Drive) (*Mock, error) {
	return call[Mock](ctx, c, http.MethodPost, "/mocks/"+url.PathEscape(string(node))+"/"+url.PathEscape(name), d)
}
