package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// outBy is when whoever is revoked must be out everywhere, however busy this
// machine is. Five seconds are promised: `make attack` holds nodes to that.
const outBy = time.Minute

// people gives each node a control API, and returns how to ask one as somebody.
func (c *cluster) people() func(at flow.NodeID, who flow.Signer) *control.Client {
	ports := map[flow.NodeID]string{}
	for _, n := range c.names {
		ports[n] = porttest.Address(c.t)
	}
	edit := c.edit
	c.edit = func(cfg *node.Config) {
		if edit != nil {
			edit(cfg)
		}
		cfg.Control = ports[cfg.Node]
		cfg.Admins = []string{"admin", "dr", "nurse"}
	}
	return func(at flow.NodeID, who flow.Signer) *control.Client {
		c.t.Helper()
		conf := pki.ClientTLS(func() flow.Signer { return who }, c.h.Verifier(), pki.Only(flow.RoleNode), "h2", "http/1.1")
		cl, err := control.NewClient("https://"+ports[at], conf)
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(cl.Close)
		return cl
	}
}

// soon waits for ok at one node, for as long as a revocation may take.
func (c *cluster) soon(at flow.NodeID, what string, since time.Time, ok func(*control.Snapshot) bool) {
	c.t.Helper()
	s := c.until(at, what, ok)
	took := time.Since(since)
	if c.t.Logf("%s at %s: after %s", what, at, took.Round(time.Millisecond)); took > outBy {
		c.t.Errorf("%s at %s: after %s, want within %s: %+v", what, at, took, outBy, s.Links)
	}
}

// A device is lost: its links end everywhere and it gets no new one, whether its
// collector is on another node or on its own.
func TestRevokedDevice(t *testing.T) {
	for _, where := range []flow.NodeID{"a", "b"} {
		t.Run("its collector is on "+string(where), func(t *testing.T) {
			c := newCluster(t, "a", "b", "c")
			c.types = talking()
			ask := c.people()
			lost := c.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-1/ecg")
			c.save(filepath.Join("a", "identities", "monitor"), lost)
			c.save(filepath.Join(string(where), "identities", "bed-1"), c.h.Collector("bed-1", "h1/3/icu-1/collector"))
			c.startAll()
			c.deploy("a", "app", oneBed)
			up := func(s *control.Snapshot) bool { return link(s, "app:d.reading").Up }
			c.until("a", "the link is up", up)
			c.until(where, "the link is up", up)

			since := time.Now()
			got, err := ask("c", c.h.Staff("admin")).Revoke(t.Context(), c.h.Revoke(lost))
			if err != nil || len(got.Missing) > 0 || len(got.Have) != 3 {
				t.Fatalf("Revoke = %+v, %v, want all three nodes to have it", got, err)
			}
			down := func(s *control.Snapshot) bool { return !up(s) }
			c.soon("a", "the link is down", since, down)
			c.soon(where, "the link is down", since, down)
			c.until(where, "it is said why", func(s *control.Snapshot) bool {
				return slices.ContainsFunc(s.Events, func(e control.Event) bool { return strings.Contains(e.Text, "revoked") })
			})
			for _, n := range c.names {
				if up(c.until(n, "", func(*control.Snapshot) bool { return true })) {
					t.Errorf("the link is up again at %s", n)
				}
			}
		})
	}
}

// A member of staff goes: what they have open ends at all nodes, and nothing more
// is opened.
func TestRevokedCard(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	ask := c.people()
	c.startAll()
	c.ready("a")
	nurse := c.h.Staff("nurse")
	ended := make(chan error, len(c.names))
	for _, n := range c.names {
		cl := ask(n, nurse)
		seen := make(chan struct{})
		first := true
		go func() {
			ended <- cl.Watch(t.Context(), func(*control.Snapshot) bool {
				if first {
					first = false
					close(seen)
				}
				return true
			})
		}()
		select {
		case <-seen:
		case err := <-ended:
			t.Fatalf("nurse can't watch at %s: %v", n, err)
		}
	}
	since := time.Now()
	if _, err := ask("a", c.h.Staff("admin")).Revoke(t.Context(), c.h.Revoke(nurse)); err != nil {
		t.Fatal(err)
	}
	for range c.names {
		select {
		case <-ended:
		case <-time.After(time.Until(since.Add(outBy))):
			t.Fatal("a stream of the nurse is open after a minute")
		}
	}
	for _, n := range c.names {
		if _, err := ask(n, nurse).Snapshot(t.Context()); !errors.Is(err, control.ErrDenied) {
			t.Errorf("the nurse asks %s: %v, want ErrDenied", n, err)
		}
		if _, err := ask(n, c.h.Staff("admin")).Snapshot(t.Context()); err != nil {
			t.Errorf("somebody else asks %s: %v", n, err)
		}
	}
}

// A node turns out to be dishonest: it is cut off, what it had runs elsewhere, its
// vote is taken and gossip gets a new key. With a new certificate it comes back.
func TestRevokedNode(t *testing.T) {
	kept := &shelf{}
	c := newCluster(t, "a", "b", "c")
	c.types = talking()
	c.types["t.Keeper"] = flow.Type{Spec: flow.Spec{Name: "t.Keeper", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: kept}, nil }}
	ask := c.people()
	c.startAll()
	const all = 2500
	c.deploy("a", "app", counted(all, ""))
	admin := ask("a", c.h.Staff("admin"))
	for _, id := range []flow.ActorID{"app:pass", "app:count"} {
		if err := admin.Move(t.Context(), id, "b"); err != nil {
			t.Fatal(err)
		}
	}
	c.kept("a", kept, 50)
	c.until("a", "they run on b", func(s *control.Snapshot) bool {
		return actorAt(s, "app:pass").Node == "b" && actorAt(s, "app:count").Node == "b" && actorAt(s, "app:pass").State == control.Running
	})
	held, err := pki.LoadSigner(filepath.Join(c.dir, "b", "certificate"))
	if err != nil {
		t.Fatal(err)
	}

	since := time.Now()
	crl := c.h.Revoke(held)
	got, err := admin.Revoke(t.Context(), crl)
	if err != nil || slices.Contains(got.Missing, "b") {
		t.Fatalf("Revoke = %+v, %v", got, err)
	}
	for _, n := range []flow.NodeID{"a", "c"} {
		c.soon(n, "what b had is placed elsewhere", since, func(s *control.Snapshot) bool {
			return actorAt(s, "app:pass").Node != "b" && actorAt(s, "app:count").Node != "b"
		})
	}
	c.until("a", "b has no vote and is no node any more", func(s *control.Snapshot) bool {
		gone := !slices.ContainsFunc(s.Nodes, func(n control.NodeState) bool { return n.ID == "b" && n.Up })
		return gone && !slices.ContainsFunc(s.Register.Members, func(v control.VoterState) bool { return v.Node == "b" })
	})
	c.until("a", "gossip has a new key", func(*control.Snapshot) bool {
		for _, n := range []flow.NodeID{"a", "c"} { // the leader says so
			s, err := c.nodes[n].Snapshot(t.Context())
			if err == nil && slices.ContainsFunc(s.Events, func(e control.Event) bool { return e.Kind == control.KeyRotated }) {
				return true
			}
		}
		return false
	})
	c.kept("a", kept, all)
	whole(t, kept, all)
	if _, err := ask("b", c.h.Staff("admin")).Snapshot(t.Context()); !errors.Is(err, control.ErrUntrusted) {
		t.Errorf("people who know the list believe b: %v", err)
	}
	// Nobody speaks with b any more, so the authorities' service tells it, or people.
	if _, err := c.nodes["b"].Revoke(t.Context(), c.h.Staff("admin").ID, crl); err != nil {
		t.Fatal(err)
	}
	if err := <-c.nodes["b"].Failed(); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("b ends because %v, want that it is revoked", err)
	}
	if err := c.nodes["b"].Close(); err != nil {
		t.Error(err)
	}
	delete(c.nodes, "b")

	// With the old certificate it does not even start; with a new one it is back.
	if err := c.tryStart("b"); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("b starts with a revoked certificate: %v", err)
	}
	c.save(filepath.Join("b", "certificate"), c.h.Node("b"))
	c.start("b")
	c.until("a", "b is back", func(s *control.Snapshot) bool {
		return slices.ContainsFunc(s.Nodes, func(n control.NodeState) bool { return n.ID == "b" && n.Up })
	})
}

// Without a majority nothing can be agreed, and who is revoked is out all the
// same: nodes tell each other. One that was away hears of it when it is back.
func TestRevokedWithoutAMajority(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	ask := c.people()
	edit := c.edit
	c.edit = func(cfg *node.Config) {
		edit(cfg)
		cfg.Voters = []node.Voter{{Node: "a", Door: c.doors["a"]}}
	}
	c.startAll()
	c.ready("b")
	if err := c.nodes["a"].Close(); err != nil {
		t.Fatal(err)
	}
	nurse, since := c.h.Staff("nurse"), time.Now()
	if _, err := ask("c", nurse).Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	crl := c.h.Revoke(nurse)
	if _, err := ask("b", c.h.Staff("admin")).Revoke(t.Context(), crl); err != nil {
		t.Fatal(err)
	}
	refused := func(at flow.NodeID) bool {
		_, err := ask(at, nurse).Snapshot(t.Context())
		return errors.Is(err, control.ErrDenied)
	}
	c.soon("c", "c knows", since, func(*control.Snapshot) bool { return refused("c") })
	c.start("a")
	c.until("a", "a knows", func(*control.Snapshot) bool { return refused("a") })

	// It is on disk: no other node is needed to know it.
	for _, n := range []flow.NodeID{"b", "c"} {
		if err := c.nodes[n].Close(); err != nil {
			t.Fatal(err)
		}
	}
	c.start("c")
	if !refused("c") {
		t.Error("c has forgotten who is revoked")
	}
	c.start("b")
	lists, err := filepath.Glob(filepath.Join(c.dir, "c", "revoked", "*.crl"))
	if err != nil || len(lists) != 1 {
		t.Fatalf("lists on disk: %q, %v", lists, err)
	}
	if b, err := os.ReadFile(lists[0]); err != nil || !slices.Equal(b, crl) {
		t.Errorf("the list on disk has %d bytes, want %d, %v", len(b), len(crl), err)
	}
}

// What nobody of the hospital has signed revokes nobody, and is put on record.
func TestForgedList(t *testing.T) {
	c := newCluster(t, "a")
	ask := c.people()
	c.startAll()
	c.ready("a")
	admin := ask("a", c.h.Staff("admin"))
	rogue := c.h.Rogue()
	if _, err := admin.Revoke(t.Context(), rogue.Revoke(rogue.Staff("nurse"))); !errors.Is(err, control.ErrInvalid) {
		t.Errorf("Revoke with a forged list = %v, want ErrInvalid", err)
	}
	first, second := c.h.Revoke(c.h.Staff("one")), c.h.Revoke(c.h.Staff("two"))
	for _, crl := range [][]byte{second, first, second} { // an older one changes nothing
		got, err := admin.Revoke(t.Context(), crl)
		if err != nil || len(got.Lists) != 1 || len(got.Lists[0].Revoked) != 2 {
			t.Fatalf("Revoke = %+v, %v, want two revoked", got, err)
		}
	}
}
