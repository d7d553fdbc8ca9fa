package testactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// FakeShadow is test.FakeShadow. It needs a capability that nodes offer in tests
// only, so a script with one waits until such a node is there. Calvin's puts the
// node's name and the number of moves before the token; this one gives the same
// wherever it runs.
func FakeShadow() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.FakeShadow",
			Doc:      "Pass each token on unchanged, on a node that offers mock.shadow",
			Args:     []flow.ArgSpec{{Name: "dump", Doc: "also log each token", Kind: "bool|integer", Default: false}},
			In:       []flow.Port{{Name: "token", Doc: "any token"}},
			Out:      []flow.Port{{Name: "token", Doc: "the same", Kind: "like(token)"}},
			Requires: []string{"mock.shadow"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &passer{dump: a.Bool("dump"), make: func(v flow.Value) flow.Value { return v }}
			return p, a.Err()
		},
	}
}

// A passer gives what it makes of each token, and knows the last.
type passer struct {
	dump bool
	make func(flow.Value) flow.Value
	last flow.Value
	env  flow.Env
}

func (p *passer) Start(env flow.Env) error {
	p.env = env
	return nil
}

func (p *passer) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		p.last = p.make(f.In[0].Value)
		if p.dump {
			p.env.Log().Info("token passed", "port", "token", "token", value.Text(p.last))
		}
		f.Give(0, p.last)
		return nil
	}}}
}

// Report is the last token.
func (p *passer) Report(map[string]flow.Value) (flow.Value, error) { return p.last, nil }

func (p *passer) Save() ([]byte, error) { return value.Save(p.last) }

func (p *passer) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &p.last)
}
