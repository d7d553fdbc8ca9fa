package register

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// noLeaks fails the test if goroutines of this package or of raft outlive it.
func noLeaks(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Minute)
		for {
			buf := make([]byte, 1<<20)
			stacks := string(buf[:runtime.Stack(buf, true)])
			n := strings.Count(stacks, "hashicorp/raft") + strings.Count(stacks, "register.(*") + strings.Count(stacks, "agree.(*")
			if n == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("goroutines left:\n%s", stacks)
				return
			}
			runtime.Gosched()
		}
	})
}

// A journal collects log lines and fails the test on a warning.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
	t     testing.TB
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if bytes.Contains(b, []byte("level=WARN")) || bytes.Contains(b, []byte("level=ERROR")) {
		j.t.Errorf("log line of a cluster in good health: %s", b)
	}
	return j.lines.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String()
}

// A cluster is three voters and more nodes on one wire.
type cluster struct {
	t      testing.TB
	w      *agreetest.Wire
	voters []Voter
	root   string // of the voters' folders
	ports  map[flow.NodeID]*agreetest.Port
	nodes  map[flow.NodeID]*Register
	log    *journal
	tune   func(*Config)
}

func newCluster(t testing.TB, voters ...flow.NodeID) *cluster {
	noLeaks(t)
	c := &cluster{t: t, w: agreetest.NewWire(), root: t.TempDir(), ports: map[flow.NodeID]*agreetest.Port{},
		nodes: map[flow.NodeID]*Register{}, log: &journal{t: t}}
	for _, id := range voters {
		c.voters = append(c.voters, Voter{ID: id, Addr: string(id) + ":7000"})
	}
	t.Cleanup(func() {
		for id := range c.nodes {
			c.stop(id)
		}
	})
	return c
}

func (c *cluster) start(id flow.NodeID) *Register {
	c.t.Helper()
	c.ports[id] = c.w.Port(id)
	cfg := Config{Self: id, Transport: c.ports[id], Dir: filepath.Join(c.root, string(id)), Voters: c.voters,
		Log:      slog.New(slog.NewTextHandler(c.log, nil)).With("node", id),
		Own:      func(flow.NodeID, string) bool { return true }, // settings stand for any call here; may_test.go has who may
		Election: 100 * time.Millisecond, Segment: 1 << 20}
	if c.tune != nil {
		c.tune(&cfg)
	}
	r, err := Open(cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	c.nodes[id] = r
	return r
}

func (c *cluster) stop(id flow.NodeID) {
	c.t.Helper()
	if err := c.nodes[id].Close(); err != nil {
		c.t.Errorf("close %s: %v", id, err)
	}
	delete(c.nodes, id)
	c.ports[id].Unplug()
}

// leader waits until one of the running nodes leads and is known to all.
func (c *cluster) leader(not ...flow.NodeID) flow.NodeID {
	c.t.Helper()
	ctx := within(c.t)
	for {
		for id, r := range c.nodes {
			if r.Leading() && !(len(not) > 0 && not[0] == id) {
				return id
			}
		}
		select {
		case <-ctx.Done():
			c.t.Fatalf("no leader; log:\n%s", c.log)
		case <-time.After(time.Millisecond):
		}
	}
}

// until waits for a condition on a node's View.
func (c *cluster) until(id flow.NodeID, what string, ok func(*View) bool) {
	c.t.Helper()
	ctx := within(c.t)
	r := c.nodes[id]
	for {
		changed := r.Changed()
		if ok(r.View()) {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			c.t.Fatalf("node %s: %s did not come; log:\n%s", id, what, c.log)
		}
	}
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func ward(script string) App {
	return App{Name: "ward", Script: script, By: "spiffe://h1.health.example/staff/anna",
		At: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), Signature: []byte{1, 2},
		Graph: flow.Graph{App: "ward", Actors: []flow.Node{{ID: "ward:sum", Type: "std.Sum",
			Args: map[string]any{"n": int64(2), "x": 2.0, "l": []any{int64(1), 1.5, nil, "s"}}}}}}
}

const link = flow.LinkID("ward:sum.out > ward:log.in")

// stepOf is a step that gives tokens from..to on the one link.
func stepOf(actor flow.ActorID, epoch, from, to, settled uint64) flow.Checkpoint {
	c := flow.Checkpoint{Actor: actor, Epoch: epoch, Version: 1, State: fmt.Appendf(nil, "%s at %d", actor, to),
		Taken: map[flow.LinkID]uint64{}, Made: map[flow.LinkID]uint64{link: to}, Settled: map[flow.LinkID]uint64{link: settled}}
	for n := from; n <= to; n++ {
		c.Out = append(c.Out, flow.OutToken{Link: link, Token: flow.Token{Seq: n, Value: int64(n), Source: actor}})
	}
	return c
}

// deployFor is deploy for a node without a vote, which hears of it.
func (c *cluster) deployFor(r *Register, where map[flow.ActorID]flow.NodeID) App {
	c.t.Helper()
	app := deploy(c.t, c.nodes["a"], where)
	if err := r.Sync(within(c.t)); err != nil {
		c.t.Fatal(err)
	}
	return app
}

// deploy puts the ward and places actors on nodes.
func deploy(t testing.TB, r *Register, where map[flow.ActorID]flow.NodeID) App {
	t.Helper()
	ctx := within(t)
	app, err := r.PutApp(ctx, ward("source"))
	if err != nil {
		t.Fatal(err)
	}
	var plan []flow.Placement
	for a, n := range where {
		plan = append(plan, flow.Placement{Actor: a, Node: n, Why: []string{"here"}})
	}
	if err := r.PutPlan(ctx, "ward", app.Version, plan); err != nil {
		t.Fatal(err)
	}
	return app
}
