package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Devices that are made of nothing, and sensors whose readings are made up, as
// far as the configuration says that people may drive them:
//
//	devices:
//	  io.temperature: {driver: mock, value: 36.8}
//	mocks: ["bed-1-*"]   # names of certificates that sensor.Generator and sensor.Player speak with
//
// A device that is really there is not among them, and can't be driven.

// mocks are those of this node.
type mocks struct {
	set   *device.Set
	bench *device.Bench

	mu      sync.Mutex // guards what follows
	uses    map[string]map[flow.ActorID]bool
	driven  map[string]driven
	written map[string][]control.MockWrite // newest first

	asking sync.Mutex // one asks the other nodes at a time; guards what follows
	seen   []control.Mock
	at     time.Time
}

// driven is who drove a mock last.
type driven struct {
	by string
	at time.Time
}

const (
	writesKept = 16                     // of each mock, to be shown
	mocksFresh = 200 * time.Millisecond // what was seen of other nodes is shown to others who ask
)

// checkMocks refuses a name that would match nothing.
func (c *Config) checkMocks() error {
	for _, p := range c.Mocks {
		if _, err := path.Match(p, ""); err != nil || p == "" {
			return fmt.Errorf("mocks: %q: want the name of a device's certificate, in which * is any letters: bed-1-*", p)
		}
	}
	return nil
}

// openMocks takes the mocks of the configuration, and offers them if there are
// any.
func (n *Node) openMocks(o offer) {
	m := &mocks{set: n.devices, bench: device.NewBench(n.cfg.Mocks), uses: map[string]map[flow.ActorID]bool{},
		driven: map[string]driven{}, written: map[string][]control.MockWrite{}}
	n.mocks = m
	n.door.Answer(askMocks, n.answerMocks)
	n.door.Answer(askDrive, n.answerDrive)
	m.set.Subscribe(m.note)
	if len(n.cfg.Mocks) == 0 && !slices.ContainsFunc(m.set.Names(), func(name string) bool { return m.set.Mock(name) != nil }) {
		return
	}
	o[device.Driven] = func(actor flow.ActorID) any {
		return device.Join(func(c device.Capability) (*device.Mock, func()) {
			m.use(c.Name, actor)
			return m.bench.Join(c)
		})
	}
}

// use notes that an actor has asked for a device.
func (m *mocks) use(name string, actor flow.ActorID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.uses[name] == nil {
		m.uses[name] = map[flow.ActorID]bool{}
	}
	m.uses[name][actor] = true
}

// note keeps what actors write.
func (m *mocks) note(c device.Change) {
	if !c.Written {
		return
	}
	w := control.MockWrite{At: time.Now().UTC(), Value: shownValue(c.Value)}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Insert(m.written[c.Name], 0, w)
	m.written[c.Name] = all[:min(len(all), writesKept)]
}

// longestShown is how many bytes of a value are shown whole.
const longestShown = 4 << 10

// shownValue is a value as people see it: a long one as the beginning of its
// text.
func shownValue(v flow.Value) json.RawMessage {
	b, err := flow.MarshalValue(v)
	if err != nil {
		b, _ = json.Marshal(err.Error()) // a text always encodes
	}
	if len(b) > longestShown {
		b, _ = json.Marshal(string(b[:200]) + fmt.Sprintf("… (%d bytes)", len(b)))
	}
	return b
}

// find is the mock of a name. The second result tells of a device that is none.
func (m *mocks) find(name string) (mock *device.Mock, real bool) {
	if mock := m.bench.Mocks()[name]; mock != nil {
		return mock, false
	}
	if mock := m.set.Mock(name); mock != nil {
		return mock, false
	}
	_, is := device.Find(name)
	return nil, is && slices.Contains(m.set.Names(), name)
}

// ownMocks are the mocks of this node, by name.
func (n *Node) ownMocks(now time.Time) []control.Mock {
	all := n.mocks.bench.Mocks()
	for _, name := range n.mocks.set.Names() {
		if m := n.mocks.set.Mock(name); m != nil {
			all[name] = m
		}
	}
	here := map[flow.ActorID]bool{}
	for _, p := range n.register.View().On(n.cfg.Node) {
		here[p.Actor] = true
	}
	list := []control.Mock{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, n.mocks.describe(n.cfg.Node, all[name], here, now))
	}
	return list
}

// describe is a mock as people see it; here are the actors of this node.
func (m *mocks) describe(node flow.NodeID, d *device.Mock, here map[flow.ActorID]bool, now time.Time) control.Mock {
	c, st := d.About(), d.State(now)
	out := control.Mock{Node: node, Name: c.Name, Doc: c.Doc, Use: control.MockUse(c.Use), Form: formOf(c), Unit: c.Unit(),
		Actors: []flow.ActorID{}, Faults: []string{}, Sensor: st.Sensor, Silent: !st.Heard, Held: st.Sensor && !st.Own && st.Trace == "", Writes: st.Writes}
	if c.Range != nil {
		out.Min, out.Max = c.Range.Min, c.Range.Max
	}
	for _, k := range c.Faults() {
		out.Faults = append(out.Faults, string(k))
	}
	if st.Value != nil {
		out.Value = shownValue(st.Value)
	}
	if st.Trace != "" {
		out.Plays = &control.MockPlays{Name: st.Trace, Since: st.Began.UTC(), Length: st.Length.Seconds()}
	}
	if f := st.Fault; f != nil {
		out.Fault = &control.MockFault{Kind: string(f.Kind), For: f.For.Seconds(), PerMinute: f.PerMinute, Since: st.Since.UTC()}
		if f.Value != nil {
			out.Fault.Value = shownValue(f.Value)
		}
		if !st.Until.IsZero() {
			out.Fault.Until = st.Until.UTC()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for actor := range m.uses[c.Name] {
		if here[actor] {
			out.Actors = append(out.Actors, actor)
		}
	}
	slices.Sort(out.Actors)
	out.Written = slices.Clone(m.written[c.Name])
	out.By, out.ByAt = m.driven[c.Name].by, m.driven[c.Name].at
	return out
}

// formOf is how people set a device.
func formOf(c device.Capability) control.MockForm {
	zeroOne := c.Range != nil && *c.Range == device.Range{Min: 0, Max: 1}
	takes := func(v flow.Value) bool { return c.Check(v) == nil }
	switch {
	case c.Name == "io.button":
		return control.MockButton
	case c.Name == "io.knob":
		return control.MockKnob
	case takes("x") && takes(true):
		return control.MockAny
	case takes("x"):
		return control.MockText
	case takes(int64(0)) && !takes(0.5) && zeroOne:
		return control.MockSwitch
	case takes(true) && !takes(0.5):
		return control.MockBool
	case takes(0.5) || c.Range != nil && takes(c.Range.Max):
		return control.MockNumber
	case takes(int64(0)):
		return control.MockInteger
	}
	return control.MockAny
}

// drive has a mock of this node do something.
func (n *Node) drive(by string, name string, d control.Drive, now time.Time) (*control.Mock, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	mock, real := n.mocks.find(name)
	switch {
	case real:
		return nil, fmt.Errorf("%s of %s is no mock: a device that is really there can't be driven: %w", name, n.cfg.Node, control.ErrConflict)
	case mock == nil:
		return nil, fmt.Errorf("no mock %s on %s: `wardflow device mock list` shows those that there are, and the node's file says under devices and mocks which it has: %w", name, n.cfg.Node, control.ErrNotFound)
	}
	if err := doDrive(mock, d, now); err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	n.mocks.mu.Lock()
	n.mocks.driven[name] = driven{by, now.UTC()}
	n.mocks.mu.Unlock()
	n.mocks.stale()
	i := slices.IndexFunc(n.ownMocks(now), func(m control.Mock) bool { return m.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("%s of %s has gone: %w", name, n.cfg.Node, control.ErrNotFound)
	}
	one := n.ownMocks(now)[i]
	return &one, nil
}

// stale has the next who asks for mocks see them anew.
func (m *mocks) stale() {
	m.asking.Lock()
	defer m.asking.Unlock()
	m.at = time.Time{}
}

func doDrive(m *device.Mock, d control.Drive, now time.Time) error {
	switch {
	case d.Set != nil:
		v, err := readPlain(d.Set)
		if err != nil {
			return err
		}
		return m.Set(v)
	case d.Play != nil:
		t, err := traceOf(d.Play)
		if err != nil {
			return err
		}
		return m.Play(t, now)
	case d.Fault != nil:
		f := device.Fault{Kind: device.FaultKind(d.Fault.Kind), For: seconds(d.Fault.For), PerMinute: d.Fault.PerMinute}
		if d.Fault.Value != nil {
			var err error
			if f.Value, err = readPlain(d.Fault.Value); err != nil {
				return err
			}
		}
		return m.Fail(f, now)
	case d.Mend:
		m.Mend()
	default:
		m.Clear(now)
	}
	return nil
}

func traceOf(t *control.MockTrace) (*device.Trace, error) {
	values := make([]flow.Value, 0, min(len(t.Values), device.MaxTrace+1))
	for i, raw := range t.Values[:min(len(t.Values), device.MaxTrace+1)] {
		v, err := readPlain(raw)
		if err != nil {
			return nil, fmt.Errorf("value %d of the trace: %w", i+1, err)
		}
		values = append(values, v)
	}
	p := device.Pace{Every: seconds(t.Every), Speed: t.Speed, Once: t.Once}
	for _, s := range t.Times {
		p.Times = append(p.Times, seconds(s))
	}
	return device.NewTrace(cmp.Or(t.Name, "a trace"), values, p)
}

// farthest is the longest time that people can say, in seconds: what is longer,
// or no number, comes out negative and is refused by who takes it.
const farthest = 9e9

func seconds(s float64) time.Duration {
	if !(s >= 0 && s <= farthest) {
		return -1
	}
	return time.Duration(s * float64(time.Second))
}

// readPlain reads one JSON value that a device can have: no exception token, and
// nothing sealed.
func readPlain(raw json.RawMessage) (flow.Value, error) {
	v, err := flow.UnmarshalValue(raw)
	if err != nil {
		return nil, err
	}
	v, err = device.Plain(v)
	if err != nil {
		return nil, err
	}
	_, err = flow.AppendValue(nil, v)
	return v, err
}

// said is a drive in words, for the audit record. Texts are left out: anything
// may stand in them.
func said(d control.Drive) string {
	switch {
	case d.Set != nil:
		var n any
		if json.Unmarshal(d.Set, &n) == nil {
			switch n.(type) {
			case float64, bool:
				return fmt.Sprintf("set to %v", n)
			}
		}
		return "set"
	case d.Play != nil:
		return fmt.Sprintf("play %d recorded values", len(d.Play.Values))
	case d.Fault != nil && d.Fault.For > 0:
		return fmt.Sprintf("fault %.20s for %v", d.Fault.Kind, seconds(d.Fault.For))
	case d.Fault != nil:
		return fmt.Sprintf("fault %.20s", d.Fault.Kind)
	case d.Mend:
		return "mend"
	}
	return "clear"
}

// errMock sorts what another node answers by how it begins, since the answer is
// a text.
var errMock = map[string]error{"absent": control.ErrNotFound, "real": control.ErrConflict, "invalid": control.ErrInvalid}

func mockWord(err error) string {
	for word, is := range errMock {
		if errors.Is(err, is) {
			return word
		}
	}
	return ""
}

var _ control.Mocker = (*Node)(nil)

// Mocks are those of all nodes that can be reached.
func (n *Node) Mocks(ctx context.Context) ([]control.Mock, error) {
	m := n.mocks
	m.asking.Lock()
	defer m.asking.Unlock()
	if now := time.Now(); now.Sub(m.at) > mocksFresh || now.Before(m.at) {
		m.seen, m.at = n.allMocks(ctx), now
	}
	return slices.Clone(m.seen), nil
}
