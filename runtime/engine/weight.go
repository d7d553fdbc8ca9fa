package engine

import "github.com/wardflow/wardflow/runtime/flow"

// weight is about how many bytes a value takes in a checkpoint.
func weight(v flow.Value) int {
	n := 16
	switch v := v.(type) {
	case string:
		n += len(v)
	case flow.Sealed:
		n += len(v.Bytes)
	case flow.Exception:
		n += len(v.Value)
	case []any:
		for _, e := range v {
			n += weight(e)
		}
	case map[string]any:
		for k, e := range v {
			n += len(k) + weight(e)
		}
	}
	return n
}
