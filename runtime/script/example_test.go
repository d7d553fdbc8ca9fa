package script_test

import (
	"fmt"
	"io/fs"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

var types = script.TypesOf(flow.Types{
	"std.Counter": {Spec: flow.Spec{Name: "std.Counter", Out: []flow.Port{{Name: "integer"}}}},
	"io.Print":    {Spec: flow.Spec{Name: "io.Print", In: []flow.Port{{Name: "token"}}}},
})

func ExampleCompile() {
	src := []byte("src : std.Counter()\nsnk : io.Print()\nsrc.integer > snk.token\n")
	file, _ := script.Parse("count.calvin", src)
	graph, issues := script.Compile(file, types)
	if err := issues.Err(); err != nil {
		fmt.Print(issues.Format(file.Source))
		return
	}
	for _, l := range graph.Links {
		fmt.Println(l.ID())
	}
	// Output: count:src.integer > count:snk.token
}

func ExampleIssue_Format() {
	src := []byte("src : std.Counter()\nsnk : io.Print()\nsrc.integr > snk.token\n")
	file, _ := script.Parse("count.calvin", src)
	issues := script.Check(file, types)
	fmt.Print(issues[len(issues)-1].Format(file.Source))
	// Output:
	// count.calvin:3:1: actor src (std.Counter) has no outport 'integr' [WF0404]
	//     3 | src.integr > snk.token
	//       | ^^^^^^^^^^
	//     help: did you mean 'integer'?
}

func ExampleLoad() {
	lib := map[string]string{"sinks": "snk : io.Print()\n"}
	src := []byte("include sinks\nsrc : std.Counter()\nsrc.integer > snk.token\n")
	file, _ := script.Load("count.calvin", src, func(_, name string) (string, []byte, error) {
		text, ok := lib[name]
		if !ok {
			return "", nil, fs.ErrNotExist
		}
		return name + ".calvin", []byte(text), nil
	})
	fmt.Print(string(script.Print(file)))
	// Output:
	// snk : io.Print()
	// src : std.Counter()
	// src.integer > snk.token
}

func ExampleFormat() {
	text, _ := script.Format([]byte("src:std.Counter( ) // one, two\nsrc.integer>snk.token"), "count.calvin")
	fmt.Print(string(text))
	// Output:
	// src : std.Counter()  // one, two
	// src.integer > snk.token
}
