package actors_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ours are types in Calvin's namespaces that Calvin does not have.
var ours = []string{"sensor.Generator", "sensor.Player", "std.Once"}

// A script for Calvin finds each actor type under its name, with its ports, its
// arguments and their defaults.
func TestCalvinsActorsAreHere(t *testing.T) {
	text, err := os.ReadFile("testdata/calvin.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := actors.All()
	namespaces, listed := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, _, _ := strings.Cut(line, "(")
		ns, _, _ := strings.Cut(name, ".")
		namespaces[ns], listed[name] = true, true
		typ, ok := all[name]
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		if got := declared(&typ.Spec); got != line {
			t.Errorf("we have\n\t%s\nCalvin has\n\t%s", got, line)
		}
	}
	for name := range all {
		ns, _, _ := strings.Cut(name, ".")
		if namespaces[ns] && !listed[name] && !slices.Contains(ours, name) {
			t.Errorf("%s is not Calvin's: list it as ours, or in testdata/calvin.txt", name)
		}
	}
}

// declared is a type as testdata/calvin.txt has it.
func declared(s *flow.Spec) string {
	args := slices.Clone(s.Args)
	var needed, others []string
	for _, a := range args {
		if a.Required {
			needed = append(needed, a.Name)
			continue
		}
		def, err := flow.MarshalValue(a.Default)
		if err != nil {
			def = []byte(err.Error())
		}
		others = append(others, a.Name+"="+string(def))
	}
	slices.Sort(others)
	words := []string{fmt.Sprintf("%s(%s)", s.Name, strings.Join(append(needed, others...), ", "))}
	words = append(append(append(words, ports(s.In)...), ">"), ports(s.Out)...)
	return strings.Join(words, " ")
}

func ports(ps []flow.Port) (words []string) {
	for _, p := range ps {
		word := p.Name
		if p.Routing != "" {
			word += "{" + p.Routing + "}"
		}
		words = append(words, word)
	}
	return words
}
