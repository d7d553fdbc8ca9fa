package std

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sum is std.Sum.
func Sum() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Sum",
			Doc:   "Add up the numbers that come",
			In:    []flow.Port{{Name: "integer", Doc: "the next number", Kind: "number"}},
			Out:   []flow.Port{{Name: "integer", Doc: "the sum so far; an exception token for what is no number", Kind: "number"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &sum{total: int64(0)}, nil },
	}
}

type sum struct{ total flow.Value } // int64 while it is exact, else float64

func (s *sum) Actions() []flow.Action {
	return []flow.Action{{In: []string{"integer"}, Out: []string{"integer"}, Fire: func(f *flow.Firing) error {
		total, ok := add(s.total, f.In[0].Value)
		switch v := f.In[0].Value.(type) {
		case flow.Exception:
			f.Give(0, v)
			return nil
		default:
			if !ok {
				f.Give(0, flow.Exception{Kind: "ExceptionToken", Value: fmt.Sprintf("can't add %s", value.Kind(v))})
				return nil
			}
		}
		s.total = total
		f.Give(0, total)
		return nil
	}}}
}

// add is a + b, exact as long as int64 can hold it.
func add(a, b flow.Value) (flow.Value, bool) {
	x, xi := a.(int64)
	y, yi := b.(int64)
	if xi && yi {
		if s := x + y; (s > x) == (y > 0) {
			return s, true
		}
	}
	fx, okx := float(a)
	fy, oky := float(b)
	return fx + fy, okx && oky
}

func float(v flow.Value) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

func (s *sum) Save() ([]byte, error) { return value.Save(s.total) }

func (s *sum) Restore(version int, state []byte) error {
	var total flow.Value
	if err := value.Restore(version, 1, state, &total); err != nil {
		return err
	}
	if _, ok := float(total); !ok {
		return fmt.Errorf("state has %s as the sum", value.Kind(total))
	}
	s.total = total
	return nil
}
