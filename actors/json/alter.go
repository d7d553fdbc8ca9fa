package jsonactors

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

const (
	containerDoc = "a list or dictionary, with others in it or not"
	pathDoc      = "an index (from 0), a key, or a list of these that leads further in"
	changedDoc   = "a changed copy; an exception token if the path leads nowhere"
)

// one is a type that changes one place of a container.
func one(s flow.Spec, c change) flow.Type {
	s.In = []flow.Port{{Name: "container", Doc: containerDoc}, {Name: "key", Doc: pathDoc}, {Name: "value", Doc: "what is put there"}}
	s.Out = []flow.Port{{Name: "container", Doc: changedDoc}}
	return stateless(s, flow.Action{In: []string{"container", "key", "value"}, Out: []string{"container"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		if exceptional(f) {
			f.Give(0, value.Failed)
			return nil
		}
		f.Give(0, orFailed(alter(f.In[0].Value, steps(f.In[1].Value), f.In[2].Value, c)))
		return nil
	}})
}

// many is a type that changes several places, one after the other. Keys without
// a value, and values without a key, are left aside.
func many(s flow.Spec, c change) flow.Type {
	s.In = []flow.Port{{Name: "container", Doc: containerDoc},
		{Name: "keys", Doc: "a list of places, each " + pathDoc, Kind: "list"},
		{Name: "values", Doc: "a list of what is put there", Kind: "list"}}
	s.Out = []flow.Port{{Name: "container", Doc: changedDoc}}
	return stateless(s, flow.Action{In: []string{"container", "keys", "values"}, Out: []string{"container"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		if exceptional(f) {
			f.Give(0, value.Failed)
			return nil
		}
		keys, ok := f.In[1].Value.([]any)
		values, okToo := f.In[2].Value.([]any)
		if !ok || !okToo {
			return fmt.Errorf("want lists of keys and values, not %s and %s", value.Kind(f.In[1].Value), value.Kind(f.In[2].Value))
		}
		container := f.In[0].Value
		for i := range min(len(keys), len(values)) {
			var err error
			if container, err = alter(container, steps(keys[i]), values[i], c); err != nil {
				f.Give(0, value.Failed)
				return nil
			}
		}
		f.Give(0, container)
		return nil
	}})
}

// stateless is a type whose actors are one action.
func stateless(s flow.Spec, act flow.Action) flow.Type {
	return flow.Type{Spec: s, New: func(map[string]flow.Value) (flow.Actor, error) { return actions{act}, nil }}
}

type actions []flow.Action

func (a actions) Actions() []flow.Action { return a }

// exceptional reports whether an exception token is among a firing's tokens.
func exceptional(f *flow.Firing) bool {
	for _, t := range f.In {
		if _, is := t.Value.(flow.Exception); is {
			return true
		}
	}
	return false
}

func orFailed(v flow.Value, err error) flow.Value {
	if err != nil {
		return value.Failed
	}
	return v
}
