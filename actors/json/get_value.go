package jsonactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// GetValue is json.GetValue.
func GetValue() flow.Type {
	return stateless(flow.Spec{Name: "json.GetValue",
		Doc: "Get an item of a list or dictionary",
		In:  []flow.Port{{Name: "container", Doc: containerDoc}, {Name: "key", Doc: pathDoc}},
		Out: []flow.Port{{Name: "value", Doc: "the item; an exception token if the path leads nowhere"}},
	}, flow.Action{In: []string{"container", "key"}, Out: []string{"value"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		if exceptional(f) {
			f.Give(0, value.Failed)
			return nil
		}
		f.Give(0, orFailed(lookUp(f.In[0].Value, f.In[1].Value)))
		return nil
	}})
}
