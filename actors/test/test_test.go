package testactors_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	testactors "github.com/wardflow/wardflow/actors/test"
	"github.com/wardflow/wardflow/runtime/flow"
)

const unhandled = "no action takes exception tokens"

func TestFakeShadow(t *testing.T) {
	Run(t, testactors.FakeShadow(), []Case{
		{Name: "unchanged", In: Ports{"token": {1, nil, flow.EOS, "a"}}, Out: Ports{"token": {1, nil, "a"}}, Letters: []string{unhandled}},
	})
	if got := testactors.FakeShadow().Spec.Requires; !reflect.DeepEqual(got, []string{"mock.shadow"}) {
		t.Errorf("requires %v", got)
	}
}

func TestFiniteCounter(t *testing.T) {
	count := func(name string, args Args, want ...flow.Value) Case {
		return Case{Name: name, Args: args, Room: 8, Out: Ports{"integer": want}}
	}
	Run(t, testactors.FiniteCounter(), []Case{
		count("three", Args{"steps": 3}, 0, 1, 2, flow.EOS),
		count("none", Args{"steps": 0}, flow.EOS),
		count("stopped", Args{"stopped": true}),
		count("repeat", Args{"start": 8, "steps": 2, "repeat": 1}, 8, 9, flow.EOS, 8, 9, flow.EOS, 8, 9),
		count("replicas, of which there are none", Args{"start": 8, "steps": 1, "replicate_mult": true}, 8, flow.EOS),
	})
}

func TestRandomDelay(t *testing.T) {
	Run(t, testactors.RandomDelay(), []Case{
		{Name: "at most 2 s, in order", In: Ports{"token": {1, 2, 3, nil, 5}}, For: 2 * time.Second, Out: Ports{"token": {1, 2, 3, nil, 5}}},
		{Name: "not at once", In: Ports{"token": {1, 2, 3}}},
	})
}

func TestReplicaIdentity(t *testing.T) {
	Run(t, testactors.ReplicaIdentity(), []Case{
		{Name: "number 0", In: Ports{"token": {1, 2.0, "a", true}}, Out: Ports{"token": {"0:1", "0:2.0", "0:a", "0:True"}}},
	})
}

func TestSink(t *testing.T) {
	Run(t, testactors.Sink(), []Case{
		{Name: "takes all", In: Ports{"token": {1, flow.EOS, nil}}},
		{Name: "not active", Args: Args{"active": false}, In: Ports{"token": {1}}, Left: Ports{"token": {1}}},
	})
	b := actortest.Start(t, actortest.NewEnv(), testactors.Sink(), Args{"store_tokens": int64(1), "quiet": int64(1)})
	want := Values{"aa", int64(2), flow.EOS}
	b.Feed("token", want[:2]...)
	b.Run()
	b.Restart()
	b.Feed("token", want[2])
	b.Run()
	if got := b.Actor().(*testactors.Sunk).Tokens(); !reflect.DeepEqual(got, want) {
		t.Errorf("keeps %v, want %v", got, want)
	}
	if got, err := b.Actor().(flow.Reporter).Report(nil); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("reports %v, %v; want %v", got, err, want)
	}
	if n := len(b.Env.Logged()); n != 3 {
		t.Errorf("logs %d lines, want 3", n)
	}
}

// A report makes a sink active, and it stays so when it moves.
func TestSinkIsMadeActive(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), testactors.Sink(), Args{"active": false})
	b.Feed("token", "x")
	b.Run()
	if got, err := b.Actor().(flow.Reporter).Report(Args{"active": true}); err != nil || !reflect.DeepEqual(got, Values{}) {
		t.Errorf("reports %v, %v; want no tokens", got, err)
	}
	b.Restart()
	b.Run()
	if n := b.Left("token"); n != 0 {
		t.Errorf("%d tokens left, want none", n)
	}
}

// A sink that keeps tokens for ever keeps the newest.
func TestSinkKeepsTheNewest(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), testactors.Sink(), Args{"store_tokens": true, "quiet": true})
	for i := range int64(10) {
		b.Feed("token", List{i, strings.Repeat("x", 100<<10)})
	}
	b.Run()
	b.Restart()
	got := b.Actor().(*testactors.Sunk).Tokens()
	if len(got) != 3 || got[0].(List)[0] != int64(7) || got[2].(List)[0] != int64(9) {
		t.Errorf("keeps %d tokens, want the last 3", len(got))
	}
}

func TestTestProcess(t *testing.T) {
	process := func(eval string, kwargs flow.Value, in Values, want ...flow.Value) Case {
		return Case{Name: eval, Args: Args{"eval_str": eval, "kwargs": kwargs}, In: Ports{"data": in}, Out: Ports{"result": want}}
	}
	Run(t, testactors.TestProcess(), []Case{
		process("data + kwargs['n']", Dict{"n": 10}, Values{1, 2.5}, 11, 12.5),
		process("data['a'] if 'a' in data else None", nil, Values{Dict{"a": 1}, Dict{}}, 1, nil),
		process("str(data)", nil, Values{1.0, "a"}, "1.0", "a"),
		process("data / kwargs['n']", nil, Values{1}, flow.Exceptional("the dictionary has no 'n'")),
		process("data / 0", Dict{}, Values{1}, flow.Exceptional("integer division or modulo by zero")),
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
		"FakeShadow":               {testactors.FakeShadow(), nil, Values{"a", "b"}, nil, "b"},
		"ReplicaIdentity":          {testactors.ReplicaIdentity(), nil, Values{"a"}, nil, "0:a"},
		"TestProcess":              {testactors.TestProcess(), Args{"eval_str": "data * 2"}, Values{int64(4)}, nil, int64(8)},
		"FiniteCounter":            {testactors.FiniteCounter(), Args{"start": int64(3)}, nil, nil, int64(19)},
		"FiniteCounter at its end": {testactors.FiniteCounter(), Args{"start": int64(3), "steps": int64(2)}, nil, nil, int64(6)},
	} {
		b := actortest.Start(t, actortest.NewEnv(), tt.typ, tt.args)
		if len(tt.tokens) > 0 {
			b.Feed(tt.typ.Spec.In[0].Name, tt.tokens...)
		}
		b.Run()
		b.Restart()
		if got, err := b.Actor().(flow.Reporter).Report(tt.told); err != nil || got != tt.want {
			t.Errorf("%s reports %v, %v; want %v", name, got, err, tt.want)
		}
	}
}

func TestReportsThatTell(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), testactors.FiniteCounter(), Args{"stopped": true})
	if _, err := b.Actor().(flow.Reporter).Report(Args{"stopped": false}); err != nil {
		t.Fatal(err)
	}
	b.Restart()
	b.Run()
	if got := b.Take("integer"); len(got) == 0 {
		t.Error("FiniteCounter gives nothing after it was let go on")
	}
	p := actortest.Start(t, actortest.NewEnv(), testactors.TestProcess(), Args{"eval_str": "data"})
	if _, err := p.Actor().(flow.Reporter).Report(Args{"cmd_str": "1 + 1"}); err == nil {
		t.Error("TestProcess runs cmd_str")
	}
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args Args
		want string
	}{
		"steps below 0": {testactors.FiniteCounter(), Args{"steps": int64(-1)}, "argument steps: want 0 or more, not -1"},
		"no eval_str":   {testactors.TestProcess(), nil, "argument eval_str: is missing"},
		"Python":        {testactors.TestProcess(), Args{"eval_str": "[i for i in data]"}, "argument eval_str: for has no meaning in a formula"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}
