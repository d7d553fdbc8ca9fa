package jsonactors_test

import (
	"math"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	jsonactors "github.com/wardflow/wardflow/actors/json"
	"github.com/wardflow/wardflow/runtime/flow"
)

var failed = flow.Exception{Kind: flow.ExceptionKind, Value: "Exception"}

func TestDict(t *testing.T) {
	pairs := func(name string, n int, keys, values Values, want ...flow.Value) Case {
		return Case{Name: name, Args: Args{"n": n}, In: Ports{"key": keys, "value": values}, Out: Ports{"dict": want}}
	}
	Run(t, jsonactors.Dict(), []Case{
		{Name: "one pair each", In: Ports{"key": {"a", "b"}, "value": {1, 2}}, Out: Ports{"dict": {Dict{"a": 1}, Dict{"b": 2}}}},
		pairs("two pairs", 2, Values{"a", "b", "c"}, Values{1, 2, 3}, Dict{"a": 1, "b": 2}),
		pairs("two keys", 2, Values{"a", "a", "b"}, Values{1, 2, 3}, Dict{"a": 2, "b": 3}),
		pairs("until the end", 0, Values{"a", "b", flow.EOS, flow.EOS, "c"}, Values{1, 2, flow.EOS, flow.EOS, 3}, Dict{"a": 1, "b": 2}, Dict{}),
		pairs("below 0 as well", -1, Values{"a", flow.EOS}, Values{1, flow.EOS}, Dict{"a": 1}),
		pairs("the end on one port", 0, Values{"a", flow.EOS, flow.EOS}, Values{1, 2, flow.EOS}, failed, Dict{}),
		pairs("an exception on both", 0, Values{"a", failed}, Values{1, failed}, failed),
		pairs("the end before n", 2, Values{"a", flow.EOS, "b", "c"}, Values{1, flow.EOS, 2, 3}, failed, Dict{"b": 2, "c": 3}),
		pairs("a key that is no string", 2, Values{"a", 1, "b", "c"}, Values{10, 20, 30, 40}, failed, Dict{"b": 30, "c": 40}),
	})
}

func TestFromString(t *testing.T) {
	Run(t, jsonactors.FromString(), []Case{
		{Name: "JSON", In: Ports{"string": {`1`, `1.0`, `{"a": [null, true, "å\n"]}`, ` -0 `, `1E2`, `{"a":1,"a":2}`, `123456789012345678901234567890`, `9007199254740993`, `1e400`}},
			Out: Ports{"data": {1, 1.0, Dict{"a": List{nil, true, "å\n"}}, 0, 100.0, Dict{"a": 2}, 123456789012345678901234567890.0, 9007199254740993, math.Inf(1)}}},
		{Name: "not JSON", In: Ports{"string": {``, `01`, `1 2`, `[1,]`, `'a'`, `tru`, "\"\t\"", `NaN`}},
			Out: Ports{"data": {failed, failed, failed, failed, failed, failed, failed, failed}}},
		{Name: "no text", In: Ports{"string": {nil, 1, flow.EOS, failed}}, Out: Ports{"data": {failed, failed, failed, failed}}},
		{Name: "exception_output", Args: Args{"exception_output": Dict{}}, In: Ports{"string": {nil, `}`, flow.EOS, `1`}}, Out: Ports{"data": {Dict{}, Dict{}, Dict{}, 1}}},
		{Name: "deeper than a token", In: Ports{"string": {strings.Repeat("[", 40) + strings.Repeat("]", 40)}}, Out: Ports{"data": {failed}}},
	})
}

func TestGetValue(t *testing.T) {
	nested := Dict{"a": Dict{"b": 2}, "l": List{Dict{"c": nil}, 0}}
	get := func(name string, container flow.Value, key, want flow.Value) Case {
		return Case{Name: name, In: Ports{"container": {container}, "key": {key}}, Out: Ports{"value": {want}}}
	}
	Run(t, jsonactors.GetValue(), []Case{
		get("a key", nested, "a", Dict{"b": 2}),
		get("a path of one", nested, List{"a"}, Dict{"b": 2}),
		get("a path", nested, List{"a", "b"}, 2),
		get("a mixed path", nested, List{"l", 0, "c"}, nil),
		get("no path at all", nested, List{}, nested),
		get("an index", List{1, 2, 3}, 1, 2),
		get("an index from the end", List{1, 2, 3}, -1, 3),
		get("a letter", "åb", 0, "å"),
		get("a missing key", Dict{"b": 2}, "a", failed),
		get("an index out of range", List{1, 2}, 2, failed),
		get("and below", List{1, 2}, -3, failed),
		get("a key of a list", List{1, 2}, "a", failed),
		get("an index of a dictionary", Dict{"1": 1}, 1, failed),
		get("a float", List{1, 2}, 1.0, failed),
		get("true", List{1, 2}, true, failed),
		get("no container", 1, "a", failed),
		get("an exception", flow.EOS, "a", failed),
		get("an exception as key", Dict{"a": 1}, failed, failed),
	})
}

func TestGetValues(t *testing.T) {
	get := func(name string, container, keys flow.Value, want ...flow.Value) Case {
		return Case{Name: name, In: Ports{"container": {container}, "keys": {keys}}, Out: Ports{"values": want}}
	}
	Run(t, jsonactors.GetValues(), []Case{
		get("keys and paths", Dict{"a": Dict{"b": 2}}, List{"a", List{"a"}, List{"a", "b"}}, List{Dict{"b": 2}, Dict{"b": 2}, 2}),
		get("indices", List{1, 2, 3}, List{1, 2}, List{2, 3}),
		get("none", List{1}, List{}, List{}),
		get("one that leads nowhere", List{1, 2}, List{0, 2, 1}, List{1, failed, 2}),
		get("an exception", failed, List{0}, failed),
		{Name: "no list of keys", In: Ports{"container": {List{1}}, "keys": {0}}, Letters: []string{"want a list of keys, not a number"}},
	})
}

func TestItems(t *testing.T) {
	Run(t, jsonactors.Items(), []Case{
		{Name: "one by one", In: Ports{"list": {List{1, List{2}, nil}, List{}, List{4}}}, Out: Ports{"item": {1, List{2}, nil, 4}}},
		{Name: "no list", In: Ports{"list": {1, "ab", List{2}}}, Out: Ports{"item": {failed, failed, 2}}},
		{Name: "an exception", In: Ports{"list": {flow.EOS, List{2}}}, Out: Ports{"item": {2}}, Letters: []string{"no action takes exception tokens"}},
	})
}

func TestList(t *testing.T) {
	list := func(name string, args Args, in Values, want ...flow.Value) Case {
		return Case{Name: name, Args: args, In: Ports{"item": in}, Out: Ports{"list": want}}
	}
	Run(t, jsonactors.List(), []Case{
		list("one each", nil, Values{1, nil}, List{1}, List{nil}),
		list("two each, the odd one stays inside", Args{"n": 2}, Values{1, 2, 3}, List{1, 2}),
		list("with items before", Args{"n": 2, "pre_list": List{5, 7}}, Values{1, 2}, List{5, 7, 1, 2}),
		list("and after", Args{"n": 2, "pre_list": List{8, 9}, "post_list": List{5, 7}}, Values{1, 2}, List{8, 9, 1, 2, 5, 7}),
		list("until the end", Args{"n": 0}, Values{1, 2, flow.EOS, flow.EOS}, List{1, 2}, List{}),
		list("the end before n", Args{"n": 2}, Values{1, flow.EOS, 3, 4}, failed, List{3, 4}),
		list("an exception", Args{"n": -1}, Values{1, failed, 3, flow.EOS}, failed, List{3}),
	})
}

// What would be too large to give is a dead letter, and the rest is kept.
func TestTooLarge(t *testing.T) {
	large := strings.Repeat("x", 200<<10)
	Run(t, jsonactors.List(), []Case{{Name: "list", Args: Args{"n": 0}, In: Ports{"item": {large, large, "y", flow.EOS}},
		Out: Ports{"list": {List{large, "y"}}}, Letters: []string{"the list would have more than"}}})
	Run(t, jsonactors.Dict(), []Case{{Name: "dictionary", Args: Args{"n": 0}, In: Ports{"key": {"a", "a", "b", flow.EOS}, "value": {large, large, large, flow.EOS}},
		Out: Ports{"dict": {Dict{"a": large}}}, Letters: []string{"the dictionary would have more than", "the dictionary would have more than"}}})
}

func TestSetValue(t *testing.T) {
	set := func(name string, container, key, want flow.Value) Case {
		return Case{Name: name, In: Ports{"container": {container}, "key": {key}, "value": {42}}, Out: Ports{"container": {want}}}
	}
	Run(t, jsonactors.SetValue(), []Case{
		set("a key", Dict{"a": 1}, "a", Dict{"a": 42}),
		set("a new key", Dict{"a": 1}, "b", Dict{"a": 1, "b": 42}),
		set("an index", List{1, 2, 3}, 1, List{1, 42, 3}),
		set("an index from the end", List{1, 2, 3}, -1, List{1, 2, 42}),
		set("a key in a list", List{1, Dict{"a": 2}, 3}, List{1, "a"}, List{1, Dict{"a": 42}, 3}),
		set("an index in a dictionary", Dict{"a": List{1, 2, 3}}, List{"a", 1}, Dict{"a": List{1, 42, 3}}),
		set("a key of a list", List{1, 2, 3}, "a", failed),
		set("an index of a dictionary", Dict{"a": 1}, 1, failed),
		set("an index of a dictionary inside", List{1, Dict{"a": 2}, 3}, List{1, 2}, failed),
		set("an index out of range", List{1}, 1, failed),
		set("a way that is not there", Dict{"a": 1}, List{"b", "c"}, failed),
		set("no path at all", Dict{"a": 1}, List{}, failed),
		set("a letter", "abc", 1, failed),
		set("an exception", Dict{"a": 1}, flow.EOS, failed),
	})
}

func TestSetValues(t *testing.T) {
	set := func(name string, container, keys, values flow.Value, want ...flow.Value) Case {
		return Case{Name: name, In: Ports{"container": {container}, "keys": {keys}, "values": {values}}, Out: Ports{"container": want}}
	}
	Run(t, jsonactors.SetValues(), []Case{
		set("keys", Dict{"a": 1}, List{"a", "b"}, List{42, 43}, Dict{"a": 42, "b": 43}),
		set("paths", List{1, Dict{"a": 2}, 3}, List{List{1, "a"}, 2}, List{42, 43}, List{1, Dict{"a": 42}, 43}),
		set("more keys than values", List{1, 2}, List{0, 1}, List{42}, List{42, 2}),
		set("none", List{1, 2}, List{}, List{42}, List{1, 2}),
		set("one that leads nowhere", List{1, Dict{"a": 2}, 3}, List{0, List{1, 2}}, List{42, 43}, failed),
		set("an exception", failed, List{0}, List{42}, failed),
		{Name: "no list", In: Ports{"container": {List{1}}, "keys": {0}, "values": {List{}}}, Letters: []string{"want lists of keys and values, not a number and a list"}},
	})
}

func TestSetDefault(t *testing.T) {
	set := func(name string, container, key, want flow.Value) Case {
		return Case{Name: name, In: Ports{"container": {container}, "key": {key}, "value": {42}}, Out: Ports{"container": {want}}}
	}
	Run(t, jsonactors.SetDefault(), []Case{
		set("a key that is there", Dict{"a": 1}, "a", Dict{"a": 1}),
		set("even if it is null", Dict{"a": nil}, "a", Dict{"a": nil}),
		set("a key that is not", Dict{"a": 2}, "c", Dict{"a": 2, "c": 42}),
		set("one inside that is there", List{1, Dict{"a": 3}, 3}, List{1, "a"}, List{1, Dict{"a": 3}, 3}),
		set("one inside that is not", List{1, Dict{"c": 4}, 3}, List{1, "a"}, List{1, Dict{"a": 42, "c": 4}, 3}),
		set("an index", List{1, 2, 3}, 1, failed),
		set("an index of a dictionary", Dict{"a": 5}, 1, failed),
		set("an exception", flow.EOS, "a", failed),
	})
}

func TestSetDefaults(t *testing.T) {
	Run(t, jsonactors.SetDefaults(), []Case{
		{Name: "those that are not there", In: Ports{"container": {Dict{"a": 1}}, "keys": {List{"a", "b"}}, "values": {List{42, 43}}}, Out: Ports{"container": {Dict{"a": 1, "b": 43}}}},
		{Name: "an index", In: Ports{"container": {List{1, 2, 3}}, "keys": {List{1}}, "values": {List{42}}}, Out: Ports{"container": {failed}}},
	})
}

func TestToString(t *testing.T) {
	Run(t, jsonactors.ToString(), []Case{
		{Name: "as Python writes it", In: Ports{"data": {1, Dict{"b": nil, "a": List{true, 2.0}}, "å\u2028\"\\/\n\x7f😀", 1e100, math.NaN(), math.Inf(-1)}},
			Out: Ports{"string": {"1", `{"a": [true, 2.0], "b": null}`, `"\u00e5\u2028\"\\/\n\u007f\ud83d\ude00"`, "1e+100", "NaN", "-Infinity"}}},
		{Name: "exceptions", In: Ports{"data": {flow.EOS, failed}}, Out: Ports{"string": {"null", "null"}}},
		{Name: "exception_output", Args: Args{"exception_output": Dict{}}, In: Ports{"data": {failed, 1}}, Out: Ports{"string": {"{}", "1"}}},
		{Name: "what JSON can't say", In: Ports{"data": {List{failed}, flow.Sealed{Kind: "reading"}}}, Letters: []string{"an exception token can't be written as JSON", "a sealed reading can't"}},
	})
}

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args Args
		want string
	}{
		"n":         {jsonactors.Dict(), Args{"n": 1.5}, "argument n: want a whole number, not a number"},
		"pre_list":  {jsonactors.List(), Args{"pre_list": "a"}, "argument pre_list: want a list, not a string"},
		"post_list": {jsonactors.List(), Args{"post_list": Dict{}}, "argument post_list: want a list, not a dictionary"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}

// What is written is read again as the same.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a": [1, -2.5e-7, "\ud83d\ude00\u0000", null, true]}`, `[[[]]]`, `1e400`, `"\ud800"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(text string) flow.Value {
			b := actortest.Start(t, actortest.NewEnv(), jsonactors.FromString(), nil)
			b.Feed("string", text)
			b.Run()
			return b.Take("data")[0]
		}
		v := read(text)
		if _, bad := v.(flow.Exception); bad {
			return
		}
		b := actortest.Start(t, actortest.NewEnv(), jsonactors.ToString(), nil)
		b.Feed("data", v)
		b.Run()
		out := b.Take("string")[0].(string)
		if strings.Contains(out, "Infinity") {
			return // which JSON can't read
		}
		again := actortest.Start(t, actortest.NewEnv(), jsonactors.ToString(), nil)
		again.Feed("data", read(out))
		again.Run()
		if twice := again.Take("string")[0]; twice != out {
			t.Errorf("%q is written as %s and then as %s", text, out, twice)
		}
	})
}
