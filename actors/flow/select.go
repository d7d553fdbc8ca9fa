package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Select is flow.Select.
func Select() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Select",
			Doc: "Give each token one of two ways, as select says",
			In: []flow.Port{
				{Name: "select", Doc: "true: to case_true; any other token, 1 as well: to case_false"},
				{Name: "data", Doc: "any token"}},
			Out: []flow.Port{
				{Name: "case_false", Doc: "the tokens that were not selected", Kind: "like(data)"},
				{Name: "case_true", Doc: "those that were", Kind: "like(data)"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &selects{}, nil },
	}
}

type selects struct{ selection }

func (s *selects) Actions() []flow.Action {
	give := func(out string, way bool) flow.Action {
		return flow.Action{In: []string{"data"}, Out: []string{out}, Guard: s.is(way), Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			s.made = false
			return nil
		}}
	}
	return []flow.Action{s.make("select"), give("case_false", false), give("case_true", true)}
}

// A selection is a token taken from the port select, for the next token of data.
// Only true is true.
type selection struct{ made, way bool }

// make takes the next selection.
func (s *selection) make(in string) flow.Action {
	return flow.Action{In: []string{in}, Guard: func() bool { return !s.made }, Fire: func(f *flow.Firing) error {
		s.made, s.way = true, f.In[0].Value == true
		return nil
	}}
}

// is guards what one way of the selection lets fire.
func (s *selection) is(way bool) func() bool {
	return func() bool { return s.made && s.way == way }
}

func (s *selection) Save() ([]byte, error) { return value.Save(s.made, s.way) }

func (s *selection) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &s.made, &s.way)
}
