package text

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// PostfixString is text.PostfixString. As in Calvin any exception token is passed on as an
// EOS token.
func PostfixString() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.PostfixString",
			Doc:  "Put text behind the text of each token",
			Args: []flow.ArgSpec{{Name: "postfix", Doc: "what is put behind; its text if it is none", Default: "-"}},
			In:   []flow.Port{{Name: "in", Doc: "any token, exception tokens as well"}},
			Out:  []flow.Port{{Name: "out", Doc: "the text; an EOS token for an exception token", Kind: "string|eos"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := postfix{python.Text(a.Any("postfix"))}
			return p, a.Err()
		},
	}
}

type postfix struct{ text string }

func (p postfix) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value
		if _, is := v.(flow.Exception); is {
			f.Give(0, flow.EOS)
		} else {
			f.Give(0, python.Text(v)+p.text)
		}
		return nil
	}}}
}
