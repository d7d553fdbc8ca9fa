package value

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Save writes values as the state of an actor.
func Save(vs ...flow.Value) ([]byte, error) {
	return flow.AppendValue(nil, vs)
}

// Restore reads into the pointers what Save wrote. The state must be of the
// version want, and each value of its pointer's type. A pointer to a
// flow.Value takes any.
func Restore(version, want int, state []byte, into ...any) error {
	if version != want {
		return fmt.Errorf("state is of version %d, this type knows %d", version, want)
	}
	v, rest, err := flow.ReadValue(state)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok || len(rest) != 0 || len(list) != len(into) {
		return fmt.Errorf("state is not the %d values that this type saves", len(into))
	}
	for i, p := range into {
		if !set(p, list[i]) {
			return fmt.Errorf("state has %s as value %d", Kind(list[i]), i)
		}
	}
	return nil
}

func set(p any, v flow.Value) (ok bool) {
	switch p := p.(type) {
	case *int64:
		*p, ok = v.(int64)
	case *bool:
		*p, ok = v.(bool)
	case *string:
		*p, ok = v.(string)
	case *[]any:
		*p, ok = v.([]any)
	case *flow.Value:
		*p, ok = v, true
	}
	return ok
}
