package flowactors_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	flowactors "github.com/wardflow/wardflow/actors/flow"
	"github.com/wardflow/wardflow/runtime/flow"
)

const unhandled = "no action takes exception tokens"

func TestAlternate(t *testing.T) {
	args := Args{"order": List{"b.out", "a.out", "b.out"}}
	Run(t, flowactors.Alternate(), []Case{
		{Name: "in the order stated", Args: args, In: Ports{"token<a.out": {1, 2}, "token<b.out": {"one", "two", "three"}},
			Out: Ports{"token": {"one", 1, "two", 2}}, Left: Ports{"token<b.out": {"three"}}},
		{Name: "exceptions, alone", Args: args, In: Ports{"token<a.out": {flow.EOS, 1}, "token<b.out": {"one"}},
			Out: Ports{"token": {"one", 1}}, Letters: []string{unhandled}},
	})
}

func TestAlternate2(t *testing.T) {
	Run(t, flowactors.Alternate2(), []Case{
		{Name: "in turn", In: Ports{"token_1": {1, 2}, "token_2": {"a", "b"}}, Out: Ports{"token": {1, "a", 2, "b"}}},
		{Name: "until one is missing", In: Ports{"token_1": {1, 2, 3}, "token_2": {"a"}}, Out: Ports{"token": {1, "a", 2}}, Left: Ports{"token_1": {3}}},
		{Name: "starting with the first", In: Ports{"token_2": {"a"}}, Left: Ports{"token_2": {"a"}}},
	})
}

func TestBool(t *testing.T) {
	Run(t, flowactors.Bool(), []Case{
		{Name: "false", In: Ports{"token": {nil, false, 0, 0.0, "", List{}, Dict{}}}, Out: Ports{"bool": {false, false, false, false, false, false, false}}},
		{Name: "true", In: Ports{"token": {true, 1, -0.5, "false", List{nil}, Dict{"a": 0}}}, Out: Ports{"bool": {true, true, true, true, true, true}}},
	})
}

func TestCollect(t *testing.T) {
	Run(t, flowactors.Collect(), []Case{
		{Name: "one source", In: Ports{"token<a.out": {1, "a", nil}}, Out: Ports{"token": {1, "a", nil}}},
		{Name: "exceptions", In: Ports{"token<a.out": {flow.EOS, 1}}, Out: Ports{"token": {1}}, Letters: []string{unhandled}},
	})
	// Each source keeps its order, and nobody is left out.
	b := actortest.Start(t, actortest.NewEnv(), flowactors.Collect(), nil)
	b.Feed("token", int64(1), int64(2))
	b.Run()
	if got := b.Take("token"); !reflect.DeepEqual(got, Values{int64(1), int64(2)}) {
		t.Errorf("gives %v", got)
	}
}

func TestCollectCompleteDict(t *testing.T) {
	args := Args{"mapping": Dict{"hr": "ecg.bpm", "temp": "probe.cel"}}
	Run(t, flowactors.CollectCompleteDict(), []Case{
		{Name: "waits for all", Args: args, In: Ports{"token<ecg.bpm": {72, 73}, "token<probe.cel": {36.5}},
			Out: Ports{"dict": {Dict{"hr": 72, "temp": 36.5}}}, Left: Ports{"token<ecg.bpm": {73}}},
		{Name: "exceptions, alone", Args: args, In: Ports{"token<ecg.bpm": {72}, "token<probe.cel": {flow.EOS, 36.5}},
			Out: Ports{"dict": {Dict{"hr": 72, "temp": 36.5}}}, Letters: []string{unhandled}},
	})
}

func TestCollectDict(t *testing.T) {
	args := Args{"mapping": Dict{"hr": "ecg.bpm", "temp": "probe.cel"}}
	Run(t, flowactors.CollectDict(), []Case{
		{Name: "whatever is there", Args: args, In: Ports{"token<ecg.bpm": {72, 73}, "token<probe.cel": {36.5}},
			Out: Ports{"dict": {Dict{"hr": 72, "temp": 36.5}, Dict{"hr": 73}}}},
	})
}

func TestDealternate(t *testing.T) {
	Run(t, flowactors.Dealternate(), []Case{
		{Name: "in the order stated", Args: Args{"order": List{"b.in", "a.in"}}, In: Ports{"token": {1, 2, 3}},
			Out: Ports{"token>a.in": {2}, "token>b.in": {1, 3}}},
		{Name: "one of them twice", Args: Args{"order": List{"a.in", "b.in", "a.in"}}, In: Ports{"token": {1, 2, 3, 4}},
			Out: Ports{"token>a.in": {1, 3, 4}, "token>b.in": {2}}},
	})
}

func TestDealternate2(t *testing.T) {
	Run(t, flowactors.Dealternate2(), []Case{
		{Name: "in turn", In: Ports{"token": {1, "a", 2, "b", 3}}, Out: Ports{"token_1": {1, 2, 3}, "token_2": {"a", "b"}}},
	})
}

func TestDeselect(t *testing.T) {
	Run(t, flowactors.Deselect(), []Case{
		{Name: "by true and false", In: Ports{"case_false": {"a", "b", "c"}, "case_true": {"A", "B", "C"}, "select": {true, false, true, false, true, false}},
			Out: Ports{"data": {"A", "a", "B", "b", "C", "c"}}},
		{Name: "only true is true", In: Ports{"case_false": {"a", "b", "c", "d"}, "case_true": {"A"}, "select": {1, "x", 2, nil}},
			Out: Ports{"data": {"a", "b", "c", "d"}}, Left: Ports{"case_true": {"A"}}},
		{Name: "waits for what is selected", In: Ports{"case_false": {"a"}, "select": {true, false}}, Left: Ports{"case_false": {"a"}, "select": {false}}},
	})
}

func TestDispatch(t *testing.T) {
	Run(t, flowactors.Dispatch(), []Case{
		{Name: "in rotation", In: Ports{"token": {1, 2, 3}}, Out: Ports{"token>a.in": {1, 3}, "token>b.in": {2}}},
	})
}

func TestDispatchDict(t *testing.T) {
	args := Args{"mapping": Dict{"t1": "a.in", "t2": "b.in", "t3": "a.in"}}
	Run(t, flowactors.DispatchDict(), []Case{
		{Name: "by key", Args: args, In: Ports{"dict": {Dict{"t1": 1, "t2": 2, "t3": 3, "y": 5, "x": 4}, Dict{}, Dict{"t2": nil}}},
			Out: Ports{"token>a.in": {1, 3}, "token>b.in": {2, nil}, "default": {4, 5}}},
		{Name: "what is no dictionary", Args: args, In: Ports{"dict": {1, Dict{"t1": 1}}},
			Out: Ports{"token>a.in": {1}, "token>b.in": {}}, Letters: []string{"can't take a number apart"}},
	})
}

// The initial token leaves before the first input token, once.
func TestInit(t *testing.T) {
	Run(t, flowactors.Init(), []Case{
		{Name: "data first", Args: Args{"data": 0}, In: Ports{"in": {1, 2, 3}}, Out: Ports{"out": {0, 1, 2, 3}}},
		{Name: "data alone", Args: Args{"data": nil}, Out: Ports{"out": {nil}}},
		{Name: "exceptions", Args: Args{"data": 0}, In: Ports{"in": {flow.EOS, 1}}, Out: Ports{"out": {0, 1}}, Letters: []string{unhandled}},
	})
}

func TestJoin(t *testing.T) {
	Run(t, flowactors.Join(), []Case{
		{Name: "the first first", In: Ports{"token_1": {1, 2}, "token_2": {"a", "b"}}, Out: Ports{"token": {1, 2, "a", "b"}}},
		{Name: "the second alone", In: Ports{"token_2": {2}}, Out: Ports{"token": {2}}},
	})
}

func TestSelect(t *testing.T) {
	Run(t, flowactors.Select(), []Case{
		{Name: "only true is true", In: Ports{"select": {true, false, 0, 1, "x", nil, 2}, "data": {1, 2, 3, 4, 5, 6, 7}},
			Out: Ports{"case_false": {2, 3, 4, 5, 6, 7}, "case_true": {1}}},
		{Name: "one selection is taken ahead", In: Ports{"select": {true, true}}, Left: Ports{"select": {true}}},
		{Name: "exceptions", In: Ports{"select": {flow.EOS, true}, "data": {flow.EOS, 1}}, Out: Ports{"case_true": {1}}, Letters: []string{unhandled, unhandled}},
	})
}

func TestSwitch(t *testing.T) {
	Run(t, flowactors.Switch(), []Case{
		{Name: "only true crosses", In: Ports{"switch": {true, false, 0, 1}, "a": {1, 2, 3, 4}, "b": {"a", "b", "c", "d"}},
			Out: Ports{"a": {"a", 2, 3, 4}, "b": {1, "b", "c", "d"}}},
	})
}

func TestTerminatorAndVoid(t *testing.T) {
	Run(t, flowactors.Terminator(), []Case{{Name: "swallows all", In: Ports{"void": {1, flow.EOS, nil}}}})
	Run(t, flowactors.Void(), []Case{{Name: "gives nothing", Out: Ports{"void": {}}}})
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args Args
		want string
	}{
		"no order":      {flowactors.Alternate(), nil, "argument order: is missing"},
		"order":         {flowactors.Dealternate(), Args{"order": "a.in"}, "argument order: want a list, not a string"},
		"no mapping":    {flowactors.CollectDict(), nil, "argument mapping: is missing"},
		"mapping":       {flowactors.CollectCompleteDict(), Args{"mapping": Dict{"a": int64(1)}}, `argument mapping: want a dictionary of strings, and "a" is a number`},
		"mapping again": {flowactors.DispatchDict(), Args{"mapping": List{}}, "argument mapping: want a dictionary, not a list"},
		"no data":       {flowactors.Init(), nil, "argument data: is missing"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}
