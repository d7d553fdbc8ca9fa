package member

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// All of it runs in virtual time: minutes of gossip take moments, and a
// goroutine left behind fails the test.

func TestMeetAndPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		c.start(c.config("a", "a:1", "b:1")) // its seed is not up yet
		c.start(c.config("b", "b:1", "a:1", "b:1"))
		c.start(c.config("c", "c:1", "a:1"))
		c.untilUp("a", "b", "c")
		for id, m := range c.nodes {
			for _, other := range m.All() {
				if other.Attributes["address"]["room"] != "of "+string(other.ID) || !other.Offers("store."+string(other.ID)) {
					t.Errorf("node %s knows of %s: %+v", id, other.ID, other)
				}
			}
		}

		info := c.nodes["b"].Self()
		info.Attributes = flow.Attributes{"address": {"room": "moved"}}
		if err := c.nodes["b"].Update(info); err != nil {
			t.Fatal(err)
		}
		for _, id := range []flow.NodeID{"a", "c"} {
			c.until(id, "the change of b", func(all []Member) bool {
				return find(all, "b").Attributes["address"]["room"] == "moved"
			})
		}

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := c.nodes["c"].Leave(ctx); err != nil {
			t.Fatal(err)
		}
		c.crash("c")
		for _, id := range []flow.NodeID{"a", "b"} {
			c.until(id, "the goodbye of c", func(all []Member) bool { m := find(all, "c"); return !m.Up && m.Left })
		}

		c.crash("b")
		start := time.Now()
		c.until("a", "the loss of b", func(all []Member) bool { m := find(all, "b"); return !m.Up && !m.Left })
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("the loss of b was noticed after %v", took)
		}
		if info, ok := c.nodes["a"].Lookup("b"); !ok || info.Door != "b:1" {
			t.Errorf("Lookup of a lost node = %+v, %v, want its last door", info, ok)
		}
		if c.log.count("member left") == 0 || c.log.count("member lost") == 0 {
			t.Errorf("log has no line on who left and who was lost:\n%s", c.log.lines.String())
		}
	})
}

// A node that comes back, even at another door and at once, is itself again.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		for i, id := range []flow.NodeID{"a", "b", "c"} {
			c.start(c.config(id, fmt.Sprintf("%s:%d", id, i), "a:0"))
		}
		c.untilUp("a", "b", "c")
		c.crash("b")
		again := c.start(c.config("b", "elsewhere:1", "a:0"))
		for id := range c.nodes {
			c.until(id, "b after its restart", func(all []Member) bool {
				m := find(all, "b")
				return m.Up && m.Door == "elsewhere:1" && m.Boot == again.Self().Boot
			})
		}
	})
}

// memberlist alone would leave the halves apart for ever.
func TestHalvesMeetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		ids := []flow.NodeID{"a", "b", "c", "d"}
		for _, id := range ids {
			c.start(c.config(id, string(id)+":1", "a:1"))
		}
		c.untilUp(ids...)
		c.w.split("c:1", "d:1")
		for _, id := range ids {
			c.until(id, "the split", func(all []Member) bool { return len(up(all)) == 2 })
		}
		time.Sleep(5 * time.Minute) // memberlist speaks to the dead for 30 s
		c.w.split()
		c.untilUp(ids...)
	})
}

// What was known survives the process, so a node without seeds finds back.
func TestKnownNodesSurvive(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		cfg := c.config("a", "a:1", "b:1")
		cfg.Dir = dir
		first := c.start(cfg)
		c.start(c.config("b", "b:1"))
		c.untilUp("a", "b")
		time.Sleep(time.Second) // the file is written behind
		c.crash("a")
		c.until("b", "the loss of a", func(all []Member) bool { return len(up(all)) == 1 })

		cfg = c.config("a", "a:1")
		cfg.Dir, cfg.Self.Boot = dir, 0
		again := c.start(cfg)
		if all := again.All(); len(all) != 2 || find(all, "b").Door != "b:1" || find(all, "b").Up {
			t.Errorf("at start a knows %+v, want b, not up", all)
		}
		if again.Self().Boot <= first.Self().Boot {
			t.Errorf("Boot went from %d to %d", first.Self().Boot, again.Self().Boot)
		}
		c.untilUp("a", "b")
	})
}

func TestManyConverge(t *testing.T) {
	const n = 12
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		var ids []flow.NodeID
		for i := range n {
			id := flow.NodeID(fmt.Sprintf("n%02d", i))
			ids = append(ids, id)
			c.start(c.config(id, string(id)+":1", "n00:1", "n01:1"))
		}
		c.untilUp(ids...)
	})
}
