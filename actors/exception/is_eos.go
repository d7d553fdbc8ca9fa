package exception

import "github.com/wardflow/wardflow/runtime/flow"

// IsEOS is exception.IsEOS.
func IsEOS() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "exception.IsEOS",
			Doc: "Tell whether a token is the end of a stream",
			In:  []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			Out: []flow.Port{{Name: "status", Doc: "true for an EOS token, false for all others", Kind: "bool"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return isEOS{}, nil },
	}
}

type isEOS struct{}

func (isEOS) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"status"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		f.Give(0, flow.IsEOS(f.In[0].Value))
		return nil
	}}}
}
