package value

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// separate begins a state that is one value after the other. No value begins
// with it: a state from before is one list.
const separate = 0xff

// Save writes values as the state of an actor. Each may be as large and as deep
// as a token's.
func Save(vs ...flow.Value) ([]byte, error) {
	b := []byte{separate}
	for _, v := range vs {
		var err error
		if b, err = flow.AppendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Restore reads into the pointers what Save wrote. The state must be of the
// version want, and each value of its pointer's type. A pointer to a
// flow.Value takes any.
func Restore(version, want int, state []byte, into ...any) error {
	if version != want {
		return fmt.Errorf("state is of version %d, this type knows %d", version, want)
	}
	list, err := read(state)
	if err != nil {
		return err
	}
	if len(list) != len(into) {
		return fmt.Errorf("state is not the %d values that this type saves", len(into))
	}
	for i, p := range into {
		if !set(p, list[i]) {
			return fmt.Errorf("state has %s as value %d", Kind(list[i]), i)
		}
	}
	return nil
}

func read(state []byte) (list []any, err error) {
	if len(state) == 0 || state[0] != separate {
		v, rest, err := flow.ReadValue(state)
		if err != nil {
			return nil, err
		}
		list, ok := v.([]any)
		if !ok || len(rest) != 0 {
			return nil, errors.New("state is no list")
		}
		return list, nil
	}
	for rest := state[1:]; len(rest) > 0; {
		var v flow.Value
		if v, rest, err = flow.ReadValue(rest); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// Hold is how many bytes a token takes among others in a state. The error,
// [flow.ErrUnfit], is of one that is too large or too deep to be in a list.
func Hold(token flow.Value) (bytes int, err error) {
	b, err := flow.AppendValue(nil, []any{token})
	if err != nil {
		return 0, fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	}
	return len(b), nil
}

// MostHeld is how many bytes of tokens an actor should gather, so that it can
// give them as one.
const MostHeld = flow.MaxToken * 3 / 4

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
