package node

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What people have a mock do, from the form that they say it in to the device.

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
	select {
	case n.mocks.more <- struct{}{}:
	default:
	}
	n.mocks.stale()
	for _, m := range n.ownMocks(now) {
		if m.Name == name {
			return &m, nil
		}
	}
	return nil, fmt.Errorf("%s of %s has gone: %w", name, n.cfg.Node, control.ErrNotFound)
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
