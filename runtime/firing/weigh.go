package firing

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Weigh is about how many bytes a value takes in a checkpoint. A value that no
// token can carry is an error, and so a fault of the actor that gave it: were it
// let through, the checkpoints of every actor of the node would wait behind it.
func Weigh(v flow.Value) (int, error) {
	n, err := weight(v, flow.MaxDepth)
	if err != nil {
		return 0, err
	}
	if n > flow.MaxToken-1024 { // near the limit, or over it: 1024 are for the token around it
		b, err := flow.AppendValue(nil, v)
		if err == nil && len(b) > flow.MaxToken-1024 {
			err = fmt.Errorf("%w: %d bytes, at most %d", flow.ErrTooLarge, len(b), flow.MaxToken-1024)
		}
		return len(b), err
	}
	return n, nil
}

func weight(v flow.Value, depth int) (n int, err error) {
	if depth < 0 {
		return 0, fmt.Errorf("%w: nested deeper than %d", flow.ErrTooLarge, flow.MaxDepth)
	}
	n = 16
	switch v := v.(type) {
	case nil, bool, int64, float64:
	case string:
		n += len(v)
	case flow.Sealed:
		n += len(v.Kind) + len(v.Bytes)
	case flow.Exception:
		m, err := weight(v.Value, depth-1)
		if err != nil {
			return 0, err
		}
		n += len(v.Kind) + m
	case []any:
		for _, e := range v {
			m, err := weight(e, depth-1)
			if err != nil {
				return 0, err
			}
			n += m
		}
	case map[string]any:
		for k, e := range v {
			m, err := weight(e, depth-1)
			if err != nil {
				return 0, err
			}
			n += m + len(k)
		}
	default:
		return 0, fmt.Errorf("a token can't carry a Go %T; see flow.Value for what it can", v)
	}
	return n, nil
}
