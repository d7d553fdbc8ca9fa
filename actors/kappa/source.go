package kappa

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Source is kappa.Source. Its report takes {"data": value} and answers how many
// values wait; without data the value is null. At most 64 wait.
func Source() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "kappa.Source",
			Doc:      "Give values that are handed in through the report call",
			Out:      []flow.Port{{Name: "out", Doc: "a value as it was handed in"}},
			Requires: []string{"kappa"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &source{}, nil },
	}
}

// waiting is how many values a source holds.
const waiting = 64

type source struct {
	env    flow.Env
	tokens []flow.Value // state
}

func (s *source) Start(env flow.Env) error {
	s.env = env
	return nil
}

func (s *source) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return len(s.tokens) > 0 }, Fire: func(f *flow.Firing) error {
		f.Give(0, s.tokens[0])
		s.tokens = s.tokens[1:]
		return nil
	}}}
}

// Report takes a value.
func (s *source) Report(args map[string]flow.Value) (flow.Value, error) {
	for name := range args {
		if name != "data" {
			return nil, fmt.Errorf(`there is no argument %q: want {"data": value}`, name)
		}
	}
	if len(s.tokens) >= waiting {
		return nil, fmt.Errorf("%d values wait already: try again when some have been taken", waiting)
	}
	next := append(slices.Clone(s.tokens), args["data"])
	if n, err := value.Hold(next); err != nil || n > value.MostHeld {
		return nil, errors.New("the values that wait are too large: try again when some have been taken")
	}
	s.tokens = next
	s.env.Wake()
	return int64(len(s.tokens)), nil
}

func (s *source) Save() ([]byte, error) { return value.Save(s.tokens) }

func (s *source) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &s.tokens)
}
