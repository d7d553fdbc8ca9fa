package agree

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A list is a machine that keeps the entries it was given, and answers how many
// it has.
type list struct {
	mu   sync.Mutex
	all  []string
	sick error // what Apply says
}

func (l *list) Apply(entries []Entry) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sick != nil {
		return nil, l.sick
	}
	var answers [][]byte
	for _, e := range entries {
		l.all = append(l.all, string(e.Body))
		answers = append(answers, fmt.Append(nil, len(l.all)))
	}
	return answers, nil
}

func (l *list) Snapshot() (Picture, error) { return &shot{l.read()}, nil }

func (l *list) Restore(from io.Reader) error {
	var all []string
	if err := json.NewDecoder(from).Decode(&all); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = all
	return nil
}

func (l *list) read() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

func (l *list) ail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sick = err
}

type shot struct{ all []string }

func (s *shot) WriteTo(w io.Writer) (int64, error) {
	b, err := json.Marshal(s.all)
	if err != nil {
		return 0, err
	}
	n, err := w.Write(b)
	return int64(n), err
}

func (s *shot) Release() {}

// A cluster is some nodes on one wire.
type cluster struct {
	t     *testing.T
	w     *agreetest.Wire
	first []Voter
	root  string
	tune  func(*Config)

	mu    sync.Mutex // guards what follows
	ports map[flow.NodeID]*agreetest.Port
	nodes map[flow.NodeID]*Group
	lists map[flow.NodeID]*list
}

func newCluster(t *testing.T, first ...flow.NodeID) *cluster {
	c := &cluster{t: t, w: agreetest.NewWire(), root: t.TempDir(), ports: map[flow.NodeID]*agreetest.Port{},
		nodes: map[flow.NodeID]*Group{}, lists: map[flow.NodeID]*list{}}
	for _, id := range first {
		c.first = append(c.first, Voter{ID: id, Addr: string(id) + ":7000"})
	}
	t.Cleanup(func() {
		for _, id := range slices.Sorted(maps.Keys(c.nodes)) {
			c.stop(id)
		}
	})
	return c
}

func (c *cluster) dir(id flow.NodeID) string { return filepath.Join(c.root, string(id)) }

func (c *cluster) start(ids ...flow.NodeID) *Group {
	c.t.Helper()
	var g *Group
	for _, id := range ids {
		p, l := c.w.Port(id), &list{}
		cfg := Config{Name: "list", Self: id, Transport: p, Dir: c.dir(id), Voters: c.first, Machine: l,
			Log:      slog.New(slog.NewTextHandler(c.t.Output(), nil)).With("node", id),
			Election: 100 * time.Millisecond, Segment: 1 << 20}
		if c.tune != nil {
			c.tune(&cfg)
		}
		var err error
		if g, err = Open(cfg); err != nil {
			c.t.Fatal(err)
		}
		c.mu.Lock()
		c.ports[id], c.nodes[id], c.lists[id] = p, g, l
		c.mu.Unlock()
	}
	return g
}

func (c *cluster) stop(ids ...flow.NodeID) {
	c.t.Helper()
	for _, id := range ids {
		c.mu.Lock()
		g, p := c.nodes[id], c.ports[id]
		delete(c.nodes, id)
		c.mu.Unlock()
		if err := g.Close(); err != nil {
			c.t.Errorf("close %s: %v", id, err)
		}
		p.Unplug()
	}
}

// kill is stop without notice: the others find out by themselves.
func (c *cluster) kill(id flow.NodeID) {
	c.w.Isolate(id, true)
	c.stop(id)
}

func (c *cluster) node(id flow.NodeID) *Group {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[id]
}

// until waits for a condition.
func (c *cluster) until(what string, ok func() bool) {
	c.t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			for id, g := range c.nodes {
				c.t.Logf("%s: %+v", id, g.Status())
			}
			c.t.Fatalf("%s did not come", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func (c *cluster) leader() (id flow.NodeID) {
	c.t.Helper()
	c.until("a leader", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for n, g := range c.nodes {
			if g.Leading() {
				id = n
				return true
			}
		}
		return false
	})
	return id
}

func (c *cluster) apply(id flow.NodeID, entry string) {
	c.t.Helper()
	if _, err := c.node(id).Apply(within(c.t), []byte(entry)); err != nil {
		c.t.Fatalf("apply %q: %v", entry, err)
	}
}

// same waits until nodes hold the same, and returns it.
func (c *cluster) same(ids ...flow.NodeID) []string {
	c.t.Helper()
	ctx := within(c.t)
	for _, id := range ids {
		if err := c.node(id).Sync(ctx); err != nil {
			c.t.Fatalf("sync %s: %v", id, err)
		}
	}
	first := c.lists[ids[0]].read()
	for _, id := range ids[1:] {
		if got := c.lists[id].read(); !slices.Equal(got, first) {
			c.t.Fatalf("%s holds %d entries, %s other %d", id, len(got), ids[0], len(first))
		}
	}
	return first
}

func (c *cluster) voters(id flow.NodeID) string {
	var names []string
	for _, v := range c.node(id).Voters() {
		names = append(names, string(v.ID))
	}
	return strings.Join(names, " ")
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func shortly(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func wipe(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

var errFull = errors.New("no space left on device")
