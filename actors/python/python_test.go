package python_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

type (
	list = []any
	dict = map[string]any
)

// What str and repr print under Python 2.7.18, but for the sorted keys and the
// u before text.
func TestText(t *testing.T) {
	for _, tt := range []struct {
		v          flow.Value
		text, repr string
	}{
		{nil, "None", "None"},
		{true, "True", "True"},
		{int64(-3), "-3", "-3"},
		{1.0, "1.0", "1.0"},
		{math.Copysign(0, -1), "-0.0", "-0.0"},
		{0.30000000000000004, "0.3", "0.30000000000000004"},
		{99999999999.0, "99999999999.0", "99999999999.0"},
		{1e11, "1e+11", "100000000000.0"},
		{123456789012.0, "1.23456789012e+11", "123456789012.0"},
		{12345678.123456789, "12345678.1235", "12345678.12345679"},
		{1e16, "1e+16", "1e+16"},
		{1e22, "1e+22", "1e+22"},
		{1e-4, "0.0001", "0.0001"},
		{1e-5, "1e-05", "1e-05"},
		{-1.5e300, "-1.5e+300", "-1.5e+300"},
		{math.NaN(), "nan", "nan"},
		{math.Inf(-1), "-inf", "-inf"},
		{"it's", "it's", `"it's"`},
		{`"it's"`, `"it's"`, `'"it\'s"'`},
		{"\\\n\x01é\u2028", "\\\n\x01é\u2028", `'\\\n\x01é\u2028'`},
		{list{true, nil, "a", 1.1, list{}}, "[True, None, 'a', 1.1, []]", "[True, None, 'a', 1.1, []]"},
		{dict{"b": 1.0, "a": dict{}}, "{'a': {}, 'b': 1.0}", "{'a': {}, 'b': 1.0}"},
		{flow.EOS, "<EOSToken> End of stream", "<EOSToken> End of stream"},
		{flow.Sealed{Kind: "reading", Bytes: make([]byte, 3)}, "<reading, 3 bytes>", "<reading, 3 bytes>"},
	} {
		if got := python.Text(tt.v); got != tt.text {
			t.Errorf("Text(%v) = %s, want %s", tt.v, got, tt.text)
		}
		if got := python.Repr(tt.v); got != tt.repr {
			t.Errorf("Repr(%v) = %s, want %s", tt.v, got, tt.repr)
		}
	}
}

func TestTruth(t *testing.T) {
	for _, v := range (list{nil, false, int64(0), 0.0, "", list{}, dict{}}) {
		if python.Truth(v) {
			t.Errorf("Truth(%v), want false", v)
		}
	}
	for _, v := range (list{true, int64(2), 0.1, math.NaN(), " ", list{nil}, dict{"a": nil}, flow.EOS}) {
		if !python.Truth(v) {
			t.Errorf("not Truth(%v), want true", v)
		}
	}
}

func TestRelations(t *testing.T) {
	const huge = 1<<53 + 1
	for _, tt := range []struct {
		a, b                flow.Value
		less, equal, larger bool
	}{
		{int64(1), 1.0, false, true, false},
		{int64(1), true, false, true, false},
		{false, int64(0), false, true, false},
		{int64(huge), float64(huge), false, false, true}, // the float is 2^53
		{int64(math.MaxInt64), 0x1p63, true, false, false},
		{int64(math.MinInt64), -0x1p63, false, true, false},
		{int64(math.MinInt64), math.Inf(-1), false, false, true},
		{int64(2), 2.5, true, false, false},
		{-2.5, int64(-2), true, false, false},
		{math.NaN(), math.NaN(), false, false, false},
		{int64(1), math.NaN(), false, false, false},
		{"a", "b", true, false, false},
		{list{int64(1), int64(2)}, list{int64(1), int64(3)}, true, false, false},
		{list{int64(1)}, list{int64(1), int64(0)}, true, false, false},
		{list{int64(1)}, list{1.0}, false, true, false},
		{dict{"a": int64(1)}, dict{"a": int64(2)}, true, false, false},
		{dict{"a": int64(1)}, dict{"b": int64(1)}, true, false, false},
		{dict{"a": int64(1), "b": int64(2)}, dict{"c": int64(0)}, false, false, true},
		{dict{"a": int64(1)}, dict{"a": true}, false, true, false},
		{nil, nil, false, true, false},
		{nil, int64(-9), true, false, false},
		{int64(9), dict{}, true, false, false},
		{dict{}, list{}, true, false, false},
		{list{}, "", true, false, false},
	} {
		for word, want := range map[string]bool{"<": tt.less, "=": tt.equal, "==": tt.equal, ">": tt.larger, "!=": !tt.equal, "<=": tt.less || tt.equal, ">=": tt.larger || tt.equal} {
			holds, ok := python.Relation(word)
			if !ok || holds(tt.a, tt.b) != want {
				t.Errorf("%v %s %v is not %v", tt.a, word, tt.b, want)
			}
		}
	}
	if _, ok := python.Relation("<>"); ok {
		t.Error("<> is a relation")
	}
}

func TestOperators(t *testing.T) {
	const most, least = int64(math.MaxInt64), int64(math.MinInt64)
	for _, tt := range []struct {
		a    flow.Value
		word string
		b    flow.Value
		want flow.Value // an error's text if it is an error
	}{
		{int64(7), "+", 0.5, 7.5},
		{true, "+", true, int64(2)},
		{most, "+", int64(1), 0x1p63},
		{least, "+", int64(-1), -0x1p63},
		{"a", "+", "b", "ab"},
		{list{int64(1)}, "+", list{nil}, list{int64(1), nil}},
		{int64(2), "+", "a", "unsupported operand type(s) for +: 'int' and 'unicode'"},
		{nil, "+", int64(1), "unsupported operand type(s) for +: 'NoneType' and 'int'"},
		{int64(7), "-", int64(9), int64(-2)},
		{least, "-", int64(1), -0x1p63},
		{list{}, "-", list{}, "unsupported operand type(s) for -: 'list' and 'list'"},
		{int64(-7), "*", int64(2), int64(-14)},
		{most, "*", int64(2), 0x1p64},
		{least, "*", int64(-1), 0x1p63},
		{least, "*", int64(1), least},
		{int64(2), "*", "ab", "abab"},
		{list{int64(1)}, "*", int64(2), list{int64(1), int64(1)}},
		{"ab", "*", int64(-1), ""},
		{list{nil}, "*", int64(0), list{}},
		{"ab", "*", most, "result is too large"},
		{"ab", "*", 2.0, "unsupported operand type(s) for *: 'unicode' and 'float'"},
		{int64(7), "/", int64(2), int64(3)},
		{int64(-7), "/", int64(2), int64(-4)},
		{int64(7), "/", int64(-2), int64(-4)},
		{int64(7), "/", 2.0, 3.5},
		{least, "/", int64(-1), 0x1p63},
		{int64(7), "/", int64(0), "integer division or modulo by zero"},
		{7.0, "/", int64(0), "float division by zero"},
		{-7.5, "div", int64(2), -4.0},
		{7.5, "//", int64(-2), -4.0},
		{int64(7), "div", int64(2), int64(3)},
		{7.0, "div", int64(0), "float divmod()"},
		{int64(-7), "mod", int64(2), int64(1)},
		{int64(7), "%", int64(-2), int64(-1)},
		{least, "%", int64(-1), int64(0)},
		{-7.5, "mod", int64(2), 0.5},
		{7.5, "mod", int64(-2), -0.5},
		{int64(7), "mod", int64(0), "integer division or modulo by zero"},
		{7.0, "mod", int64(0), "float modulo"},
		{int64(2), "**", int64(10), int64(1024)},
		{int64(2), "**", int64(-1), 0.5},
		{int64(-2), "**", int64(63), least},
		{int64(2), "**", int64(64), 0x1p64},
		{int64(1), "**", most, int64(1)},
		{int64(0), "**", int64(-1), "0.0 cannot be raised to a negative power"},
		{-8.0, "**", 0.5, "negative number cannot be raised to a fractional power"},
		{10.0, "**", int64(400), "result is too large"},
	} {
		op, ok := python.Operator(tt.word)
		if !ok {
			t.Errorf("%s is no operator", tt.word)
			continue
		}
		got, err := op(tt.a, tt.b)
		if err != nil {
			got = err.Error()
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v %s %v = %v, want %v", tt.a, tt.word, tt.b, got, tt.want)
		}
	}
	if _, ok := python.Operator("^"); ok {
		t.Error("^ is an operator")
	}
}

func ExampleOperator() {
	divide, _ := python.Operator("/")
	fmt.Println(divide(int64(7), int64(2)))
	fmt.Println(divide(7.0, int64(2)))
	fmt.Println(divide(int64(7), int64(0)))
	// Output:
	// 3 <nil>
	// 3.5 <nil>
	// <nil> integer division or modulo by zero
}
