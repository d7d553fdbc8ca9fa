package play

import (
	"reflect"

	"github.com/wardflow/wardflow/runtime/flow"
)

// same reports whether tokens are those expected. Integers and floats of the
// same size are the same number.
func same(got, want []flow.Value) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !alike(got[i], want[i]) {
			return false
		}
	}
	return true
}

func alike(got, want flow.Value) bool {
	switch w := want.(type) {
	case int64:
		f, ok := got.(float64)
		return ok && f == float64(w) || got == want
	case float64:
		n, ok := got.(int64)
		return ok && float64(n) == w || got == want || w != w && got != got
	case []any:
		g, ok := got.([]any)
		return ok && same(g, w)
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for k, v := range w {
			if e, has := g[k]; !has || !alike(e, v) {
				return false
			}
		}
		return true
	case flow.Exception:
		g, ok := got.(flow.Exception)
		return ok && g.Kind == w.Kind && (unsaid(w) || alike(g.Value, w.Value))
	}
	return reflect.DeepEqual(got, want)
}

// unsaid reports whether an exception is expected whose value does not matter:
// it was left out, and so has become what Calvin's exceptions say by themselves.
func unsaid(e flow.Exception) bool { return e == flow.EOS || e == flow.Exceptional("Exception") }
