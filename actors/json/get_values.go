package jsonactors

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// GetValues is json.GetValues.
func GetValues() flow.Type {
	return stateless(flow.Spec{Name: "json.GetValues",
		Doc: "Get several items of a list or dictionary, as a list",
		In: []flow.Port{{Name: "container", Doc: containerDoc},
			{Name: "keys", Doc: "a list of places, each " + pathDoc, Kind: "list"}},
		Out: []flow.Port{{Name: "values", Doc: "the items, in the order of keys; an exception token in the list for each path that leads nowhere", Kind: "list"}},
	}, flow.Action{In: []string{"container", "keys"}, Out: []string{"values"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		if exceptional(f) {
			f.Give(0, value.Failed)
			return nil
		}
		keys, ok := f.In[1].Value.([]any)
		if !ok {
			return fmt.Errorf("want a list of keys, not %s", value.Kind(f.In[1].Value))
		}
		values := make([]any, len(keys))
		for i, k := range keys {
			values[i] = orFailed(lookUp(f.In[0].Value, k))
		}
		f.Give(0, values)
		return nil
	}})
}
