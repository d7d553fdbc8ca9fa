package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// SampleHold is std.SampleHold.
func SampleHold() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.SampleHold",
			Doc:  "Hold the token that came with the last true, and give it for each pair of tokens",
			Args: []flow.ArgSpec{{Name: "default", Doc: "what is held at first"}},
			In: []flow.Port{
				{Name: "sample", Doc: "true: hold this token from now on; any other token, 1 as well: keep what is held"},
				{Name: "in", Doc: "any token"}},
			Out:   []flow.Port{{Name: "out", Doc: "the token held", Kind: "like(in)|arg(default)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &sampleHold{held: a.Any("default")}
			return s, a.Err()
		},
	}
}

type sampleHold struct{ held flow.Value }

func (s *sampleHold) Actions() []flow.Action {
	return []flow.Action{{In: []string{"sample", "in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		if f.In[0].Value == true {
			s.held = f.In[1].Value
		}
		f.Give(0, s.held)
		return nil
	}}}
}

func (s *sampleHold) Save() ([]byte, error) { return value.Save(s.held) }

func (s *sampleHold) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &s.held)
}
