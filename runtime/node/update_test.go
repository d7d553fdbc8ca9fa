package node_test

import (
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// A new version of a script touches what is different: the others go on under
// the epoch they have, and no token is lost or repeated.
func TestUpdateTouchesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	by := c.h.Staff("dr").ID
	first := counted(3000, "")
	c.deploy("a", "app", first)
	c.kept("a", kept, 100)
	epochs := func(s *control.Snapshot) map[flow.ActorID]uint64 {
		m := map[flow.ActorID]uint64{}
		for _, a := range s.Actors {
			m[a.ID] = a.Epoch
		}
		return m
	}
	s := c.until("b", "all run", func(s *control.Snapshot) bool { return actorAt(s, "app:keep").Epoch > 0 })
	was := epochs(s)
	second := control.Deployment{Name: "app", Script: first + `
more : std.Identity()
sink : test.Sink(quiet=true)
pass.token > more.token
more.token > sink.token
`}
	plan, err := c.nodes["b"].Plan(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	how := map[flow.ActorID]control.Difference{}
	for _, p := range plan.Actors {
		how[p.ID] = p.Difference
	}
	want := map[flow.ActorID]control.Difference{"app:count": control.Kept, "app:keep": control.Kept, "app:pass": control.Changed,
		"app:more": control.Added, "app:sink": control.Added}
	for id, d := range want {
		if how[id] != d {
			t.Errorf("the plan says that %s is %s, want %s", id, how[id], d)
		}
	}
	if _, err := c.nodes["b"].Deploy(t.Context(), by, c.signed(second)); err != nil {
		t.Fatal(err)
	}
	s = c.until("a", "tokens flow to what is new", func(s *control.Snapshot) bool { return link(s, "app:more.token").Tokens > 100 })
	for id, epoch := range epochs(s) {
		if old, ran := was[id]; ran && old != epoch {
			t.Errorf("%s was started anew: epoch %d, was %d", id, epoch, old)
		}
	}
	if _, err := c.nodes["c"].Deploy(t.Context(), by, c.signed(control.Deployment{Name: "app", Script: first})); err != nil {
		t.Fatal(err)
	}
	c.until("a", "it is as it was", func(s *control.Snapshot) bool { return len(s.Actors) == 3 })
	c.kept("a", kept, 3000)
	whole(t, kept, 3000)
}

// An actor for which no node is fit waits, visibly and with the reason, and
// begins when one joins that is.
func TestAShadowBecomesReal(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.edit = func(cfg *node.Config) {
		cfg.Voters = []node.Voter{{Node: "a", Door: c.doors["a"]}}
		if cfg.Node == "b" {
			cfg.Capabilities = []string{"mri.scanner"}
		}
	}
	c.types = talking()
	c.types["t.Scan"] = flow.Type{Spec: flow.Spec{Name: "t.Scan", In: []flow.Port{{Name: "in"}}, Requires: []string{"mri.scanner"}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: &shelf{}}, nil }}
	t.Cleanup(func() {
		for _, n := range c.nodes {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	c.start("a")
	c.until("a", "there is a leader", func(s *control.Snapshot) bool { return s.Register.Leader != "" })
	script := "count : std.CountTimer(sleep=0.01, steps=100000)\nscan : t.Scan()\ncount.integer > scan.in\n"
	if _, err := c.nodes["a"].Deploy(t.Context(), c.h.Staff("dr").ID, c.signed(control.Deployment{Name: "app", Script: script})); err != nil {
		t.Fatal(err)
	}
	s := c.until("a", "the actor waits as a shadow", func(s *control.Snapshot) bool { return actorAt(s, "app:scan").State == control.Shadow })
	if why := strings.Join(actorAt(s, "app:scan").Why, " "); !strings.Contains(why, "mri.scanner") {
		t.Errorf("it does not say what is missing: %q", why)
	}
	c.start("b")
	c.until("a", "it runs on the node that is fit", func(s *control.Snapshot) bool {
		a := actorAt(s, "app:scan")
		return a.Node == "b" && a.State == control.Running && a.Firings > 10 && actorAt(s, "app:count").Node == "a"
	})
}

// An application ends with what it has taken in: its source gives no more, and
// all that it gave arrives before the application goes.
func TestStopBringsHomeWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	c.deploy("a", "app", counted(100000, ""))
	c.kept("a", kept, 500)
	if err := c.nodes["b"].Stop(t.Context(), c.h.Staff("dr").ID, "app"); err != nil {
		t.Fatal(err)
	}
	s := c.until("a", "it is gone", func(s *control.Snapshot) bool { return len(s.Apps) == 0 && len(s.Actors) == 0 })
	whole(t, kept, len(kept.have()))
	for _, e := range s.Events {
		if e.Kind == control.AppStopped && strings.Contains(e.Text, "not arrived") {
			t.Errorf("something was under way when it went: %s", e.Text)
		}
	}
}
