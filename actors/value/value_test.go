package value_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestArgs(t *testing.T) {
	a := value.Args{Of: map[string]flow.Value{"n": 3.0, "s": "x", "half": 0.5, "span": "250ms", "null": nil, "on": true}}
	if n := a.Int("n"); n != 3 {
		t.Errorf("Int = %d, want 3", n)
	}
	if d := a.Seconds("half"); d != 500*time.Millisecond {
		t.Errorf("Seconds = %v, want 500ms", d)
	}
	if d := a.Seconds("span"); d != 250*time.Millisecond {
		t.Errorf("Seconds = %v, want 250ms", d)
	}
	if v := a.Any("null"); v != nil || a.Name("s") != "x" || !a.Bool("on") || a.Number("n") != 3 {
		t.Errorf("other reads differ")
	}
	if err := a.Err(); err != nil {
		t.Fatalf("Err = %v, want none", err)
	}
}

func TestArgsRefuse(t *testing.T) {
	for name, read := range map[string]func(*value.Args){
		"is missing":                         func(a *value.Args) { a.Any("v") },
		"want a whole number, not a string":  func(a *value.Args) { a.Of["v"] = "3"; a.Int("v") },
		"want a whole number, not a number":  func(a *value.Args) { a.Of["v"] = 3.5; a.Int("v") },
		"want a number, not a number":        func(a *value.Args) { a.Of["v"] = math.NaN(); a.Number("v") },
		"want a string, not a list":          func(a *value.Args) { a.Of["v"] = []any{}; a.Text("v") },
		"is empty":                           func(a *value.Args) { a.Of["v"] = ""; a.Name("v") },
		"want true or false, not a number":   func(a *value.Args) { a.Of["v"] = int64(1); a.Bool("v") },
		"want seconds above 0":               func(a *value.Args) { a.Of["v"] = 0.0; a.Seconds("v") },
		"want seconds above 0 (at most 100":  func(a *value.Args) { a.Of["v"] = 1e30; a.Seconds("v") },
		"such as 1.5":                        func(a *value.Args) { a.Of["v"] = "-1s"; a.Seconds("v") },
		"want a string, not a sealed window": func(a *value.Args) { a.Of["v"] = flow.Sealed{Kind: "window"}; a.Text("v") },
	} {
		a := value.Args{Of: map[string]flow.Value{}}
		read(&a)
		if err := a.Err(); err == nil || !strings.HasPrefix(err.Error(), "argument v: ") || !strings.Contains(err.Error(), name) {
			t.Errorf("Err = %v, want %q", err, name)
		}
	}
}

func ExampleText() {
	fmt.Println(value.Text("as it is"))
	fmt.Println(value.Text(map[string]any{"unit": "mm[Hg]", "last": flow.EOS, "at": []any{int64(1), 2.5, nil}}))
	fmt.Println(value.Text(flow.Sealed{Kind: "reading", Bytes: make([]byte, 120)}))
	fmt.Println(value.Text(math.Inf(1)))
	// Output:
	// as it is
	// {"at":[1,2.5,null],"last":"End of stream","unit":"mm[Hg]"}
	// <reading, 120 bytes>
	// +Inf
}

func TestState(t *testing.T) {
	b, err := value.Save(int64(7), true, "s", []any{nil}, flow.EOS)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	var on bool
	var s string
	var list []any
	var v flow.Value
	if err := value.Restore(1, 1, b, &n, &on, &s, &list, &v); err != nil || n != 7 || !on || s != "s" || len(list) != 1 || v != flow.EOS {
		t.Errorf("Restore = %v with %d %v %q %v %v", err, n, on, s, list, v)
	}
	for name, err := range map[string]error{
		"version": value.Restore(2, 1, b, &n),
		"short":   value.Restore(1, 1, b[:5], &n),
		"few":     value.Restore(1, 1, b, &n),
		"kind":    value.Restore(1, 1, b, &s, &on, &s, &list, &v),
	} {
		if err == nil {
			t.Errorf("Restore of wrong %s gives no error", name)
		}
	}
}
