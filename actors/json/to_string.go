package jsonactors

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ToString is json.ToString. It writes as Python does, {"a": [1, 2.0]}, with
// letters beyond ASCII escaped; the keys are sorted.
func ToString() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "json.ToString",
			Doc:  "Write a token as JSON text",
			Args: []flow.ArgSpec{{Name: "exception_output", Doc: "what is written instead of an exception token"}},
			In:   []flow.Port{{Name: "data", Doc: "any token, exception tokens as well"}},
			Out:  []flow.Port{{Name: "string", Doc: "its JSON text", Kind: "string"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			w := &toString{instead: a.Any("exception_output")}
			return w, a.Err()
		},
	}
}

type toString struct{ instead flow.Value }

func (w *toString) Actions() []flow.Action {
	return []flow.Action{{In: []string{"data"}, Out: []string{"string"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value
		if exceptional(f) {
			v = w.instead
		}
		var b strings.Builder
		if err := write(&b, v); err != nil {
			return err
		}
		f.Give(0, b.String())
		return nil
	}}}
}

func write(b *strings.Builder, v flow.Value) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		writeFloat(b, v)
	case string:
		quote(b, v)
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			comma(b, i)
			if err := write(b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			comma(b, i)
			quote(b, k)
			b.WriteString(": ")
			if err := write(b, v[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	default:
		return fmt.Errorf("%s can't be written as JSON", value.Kind(v))
	}
	return nil
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

func writeFloat(b *strings.Builder, f float64) {
	switch {
	case math.IsNaN(f):
		b.WriteString("NaN")
	case math.IsInf(f, 1):
		b.WriteString("Infinity")
	case math.IsInf(f, -1):
		b.WriteString("-Infinity")
	default:
		b.WriteString(python.Repr(f))
	}
}

// short are the escapes that have a letter.
var short = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}

func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		e, ok := short[r]
		switch {
		case ok:
			b.WriteString(e)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, hi, lo)
		}
	}
	b.WriteByte('"')
}
