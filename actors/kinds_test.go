package actors_test

import (
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// Every port and argument says its kind in the language of package kind, speaks
// only of ports and arguments that are there, and a default is of its
// argument's kind.
func TestKindsAreKinds(t *testing.T) {
	for name, typ := range actors.All() {
		s := typ.Spec
		refers := func(where, text string) {
			k, err := kind.Parse(text)
			if err != nil {
				t.Errorf("%s: %s: %v", name, where, err)
			}
			like, arg := k.Refs()
			for _, port := range like {
				if _, ok := s.InPort(port); !ok {
					t.Errorf("%s: %s is like(%s), which is no in-port", name, where, port)
				}
			}
			for _, a := range arg {
				if _, ok := s.Arg(a); !ok {
					t.Errorf("%s: %s takes its kind from %s, which is no argument", name, where, a)
				}
			}
		}
		for _, p := range s.In {
			refers("in-port "+p.Name, p.Kind)
		}
		for _, p := range s.Out {
			refers("out-port "+p.Name, p.Kind)
		}
		for _, a := range s.Args {
			refers("argument "+a.Name, a.Kind)
			checkDefault(t, name, a)
		}
	}
}

// checkDefault looks at an argument's default; null may always be one.
func checkDefault(t *testing.T, name string, a flow.ArgSpec) {
	k, err := kind.Parse(a.Kind)
	if err != nil || a.Required || a.Default == nil {
		return
	}
	if ok, why := k.Takes(a.Default); !ok {
		t.Errorf("%s: the default of %s is not of its kind %s: %s", name, a.Name, k, why)
	}
}
