package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Identity is std.Identity.
func Identity() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Identity",
			Doc:  "Pass each token on unchanged",
			Args: []flow.ArgSpec{{Name: "dump", Doc: "also log each token", Kind: "bool", Default: false}},
			In:   []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			Out:  []flow.Port{{Name: "token", Doc: "the same"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			i := &identity{dump: a.Bool("dump")}
			return i, a.Err()
		},
	}
}

type identity struct {
	dump bool
	env  flow.Env
}

func (i *identity) Start(env flow.Env) error {
	i.env = env
	return nil
}

func (i *identity) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		if i.dump {
			i.env.Log().Info("token passed", "port", "token", "token", value.Text(f.In[0].Value))
		}
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}
