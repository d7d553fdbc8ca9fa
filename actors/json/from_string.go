package jsonactors

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// FromString is json.FromString. It reads JSON as RFC 8259 has it: unlike
// Python's, not NaN and Infinity.
func FromString() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "json.FromString",
			Doc:  "Read JSON text",
			Args: []flow.ArgSpec{{Name: "exception_output", Doc: "what is given for text that can't be read; null: an exception token"}},
			In:   []flow.Port{{Name: "string", Doc: "JSON text; any other token can't be read, exception tokens as well"}},
			Out:  []flow.Port{{Name: "data", Doc: "what the text says"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			r := &fromString{unread: a.Any("exception_output")}
			if r.unread == nil {
				r.unread = value.Failed
			}
			return r, a.Err()
		},
	}
}

type fromString struct{ unread flow.Value }

func (r *fromString) Actions() []flow.Action {
	return []flow.Action{{In: []string{"string"}, Out: []string{"data"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		v, err := read(f.In[0].Value)
		if err != nil {
			v = r.unread
		}
		f.Give(0, v)
		return nil
	}}}
}

// read reads one JSON value with nothing behind it. What a token could not carry
// is an error.
func read(v flow.Value) (flow.Value, error) {
	text, ok := v.(string)
	if !ok {
		return nil, errors.New("not text")
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	v = numbers(v)
	_, err := firing.Weigh(v)
	return v, err
}

// numbers makes numbers of what package json reads; the lists and dictionaries
// are its own, and changed. Whole numbers beyond 64 bits become floats.
func numbers(v any) flow.Value {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := strconv.ParseFloat(v.String(), 64) // beyond its range, it is infinite, as in Python
		return f
	case []any:
		for i, e := range v {
			v[i] = numbers(e)
		}
	case map[string]any:
		for k, e := range v {
			v[k] = numbers(e)
		}
	}
	return v
}
