package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// People ask whichever node is near. One without a vote can have nothing agreed,
// so their client goes on to one that has, with their own certificate; what the
// node itself wants for them is refused by the voters.
func TestPeopleAtANodeWithoutAVote(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "hospital", "home")
	ask := c.people()
	edit := c.edit
	c.edit = func(cfg *node.Config) {
		edit(cfg)
		cfg.Voters = []node.Voter{{Node: "hospital", Door: c.doors["hospital"]}}
	}
	c.startAll()
	c.ready("home")
	admin := ask("home", c.h.Staff("admin"))
	if _, err := admin.Deploy(t.Context(), control.Deployment{Name: "app", Script: "count : std.CountTimer(sleep=0.01)\nsink : test.Sink(quiet=true)\ncount.integer > sink.token\n"}); err != nil {
		t.Fatalf("deploy by way of home: %v", err)
	}
	if err := admin.Drain(t.Context(), "home", true); err != nil {
		t.Fatalf("drain by way of home: %v", err)
	}
	c.until("home", "it is drained and the application runs", func(s *control.Snapshot) bool {
		for _, n := range s.Nodes {
			if n.ID == "home" && n.Draining {
				return actorAt(s, "app:sink").State == control.Running
			}
		}
		return false
	})
	if err := admin.Drain(t.Context(), "home", false); err != nil {
		t.Errorf("end the draining by way of home: %v", err)
	}
	// Who may not at a voter may not by way of another node.
	if err := ask("home", c.h.Staff("visitor")).Drain(t.Context(), "home", true); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a visitor drains by way of home: %v, want ErrDenied", err)
	}
	err := c.nodes["home"].Drain(t.Context(), c.h.Staff("admin").ID, "hospital", true)
	if e := new(control.ElsewhereError); !errors.As(err, &e) || len(e.Voters) != 1 || e.Voters[0].Node != flow.NodeID("hospital") || !strings.Contains(err.Error(), "https://127.0.0.1:") {
		t.Errorf("Drain at home itself = %v, want where to go", err)
	}
	if err := admin.Stop(t.Context(), "app"); err != nil {
		t.Errorf("stop by way of home: %v", err)
	}
}
