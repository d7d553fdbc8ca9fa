package trial

import (
	"maps"
	"sync/atomic"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
)

// counts are what the trials' own actors on one node have come to.
type counts struct {
	started atomic.Int64 // that run now
	taken   atomic.Int64 // tokens that trial.Idle has taken
}

// types are all actor types of a node, and those of the trials.
func types(c *counts) flow.Types {
	all := maps.Clone(actors.All())
	for _, t := range []flow.Type{idleSource(c), idleSink(c), deviceType()} {
		all[t.Spec.Name] = t
	}
	return all
}

// idleSource is trial.Once: it gives one token and then nothing.
func idleSource(c *counts) flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "trial.Once", Doc: "Give one token, and be idle", State: 1,
			Out: []flow.Port{{Name: "out", Doc: "true"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &once{idle: idle{c}}, nil },
	}
}

// idleSink is trial.Idle: it takes what comes.
func idleSink(c *counts) flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "trial.Idle", Doc: "Take what comes, and be idle", In: []flow.Port{{Name: "in", Doc: "anything"}}},
		New:  func(map[string]flow.Value) (flow.Actor, error) { return &taker{idle{c}}, nil },
	}
}

// idle counts itself while it runs.
type idle struct{ counts *counts }

func (i *idle) Start(flow.Env) error { i.counts.started.Add(1); return nil }
func (i *idle) Stop()                { i.counts.started.Add(-1) }

type once struct {
	idle
	done bool
}

func (o *once) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return !o.done }, Fire: func(f *flow.Firing) error {
		f.Give(0, true)
		o.done = true
		return nil
	}}}
}

func (o *once) Save() ([]byte, error) {
	if o.done {
		return []byte{1}, nil
	}
	return []byte{0}, nil
}

func (o *once) Restore(_ int, state []byte) error {
	o.done = len(state) == 1 && state[0] == 1
	return nil
}

type taker struct{ idle }

func (t *taker) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error {
		t.counts.taken.Add(1)
		return nil
	}}}
}
