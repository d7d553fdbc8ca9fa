package play

import (
	"maps"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// sinkType is the type of the actors whose tokens a run shows.
const sinkType = "test.Sink"

// A record is what the sinks of a run took. Any goroutine may use it.
type record struct {
	mu    sync.Mutex // guards sinks
	sinks map[flow.ActorID][]flow.Value
}

// newRecord has an empty list for each sink of a graph.
func newRecord(g *flow.Graph) *record {
	r := &record{sinks: map[flow.ActorID][]flow.Value{}}
	for _, n := range g.Actors {
		if n.Type == sinkType {
			r.sinks[n.ID] = []flow.Value{}
		}
	}
	return r
}

func (r *record) add(id flow.ActorID, v flow.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sinks[id] = append(r.sinks[id], v)
}

// all is a copy of what the sinks have taken so far.
func (r *record) all() map[flow.ActorID][]flow.Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[flow.ActorID][]flow.Value, len(r.sinks))
	for id, vs := range r.sinks {
		all[id] = slices.Clone(vs)
	}
	return all
}

// types are actor types whose sinks write into the record.
func (r *record) types(types flow.Types) flow.Types {
	typ, ok := types[sinkType]
	if !ok {
		return types
	}
	all := maps.Clone(types)
	newSink := typ.New
	typ.New = func(args map[string]flow.Value) (flow.Actor, error) {
		a, err := newSink(args)
		if err != nil {
			return nil, err
		}
		return &sink{Actor: a, record: r}, nil
	}
	all[sinkType] = typ
	return all
}

// A sink is a test.Sink whose tokens are recorded when a firing takes them.
type sink struct {
	flow.Actor
	record *record
	id     flow.ActorID
}

// Start learns who the actor is.
func (s *sink) Start(env flow.Env) error {
	s.id = env.ID()
	if a, ok := s.Actor.(flow.Starter); ok {
		return a.Start(env)
	}
	return nil
}

// Stop stops the actor.
func (s *sink) Stop() {
	if a, ok := s.Actor.(flow.Stopper); ok {
		a.Stop()
	}
}

// Actions are the actor's, and they write down what they take.
func (s *sink) Actions() []flow.Action {
	acts := slices.Clone(s.Actor.Actions())
	for i := range acts {
		fire := acts[i].Fire
		acts[i].Fire = func(f *flow.Firing) error {
			if err := fire(f); err != nil {
				return err
			}
			for _, t := range f.In {
				s.record.add(s.id, t.Value)
			}
			return nil
		}
	}
	return acts
}

// Save is the actor's state.
func (s *sink) Save() ([]byte, error) {
	if a, ok := s.Actor.(flow.Stateful); ok {
		return a.Save()
	}
	return nil, nil
}

// Restore gives the actor its state back.
func (s *sink) Restore(version int, state []byte) error {
	if a, ok := s.Actor.(flow.Stateful); ok {
		return a.Restore(version, state)
	}
	return nil
}

// Report asks the actor.
func (s *sink) Report(args map[string]flow.Value) (flow.Value, error) {
	if a, ok := s.Actor.(flow.Reporter); ok {
		return a.Report(args)
	}
	return nil, nil
}
