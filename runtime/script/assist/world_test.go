package assist_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// types are a few actor types, so that the tests do not change with the
// house's own.
var types = flow.Types{
	"std.Constant": {Spec: flow.Spec{Name: "std.Constant", Doc: "Give a token again and again",
		Args: []flow.ArgSpec{{Name: "data", Doc: "the token", Required: true}, {Name: "dump", Doc: "log each token", Kind: "bool", Default: false}},
		Out:  []flow.Port{{Name: "token"}}}},
	"std.Constantify": {Spec: flow.Spec{Name: "std.Constantify", In: []flow.Port{{Name: "in"}}, Out: []flow.Port{{Name: "out"}}}},
	"std.Counter":     {Spec: flow.Spec{Name: "std.Counter", Doc: "Count 1, 2, 3", Out: []flow.Port{{Name: "integer", Kind: "integer", Doc: "the next number"}}}},
	"std.Join": {Spec: flow.Spec{Name: "std.Join", Doc: "Put pairs together",
		In: []flow.Port{{Name: "a"}, {Name: "b", Doc: "the second"}}, Out: []flow.Port{{Name: "token"}}}},
	"io.Print":        {Spec: flow.Spec{Name: "io.Print", Doc: "Print each token", In: []flow.Port{{Name: "token", Doc: "what is printed"}}}},
	"io.Thermometer":  {Spec: flow.Spec{Name: "io.Thermometer", Doc: "Read a temperature", Requires: []string{"io.temperature"}, Out: []flow.Port{{Name: "reading", Kind: "number<Cel>", Doc: "the temperature"}}}},
	"flow.Void":       {Spec: flow.Spec{Name: "flow.Void", Out: []flow.Port{{Name: "void"}}}},
	"flow.Terminator": {Spec: flow.Spec{Name: "flow.Terminator", In: []flow.Port{{Name: "void", Routing: "collect-unordered"}}}},
}

// library is what scripts of the tests can include.
const library = `define LIMIT = 38.5
component Alarm(limit=LIMIT) reading -> alarm {
  """Says when a reading is too high"""
  join : std.Join()
  .reading > join.a
  limit > join.b
  join.token > .alarm
}
`

func world() assist.World {
	return assist.World{
		Types: script.TypesOf(types), Names: script.NamesOf(types),
		Find: func(_, name string) (string, []byte, error) {
			if name == "library" {
				return "library.calvin", []byte(library), nil
			}
			return "", nil, fs.ErrNotExist
		},
		Beside: func(string) []string { return []string{"library"} },
	}
}

// read takes the cursor's mark, |, out of a text.
func read(t *testing.T, marked string) (*assist.Snapshot, int) {
	t.Helper()
	before, after, ok := strings.Cut(marked, "|")
	if !ok {
		t.Fatalf("no cursor in %q", marked)
	}
	return assist.Read("in.calvin", []byte(before+after), world()), len(before)
}
