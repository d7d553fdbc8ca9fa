package jsonactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Items is json.Items.
func Items() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "json.Items",
			Doc:   "Give the items of a list one by one",
			In:    []flow.Port{{Name: "list", Doc: "a list; an empty one gives nothing"}},
			Out:   []flow.Port{{Name: "item", Doc: "the next item; an exception token for what is no list"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &items{}, nil },
	}
}

type items struct{ left []any }

func (i *items) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"item"}, Guard: func() bool { return len(i.left) > 0 }, Fire: func(f *flow.Firing) error {
			f.Give(0, i.left[0])
			i.left = i.left[1:]
			return nil
		}},
		{In: []string{"list"}, Guard: func() bool { return len(i.left) == 0 }, Fire: func(f *flow.Firing) error {
			var ok bool
			if i.left, ok = f.In[0].Value.([]any); !ok {
				i.left = []any{value.Failed}
			}
			return nil
		}},
	}
}

func (i *items) Save() ([]byte, error) { return value.Save(append([]any{}, i.left...)) }

func (i *items) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &i.left)
}
