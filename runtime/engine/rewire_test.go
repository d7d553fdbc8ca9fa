package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A pool is what several replicas have taken.
type pool struct {
	mu  sync.Mutex // guards got
	got map[string][]int64
}

func (p *pool) add(who string, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got[who] = append(p.got[who], n)
}

func (p *pool) count() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ns := range p.got {
		n += len(ns)
	}
	return n
}

func (p *pool) all() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []int64
	for _, ns := range p.got {
		all = append(all, ns...)
	}
	slices.Sort(all)
	return all
}

// A pooled actor passes on what it takes, and notes it.
type pooled struct {
	p   *pool
	who string
}

func (a *pooled) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		a.p.add(a.who, f.In[0].Value.(int64))
		return nil
	}}}
}

// Replicas come and go while their source fires, and is never started anew:
// each token is taken once, by one of them.
func TestRewireWhileTokensFlow(t *testing.T) {
	const limit = 20_000
	p := &pool{got: map[string][]int64{}}
	made := 0
	types := flow.Types{
		"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) {
			made++
			return &source{limit: limit}, nil
		}},
		"test.Pooled": {New: func(args map[string]flow.Value) (flow.Actor, error) {
			return &pooled{p, args["who"].(string)}, nil
		}},
	}
	reg := newRegister()
	eng, err := engine.New(engine.Config{Types: types, Checkpoints: reg,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
	if err != nil {
		t.Fatal(err)
	}
	src := flow.Node{ID: "app:a", Type: "test.Source", Ports: map[string]map[string]any{"out:out": {"routing": "balanced"}}}
	replica := func(n int) flow.Node {
		id := flow.ActorID(fmt.Sprintf("app:b~%d", n))
		return flow.Node{ID: id, Type: "test.Pooled", Args: map[string]flow.Value{"who": string(id)}, Replica: &flow.Replica{Of: "app:b", Number: n}}
	}
	start := func(n flow.Node, links []flow.Link) {
		a := activation(n, links)
		a.Epoch, a.Checkpoint = reg.claim(n.ID)
		if err := eng.Start(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	links := []flow.Link{wire(t, "app:a.out > app:b~1.in")}
	rewire := func(n flow.Node) {
		a := activation(n, links)
		if err := eng.Rewire(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	start(replica(1), links)
	start(src, links)
	for n := 2; n < 8; n++ {
		until(t, "tokens flow", func() bool { return p.count() > n*1000 })
		links = append(links, wire(t, fmt.Sprintf("app:a.out > app:b~%d.in", n)))
		start(replica(n), links)
		rewire(src)
		// The one before ends, and goes when it is empty.
		old := replica(n - 1)
		old.Replica.Ending = true
		at := slices.IndexFunc(links, func(l flow.Link) bool { return l.To.Actor == old.ID })
		links[at].Closing = true
		rewire(src)
		rewire(old)
		until(t, fmt.Sprintf("%s is empty", old.ID), func() bool { return drained(eng, old.ID) })
		links = slices.Delete(slices.Clone(links), at, at+1)
		if err := eng.Stop(t.Context(), old.ID); err != nil {
			t.Fatal(err)
		}
		rewire(src)
	}
	until(t, "all tokens are taken", func() bool { return p.count() >= limit })
	for i, n := range p.all() {
		if n != int64(i+1) {
			t.Fatalf("token %d was taken as the %d-th: one is lost or repeated", n, i+1)
		}
	}
	for who, ns := range p.got {
		if !slices.IsSorted(ns) {
			t.Errorf("%s took its tokens out of order", who)
		}
	}
	if made != 1 {
		t.Errorf("the source was made %d times, want once", made)
	}
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	for link := range reg.whole["app:a"].Made {
		if !strings.HasPrefix(string(link), "app:a.out > app:b~7.in") {
			t.Errorf("the register still knows the link %s, which is gone", link)
		}
	}
}

// drained reports whether an actor can go: it is empty, and so are its senders.
func drained(eng *engine.Engine, id flow.ActorID) bool {
	_, links := eng.Stats()
	for _, l := range links {
		if wired, err := flow.ParseLinkID(l.ID); err == nil && wired.To.Actor == id && l.Out && (!l.Closing || l.Held > 0) {
			return false
		}
	}
	return eng.Empty(id)
}

// What can't be done while the actor runs is said, and changes nothing.
func TestRewireRefusesWhatNeedsAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.start()
		p.settle()
		a := activation(p.nodes[1], p.links)
		other := a
		other.Actor.Args = map[string]flow.Value{"n": int64(1)}
		if err := p.eng.Rewire(t.Context(), other); !errors.Is(err, engine.ErrRestart) {
			t.Errorf("other arguments: %v, want %v", err, engine.ErrRestart)
		}
		other = a
		other.Epoch++
		if err := p.eng.Rewire(t.Context(), other); !errors.Is(err, engine.ErrRestart) {
			t.Errorf("another epoch: %v, want %v", err, engine.ErrRestart)
		}
		other = a
		other.In = append(slices.Clone(a.In), wire(t, "app:x.out > app:b.in"))
		if err := p.eng.Rewire(t.Context(), other); err == nil || errors.Is(err, engine.ErrRestart) {
			t.Errorf("two links to a port that does not collect: %v, want that the port does not collect", err)
		}
		if err := p.eng.Rewire(t.Context(), engine.Activation{Actor: flow.Node{ID: "app:none"}}); !errors.Is(err, engine.ErrNotRunning) {
			t.Errorf("an actor that does not run: %v, want %v", err, engine.ErrNotRunning)
		}
		if err := p.eng.Rewire(t.Context(), a); err != nil {
			t.Error(err)
		}
		if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// A link that is cut takes what it holds with it; the links that stay are
// settled without it, and one of the same name in another life begins at 1.
func TestACutLinkHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &got{}
		p := &plant{t: t, window: 16,
			types: flow.Types{
				"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: 100}, nil }},
				"test.Add":    {Spec: flow.Spec{State: 1}, New: func(map[string]flow.Value) (flow.Actor, error) { return &running{}, nil }},
				"test.Got":    {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
				"test.Idle":   {New: func(map[string]flow.Value) (flow.Actor, error) { return idle{}, nil }},
			},
			nodes: []flow.Node{{ID: "app:a", Type: "test.Source"}, {ID: "app:b", Type: "test.Add"}, {ID: "app:c", Type: "test.Got"}, {ID: "app:d", Type: "test.Idle"}},
			links: []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:b.out > app:c.in"), wire(t, "app:b.out > app:d.in")}}
		p.start()
		p.settle()
		if len(sink.values) != 16 || p.linkStat(p.links[0].ID()).Held != 16 {
			t.Fatalf("c took %d with d taking nothing, want a window of 16", len(sink.values))
		}
		all := p.links
		p.links = p.links[:2]
		if err := p.eng.Rewire(t.Context(), activation(p.nodes[1], p.links)); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if s := p.linkStat(all[0].ID()); len(sink.values) != 100 || s.Held != 0 {
			t.Errorf("without d c took %d of 100, and a still holds %d", len(sink.values), s.Held)
		}
		again := activation(p.nodes[1], all)
		again.Lives = map[flow.LinkID]uint64{all[2].ID(): 7}
		if err := p.eng.Rewire(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := p.linkStat(all[2].ID()); s.Tokens != 0 || s.Held != 0 {
			t.Errorf("the link in its new life has %d tokens", s.Tokens)
		}
		p.close()
	})
}
