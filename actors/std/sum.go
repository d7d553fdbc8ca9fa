package std

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sum is std.Sum. The sum is exact while it is whole and fits 64 bits. A token
// that is no number becomes a dead letter and leaves the sum as it is.
func Sum() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Sum",
			Doc:   "Add up the numbers that come",
			In:    []flow.Port{{Name: "integer", Doc: "the next number, whole or not; true counts as 1", Kind: "number|bool"}},
			Out:   []flow.Port{{Name: "integer", Doc: "the sum so far", Kind: "number"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &sum{total: int64(0)}, nil },
	}
}

type sum struct{ total flow.Value } // int64 while it is exact, else float64

func (s *sum) Actions() []flow.Action {
	return []flow.Action{{In: []string{"integer"}, Out: []string{"integer"}, Fire: func(f *flow.Firing) error {
		total, err := python.Add(s.total, f.In[0].Value)
		if err != nil {
			return fmt.Errorf("can't add %s to the sum", value.Kind(f.In[0].Value))
		}
		s.total = total
		f.Give(0, total)
		return nil
	}}}
}

// Report is the sum so far.
func (s *sum) Report(map[string]flow.Value) (flow.Value, error) { return s.total, nil }

func (s *sum) Save() ([]byte, error) { return value.Save(s.total) }

func (s *sum) Restore(version int, state []byte) error {
	var total flow.Value
	if err := value.Restore(version, 1, state, &total); err != nil {
		return err
	}
	switch total.(type) {
	case int64, float64:
		s.total = total
		return nil
	}
	return fmt.Errorf("state has %s as the sum", value.Kind(total))
}
