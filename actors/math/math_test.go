package mathactors_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	mathactors "github.com/wardflow/wardflow/actors/math"
	"github.com/wardflow/wardflow/runtime/flow"
)

const unhandled = "no action takes exception tokens"

func TestCompute(t *testing.T) {
	compute := func(op string, a, b Values, want ...flow.Value) Case {
		return Case{Name: op, Args: Args{"op": op}, In: Ports{"a": a, "b": b}, Out: Ports{"result": want}}
	}
	exception := func(why string) flow.Value { return flow.Exception{Kind: flow.ExceptionKind, Value: why} }
	Run(t, mathactors.Compute(), []Case{
		compute("+", Values{1, 1.5, "a", List{1}, true}, Values{3, 1, "b", List{2}, true}, 4, 2.5, "ab", List{1, 2}, 2),
		compute("-", Values{1, 3, 3.5}, Values{3, 3, 3}, -2, 0, 0.5),
		compute("*", Values{2, 0.5, "ab"}, Values{3, 3, 2}, 6, 1.5, "abab"),
		compute("/", Values{7, -7, 7, 7.0}, Values{2, 2, 2.0, 2}, 3, -4, 3.5, 3.5),
		compute("div", Values{1, 4, -4, 7.5}, Values{3, 3, 3, 2}, 0, 1, -2, 3.0),
		compute("mod", Values{1, 2, 3, 4, -1, 5.5}, Values{3, 3, 3, 3, 3, 2}, 1, 2, 0, 1, 2, 1.5),
		compute("/", Values{1, 1.0, 4}, Values{0, 0, 2}, exception("integer division or modulo by zero"), exception("float division by zero"), 2),
		compute("mod", Values{1}, Values{0}, exception("integer division or modulo by zero")),
		compute("+", Values{1}, Values{"a"}, exception("unsupported operand type(s) for +: 'int' and 'unicode'")),
		compute("*", Values{int64(math.MaxInt64)}, Values{2}, 0x1p64),
		compute("**", Values{2, 3}, Values{2, 3}, nil, nil),
		compute("", Values{2}, Values{2}, nil),
		{Name: "exceptions", Args: Args{"op": "+"}, In: Ports{"a": {flow.EOS, 1}, "b": {1, 1}}, Out: Ports{"result": {2}}, Letters: []string{unhandled}},
	})
	env := actortest.NewEnv()
	actortest.Start(t, env, mathactors.Compute(), Args{"op": "**"})
	if got := env.Logged(); len(got) != 1 || !strings.Contains(got[0], "operator is unknown and gives null") {
		t.Errorf("logs %q", got)
	}
}

func TestEvaluate(t *testing.T) {
	evaluate := func(expr string, x, y Values, want ...flow.Value) Case {
		return Case{Name: expr, Args: Args{"expr": expr}, In: Ports{"x": x, "y": y}, Out: Ports{"result": want}}
	}
	exception := func(why string) flow.Value { return flow.Exception{Kind: flow.ExceptionKind, Value: why} }
	Run(t, mathactors.Evaluate(), []Case{
		evaluate("x * y", Values{1, 2, 3, 4}, Values{1, 2, 3, 4}, 1, 4, 9, 16),
		evaluate("2*x + y + x * y", Values{1, 2, 3, 4}, Values{3, 3, 3, 3}, 8, 13, 18, 23),
		evaluate("x+y*10+x-y/2", Values{1}, Values{3}, 31),
		evaluate("x > y", Values{1, 2}, Values{2, 1.5}, false, true),
		evaluate("x or y", Values{0, 3}, Values{2, 1}, 2, 3),
		evaluate("30 < x < 200 and not y", Values{72, 72, 10}, Values{false, true, false}, true, false, false),
		evaluate("x / y", Values{1, 1.0}, Values{0, 2}, exception("integer division or modulo by zero"), 0.5),
		evaluate("x + y", Values{"a"}, Values{"b"}, exception("ab")),
		evaluate("[x, {'y': y}]", Values{1}, Values{nil}, List{1, Dict{"y": nil}}),
		{Name: "exceptions", Args: Args{"expr": "x"}, In: Ports{"x": {flow.EOS, 1}, "y": {1, 1}}, Out: Ports{"result": {1}}, Letters: []string{unhandled}},
	})
}

func TestRandom(t *testing.T) {
	Run(t, mathactors.RandomInteger(), []Case{
		{Name: "one to choose from", Args: Args{"lower": 1, "upper": 2}, In: Ports{"trigger": {true, 1, "a"}}, Out: Ports{"integer": {1, 1, 1}}},
		// The numbers of one seed. The restarts in between change nothing.
		{Name: "a die", Args: Args{"lower": 1, "upper": 7}, In: Ports{"trigger": {1, 2, 3, 4, 5, 6}}, Out: Ports{"integer": {6, 5, 2, 6, 1, 5}}},
		{Name: "all there are", Args: Args{"lower": int64(math.MinInt64), "upper": int64(math.MaxInt64)}, In: Ports{"trigger": {1}}, Out: Ports{"integer": {8781785156643588438}}},
	})
	Run(t, mathactors.RandomNumber(), []Case{
		{Name: "nothing to choose from", Args: Args{"lower": 1.0, "upper": 1.0}, In: Ports{"trigger": {true, 1, "a"}}, Out: Ports{"number": {1.0, 1.0, 1.0}}},
		{Name: "between two", Args: Args{"lower": 10, "upper": 20}, In: Ports{"trigger": {1, 2}}, Out: Ports{"number": {19.740078217148874, 12.962343982050069}}},
	})
}

func TestRandomStaysInside(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), mathactors.RandomInteger(), Args{"lower": int64(-2), "upper": int64(3)})
	b.Room = 1000
	for range b.Room {
		b.Feed("trigger", nil)
	}
	b.Run()
	seen := map[flow.Value]bool{}
	for _, n := range b.Take("integer") {
		seen[n] = true
	}
	if want := (map[flow.Value]bool{int64(-2): true, int64(-1): true, int64(0): true, int64(1): true, int64(2): true}); !reflect.DeepEqual(seen, want) {
		t.Errorf("draws %v, want -2 to 2", seen)
	}
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args Args
		want string
	}{
		"no op":   {mathactors.Compute(), nil, "argument op: is missing"},
		"no expr": {mathactors.Evaluate(), nil, "argument expr: is missing"},
		"Python":  {mathactors.Evaluate(), Args{"expr": "__import__('os').system('id')"}, "argument expr: . has no meaning in a formula: an item of a dictionary is x[\"name\"]"},
		"bounds":  {mathactors.RandomInteger(), Args{"lower": int64(2), "upper": int64(2)}, "argument upper: want more than lower, which is 2, not 2"},
		"bound":   {mathactors.RandomNumber(), Args{"lower": "a", "upper": int64(2)}, "argument lower: want a number, not a string"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}
