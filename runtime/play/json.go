package play

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// MarshalJSON writes the sinks, each token as [flow.MarshalValue] does:
//
//	{"sinks": {"count:snk": [1, 2, {"$exception": "EOSToken", "value": "End of stream"}]}}
func (r Result) MarshalJSON() ([]byte, error) {
	sinks := make(map[string][]flow.Value, len(r.Sinks))
	for id, vs := range r.Sinks {
		sinks[string(id)] = vs
	}
	return marshal("sinks", sinks)
}

// marshal writes {name: {key: [token, …], …}}.
func marshal(name string, streams map[string][]flow.Value) ([]byte, error) {
	plain := make(map[string][]any, len(streams))
	for key, vs := range streams {
		list := make([]any, len(vs))
		for i, v := range vs {
			list[i] = flow.Plain(v)
		}
		plain[key] = list
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{name: plain}); err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", name, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// text is a value as a line of JSON, for people.
func text(v flow.Value) string {
	b, err := flow.MarshalValue(v)
	if err != nil {
		return fmt.Sprintf("<%v>", err)
	}
	return string(b)
}
