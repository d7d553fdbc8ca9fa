package std_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	"github.com/wardflow/wardflow/actors/std"
	"github.com/wardflow/wardflow/runtime/flow"
)

const unhandled = "no action takes exception tokens"

func TestCompare(t *testing.T) {
	compare := func(rel string, a, b Values, want ...flow.Value) Case {
		return Case{Name: rel, Args: Args{"rel": rel}, In: Ports{"a": a, "b": b}, Out: Ports{"result": want}}
	}
	Run(t, std.Compare(), []Case{
		compare("=", Values{1, 1, 0, 0}, Values{1, 0, 1, 0}, true, false, false, true),
		compare("!=", Values{1, 1, 0, 0}, Values{1, 0, 1, 0}, false, true, true, false),
		compare("<", Values{1, 2, 2, "a"}, Values{2, 1, 2, "b"}, true, false, false, true),
		compare("<=", Values{1, 2, 2}, Values{2, 1, 2}, true, false, true),
		compare(">", Values{1, 2, 2}, Values{2, 1, 2}, false, true, false),
		compare(">=", Values{1, 2, 2}, Values{2, 1, 2}, false, true, true),
		compare("=", Values{1, 1, "1", nil, List{1}, Dict{"a": 1}}, Values{1.0, true, 1, nil, List{1.0}, Dict{"a": 2}}, true, true, false, true, true, false),
		compare("<", Values{nil, 1, Dict{}, List{}}, Values{-1, Dict{}, List{}, ""}, true, true, true, true),
		compare("almost", Values{1, 2}, Values{1, 1}, false, false),
		compare("==", Values{1}, Values{1}, false),
		{Name: "exceptions", Args: Args{"rel": "="}, In: Ports{"a": {flow.EOS, 1}, "b": {flow.EOS, 1}}, Out: Ports{"result": {true}}, Letters: []string{unhandled}},
	})
	env := actortest.NewEnv()
	actortest.Start(t, env, std.Compare(), Args{"rel": "almost"})
	if got := env.Logged(); len(got) != 1 || !strings.Contains(got[0], "relation is unknown and never true") {
		t.Errorf("logs %q", got)
	}
}

func TestConstSequencer(t *testing.T) {
	Run(t, std.ConstSequencer(), []Case{
		{Name: "over and over", Args: Args{"sequence": List{42, 0}}, In: Ports{"in": {1, 2, 3}}, Out: Ports{"out": {42, 0, 42}}},
		{Name: "letters", Args: Args{"sequence": "åb"}, In: Ports{"in": {1, 2, 3}}, Out: Ports{"out": {"å", "b", "å"}}},
	})
}

func TestConstant(t *testing.T) {
	Run(t, std.Constant(), []Case{{Name: "without end", Args: Args{"data": nil}, Room: 3, Out: Ports{"token": {nil, nil, nil}}}})
}

func TestConstantify(t *testing.T) {
	Run(t, std.Constantify(), []Case{
		{Name: "one for each", Args: Args{"constant": 42}, In: Ports{"in": {1, "a", nil}}, Out: Ports{"out": {42, 42, 42}}},
		{Name: "exceptions", Args: Args{"constant": 42}, In: Ports{"in": {flow.EOS, 1}}, Out: Ports{"out": {42}}, Letters: []string{unhandled}},
	})
}

func TestCounter(t *testing.T) {
	Run(t, std.Counter(), []Case{{Name: "as fast as it is taken", Room: 6, Out: Ports{"integer": {1, 2, 3, 4, 5, 6}}}})
}

func TestIdentity(t *testing.T) {
	Run(t, std.Identity(), []Case{{Name: "unchanged", In: Ports{"token": {1, nil, List{1.0}, flow.EOS, "end"}}, Out: Ports{"token": {1, nil, List{1.0}, "end"}}, Letters: []string{unhandled}}})
	for name, typ := range map[string]flow.Type{"Identity": std.Identity(), "Burn": std.Burn()} {
		env := actortest.NewEnv()
		b := actortest.Start(t, env, typ, Args{"dump": int64(1)})
		b.Feed("token", "x")
		b.Run()
		if got := env.Logged(); len(got) != 1 || got[0] != `level=INFO msg="token passed" port=token token=x` {
			t.Errorf("%s logs %q", name, got)
		}
	}
}

func TestIterate(t *testing.T) {
	iterate := func(name string, in Values, item, index Values) Case {
		return Case{Name: name, In: Ports{"token": in}, Out: Ports{"item": item, "index": index}}
	}
	Run(t, std.Iterate(), []Case{
		iterate("list", Values{List{1, 2, 3}}, Values{1, 2, 3}, Values{0, 1, 2}),
		iterate("string", Values{"abåd"}, Values{"a", "b", "å", "d"}, Values{0, 1, 2, 3}),
		iterate("scalars", Values{1, 2.5, true}, Values{1, 2.5, true}, Values{0, 0, 0}),
		iterate("dictionary, sorted", Values{Dict{"b": 1, "a": "A"}}, Values{"A", 1}, Values{"a", "b"}),
		iterate("nothing", Values{"", Dict{}, List{}, nil}, Values{nil, nil, nil, nil}, Values{0, 0, 0, 0}),
		iterate("one after the other", Values{List{}, List{1, List{2}}, "ab"}, Values{nil, 1, List{2}, "a", "b"}, Values{0, 0, 1, 0, 1}),
		iterate("zero and false pass", Values{0, false}, Values{0, false}, Values{0, 0}),
	})
}

func TestOnce(t *testing.T) {
	Run(t, std.Once(), []Case{
		{Name: "a value", Args: Args{"data": Dict{"a": 1}}, Out: Ports{"token": {Dict{"a": 1}}}},
		{Name: "null", Args: Args{"data": nil}, Out: Ports{"token": {nil}}},
	})
}

func TestSampleHold(t *testing.T) {
	Run(t, std.SampleHold(), []Case{
		{Name: "only true is true", Args: Args{"default": -1}, In: Ports{"in": {0, 1, 2, 3, 4, 5}, "sample": {false, true, 1, true, "x", nil}}, Out: Ports{"out": {-1, 1, 1, 3, 3, 3}}},
		{Name: "default", In: Ports{"in": {1}, "sample": {false}}, Out: Ports{"out": {nil}}},
	})
}

func TestSequencer(t *testing.T) {
	Run(t, std.Sequencer(), []Case{
		{Name: "each a stream", In: Ports{"data_in": {"A", nil, "C"}}, Out: Ports{"data_out": {"A", flow.EOS, nil, flow.EOS, "C", flow.EOS}}},
		{Name: "nothing is lost when it is slow", In: Ports{"data_in": {"A", "B"}}, Room: 1, Out: Ports{"data_out": {"A"}}, Left: Ports{"data_in": {"B"}}},
	})
}

func TestStringify(t *testing.T) {
	undecoded := flow.Exceptional("Decode error")
	Run(t, std.Stringify(), []Case{
		{Name: "Python's text", In: Ports{"in": {1, 2.0, 0.30000000000000004, "test", true, nil, List{"a", 1.0, nil}, Dict{"b": false, "a": "it's"}}},
			Out: Ports{"out": {"1", "2.0", "0.3", "test", "True", "None", "['a', 1.0, None]", `{'a': "it's", 'b': False}`}}},
		{Name: "utf-8", Args: Args{"encoding": "UTF-8"}, In: Ports{"in": {"å", "\xe5", 1}}, Out: Ports{"out": {"å", undecoded, undecoded}}},
		{Name: "ascii", Args: Args{"encoding": "ascii"}, In: Ports{"in": {"a", "å"}}, Out: Ports{"out": {"a", undecoded}}},
		{Name: "latin-1", Args: Args{"encoding": "iso-8859-1"}, In: Ports{"in": {"\xe5"}}, Out: Ports{"out": {"å"}}},
		{Name: "exceptions", In: Ports{"in": {flow.EOS}}, Letters: []string{unhandled}},
	})
}

func TestSum(t *testing.T) {
	sum := func(name string, in, out Values) Case {
		return Case{Name: name, In: Ports{"integer": in}, Out: Ports{"integer": out}}
	}
	Run(t, std.Sum(), []Case{
		sum("whole", Values{1, 2, 3}, Values{1, 3, 6}),
		sum("mixed", Values{1, 0.5, -1, true}, Values{1, 1.5, 0.5, 1.5}),
		sum("beyond 64 bits", Values{int64(math.MaxInt64), 1}, Values{int64(math.MaxInt64), 0x1p63}),
		sum("below them", Values{int64(math.MinInt64), -1}, Values{int64(math.MinInt64), -0x1p63}),
		{Name: "what is no number", In: Ports{"integer": {5, "x", flow.EOS, 1}}, Out: Ports{"integer": {5, 6}}, Letters: []string{"can't add a string to the sum", unhandled}},
	})
}

func TestReports(t *testing.T) {
	for name, tt := range map[string]struct {
		typ    flow.Type
		args   Args
		tokens Values
		told   Args
		want   flow.Value
	}{
		"Counter":            {std.Counter(), nil, nil, nil, int64(16)},
		"CountTimer":         {std.CountTimer(), Args{"sleep": int64(1), "start": int64(5)}, nil, nil, int64(10)},
		"Identity":           {std.Identity(), nil, Values{"a", "b"}, nil, "b"},
		"Sum":                {std.Sum(), nil, Values{int64(1), int64(2)}, nil, int64(3)},
		"Burn":               {std.Burn(), nil, Values{"a", "b"}, Args{"duration": 0.5}, "b"},
		"Identity, at first": {std.Identity(), nil, nil, nil, nil},
	} {
		b := actortest.Start(t, actortest.NewEnv(), tt.typ, tt.args)
		if len(tt.tokens) > 0 {
			b.Feed(tt.typ.Spec.In[0].Name, tt.tokens...)
		}
		b.Run()
		b.Advance(10 * time.Second)
		b.Restart()
		if got, err := b.Actor().(flow.Reporter).Report(tt.told); err != nil || got != tt.want {
			t.Errorf("%s reports %v, %v; want %v", name, got, err, tt.want)
		}
	}
}

// A report can stop what counts, and only a Counter can be let go on.
func TestStoppedByReport(t *testing.T) {
	for name, tt := range map[string]struct {
		typ    flow.Type
		goesOn bool
	}{"Counter": {std.Counter(), true}, "CountTimer": {std.CountTimer(), false}} {
		b := actortest.Start(t, actortest.NewEnv(), tt.typ, nil)
		tell := func(stopped bool) {
			if _, err := b.Actor().(flow.Reporter).Report(Args{"stopped": stopped}); err != nil {
				t.Fatal(err)
			}
		}
		b.Advance(time.Second)
		b.Take("integer")
		tell(true)
		b.Restart()
		b.Advance(time.Second)
		if got := b.Take("integer"); got != nil {
			t.Errorf("%s gives %v after it was stopped", name, got)
		}
		tell(false)
		b.Advance(time.Second)
		if got := b.Take("integer"); (got != nil) != tt.goesOn {
			t.Errorf("%s gives %v after it was let go on", name, got)
		}
	}
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args map[string]flow.Value
		want string
	}{
		"no data":          {std.Constant(), nil, "argument data: is missing"},
		"no constant":      {std.Constantify(), nil, "argument constant: is missing"},
		"no tick":          {std.Trigger(), Args{"data": "x"}, "argument tick: is missing"},
		"steps below 0":    {std.CountTimer(), Args{"steps": int64(-1)}, "argument steps: want 0 or more, not -1"},
		"dump":             {std.Identity(), Args{"dump": "yes"}, "argument dump: want true or false, not a string"},
		"no rel":           {std.Compare(), nil, "argument rel: is missing"},
		"empty sequence":   {std.ConstSequencer(), Args{"sequence": List{}}, "argument sequence: is empty"},
		"sequence":         {std.ConstSequencer(), Args{"sequence": 1.5}, "argument sequence: want a list, not a number"},
		"negative delay":   {std.DelayToken(), Args{"delay": int64(-1)}, `argument delay: want seconds, 0 or more (at most 100 years), such as 1.5 or "250ms"`},
		"no immediate":     {std.Watchdog(), Args{"timeout": int64(1)}, "argument immediate: is missing"},
		"unknown encoding": {std.Stringify(), Args{"encoding": "utf-16"}, `argument encoding: "utf-16" is unknown: want utf-8, ascii or latin-1`},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}

// States of version 1 are read as well.
func TestOldStates(t *testing.T) {
	for name, tt := range map[string]struct {
		typ   flow.Type
		state []any
	}{"Counter": {std.Counter(), List{int64(7)}}, "CountTimer": {std.CountTimer(), List{int64(7), int64(0)}}} {
		state, err := flow.AppendValue(nil, tt.state)
		if err != nil {
			t.Fatal(err)
		}
		a, err := actortest.New(tt.typ, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.(flow.Stateful).Restore(1, state); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := a.(flow.Reporter).Report(nil); err != nil || !reflect.DeepEqual(got, int64(7)) {
			t.Errorf("%s reports %v, %v; want 7", name, got, err)
		}
	}
}
