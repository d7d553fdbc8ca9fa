package kappa

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sink is kappa.Sink. Its report answers the oldest result and takes it away;
// null when there is none. It holds at most ten.
func Sink() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "kappa.Sink",
			Doc:      "Hold results until they are fetched through the report call",
			Args:     []flow.ArgSpec{{Name: "buffer_size", Doc: "how many to hold, at most 10", Kind: "integer", Default: int64(5)}},
			In:       []flow.Port{{Name: "in", Doc: "any token, exception tokens as well"}},
			Requires: []string{"kappa"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &sink{most: int(min(a.Int("buffer_size"), 10))}
			return s, a.Err()
		},
	}
}

type sink struct {
	most   int
	env    flow.Env
	tokens []flow.Value // state
	bytes  int          // of tokens
}

func (s *sink) Start(env flow.Env) error {
	s.env = env
	return nil
}

func (s *sink) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Exceptions: true, Guard: s.room, Fire: func(f *flow.Firing) error {
		n, err := value.Hold(f.In[0].Value)
		if err != nil {
			return err
		}
		s.tokens, s.bytes = append(s.tokens, f.In[0].Value), s.bytes+n
		return nil
	}}}
}

// room keeps the state small: large results wait where they are.
func (s *sink) room() bool { return len(s.tokens) < s.most && s.bytes < value.MostHeld/4 }

// Report gives the oldest result.
func (s *sink) Report(map[string]flow.Value) (flow.Value, error) {
	if len(s.tokens) == 0 {
		return nil, nil
	}
	v := s.tokens[0]
	n, _ := value.Hold(v)
	s.tokens, s.bytes = s.tokens[1:], s.bytes-n
	s.env.Wake()
	return v, nil
}

func (s *sink) Save() ([]byte, error) { return value.Save(s.tokens) }

func (s *sink) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &s.tokens); err != nil {
		return err
	}
	s.bytes = 0
	for _, v := range s.tokens {
		n, _ := value.Hold(v)
		s.bytes += n
	}
	return nil
}
