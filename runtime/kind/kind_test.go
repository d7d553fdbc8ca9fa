package kind_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/kind"
)

func must(t *testing.T, s string) kind.Kind {
	t.Helper()
	k, err := kind.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "any"},
		{" number ", "number"},
		{"string|any", "any"},
		{"string | null|string", "string|null"},
		{"number<degC>", "number<Cel>"},
		{"integer<{beats}/min>", "integer</min>"},
		{"number<1/min>", "number</min>"},
		{"number<{score}>", "number<1>"},
		{"number<mm[Hg]>", "number<mm[Hg]>"},
		{"list<any>", "list"},
		{"list<list<dict<number>>>", "list<list<dict<number>>>"},
		{"record{b?: string, a: number<%>,}", "record{a: number<%>, b?: string}"},
		{`record{"on time": bool}`, `record{"on time": bool}`},
		{"list<like(token)>|arg(data)", "list<like(token)>|arg(data)"},
		{"reading", "reading"},
	} {
		k, err := kind.Parse(tt.text)
		if err != nil || k.String() != tt.want {
			t.Errorf("Parse(%q) = %q, %v, want %q", tt.text, k, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"number<":                             "'>' is missing",
		"number<>":                            "a unit is missing",
		"number<a b>":                         "is no unit",
		"list<number":                         "'>' is missing",
		"string|":                             "a kind is missing",
		"string string":                       "unexpected 's'",
		"record":                              "'{' is missing",
		"record{a}":                           "':' is missing",
		"record{a: any, a: any}":              "field a stands twice",
		"like":                                "'(' is missing",
		"arg()":                               "arg of what",
		"list<" + strings.Repeat("list<", 30): "nested more than",
	} {
		if _, err := kind.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) gives error %v, want one with %q", text, err, want)
		}
	}
}

// What fits says nothing; what can't fit says why.
func TestFits(t *testing.T) {
	for _, tt := range []struct{ from, to, why string }{
		{"any", "number", ""},
		{"number", "any", ""},
		{"integer", "number", ""},
		{"number", "integer", ""}, // it may be whole
		{"number<Cel>", "number", ""},
		{"number", "number<Cel>", ""},
		{"number<degC>", "number<Cel>", ""},
		{"number<Cel>", "number<[degF]>", "the unit Cel is not [degF]"},
		{"string", "number", "a string is not a number"},
		{"string|null", "number", "a string or null is not a number"},
		{"string|number", "number", ""},
		{"number", "string|bool", "a number is not a string or true or false"},
		{"integer|eos", "string", "a whole number or the end of a stream is not a string"},
		{"integer|eos", "integer", ""},
		{"eos", "string", ""},
		{"string", "eos", "a string is not the end of a stream"},
		{"list<string>", "list", ""},
		{"list", "list<string>", ""},
		{"list<string>", "list<number>", "in the list, a string is not a number"},
		{"dict<number>", "dict<string>", "in the dictionary, a number is not a string"},
		{"record{a: number, b: string}", "record{a: number}", ""},
		{"record{a: number}", "record{a: number, b: string}", "it has no b"},
		{"record{a: number}", "record{a: number, b?: string}", ""},
		{"record{a: number}", "record{a: string}", "in its a, a number is not a string"},
		{"record{a: number}", "dict<number>", ""},
		{"record{a: string}", "dict<number>", "in its a, a string is not a number"},
		{"dict<number>", "record{a: number}", ""},
		{"dict<number>", "record{a: string}", "in its a, a number is not a string"},
		{"reading", "reading", ""},
		{"reading", "window", "a reading is not a window"},
		{"reading", "dict", "a reading is not a dictionary"},
		{"like(token)", "number", ""},
		{"never", "number", ""},
		{"number", "never", "nothing is wanted here"},
	} {
		ok, why := kind.Fits(must(t, tt.from), must(t, tt.to))
		if ok != (tt.why == "") || why != tt.why {
			t.Errorf("Fits(%s, %s) = %v, %q, want %q", tt.from, tt.to, ok, why, tt.why)
		}
	}
}

func TestTakes(t *testing.T) {
	for _, tt := range []struct {
		kind  string
		value any
		why   string
	}{
		{"integer", int64(3), ""},
		{"integer", 3.0, ""},
		{"integer", 3.5, "a number with a fraction is not a whole number"},
		{"integer|string", 3.5, "a number is not a whole number or a string"},
		{"number<Cel>", 3.5, ""},
		{"string", nil, "null is not a string"},
		{"list<integer>", []any{int64(1), 2.5}, "in the list, a number with a fraction is not a whole number"},
		{"dict<string>", map[string]any{"a": "b", "c": true}, "in its c, true or false is not a string"},
		{"record{a: string}", map[string]any{"b": "b"}, "it has no a"},
		{"record{a: string, b?: bool}", map[string]any{"a": "x"}, ""},
		{"reading", "x", "a string is not a reading"},
		{"any", struct{}{}, ""},
	} {
		ok, why := must(t, tt.kind).Takes(tt.value)
		if ok != (tt.why == "") || why != tt.why {
			t.Errorf("%s takes %v: %v, %q, want %q", tt.kind, tt.value, ok, why, tt.why)
		}
	}
}

// Every value is of its own kind, and its kind reads back.
func TestOf(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 0))
		v := value(rng, 4)
		k := kind.Of(v)
		if ok, why := k.Takes(v); !ok {
			t.Fatalf("seed %d: %s does not take %v: %s", seed, k, v, why)
		}
		again, err := kind.Parse(k.String())
		if err != nil || !kind.Same(again, k) {
			t.Fatalf("seed %d: %s reads back as %s, %v", seed, k, again, err)
		}
	}
}

func value(rng *rand.Rand, depth int) any {
	n := rng.IntN(7)
	if depth == 0 {
		n = rng.IntN(5)
	}
	switch n {
	case 0:
		return nil
	case 1:
		return rng.IntN(2) == 0
	case 2:
		return int64(rng.IntN(9))
	case 3:
		return rng.Float64()
	case 4:
		return string(rune('a' + rng.IntN(26)))
	case 5:
		list := []any{}
		for range rng.IntN(4) {
			list = append(list, value(rng, depth-1))
		}
		return list
	}
	dict := map[string]any{}
	for range rng.IntN(4) {
		dict[string(rune(rng.IntN(128)))] = value(rng, depth-1)
	}
	return dict
}

// Whatever is read can be written and read again, and fits itself.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "number<Cel>|null", `record{"a b"?: list<dict<like(x)>>}`, "arg(data)", "never"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := kind.Parse(s)
		if err != nil {
			return
		}
		again, err := kind.Parse(k.String())
		if err != nil || !kind.Same(k, again) {
			t.Fatalf("%q reads as %s, which reads as %s, %v", s, k, again, err)
		}
		if ok, why := kind.Fits(k, k); !ok && !k.IsNever() {
			t.Fatalf("%s does not fit itself: %s", k, why)
		}
	})
}

func TestWith(t *testing.T) {
	like := func(port string) kind.Kind { return kind.Of("text") }
	arg := func(name string) kind.Kind { return kind.Of(map[string]any{"n": int64(1)}) }
	for text, want := range map[string]string{
		"like(a)":              "string",
		"list<like(a)>|null":   "list<string>|null",
		"record{v: arg(data)}": "record{v: record{n: integer}}",
		"number":               "number",
	} {
		if got := must(t, text).With(like, arg); got.String() != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
	none := func(string) kind.Kind { return kind.Never }
	if got := must(t, "list<like(a)>").With(none, arg); got.String() != "list" {
		t.Errorf("a list of what never comes is %s", got)
	}
}

func ExampleFits() {
	from, _ := kind.Parse("number<Cel>")
	to, _ := kind.Parse("number<[degF]>")
	fmt.Println(kind.Fits(from, to))
	// Output: false the unit Cel is not [degF]
}
