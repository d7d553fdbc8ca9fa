package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Kind is what a value is, in words for people.
func Kind(v flow.Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int64, float64:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	case map[string]any:
		return "a dictionary"
	case flow.Exception:
		return "an exception token"
	case flow.Sealed:
		return "a sealed " + v.Kind
	}
	return fmt.Sprintf("a Go %T", v)
}

// Text shows a value in one piece: a string as it is, an exception token as its
// sentence, a sealed value as its kind and length, all else as JSON with sorted
// keys.
func Text(v flow.Value) string {
	if s, ok := plain(v).(string); ok {
		return s
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain(v)); err != nil {
		return fmt.Sprint(v)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// plain is v with what JSON can't carry as strings. v itself is not changed.
func plain(v flow.Value) any {
	switch v := v.(type) {
	case flow.Exception:
		return v.Value
	case flow.Sealed:
		return fmt.Sprintf("<%s, %d bytes>", v.Kind, len(v.Bytes))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plain(e)
		}
		return list
	case map[string]any:
		dict := make(map[string]any, len(v))
		for k, e := range v {
			dict[k] = plain(e)
		}
		return dict
	}
	return v
}
