package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Identity is std.Identity.
func Identity() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Identity",
			Doc:   "Pass each token on unchanged",
			Args:  []flow.ArgSpec{{Name: "dump", Doc: "also log each token", Kind: "bool|integer", Default: false}},
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "the same", Kind: "like(token)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			i := &identity{dump: a.Bool("dump")}
			return i, a.Err()
		},
	}
}

type identity struct {
	dump bool
	last flow.Value
	env  flow.Env
}

func (i *identity) Start(env flow.Env) error {
	i.env = env
	return nil
}

func (i *identity) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		if i.dump {
			logPassed(i.env, f.In[0].Value)
		}
		i.last = f.In[0].Value
		f.Give(0, i.last)
		return nil
	}}}
}

// logPassed is what the argument dump asks for.
func logPassed(env flow.Env, token flow.Value) {
	env.Log().Info("token passed", "port", "token", "token", value.Text(token))
}

// Report is the last token.
func (i *identity) Report(map[string]flow.Value) (flow.Value, error) { return i.last, nil }

func (i *identity) Save() ([]byte, error) { return value.Save(i.last) }

func (i *identity) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &i.last)
}
