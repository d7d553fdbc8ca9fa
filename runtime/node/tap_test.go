package node_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/tap"
)

const tapped = `said : std.Constantify(constant="Mrs Smith is unwell")
count : std.CountTimer(sleep=0.01)
sink : test.Sink(quiet=true)
count.integer > said.in
said.out > sink.token
`

const tappedLink = "app:said.out > app:sink.token"

// A tap shows what flows wherever the giving actor runs, follows it when it
// moves, hides who it is about from who may not see that, and is on record where
// it is tapped.
func TestTap(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	ask := c.people()
	c.startAll()
	c.ready("a")
	c.deploy("a", "app", tapped+"apply said : runtime_name(name=\"b\") | runtime_name(name=\"c\")\n")
	if err := c.nodes["a"].Move(t.Context(), c.h.Staff("dr").ID, "app:said", "b"); err != nil {
		t.Fatal(err)
	}
	c.until("a", "it runs on b and gives", func(s *control.Snapshot) bool {
		l := link(s, "app:said.out")
		return l.FromNode == "b" && l.Up && l.Tokens > 5
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var nodes []flow.NodeID
	seen, last := 0, uint64(0)
	err := ask("a", c.h.Staff("dr")).Tap(ctx, control.TapQuery{Link: tappedLink}, func(e control.TapEvent) bool {
		switch e.Kind {
		case control.TapIsAbout:
			if slices.Contains(nodes, e.About.Node) {
				return true // a node that was slow to answer is asked anew, and that is said
			}
			nodes, seen = append(nodes, e.About.Node), 0
			if !e.About.Masked || time.Until(e.About.Until) > 15*time.Minute {
				t.Errorf("the tap is %+v", e.About)
			}
		case control.TapHas:
			if v := string(e.Token.Value); !strings.HasPrefix(v, `"text-`) || !e.Token.Masked || e.Token.Port != "out" {
				t.Errorf("token %+v with %s, want its text masked", e.Token, v)
			}
			if seen++; seen == 5 && len(nodes) == 1 {
				if err := c.nodes["a"].Move(ctx, c.h.Staff("dr").ID, "app:said", "c"); err != nil {
					t.Error(err)
					return false
				}
			}
			last = max(last, e.Token.Seq)
		case control.TapEnds:
			t.Errorf("it ends: %s", e.Why)
		}
		return len(nodes) < 2 || seen < 5
	})
	if err != nil || len(nodes) != 2 || nodes[0] != "b" || nodes[1] != "c" {
		t.Fatalf("the link was tapped on %v: %v; want b, then c", nodes, err)
	}
	c.record("b", "tap", "began to tap with what tells of whom masked", "ended to tap with what tells of whom masked: the actor has stopped")
	c.record("c", "tap", "began to tap with what tells of whom masked", "ended to tap with what tells of whom masked: who looked has looked enough")

	// Who may, sees whom it is about.
	err = ask("b", c.h.Staff("dr")).Tap(ctx, control.TapQuery{Link: tappedLink, Patients: true}, func(e control.TapEvent) bool {
		if e.Kind == control.TapHas && (string(e.Token.Value) != `"Mrs Smith is unwell"` || e.Token.Masked) {
			t.Errorf("unmasked: %s", e.Token.Value)
		}
		return e.Kind != control.TapHas
	})
	if err != nil {
		t.Error(err)
	}
	c.record("c", "tap", "began to tap with what tells of whom masked", "ended to tap with what tells of whom masked: who looked has looked enough",
		"began to tap with what tells of whom", "ended to tap with what tells of whom: who looked has looked enough")
}

// record waits until a node has on record these events of a kind, in order.
func (c *cluster) record(at flow.NodeID, kind flow.AuditKind, want ...string) {
	c.t.Helper()
	var got []string
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); {
		got = nil
		list, err := c.nodes[at].Audit(c.t.Context(), flow.Identity{}, control.AuditQuery{Kind: kind})
		if err != nil {
			c.t.Fatal(err)
		}
		for _, e := range list {
			if got = append(got, e.What); e.Link != tappedLink || e.Who == "" || !e.Proven {
				c.t.Errorf("%s has on record %+v", at, e)
			}
		}
		if strings.Join(got, "\n") == strings.Join(want, "\n") {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	c.t.Fatalf("%s has on record\n%s\nwant\n%s", at, strings.Join(got, "\n"), strings.Join(want, "\n"))
}

// Who may not tap does not, and what may not be seen of whom is not; a link that
// is not there says so; the right ends a tap that goes on, and so does the end
// of the application.
func TestTapRefused(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	ask := c.people()
	c.startAll()
	c.ready("a")
	c.deploy("a", "app", tapped)
	c.until("a", "it gives", func(s *control.Snapshot) bool { return link(s, "app:said.out").Tokens > 5 })
	visitor := ask("a", c.h.Staff("visitor"))
	first := func(e control.TapEvent) bool { return e.Kind != control.TapHas }
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := visitor.Tap(ctx, control.TapQuery{Link: tappedLink}, first); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a visitor taps: %v, want ErrDenied", err)
	}
	if err := ask("a", c.h.Staff("dr")).Tap(ctx, control.TapQuery{Link: "app:said.out > app:nobody.token"}, first); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("no such link: %v, want ErrNotFound", err)
	}
	c.policy("a", `@id("visitors") permit (principal is Staff, action == Action::"tap", resource is App) when { resource.name == "app" };`)
	for err := errors.New("not yet"); err != nil; { // until the policy is in force here
		if err = visitor.Tap(ctx, control.TapQuery{Link: tappedLink}, first); err != nil && !errors.Is(err, control.ErrDenied) {
			t.Fatalf("a visitor may: %v", err)
		}
	}
	if err := visitor.Tap(ctx, control.TapQuery{Link: tappedLink, Patients: true}, first); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a visitor sees of whom: %v, want ErrDenied", err)
	}
	ends := func(who *control.Client, do func()) (why string) {
		err := who.Tap(ctx, control.TapQuery{Link: tappedLink}, func(e control.TapEvent) bool {
			if e.Kind == control.TapHas && do != nil {
				do()
				do = nil
			}
			why = e.Why
			return true
		})
		if err != nil {
			t.Error(err)
		}
		return why
	}
	if why := ends(visitor, func() { c.policy("a", "") }); !strings.Contains(why, "may not tap") {
		t.Errorf("with his right gone the visitor's tap ends with %q", why)
	}
	if why := ends(ask("a", c.h.Staff("dr")), func() {
		if err := c.nodes["a"].Stop(t.Context(), c.h.Staff("dr").ID, "app"); err != nil {
			t.Error(err)
		}
	}); !strings.Contains(why, "there is no link") {
		t.Errorf("with its application gone the tap ends with %q", why)
	}
}

// A node without a vote is not believed for whom it taps.
func TestTapOfANodeWithoutAVote(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "hospital", "home")
	edit := c.edit
	c.edit = func(cfg *node.Config) {
		if edit != nil {
			edit(cfg)
		}
		cfg.Voters = []node.Voter{{Node: "hospital", Door: c.doors["hospital"]}}
	}
	c.startAll()
	c.ready("home")
	c.deploy("hospital", "app", tapped+"apply said : runtime_name(name=\"hospital\")\n")
	c.until("home", "it gives", func(s *control.Snapshot) bool { return link(s, "app:said.out").Tokens > 5 })
	_, err := c.nodes["home"].Tap(t.Context(), c.h.Staff("admin").ID, control.TapQuery{Link: tappedLink})
	if e := new(control.ElsewhereError); !errors.As(err, &e) {
		t.Errorf("Tap at home = %v, want where to go", err)
	}
	if _, err := node.AskTap(t.Context(), c.nodes["home"], "hospital"); err == nil || !strings.Contains(err.Error(), "has no vote") {
		t.Errorf("home taps at the hospital all the same: %v", err)
	}
}

// A tap ends by itself: soon when nobody reads it, and after its time when
// somebody does.
func TestTapEndsByItself(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.startAll()
	c.ready("a")
	c.deploy("a", "app", tapped)
	c.until("a", "it gives", func(s *control.Snapshot) bool { return link(s, "app:said.out").Tokens > 5 })
	n, dr := c.nodes["a"], c.h.Staff("dr").ID
	begun := time.Now()
	unread, err := n.Tap(t.Context(), dr, control.TapQuery{Link: tappedLink})
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	node.SweepTaps(n, begun.Add(5*time.Second))
	c.record("a", flow.AuditTap, "began to tap with what tells of whom masked")
	node.SweepTaps(n, time.Now().Add(11*time.Second))
	nobody := []string{"began to tap with what tells of whom masked", "ended to tap with what tells of whom masked: nobody reads it"}
	c.record("a", flow.AuditTap, nobody...)

	read, err := n.Tap(t.Context(), dr, control.TapQuery{Link: tappedLink, Patients: true})
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for why := ""; why == ""; {
		b, err := read.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if why = b.Ended; why != "" && !strings.Contains(why, "as long as a tap may") {
			t.Errorf("it ends with %q", why)
		}
		if why == "" {
			node.SweepTaps(n, time.Now().Add(tap.For+time.Second))
		}
	}
	c.record("a", flow.AuditTap, append(nobody, "began to tap with what tells of whom", "ended to tap with what tells of whom: it has lasted as long as a tap may: begin another")...)
}
