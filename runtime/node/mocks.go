package node

import (
	"context"
	"encoding/json"
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

	more chan struct{} // a mock was driven

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
	m := &mocks{set: n.devices, bench: device.NewBench(n.cfg.Mocks), more: make(chan struct{}, 1), uses: map[string]map[flow.ActorID]bool{},
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

// all are the mocks of this node, by name.
func (m *mocks) all() map[string]*device.Mock {
	all := m.bench.Mocks()
	for _, name := range m.set.Names() {
		if mock := m.set.Mock(name); mock != nil {
			all[name] = mock
		}
	}
	return all
}

// healMocks ends the faults of mocks when they are over, until ctx ends.
func (n *Node) healMocks(ctx context.Context) {
	for {
		var first time.Time
		for _, mock := range n.mocks.all() {
			if next := mock.Heal(time.Now()); !next.IsZero() && (first.IsZero() || next.Before(first)) {
				first = next
			}
		}
		var due <-chan time.Time
		if !first.IsZero() {
			due = time.After(time.Until(first))
		}
		select {
		case <-ctx.Done():
			return
		case <-n.mocks.more:
		case <-due:
		}
	}
}

// ownMocks are the mocks of this node, by name.
func (n *Node) ownMocks(now time.Time) []control.Mock {
	all := n.mocks.all()
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
