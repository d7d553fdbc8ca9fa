package formula_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/math/formula"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

type (
	list = []any
	dict = map[string]any
)

// Everything here gives the same under Python 2.7.18, with x = 7, y = 2.0 and
// d as below; errors apart.
func TestFormulas(t *testing.T) {
	d := dict{"a": list{int64(1), "two"}, "b": nil}
	for _, tt := range []struct {
		text string
		want flow.Value
	}{
		{"2*x + y + x * y", 30.0},
		{"x + y*10 + x - y/2", 33.0},
		{"x / 2", int64(3)},
		{"x / y", 3.5},
		{"-x / 2", int64(-4)},
		{"x // 2 + 1", int64(4)},
		{"x // 2 * 2 // 3", int64(2)},
		{"x // 2 ** 2", int64(1)},
		{"-x // 2", int64(-4)},
		{"-x % 4", int64(1)},
		{"-x ** 2", int64(-49)},
		{"2 ** -1", 0.5},
		{"2 ** 3 ** 2", int64(512)},
		{"+x - -x", int64(14)},
		{"True + True", int64(2)},
		{"'a' + \"b\" * 3", "abbb"},
		{"u'å' + 'x'", "åx"},
		{"[x] * 2 + [None]", list{int64(7), int64(7), nil}},
		{"x > y", true},
		{"x == 7.0", true},
		{"x != 7", false},
		{"0 < y < x < 10", true},
		{"0 < x < 5", false},
		{"(x > 3) == (y > 3)", false},
		{"x or y", int64(7)},
		{"0 or ''", ""},
		{"x and y", 2.0},
		{"[] and x", list{}},
		{"1 or x / 0", int64(1)},
		{"0 and x / 0", int64(0)},
		{"0 or 0 and x / 0 or x", int64(7)},
		{"not x == 8", true},
		{"not x == 7 and 1", false},
		{"not 0 or x / 0", true},
		{"not not x", true},
		{"not x in [7]", false},
		{"x not in [7, 8]", false},
		{"7.0 in [x]", true},
		{"'wo' in d['a'][1]", true},
		{"'b' in d", true},
		{"d['b'] is None", true},
		{"d['a'] is not None", true},
		{"d['a'][-1]", "two"},
		{"'abc'[-1]", "c"},
		{"x if x > y else y", int64(7)},
		{"1 if x < y else 2 if x < 8 else 3", int64(2)},
		{"(1 if 0 else 2) + x", int64(9)},
		{"'yes' if d else 'no'", "yes"},
		{"max(x, y, 3) + min([4, x])", int64(11)},
		{"abs(-x) + abs(-2.5)", 9.5},
		{"round(2.5) + round(-2.5)", 0.0},
		{"round(2.675, 2)", 2.67},
		{"round(0.125, 2)", 0.13},
		{"round(1234.5, -2)", 1200.0},
		{"int(-2.7) + int('12') + int(True)", int64(11)},
		{"float('1.5') + float(1)", 2.5},
		{"len('åb') + len(d) + len([1])", int64(5)},
		{"sum([1, 2.0]) + sum([x], 1)", 11.0},
		{"pow(2, 10)", int64(1024)},
		{"str(1.0) + str(None)", "1.0None"},
		{"bool('') == False", true},
		{"{'a': x, 'b': [y]}", dict{"a": int64(7), "b": list{2.0}}},
		{"10L + 0x10", int64(26)},
		{".5 + 1e1 + 1.", 11.5},
		{"None < 0 < 'a'", true},
		{"'a' > x", true},
	} {
		if got := eval(tt.text, int64(7), 2.0, d); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s = %#v, want %#v", tt.text, got, tt.want)
		}
	}
}

// eval is a formula's value, or the text of its error.
func eval(text string, x, y, d flow.Value) flow.Value {
	f, err := formula.Compile(text, "x", "y", "d")
	if err != nil {
		return err.Error()
	}
	v, err := f.Eval(x, y, d)
	if err != nil {
		return err.Error()
	}
	return v
}

func TestGoesWrong(t *testing.T) {
	for text, want := range map[string]string{
		"x / 0":              "integer division or modulo by zero",
		"x / 0.0":            "float division by zero",
		"x + 'a'":            "unsupported operand type(s) for +: 'int' and 'unicode'",
		"-'a'":               "bad operand type for unary -: a string",
		"d['c']":             "the dictionary has no 'c'",
		"[1][1]":             "list index out of range",
		"x[0]":               "a number has no items",
		"int('x')":           "invalid literal for int() with base 10: 'x'",
		"min([])":            "min() arg is an empty sequence",
		"'a' * 9999999":      "result is too large",
		"[d] * 9999":         "result is too large",
		"9.0 ** 999":         "result is too large",
		"len(x)":             "a number has no length",
		"x in y":             "a number can't be in a number",
		"round('a', 'b')":    "want round(number) or round(number, decimals)",
		"('a' * 500000) * 2": "result is too large",
	} {
		f, err := formula.Compile(text, "x", "y", "d")
		if err != nil {
			t.Errorf("Compile(%s): %v", text, err)
			continue
		}
		if v, err := f.Eval(int64(7), 2.0, dict{"a": strings.Repeat("x", 1000)}); err == nil || err.Error() != want {
			t.Errorf("%s gives %v, %v; want %s", text, v, err, want)
		}
	}
}

// What could do more than compute, or mean something else than in Python, is
// refused before it runs.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "it is empty",
		"z + 1":                          "z is not known: there are x, y",
		"__import__('os').system('id')":  ". has no meaning in a formula",
		"x.__class__":                    ". has no meaning",
		"open('/etc/passwd')":            "open is not known",
		"now()":                          "now is not known",
		"[i for i in x]":                 "for has no meaning",
		"lambda: 0":                      "lambda has no meaning",
		"1..1000000000":                  ". has no meaning",
		"x ^ y":                          "^ has no meaning in a formula: a power is x ** y",
		"x | y":                          "| has no meaning",
		"x & y":                          "& has no meaning",
		"x = 1":                          "= has no meaning in a formula: equal is ==",
		"x; y":                           "; has no meaning",
		"x # y":                          "# has no meaning",
		"`x`":                            "` has no meaning",
		"let a":                          "let has no meaning",
		"x matches 'a'":                  "matches has no meaning",
		"x[1:2]":                         "parts of lists",
		"map([1], x)":                    "map is not known",
		"all([1], true)":                 "all is not known",
		"x ?? y":                         "",
		"$env":                           "$ has no meaning",
		"x < y == y":                     "only < <= > >= can be chained",
		"0 < (0 < x < 1) < 1":            "a chain of comparisons stands in another",
		"x is y":                         "is goes with None only",
		"x if y":                         "want a if c else b",
		"x else y":                       "else has no if",
		"(x":                             ") is missing",
		"x)":                             ") closes nothing",
		"'abc":                           "the string 'abc has no end",
		"x y":                            "unexpected token",
		"abs(x, y)":                      "too many arguments",
		"abs()":                          "not enough arguments",
		"99999999999999999999":           "",
		"__floor__":                      "__floor__ has no meaning",
		"b'abc'":                         "",
		"x(1)":                           "only the functions abs",
		strings.Repeat("x+", 3000) + "x": "it has 6001 bytes, at most 4096",
		strings.Repeat("x+", 1500) + "x": "exceeds maximum allowed nodes",
		strings.Repeat("(", 500) + "x" + strings.Repeat(")", 500): "nested too deeply",
	} {
		f, err := formula.Compile(text, "x", "y")
		if err == nil {
			v, err := f.Eval(int64(1), int64(2))
			t.Errorf("Compile(%.40s) gives no error; its value is %v, %v", text, v, err)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%.40s) gives %q, want %q", text, err, want)
		}
	}
}

// Whatever is written, compiling and computing it ends without a panic, and
// what comes of it a token can carry.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"x + y // 2", "not x in [y] and 0 < x < 2", "'a' if x else {'b': [y][0]}", "x or y and x", "max(x, y) ** 2", "round(x, 1) % 3"} {
		f.Add(s, int64(3), 2.5, "ab")
	}
	f.Fuzz(func(t *testing.T, text string, n int64, fl float64, s string) {
		c, err := formula.Compile(text, "x", "y")
		if err != nil {
			return
		}
		for _, x := range (list{n, fl, s, list{n, s}, dict{s: fl}}) {
			v, err := c.Eval(x, n)
			if err != nil {
				continue
			}
			if _, err := firing.Weigh(v); err != nil {
				t.Errorf("%s gives %v: %v", text, v, err)
			}
		}
	})
}

func ExampleFormula_Eval() {
	f, err := formula.Compile("x > 38.5 and not y", "x", "y")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Eval(39.1, false))
	fmt.Println(f.Eval(39.1, true))
	_, err = formula.Compile("__import__('os')", "x", "y")
	fmt.Println(err)
	// Output:
	// true <nil>
	// false <nil>
	// __import__ is not known: there are x, y, abs, bool, float, int, len, max, min, pow, round, str, sum
}

func BenchmarkEval(b *testing.B) {
	f, err := formula.Compile("2*x + y > 10 and x != y", "x", "y")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Eval(int64(7), 2.5); err != nil {
			b.Fatal(err)
		}
	}
}
