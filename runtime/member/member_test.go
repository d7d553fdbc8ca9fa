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

// Hundreds of nodes that start together and know two of them find all others,
// come to one gossip key, and hear of a change of one.
func TestManyConverge(t *testing.T) {
	many := many
	if testing.Short() {
		many = min(many, 50)
	}
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		var ids []flow.NodeID
		for i := range many {
			id := flow.NodeID(fmt.Sprintf("n%03d", i))
			ids = append(ids, id)
			c.start(c.config(id, string(id)+":1", "n000:1", "n001:1"))
			time.Sleep(10 * time.Millisecond) // at once would be more than the two of them take
		}
		start := time.Now()
		c.untilUp(ids...)
		t.Logf("%d nodes found each other in %v", many, time.Since(start))
		key := c.nodes["n000"].Keys()[0]
		for id, m := range c.nodes {
			c.until(id, "the key in use", func([]Member) bool { return m.Keys()[0] == key })
		}
		info := c.nodes["n007"].Self()
		info.Capabilities = []string{"new"}
		start = time.Now()
		if err := c.nodes["n007"].Update(info); err != nil {
			t.Fatal(err)
		}
		for id := range c.nodes {
			c.until(id, "the change of n007", func(all []Member) bool { m := find(all, "n007"); return m.Offers("new") })
		}
		t.Logf("a change was known to all after %v", time.Since(start))
	})
}

// Calvin's users saw runtimes vanish after a reconnect: up, and yet unknown to
// some. Here a node whose network comes back, at another address and with other
// things to offer, is up with all of that at every other node, also at one that
// started meanwhile and has never met it.
func TestRuntimesThatVanish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		for _, id := range []flow.NodeID{"a", "b", "home"} {
			c.start(c.config(id, string(id)+":1", "a:1"))
		}
		c.untilUp("a", "b", "home")
		for round, away := range []time.Duration{3 * time.Second, 20 * time.Second, 5 * time.Minute} {
			was := c.nodes["home"].Self().Door
			c.w.split(was)
			time.Sleep(away)
			here := c.nodes["home"].Self()
			here.Door, here.Capabilities = fmt.Sprintf("home:%d", round+2), []string{fmt.Sprint("io.", round)}
			c.w.move(was, here.Door) // a router gave it another address
			if err := c.nodes["home"].Update(here); err != nil {
				t.Fatal(err)
			}
			fresh := flow.NodeID(fmt.Sprint("fresh", round))
			c.start(c.config(fresh, string(fresh)+":1", "b:1"))
			c.w.split()
			for id := range c.nodes {
				c.until(id, fmt.Sprintf("home after %v", away), func(all []Member) bool {
					m := find(all, "home")
					return m.Up && m.Door == here.Door && m.Offers(here.Capabilities[0]) && len(up(all)) == len(c.nodes)
				})
			}
		}
	})
}
