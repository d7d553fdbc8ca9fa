package std

import (
	"maps"
	"slices"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Iterate is std.Iterate. The items of a dictionary come in the order of their
// keys. Calvin makes null of 0 and false as well; here they pass.
func Iterate() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Iterate",
			Doc: "Give the items of a list, dictionary or string one by one",
			In:  []flow.Port{{Name: "token", Doc: "a list, dictionary or string; any other token is its own only item"}},
			Out: []flow.Port{
				{Name: "item", Doc: "an item, a value of the dictionary, or a letter; null if there is none"},
				{Name: "index", Doc: "its place, from 0, or its key", Kind: "integer|string"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &iterate{}, nil },
	}
}

type iterate struct {
	items, keys []any // of the token; keys is nil unless it is a dictionary
	at          int   // the next item
}

// open takes the token apart.
func (i *iterate) open(v flow.Value) {
	i.items, i.keys, i.at = nil, nil, 0
	switch v := v.(type) {
	case []any:
		i.items = v
	case string:
		i.items = letters(v)
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			i.items, i.keys = append(i.items, v[k]), append(i.keys, k)
		}
	default:
		i.items = []any{v}
	}
	if len(i.items) == 0 {
		i.items = []any{nil}
	}
}

func (i *iterate) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"item", "index"}, Guard: func() bool { return i.at < len(i.items) }, Fire: func(f *flow.Firing) error {
			f.Give(0, i.items[i.at])
			if i.keys != nil {
				f.Give(1, i.keys[i.at])
			} else {
				f.Give(1, int64(i.at))
			}
			if i.at++; i.at == len(i.items) {
				i.items, i.keys, i.at = nil, nil, 0
			}
			return nil
		}},
		{In: []string{"token"}, Guard: func() bool { return i.at == len(i.items) }, Fire: func(f *flow.Firing) error {
			i.open(f.In[0].Value)
			return nil
		}},
	}
}

func (i *iterate) Save() ([]byte, error) {
	return value.Save(append([]any{}, i.items...), append([]any{}, i.keys...), int64(i.at))
}

func (i *iterate) Restore(version int, state []byte) error {
	var at int64
	if err := value.Restore(version, 1, state, &i.items, &i.keys, &at); err != nil {
		return err
	}
	if len(i.keys) == 0 {
		i.keys = nil
	}
	i.at = int(min(max(at, 0), int64(len(i.items))))
	return nil
}
