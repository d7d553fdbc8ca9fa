package agree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// One voter becomes three, then three others, while every node writes; the
// leader is killed in the middle of a change. Nothing that was acknowledged is
// lost, and all voters hold the same.
func TestVotersChangeUnderLoad(t *testing.T) {
	c := newCluster(t, "a")
	c.tune = func(cfg *Config) { cfg.Snapshot, cfg.Trailing = 20_000, 50 } // some catch up by snapshot
	c.start("a", "b", "c", "d", "e")
	c.leader()
	ctx := within(t)
	stop := make(chan struct{})
	var busy sync.WaitGroup
	acked := make([]int, 3)
	for i, id := range []flow.NodeID{"b", "d", "e"} { // they live through it
		busy.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := c.node(id).Apply(ctx, fmt.Appendf(nil, "%s %d", id, n)); err != nil {
					t.Errorf("apply %d at %s: %v", n, id, err)
					return
				}
				acked[i] = n
			}
		})
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			close(stop)
			t.Fatal(err)
		}
	}
	must(c.node("a").AddVoter(ctx, Voter{"b", "b:7000"}))
	must(c.node("b").AddVoter(ctx, Voter{"c", "c:7000"}))
	must(c.node("c").AddVoter(ctx, Voter{"c", "c:7000"})) // is one
	if got := c.voters("a"); got != "a b c" {
		t.Errorf("voters = %s", got)
	}
	done := make(chan error, 1)
	go func() { done <- c.node("b").AddVoter(ctx, Voter{"d", "d:7000"}) }()
	lead := c.leader()
	if lead == "b" { // it writes
		must(c.node("a").takeLead(ctx))
		lead = c.leader()
	}
	c.kill(lead)
	must(<-done)
	must(c.node("b").RemoveVoter(ctx, lead))
	must(c.node("b").AddVoter(ctx, Voter{"e", "e:7000"}))
	close(stop)
	busy.Wait()
	rest := []flow.NodeID{"b", "d", "e"}
	for _, id := range []flow.NodeID{"a", "c"} {
		if id != lead {
			rest = append(rest, id)
		}
	}
	got := map[string]bool{}
	for _, e := range c.same(rest...) {
		got[e] = true
	}
	for i, id := range []flow.NodeID{"b", "d", "e"} {
		for n := 1; n <= acked[i]; n++ {
			if !got[fmt.Sprintf("%s %d", id, n)] {
				t.Errorf("entry %d of %s was acknowledged and is lost", n, id)
			}
		}
	}
	c.until("the voters at all nodes", func() bool {
		for _, id := range rest {
			if strings.Contains(c.voters(id), string(lead)) || len(c.node(id).Voters()) != 4 {
				return false
			}
		}
		return true
	})
	if st := c.node(c.leader()).Status(); st.MayLose != 1 || st.Changing != "" {
		t.Errorf("status with four voters = %+v", st)
	}
}

// A voter whose disk is lost is not let in: with it, what a majority had agreed
// on could be forgotten. An operator replaces it.
func TestLostDisk(t *testing.T) {
	for _, lost := range []flow.NodeID{"a", "c"} { // a founded the group
		t.Run(string(lost), func(t *testing.T) {
			c := newCluster(t, "a", "b", "c")
			c.start("a", "b", "c")
			c.apply("b", "one")
			c.stop(lost)
			c.apply("b", "two")
			wipe(t, c.dir(lost))
			c.start(lost)
			c.until("word of the lost log", func() bool {
				return strings.Contains(c.node(lost).Status().Problem, "register add "+string(lost))
			})
			c.apply(lost, "three") // by the others
			other := flow.NodeID("a")
			if lost == "a" {
				other = "c"
			}
			c.kill(other)
			if _, err := c.node("b").Apply(shortly(t), []byte("four")); !errors.Is(err, ErrNoLeader) {
				t.Fatalf("b and a voter without its log agreed: %v", err)
			}
			if st := c.node("b").Status(); st.Since.IsZero() || st.Leader != "" {
				t.Errorf("status without a majority = %+v", st)
			}
			c.w.Isolate(other, false)
			c.start(other)
			c.leader()
			if err := c.node("b").AddVoter(within(t), Voter{ID: lost, Addr: string(lost) + ":7000"}); err != nil {
				t.Fatal(err)
			}
			if p := c.node(lost).Status().Problem; p != "" {
				t.Errorf("problem of a voter that was replaced: %s", p)
			}
			c.kill(other)
			c.apply(lost, "five")
			if got := strings.Join(c.same("b", lost), " "); !strings.HasPrefix(got, "one two three") || !strings.HasSuffix(got, "five") {
				t.Errorf("entries = %s", got)
			}
		})
	}
}

// The log alone is lost, not what says that there was one.
func TestLostLogOfTheOnlyVoter(t *testing.T) {
	c := newCluster(t, "a")
	c.start("a")
	c.apply("a", "one")
	c.until("a note of the voters", func() bool { _, err := os.Stat(filepath.Join(c.dir("a"), "voters.json")); return err == nil })
	c.stop("a")
	wipe(t, filepath.Join(c.dir("a"), "log"))
	g := c.start("a")
	if p := g.Status().Problem; !strings.Contains(p, "its log is gone") || g.Holds() {
		t.Errorf("a voter without its log: holds %v, problem %q", g.Holds(), p)
	}
	if _, err := g.Apply(shortly(t), []byte("two")); !errors.Is(err, ErrNoLeader) {
		t.Errorf("Apply = %v", err)
	}
}

// A group is founded when all its first voters are there, not before.
func TestFoundingWaits(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b")
	if _, err := c.node("a").Apply(shortly(t), []byte("early")); !errors.Is(err, ErrNoLeader) {
		t.Fatalf("two of three founded the group: %v", err)
	}
	c.stop("b")
	c.start("b", "c")
	c.apply("c", "one")
	c.same("a", "b", "c")
	if st := c.node(c.leader()).Status(); st.MayLose != 1 || len(st.Members) != 3 {
		t.Errorf("status = %+v", st)
	}
}

// A voter that was removed while it was away drops its log when it is back, and
// may become one again.
func TestRemovedWhileAway(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c")
	c.apply("a", "one")
	c.kill("c")
	ctx := within(t)
	if err := c.node("a").RemoveVoter(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	c.apply("b", "two")
	c.w.Isolate("c", false)
	c.start("c")
	c.until("the end of the log", func() bool { return !c.node("c").Holds() })
	c.until("a folder without log", func() bool {
		_, err := os.Stat(filepath.Join(c.dir("c"), "log"))
		return os.IsNotExist(err)
	})
	c.apply("c", "three")
	if p := c.node("c").Status().Problem; p != "" {
		t.Errorf("problem: %s", p)
	}
	for range 2 { // out and in again, without a restart
		if err := c.node("a").AddVoter(ctx, Voter{"c", "c:7000"}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(c.same("a", "b", "c"), " "); got != "one two three" {
			t.Errorf("entries = %s", got)
		}
		if err := c.node("b").RemoveVoter(ctx, "c"); err != nil {
			t.Fatal(err)
		}
		c.until("the end of the log", func() bool { return !c.node("c").Holds() })
	}
}

func TestRemoveRefuses(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c")
	c.apply("a", "one")
	ctx := within(t)
	c.kill("c")
	var refused *RefusedError
	if err := c.node("a").RemoveVoter(ctx, "b"); !errors.As(err, &refused) || !strings.Contains(err.Error(), "only 1 would answer") {
		t.Errorf("removing one of the two that are there: %v", err)
	}
	for _, id := range []flow.NodeID{"c", "nobody", c.leader()} { // the leader goes as any other
		if err := c.node("a").RemoveVoter(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	last := c.leader()
	if err := c.node("b").RemoveVoter(ctx, last); !errors.As(err, &refused) || !strings.Contains(err.Error(), "last voter") {
		t.Errorf("removing the last voter: %v", err)
	}
	if err := c.node("b").AddVoter(ctx, Voter{ID: "ghost", Addr: "ghost:7000"}); !errors.As(err, &refused) {
		t.Errorf("adding a node that is not there: %v", err)
	}
	c.apply("a", "two")
	c.apply("b", "three")
}

// The node that founded a group alone was taken out of it: started again with
// its old configuration it must not found another.
func TestFormerFounder(t *testing.T) {
	c := newCluster(t, "a")
	c.start("a", "b")
	c.apply("b", "one")
	ctx := within(t)
	if err := c.node("a").AddVoter(ctx, Voter{"b", "b:7000"}); err != nil {
		t.Fatal(err)
	}
	if err := c.node("a").RemoveVoter(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	c.until("the end of the log", func() bool { return !c.node("a").Holds() })
	c.stop("a")
	if c.start("a").Holds() {
		t.Fatal("it founded another group")
	}
	c.apply("a", "two")
	if got := strings.Join(c.same("b"), " "); got != "one two" {
		t.Errorf("entries = %s", got)
	}
}

// Nobody but a voter may hand out logs, take them away, or talk raft.
func TestOnlyVotersChangeVoters(t *testing.T) {
	c := newCluster(t, "a")
	c.start("a", "b", "evil")
	c.apply("b", "one")
	for _, kind := range []string{"list.join", "list.leave"} {
		if _, err := c.ports["evil"].Ask(within(t), "b", kind, []byte(`{"group":"x"}`)); err == nil || !strings.Contains(err.Error(), "not a voter") {
			t.Errorf("%s by a node that is no voter: %v", kind, err)
		}
	}
	if c.node("b").Holds() {
		t.Error("b holds a log")
	}
	conn, err := c.ports["evil"].Dial(within(t), protocol("list"), "", "a")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l := newLine(c.node("evil"), "evil")
	if err := l.introduce(within(t), conn, c.node("a").holder().full); err == nil || !strings.Contains(err.Error(), "does not know") {
		t.Errorf("a connection for raft by a node that is no voter: %v", err)
	}
}

// Voter c is added while b is cut off, and the leader dies then: b does not know
// that c votes, and yet the two go on.
func TestLeaderDiesAfterAnAdditionThatOneMissed(t *testing.T) {
	for range 10 {
		c := newCluster(t, "a")
		if !addUnknownTo(c, "b") {
			continue // cut off a moment too early or too late
		}
		c.apply("a", "one")
		c.kill("a")
		if s, _ := c.node("b").roll().find("c"); s.Votes {
			continue
		}
		c.w.Isolate("b", false)
		c.apply("b", "two")
		if got := strings.Join(c.same("b", "c"), " "); got != "one two" {
			t.Errorf("entries = %s", got)
		}
		return
	}
	t.Error("b heard of the addition ten times")
}

// addUnknownTo makes c a voter beside a and b while b is cut off.
func addUnknownTo(c *cluster, b flow.NodeID) bool {
	c.start("a", "b", "c")
	ctx := within(c.t)
	if err := c.node("a").AddVoter(ctx, Voter{"b", "b:7000"}); err != nil {
		c.t.Fatal(err)
	}
	if err := c.node("a").takeLead(ctx); err != nil {
		c.t.Fatal(err)
	}
	done := make(chan error, 1)
	short, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	go func() { done <- c.node("a").AddVoter(short, Voter{"c", "c:7000"}) }()
	c.until("c learning, as b knows", func() bool {
		s, ok := c.node(b).roll().find("c")
		return ok && (!s.Votes || len(c.node(b).Voters()) == 3)
	})
	c.w.Isolate(b, true)
	return <-done == nil
}

// All voters' disks are lost and the group is founded anew: a node that knew the
// old one says so, and takes to the new one when it is started again.
func TestFoundedAnew(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c", "home")
	for n := range 30 { // far ahead of what the new one will have
		c.apply("home", fmt.Sprint(n))
	}
	c.until("home to know the group", func() bool { return c.node("home").groupID() != "" })
	c.stop("a", "b", "c")
	for _, id := range []flow.NodeID{"a", "b", "c"} {
		wipe(t, c.dir(id))
	}
	c.start("a", "b", "c")
	c.until("word of it", func() bool { return strings.Contains(c.node("home").Status().Problem, "founded anew") })
	c.stop("home")
	c.start("home")
	c.apply("home", "new")
	if got := strings.Join(slices.Compact(c.same("a", "b", "c")), " "); got != "new" {
		t.Errorf("entries = %s", got)
	}
	if err := c.node("a").RemoveVoter(within(t), "c"); err != nil {
		t.Fatal(err)
	}
	c.until("home to know the voters", func() bool { return c.voters("home") == "a b" && c.node("home").Status().Problem == "" })
}

func FuzzReadName(f *testing.F) {
	f.Add(appendName(appendName(nil, "a#1"), "b#2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		if name, err := readName(r); err == nil && len(name) > maxName {
			t.Fatalf("a name of %d bytes", len(name))
		}
		readName(r)
	})
}
