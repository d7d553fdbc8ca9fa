package agree

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// steady is for leads that must not be lost to a busy machine.
func steady(cfg *Config) { cfg.Election = 500 * time.Millisecond }

// What a leader has decided is agreed as long as it leads, and never by the
// leader after it, nor by itself when it leads anew.
func TestApplyHere(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = steady
	c.start("a", "b", "c", "home")
	lead := c.leader()
	g := c.node(lead)
	since, _ := g.LeadingSince()
	if a, err := g.ApplyHere(within(t), since, []byte("first")); err != nil || string(a.Body) != "1" || a.Index == 0 {
		t.Fatalf("ApplyHere while it leads = %+v, %v", a, err)
	}
	refused := func(id flow.NodeID, when string) {
		t.Helper()
		ctx := within(t)
		_, err := c.node(id).ApplyHere(ctx, since, []byte("late"))
		if !errors.Is(err, ErrNoLeader) || ctx.Err() != nil || !strings.Contains(err.Error(), "node "+string(id)+" does not lead any more") {
			t.Errorf("ApplyHere %s = %v, want ErrNoLeader at once", when, err)
		}
	}
	refused("home", "on a node without log")
	next := g.others()[0]
	if err := c.node(next).takeLead(within(t)); err != nil {
		t.Fatal(err)
	}
	c.until("word of the next leader", func() bool { id, _ := g.Leader(); return id == next && !g.Leading() })
	refused(lead, "while another leads")
	refused(next, "of another node's lead")
	if err := g.takeLead(within(t)); err != nil {
		t.Fatal(err)
	}
	refused(lead, "of a lead before this one")
	since, _ = g.LeadingSince()
	if _, err := g.ApplyHere(within(t), since, []byte("second")); err != nil {
		t.Errorf("ApplyHere when it leads anew: %v", err)
	}
	if got := c.same("a", "b", "c"); !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("entries = %v", got)
	}
}

// A leader that has lost its majority and does not know yet says so in the end,
// and is not helped by the leader it meets then.
func TestApplyHereCutOff(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = steady
	c.start("a", "b", "c")
	c.apply("a", "one")
	lead := c.leader()
	g := c.node(lead)
	since, _ := g.LeadingSince()
	c.w.Isolate(lead, true)
	ctx := within(t)
	said := make(chan error, 1)
	go func() {
		_, err := g.ApplyHere(ctx, since, []byte("late"))
		said <- err
	}()
	c.apply(g.others()[0], "two") // a new leader has agreed on something
	c.w.Isolate(lead, false)      // and could be asked
	if err := <-said; !errors.Is(err, ErrNoLeader) || ctx.Err() != nil {
		t.Errorf("ApplyHere without a majority = %v, want ErrNoLeader before its context ends", err)
	}
	if got := slices.Compact(c.same("a", "b", "c")); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("entries = %v", got)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.ApplyHere(within(t), since, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("ApplyHere when closed = %v", err)
	}
	c.start(lead)
}

// A process can be stopped between the look at the term and the log.
func TestAnEntryOfAnotherTermIsNotApplied(t *testing.T) {
	c := newCluster(t, "a")
	c.start("a")
	c.leader()
	v := c.node("a").holder()
	_, term, _ := v.leadingSince()
	if _, err := v.apply(within(t), []byte("late"), term+1); err != errElection {
		t.Errorf("an entry of another term: %v, want another try", err)
	}
	if _, err := v.apply(within(t), []byte("in time"), term); err != nil {
		t.Error(err)
	}
	for name, l := range map[string]*raft.Log{
		"any term":          {Term: 3},
		"its term":          {Term: 3, Extensions: stamped(3)},
		"foreign extension": {Term: 3, Extensions: []byte("x")},
	} {
		if !inTime(l) {
			t.Errorf("%s: late", name)
		}
	}
	if got := c.same("a"); !slices.Equal(got, []string{"in time"}) {
		t.Errorf("entries = %v", got)
	}
	c.stop("a")
	c.start("a") // reads the log again
	c.until("the lead", func() bool { return c.node("a").Leading() })
	if got := c.same("a"); !slices.Equal(got, []string{"in time"}) {
		t.Errorf("entries after a restart = %v", got)
	}
}
