package text

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// PrefixString is text.PrefixString. As in Calvin any exception token is passed on as an
// EOS token.
func PrefixString() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.PrefixString",
			Doc:  "Put text before the text of each token",
			Args: []flow.ArgSpec{{Name: "prefix", Doc: "what is put before; its text if it is none", Default: "-"}},
			In:   []flow.Port{{Name: "in", Doc: "any token, exception tokens as well"}},
			Out:  []flow.Port{{Name: "out", Doc: "the text; an EOS token for an exception token", Kind: "string|eos"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := prefix{python.Text(a.Any("prefix"))}
			return p, a.Err()
		},
	}
}

type prefix struct{ text string }

func (p prefix) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value
		if _, is := v.(flow.Exception); is {
			f.Give(0, flow.EOS)
		} else {
			f.Give(0, p.text+python.Text(v))
		}
		return nil
	}}}
}
