package text

import (
	"fmt"
	"unicode/utf8"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Length is text.Length. As in Calvin it counts the items of lists and
// dictionaries as well.
func Length() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.Length",
			Doc: "Count the letters of a text",
			In:  []flow.Port{{Name: "string", Doc: "a text, a list or a dictionary", Kind: "string|list|dict"}},
			Out: []flow.Port{{Name: "length", Doc: "how many letters or items it has", Kind: "integer"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return length{}, nil },
	}
}

type length struct{}

func (length) Actions() []flow.Action {
	return []flow.Action{{In: []string{"string"}, Out: []string{"length"}, Fire: func(f *flow.Firing) error {
		n := 0
		switch v := f.In[0].Value.(type) {
		case string:
			n = utf8.RuneCountInString(v)
		case []any:
			n = len(v)
		case map[string]any:
			n = len(v)
		default:
			return fmt.Errorf("%s has no length", value.Kind(v))
		}
		f.Give(0, int64(n))
		return nil
	}}}
}
