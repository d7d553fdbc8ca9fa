package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sequencer is std.Sequencer. Calvin's loses null tokens; this one does not.
func Sequencer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Sequencer",
			Doc:   "Follow each token by the end of a stream, so that each is a stream of its own",
			In:    []flow.Port{{Name: "data_in", Doc: "any token"}},
			Out:   []flow.Port{{Name: "data_out", Doc: "a token, an EOS token, a token, …", Kind: "like(data_in)|eos"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &sequencer{}, nil },
	}
}

type sequencer struct{ owes bool } // an EOS token

func (s *sequencer) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"data_out"}, Guard: func() bool { return s.owes }, Fire: func(f *flow.Firing) error {
			f.Give(0, flow.EOS)
			s.owes = false
			return nil
		}},
		{In: []string{"data_in"}, Out: []string{"data_out"}, Guard: func() bool { return !s.owes }, Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			s.owes = true
			return nil
		}},
	}
}

func (s *sequencer) Save() ([]byte, error) { return value.Save(s.owes) }

func (s *sequencer) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &s.owes)
}
