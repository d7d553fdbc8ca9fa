package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Alternate2 is flow.Alternate2. It waits at the in-port whose turn it is,
// whatever is at the other.
func Alternate2() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Alternate2",
			Doc: "Give a token of the first stream, one of the second, and so on",
			In: []flow.Port{
				{Name: "token_1", Doc: "any token; the first to be given"},
				{Name: "token_2", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "the tokens of both in turn", Kind: "like(token_1)|like(token_2)"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &alternate2{}, nil },
	}
}

type alternate2 struct{ second bool } // it is the second's turn

func (l *alternate2) Actions() []flow.Action {
	take := func(in string, second bool) flow.Action {
		return flow.Action{In: []string{in}, Out: []string{"token"}, Guard: func() bool { return l.second == second }, Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			l.second = !second
			return nil
		}}
	}
	return []flow.Action{take("token_1", false), take("token_2", true)}
}

func (l *alternate2) Save() ([]byte, error) { return value.Save(l.second) }

func (l *alternate2) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &l.second)
}
