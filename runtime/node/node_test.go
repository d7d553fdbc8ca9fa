package node_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// A cluster is some nodes in this process, over loopback, each of whose names
// is its place.
type cluster struct {
	t     *testing.T
	h     *pkitest.Hospital
	dir   string
	trust string
	doors map[flow.NodeID]string
	nodes map[flow.NodeID]*node.Node
	names []flow.NodeID
	types flow.Types
	edit  func(*node.Config) // nil: as it is
}

func newCluster(t *testing.T, names ...flow.NodeID) *cluster {
	t.Helper()
	return newClusterSince(t, time.Now(), names...)
}

// newClusterSince is newCluster in a hospital whose authorities were made then.
func newClusterSince(t *testing.T, then time.Time, names ...flow.NodeID) *cluster {
	t.Helper()
	c := &cluster{t: t, h: pkitest.Since(t, then), dir: t.TempDir(), doors: map[flow.NodeID]string{}, nodes: map[flow.NodeID]*node.Node{}, names: names, types: actors.All()}
	c.trust = filepath.Join(c.dir, "trust.pem")
	if err := pki.SaveTrust(c.trust, c.h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		c.doors[n] = porttest.Address(t)
		c.save(filepath.Join(string(n), "certificate"), c.h.Node(string(n)))
	}
	return c
}

func (c *cluster) save(dir string, s flow.Signer) {
	c.t.Helper()
	if err := pki.SaveSigner(filepath.Join(c.dir, dir), s); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) start(name flow.NodeID) {
	c.t.Helper()
	if err := c.tryStart(name); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) tryStart(name flow.NodeID) error {
	dir := filepath.Join(c.dir, string(name))
	cfg := node.Config{Node: name, Dir: dir, Door: c.doors[name], Certificate: filepath.Join(dir, "certificate"), Trust: c.trust,
		Attributes: flow.Attributes{"node_name": {"name": string(name)}}, Admins: []string{"dr", "admin"}}
	if hasDir(filepath.Join(dir, "identities")) {
		cfg.Identities = filepath.Join(dir, "identities")
	}
	for i, n := range c.names {
		if i == 0 || len(c.names) == 3 { // of two nodes the second asks the first
			cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: c.doors[n]})
		}
		cfg.Join = append(cfg.Join, c.doors[n])
	}
	if c.edit != nil {
		c.edit(&cfg)
	}
	n, err := node.Start(c.t.Context(), cfg, c.types, slog.New(slog.NewTextHandler(testWriter{c.t}, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err == nil {
		c.nodes[name] = n
	}
	return err
}

func hasDir(dir string) bool {
	m, _ := filepath.Glob(dir)
	return len(m) > 0
}

// testWriter puts a node's log into the test's.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}

func (c *cluster) startAll() {
	for _, n := range c.names {
		c.start(n)
	}
	c.t.Cleanup(func() {
		for _, n := range c.nodes {
			if err := n.Close(); err != nil {
				c.t.Error(err)
			}
		}
	})
}

// until looks at the cluster from one node until ok, for at most five minutes.
func (c *cluster) until(from flow.NodeID, what string, ok func(*control.Snapshot) bool) *control.Snapshot {
	c.t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		s, err := c.nodes[from].Snapshot(c.t.Context())
		if err == nil && ok(s) {
			return s
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("not within five minutes: %s; the last snapshot: %+v, %v", what, s, err)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-c.t.Context().Done():
			c.t.FailNow()
		}
	}
}

// ready waits until something can be deployed.
func (c *cluster) ready(at flow.NodeID) {
	c.t.Helper()
	c.until(at, "the nodes meet and agree", func(s *control.Snapshot) bool {
		up := 0
		for _, n := range s.Nodes {
			if n.Up {
				up++
			}
		}
		return up == len(c.names) && s.Register.Leader != ""
	})
}

func (c *cluster) deploy(at flow.NodeID, name, script string) {
	c.t.Helper()
	c.ready(at)
	if _, err := c.nodes[at].Deploy(c.t.Context(), c.h.Staff("dr").ID, c.signed(control.Deployment{Name: name, Script: script})); err != nil {
		c.t.Fatalf("deploy: %v", err)
	}
}

func link(s *control.Snapshot, from string) control.LinkState {
	for _, l := range s.Links {
		if l.From.String() == from {
			return l
		}
	}
	return control.LinkState{}
}

const counting = `
count : std.CountTimer(sleep=0.01)
sum : std.Sum()
sink : test.Sink(quiet=true)
count.integer > sum.integer
sum.integer > sink.token
rule a : runtime_name(name="a")
rule b : runtime_name(name="b")
rule c : runtime_name(name="c")
apply count : a
apply sum : b
apply sink : c
`

// A script runs over three nodes; a node that goes away and comes back goes on
// where it was.
func TestTokensCrossNodes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	c.startAll()
	c.deploy("a", "app", counting)
	flows := func(n uint64) func(*control.Snapshot) bool {
		return func(s *control.Snapshot) bool {
			l := link(s, "app:sum.integer")
			return l.Up && l.Tokens >= n && l.Peer != nil && l.Peer.Name == "b"
		}
	}
	s := c.until("c", "tokens flow", flows(20))
	for _, a := range s.Actors {
		if len(a.Why) == 0 {
			t.Errorf("%s runs on %s and nobody says why", a.ID, a.Node)
		}
	}
	if err := c.nodes["b"].Close(); err != nil {
		t.Fatal(err)
	}
	c.until("a", "the others see that b is gone", func(s *control.Snapshot) bool {
		for _, n := range s.Nodes {
			if n.ID == "b" {
				return !n.Up
			}
		}
		return false
	})
	c.start("b")
	c.until("c", "tokens flow again", flows(20))
	if err := c.nodes["c"].Stop(t.Context(), c.h.Staff("dr").ID, "app"); err != nil {
		t.Fatal(err)
	}
	c.until("a", "the application is gone everywhere", func(s *control.Snapshot) bool { return len(s.Apps) == 0 && len(s.Actors) == 0 })
}
