package policy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/script"
)

// The built-in rules let be what the scripts of this repository ask for.
func TestScriptsMayBe(t *testing.T) {
	root := filepath.Join("..", "..", "calvinscripts")
	types, p, links := actors.All(), mustNew(t, ""), 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".calvin") {
			return err
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		tree, _ := script.Load(file, src, func(_, name string) (string, []byte, error) {
			at := filepath.Join(filepath.Dir(file), name+".calvin")
			b, err := os.ReadFile(at)
			return at, b, err
		})
		g, issues := script.Compile(tree, script.TypesOf(types), script.WithApp("app"), script.WithNames(script.NamesOf(types)), script.WithActions(script.ActionsOf(types)))
		if g == nil {
			t.Logf("%s is no whole script: %v", file, issues.Err())
			return nil
		}
		for _, l := range g.Links {
			links++
			if d := p.Foresee(policy.Link{From: declared(g, types, l.From.Actor), To: declared(g, types, l.To.Actor), FromPort: l.From.Port, ToPort: l.To.Port}); !d.Allowed {
				t.Errorf("%s: link %s: %s", file, l.ID(), d.Why())
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 100 {
		t.Errorf("only %d links were looked at", links)
	}
}

func declared(g *flow.Graph, types flow.Types, id flow.ActorID) policy.Actor {
	n, _ := g.Actor(id)
	role := flow.RoleNode
	if s := types[n.Type].Spec; s.Speaks != "" {
		role = s.Speaks
	}
	return policy.Actor{ID: id, Type: n.Type, Who: flow.Identity{Role: role}}
}
