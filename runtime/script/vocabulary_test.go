package script

import (
	"reflect"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

func TestVocabulary(t *testing.T) {
	if got := Nearest("Countr", []string{"Counter", "Sum"}); got != "Counter" {
		t.Errorf("Nearest gave %q, want Counter", got)
	}
	i := slices.IndexFunc(Properties(), func(p PropertyInfo) bool { return p.Name == "routing" })
	if i < 0 || !slices.Contains(Properties()[i].In, "collect-tagged") || slices.Contains(Properties()[i].Out, "collect-tagged") {
		t.Errorf("Properties gave %v, want routing with collect-tagged for in-ports only", Properties())
	}
	if i := slices.IndexFunc(Predicates(), func(p PredicateInfo) bool { return p.Name == "node_attr_match" }); i < 0 {
		t.Errorf("Predicates gave %v, want node_attr_match among them", Predicates())
	}
	if !slices.Contains(Attributes()["address"], "floor") {
		t.Errorf("Attributes gave %v, want address with a floor", Attributes())
	}
}

// What Literal writes is read as the same value.
func TestLiteral(t *testing.T) {
	for _, v := range []flow.Value{nil, true, int64(-3), 2.0, 1e21, "a\"\n\\x", []any{int64(1), []any{}, nil}, map[string]any{"b": "c", "a": []any{0.5}}} {
		f, issues := Parse("literal.calvin", []byte("define V = "+Literal(v)+"\n"))
		if issues.Err() != nil {
			t.Fatalf("%s: %v", Literal(v), issues.Err())
		}
		got, ok := Evaluate(f.Constants[0].Value, func(string) (flow.Value, bool) { return nil, false })
		if !ok || !reflect.DeepEqual(got, v) {
			t.Errorf("%#v is written %s and read as %#v", v, Literal(v), got)
		}
	}
}
