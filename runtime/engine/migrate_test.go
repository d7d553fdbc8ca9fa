package engine_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/engine/bridge"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A pair is two engines with one register, and a graph whose actors move
// between them.
type pair struct {
	t     *testing.T
	reg   *register
	types flow.Types
	graph flow.Graph

	engines [2]*engine.Engine
	bridge  *bridge.Bridge
	at      map[flow.ActorID]bridge.Side
}

func newPair(t *testing.T, types flow.Types, nodes []flow.Node, links ...string) *pair {
	t.Helper()
	p := &pair{t: t, reg: newRegister(), types: types, graph: flow.Graph{Actors: nodes}, at: map[flow.ActorID]bridge.Side{}}
	for _, l := range links {
		p.graph.Links = append(p.graph.Links, wire(t, l))
	}
	for n := range p.engines {
		var err error
		p.engines[n], err = engine.New(engine.Config{Types: types, Checkpoints: slow{p.reg, time.Millisecond}, Window: 32,
			Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
		if err != nil {
			t.Fatal(err)
		}
	}
	p.bridge = bridge.New(p.engines[0], p.engines[1])
	for _, n := range nodes {
		p.start(n.ID, bridge.Left)
	}
	return p
}

func (p *pair) start(id flow.ActorID, to bridge.Side) {
	p.t.Helper()
	node, _ := p.graph.Actor(id)
	a := activation(node, p.graph.Links)
	a.Loop = engine.Loops(&p.graph)
	a.Epoch, a.Checkpoint = p.reg.claim(id)
	if err := p.engines[to].Start(p.t.Context(), a); err != nil {
		p.t.Fatal(err)
	}
	p.at[id] = to
	for _, l := range append(a.In, a.Out...) {
		from, known := p.at[l.From.Actor]
		to, both := p.at[l.To.Actor]
		if known && both && from != to {
			if err := p.bridge.Open(l.ID(), from); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}

// move takes an actor to the other engine, and gives how long it stood still.
func (p *pair) move(id flow.ActorID) time.Duration {
	p.t.Helper()
	began := time.Now()
	in, out := p.graph.LinksOf(id)
	for _, l := range append(in, out...) {
		p.bridge.Shut(l.ID())
	}
	if err := p.engines[p.at[id]].Stop(p.t.Context(), id); err != nil {
		p.t.Fatal(err)
	}
	p.start(id, p.at[id].Other())
	return time.Since(began)
}

func (p *pair) close() {
	p.t.Helper()
	p.bridge.Close()
	for _, e := range p.engines {
		if err := e.Close(); err != nil {
			p.t.Fatal(err)
		}
	}
}

// Migration with fan-out above one: one source leads to three actors, and all
// of them move to and fro while tokens flow. Each gets every token once, in
// order.
func TestMigrationWithFanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 5000
		disks := map[string]*disk{"x": newDisk(), "y": newDisk(), "z": newDisk()}
		types := flow.Types{
			"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &paced{source: source{limit: limit}}, nil }},
			"test.Sum":    {New: func(map[string]flow.Value) (flow.Actor, error) { return &running{}, nil }},
			"test.Store": {New: func(args map[string]flow.Value) (flow.Actor, error) {
				return &storing{d: disks[args["disk"].(string)]}, nil
			}},
		}
		nodes := []flow.Node{{ID: "app:a", Type: "test.Source"}}
		var links []string
		for _, n := range slices.Sorted(maps.Keys(disks)) {
			nodes = append(nodes, flow.Node{ID: flow.ActorID("app:s" + n), Type: "test.Sum"},
				flow.Node{ID: flow.ActorID("app:" + n), Type: "test.Store", Args: map[string]flow.Value{"disk": n}})
			links = append(links, "app:a.out > app:s"+n+".in", "app:s"+n+".out > app:"+n+".in")
		}
		p := newPair(t, types, nodes, links...)
		for round := range 28 {
			id := nodes[round%len(nodes)].ID
			time.Sleep(7 * time.Millisecond) // virtual: in the middle of everything
			if took := p.move(id); took > 10*time.Millisecond {
				t.Errorf("the move of %s took %v with commits of 1 ms", id, took)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for n, d := range disks {
			if got := d.have(); !slices.Equal(got, sums(limit)) {
				t.Errorf("%s has %d values, want the %d running sums in order", n, len(got), limit)
			}
		}
		p.close()
	})
}

// A paced source gives some tokens each millisecond.
type paced struct {
	source
	env  flow.Env
	upto int64
}

func (p *paced) Start(env flow.Env) error {
	p.env, p.upto = env, p.next+20
	env.WakeAt(env.Now())
	return nil
}

func (p *paced) Actions() []flow.Action {
	acts := p.source.Actions()
	all := acts[0].Guard
	acts[0].Guard = func() bool {
		if p.next == p.upto {
			p.upto += 20
			p.env.WakeAt(p.env.Now().Add(time.Millisecond))
			return false
		}
		return all()
	}
	return acts
}

// Migration of actors with timers: a clock goes on where it was, and no tick is
// left out or given twice.
func TestMigrationOfAnActorWithATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		p := newPair(t, flow.Types{
			"test.Clock": {Spec: flow.Spec{State: 1}, New: func(map[string]flow.Value) (flow.Actor, error) { return &clock{}, nil }},
			"test.Store": {New: func(map[string]flow.Value) (flow.Actor, error) { return &storing{d: d}, nil }},
		}, []flow.Node{{ID: "app:a", Type: "test.Clock"}, {ID: "app:b", Type: "test.Store"}}, "app:a.out > app:b.in")
		began := time.Now()
		for range 20 {
			time.Sleep(730 * time.Millisecond) // virtual
			p.move("app:a")
		}
		time.Sleep(time.Second/2 - time.Since(began)%time.Second + time.Second) // between two ticks
		synctest.Wait()
		var want []int64
		for n := range int64(time.Since(began) / time.Second) {
			want = append(want, n+1)
		}
		if got := d.have(); !slices.Equal(got, want) {
			t.Errorf("after %v there are the ticks %v, want one each second", time.Since(began), got)
		}
		p.close()
	})
}

// A clock ticks each second. Its state is which tick is next, and when.
type clock struct {
	env  flow.Env
	n    int64
	next time.Time
}

func (c *clock) Start(env flow.Env) error {
	c.env = env
	if c.next.IsZero() {
		c.next = env.Now().Add(time.Second)
	}
	env.WakeAt(c.next)
	return nil
}

func (c *clock) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return !c.env.Now().Before(c.next) }, Fire: func(f *flow.Firing) error {
		c.n++
		c.next = c.next.Add(time.Second)
		c.env.WakeAt(c.next)
		f.Give(0, c.n)
		return nil
	}}}
}

func (c *clock) Save() ([]byte, error) { return fmt.Appendf(nil, "%d %d", c.n, c.next.UnixNano()), nil }
func (c *clock) Restore(_ int, b []byte) error {
	var at int64
	_, err := fmt.Sscanf(string(b), "%d %d", &c.n, &at)
	c.next = time.Unix(0, at)
	return err
}

// Migration of actors with files: a reader opens its file again where it was,
// and only once it is closed where it ran before.
func TestMigrationOfAnActorWithAFile(t *testing.T) {
	const lines = 3000
	path := filepath.Join(t.TempDir(), "readings.txt")
	var text strings.Builder
	var want []int64
	for n := range int64(lines) {
		fmt.Fprintln(&text, n)
		want = append(want, n)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d, files := newDisk(), &opened{t: t}
		p := newPair(t, flow.Types{
			"test.Lines": {Spec: flow.Spec{State: 1}, New: func(map[string]flow.Value) (flow.Actor, error) {
				return &liner{path: path, files: files}, nil
			}},
			"test.Store": {New: func(map[string]flow.Value) (flow.Actor, error) { return &storing{d: d}, nil }},
		}, []flow.Node{{ID: "app:a", Type: "test.Lines"}, {ID: "app:b", Type: "test.Store"}}, "app:a.out > app:b.in")
		for range 30 {
			time.Sleep(3 * time.Millisecond) // virtual
			p.move("app:a")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := d.have(); !slices.Equal(got, want) {
			t.Errorf("%d lines are stored, want the %d of the file in order", len(got), lines)
		}
		p.close()
		if files.now != 0 || files.all != 31 {
			t.Errorf("the file was opened %d times and is open %d times, want 31 and none", files.all, files.now)
		}
	})
}

// opened counts open files: at most one at a time.
type opened struct {
	t        *testing.T
	mu       sync.Mutex // guards what follows
	now, all int
}

func (o *opened) change(by int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now += by
	o.all += max(0, by)
	if o.now > 1 {
		o.t.Error("the file is open twice")
	}
}

// A liner gives the lines of a file, as numbers. Its state is how many bytes it
// has read.
type liner struct {
	path  string
	files *opened
	at    int64
	f     *os.File
	lines *bufio.Reader
}

func (l *liner) Start(flow.Env) (err error) {
	if l.f, err = os.Open(l.path); err != nil {
		return err
	}
	l.files.change(1)
	l.lines = bufio.NewReader(l.f)
	_, err = l.f.Seek(l.at, io.SeekStart)
	return err
}

func (l *liner) Stop() {
	l.f.Close()
	l.files.change(-1)
}

func (l *liner) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { _, err := l.lines.Peek(1); return err == nil }, Fire: func(f *flow.Firing) error {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return err
		}
		var n int64
		if _, err := fmt.Sscanf(line, "%d", &n); err != nil {
			return err
		}
		l.at += int64(len(line))
		f.Give(0, n)
		return nil
	}}}
}

func (l *liner) Save() ([]byte, error) { return fmt.Appendf(nil, "%d", l.at), nil }
func (l *liner) Restore(_ int, b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d", &l.at)
	return err
}
