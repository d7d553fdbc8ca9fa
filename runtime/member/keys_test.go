package member

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// everybody waits until every node has exactly these keys, by name, the first in
// use, and knows it of every other.
func (c *cluster) everybody(what string, ok func(keys []string) bool) {
	c.t.Helper()
	for id := range c.nodes {
		c.until(id, what, func(all []Member) bool {
			for _, m := range all {
				if m.Up && !ok(m.Keys) {
					return false
				}
			}
			return ok(c.nodes[id].Keys())
		})
	}
}

// However many meet at once, all have the same key in use in the end, and a node
// that comes later has it with its first connection.
func TestKeysComeFromMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		ids := []flow.NodeID{"a", "b", "c", "d", "e"}
		for _, id := range ids {
			c.start(c.config(id, string(id)+":1", "a:1", "b:1", "c:1"))
		}
		c.untilUp(ids...)
		var inUse string
		c.everybody("one key in use", func(keys []string) bool {
			inUse = c.nodes["a"].Keys()[0]
			return len(keys) > 0 && keys[0] == inUse
		})
		late := c.start(c.config("late", "late:1", "c:1"))
		c.untilUp(append(ids, "late")...)
		if got := late.Keys(); len(got) == 0 || got[0] != inUse {
			t.Errorf("who came late uses %v, the others %s", got, inUse)
		}
	})
}

// A new key is installed, used and the old one retired, while everybody stays up;
// a node that was away meanwhile comes back with its old key and has the new one
// at once.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		ids := []flow.NodeID{"a", "b", "c"}
		for _, id := range ids {
			c.start(c.config(id, string(id)+":1", "a:1"))
		}
		away := c.config("away", "away:1", "a:1")
		away.Dir = dir
		c.start(away)
		c.untilUp("a", "b", "c", "away")
		time.Sleep(time.Minute) // its keys are those of all
		old := c.nodes["away"].Keys()
		c.crash("away")
		for _, id := range ids {
			c.until(id, "the loss of away", func(all []Member) bool { return len(up(all)) == 3 })
		}

		id, err := c.nodes["a"].NewKey()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.nodes["b"].Use("unknown"); err == nil {
			t.Error("an unknown key is used")
		}
		if err := c.nodes["a"].Retire(id); err == nil {
			t.Error("the keys before one that is not in use are retired")
		}
		for _, n := range ids {
			if err := c.nodes[n].Install(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		c.everybody("the new key installed", func(keys []string) bool { return slices.Contains(keys[1:], id) })
		for _, n := range ids {
			if err := c.nodes[n].Use(id); err != nil {
				t.Fatal(err)
			}
		}
		c.everybody("the new key in use", func(keys []string) bool { return keys[0] == id })
		for _, n := range ids {
			if err := c.nodes[n].Retire(id); err != nil {
				t.Fatal(err)
			}
		}
		c.everybody("the old key retired", func(keys []string) bool { return slices.Equal(keys, []string{id}) })
		time.Sleep(5 * time.Minute)
		c.untilUp(ids...)

		away = c.config("away", "away:1", "b:1")
		away.Dir = dir
		again := c.start(away)
		if !slices.Equal(again.Keys(), old) {
			t.Errorf("before it meets anybody it has %v, want %v of its disk", again.Keys(), old)
		}
		c.untilUp("a", "b", "c", "away")
		c.everybody("the new key only", func(keys []string) bool { return slices.Equal(keys, []string{id}) })
		info, err := os.Stat(filepath.Join(dir, "keys"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file of keys: %v, %v, want it for its owner only", info, err)
		}
	})
}

// A key that is used before the others have it reaches them before what it
// encrypts: nothing that anybody says is refused.
func TestUseTooSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t) // a warning fails the test
		defer c.stop()
		ids := []flow.NodeID{"a", "b", "c", "d"}
		for _, id := range ids {
			c.start(c.config(id, string(id)+":1", "a:1"))
		}
		c.untilUp(ids...)
		time.Sleep(time.Minute)
		for range 5 {
			id, err := c.nodes["b"].NewKey()
			if err == nil {
				err = c.nodes["b"].Use(id)
			}
			if err != nil {
				t.Fatal(err)
			}
			c.everybody("the new key in use", func(keys []string) bool { return keys[0] == id })
		}
		for id, m := range c.nodes {
			if r := m.Refusals(); len(r) > 0 {
				t.Errorf("%s refused %+v", id, r)
			}
		}
	})
}

// Who asks for a key that nobody has is told so.
func TestInstallUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		a := c.start(c.config("a", "a:1"))
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := a.Install(ctx, "0123456789abcdef"); err == nil {
			t.Error("a key that nobody has was installed")
		}
	})
}

// Gossip without a key, or with another, is refused and reported, though it comes
// over a connection of a member.
func TestUnreadableGossip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		cfg := c.config("a", "a:1")
		var told []Refusal
		cfg.Refused = func(r Refusal) { told = append(told, r) }
		a := c.start(cfg)
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")

		evil := c.ca.signer(t, flow.RoleNode, "evil")
		said := must[*statement](t)(state(evil, statementBody{Info: flow.NodeInfo{ID: "evil", Boot: 1, Door: "evil:1"}, Seq: 1}))
		conn, err := c.w.port("evil:1", evil.ID).Dial(t.Context(), proto, "a:1", "a")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		greet := func(b []byte) {
			t.Helper()
			if _, err := conn.Write(b); err != nil {
				t.Fatal(err)
			}
			if _, err := readFrame(conn, maxStatement); err != nil {
				t.Fatal(err)
			}
		}
		greet(frame([]byte{packets}, said.raw))
		greet(frame(nil, keys{}.append(nil)))
		for _, packet := range [][]byte{bytes.Repeat([]byte{1}, 100), {0, 1, 2, 3}} {
			if _, err := conn.Write(frame(nil, packet)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		found := slices.IndexFunc(a.Refusals(), func(r Refusal) bool { return r.Node == "evil" && r.Why == errCipher.Error() })
		if found < 0 || len(told) == 0 || told[0].Node != "evil" || told[0].Who != evil.ID.URI || !told[0].Proven {
			t.Errorf("refusals %+v, told %+v; want evil's unreadable gossip in both", a.Refusals(), told)
		}
	})
}

// A peer whose keys are none, and one that is no node, get none.
func TestKeysAreForNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		a := c.start(c.config("a", "a:1"))
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		b := c.nodes["b"].statement()

		nurse := c.ca.signer(t, flow.RoleStaff, "b") // has b's statement, as everybody
		conn, err := c.w.port("nurse:1", nurse.ID).Dial(t.Context(), proto, "a:1", "a")
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(frame([]byte{keysOnly}, b))
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("a person was answered %d bytes", n)
		}

		conn, err = c.w.port("b:2", c.signers["b"].ID).Dial(t.Context(), proto, "a:1", "a")
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(frame([]byte{keysOnly}, b))
		if _, err := readFrame(conn, maxStatement); err != nil {
			t.Fatal(err)
		}
		conn.Write(frame(nil, []byte("no keys")))
		if _, err := readFrame(conn, keysFrame); err == nil {
			t.Error("keys were given for keys that are none")
		}
		time.Sleep(time.Second)
		if !slices.ContainsFunc(a.Refusals(), func(r Refusal) bool { return r.Node == "b" && r.Why == errKeys.Error() }) {
			t.Errorf("refusals %+v, want b's keys", a.Refusals())
		}
	})
}

// Whatever sets meet, in whatever order: all come to the same, it has a key of
// the highest version in use, and a lower version changes nothing.
func TestMergeConverges(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		pool := make([][]byte, 6)
		for i := range pool {
			pool[i] = bytes.Repeat([]byte{byte(i)}, keySize)
		}
		sets := make([]keys, 5)
		highest := uint64(0)
		for i := range sets {
			order := rng.Perm(len(pool))
			sets[i].version = uint64(rng.IntN(3))
			for _, k := range order[:rng.IntN(4)] {
				sets[i].list = append(sets[i].list, pool[k])
			}
			if len(sets[i].list) == 0 {
				sets[i].version = 0
				continue
			}
			slices.SortFunc(sets[i].list[1:], bytes.Compare)
			highest = max(highest, sets[i].version)
		}
		before := slices.Clone(sets)
		for range 60 {
			a, b := rng.IntN(len(sets)), rng.IntN(len(sets))
			sets[a] = sets[a].merge(sets[b])
			sets[b] = sets[b].merge(sets[a])
			if !sets[a].equal(sets[b]) {
				t.Fatalf("seed %d: two that met have %v and %v", seed, sets[a], sets[b])
			}
		}
		for _, k := range sets {
			if !k.equal(sets[0]) || len(k.list) > 0 && k.version != highest {
				t.Fatalf("seed %d: %v became %v", seed, before, sets)
			}
			if again, err := readKeys(k.append(nil)); err != nil || !again.equal(k) {
				t.Fatalf("seed %d: %v was read as %v, %v", seed, k, again, err)
			}
		}
	}
}

func TestTooManyKeys(t *testing.T) {
	var k keys
	for range maxKeys {
		var err error
		if k, err = k.with(newKey()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.with(newKey()); err == nil {
		t.Error("one more key is installed")
	}
	if k = k.using(3).only(); len(k.list) != 1 || k.version != 2 {
		t.Errorf("after use and retire: %d keys of version %d", len(k.list), k.version)
	}
}

// What can be read is written as the same bytes.
func FuzzReadKeys(f *testing.F) {
	f.Add(keys{version: 3, list: [][]byte{newKey(), newKey()}}.append(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := readKeys(b)
		if err != nil {
			if !errors.Is(err, errKeys) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(k.append(nil), b) {
			t.Fatalf("%x became %x", b, k.append(nil))
		}
	})
}
