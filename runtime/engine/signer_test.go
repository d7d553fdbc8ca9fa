package engine_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// hears notes when the certificate ends that the sender showed and that it
// speaks with itself, token by token.
type hears struct {
	env flow.Env

	mu         sync.Mutex // guards what follows
	sent, mine []time.Time
}

func (h *hears) Start(env flow.Env) error { h.env = env; return nil }
func (h *hears) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.sent = append(h.sent, f.Peers[0].NotAfter)
		h.mine = append(h.mine, h.env.Identity().ID.NotAfter)
		return nil
	}}}
}

// ticks gives a token each second.
type ticks struct {
	env  flow.Env
	next int64
	due  time.Time
}

func (g *ticks) Start(env flow.Env) error { g.env = env; return nil }
func (g *ticks) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool {
		if now := g.env.Now(); now.Before(g.due) {
			g.env.WakeAt(g.due)
			return false
		}
		return true
	}, Fire: func(f *flow.Firing) error {
		f.Give(0, g.next)
		g.next, g.due = g.next+1, g.env.Now().Add(time.Second)
		return nil
	}}}
}

// A duo is a link between two actors of one node and a judge who believes
// certificates up to the time in until.
type duo struct {
	eng *engine.Engine
	got *hears

	mu    sync.Mutex // guards what follows
	until time.Time  // zero: nobody is believed
	told  []engine.Event
}

func (p *duo) believe(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
}

// count is how many tokens have come.
func (p *duo) count() int {
	p.got.mu.Lock()
	defer p.got.mu.Unlock()
	return len(p.got.sent)
}

const duoLink = "app:a.out > app:b.in"

func speaker(name, group string, until time.Time) flow.Signer {
	return flow.Signer{ID: flow.Identity{URI: "spiffe://h.example/collector/" + name, Role: flow.RoleCollector, Name: name, Group: group, NotAfter: until}}
}

func newDuo(t *testing.T, until time.Time) *duo {
	p := &duo{got: &hears{}, until: until}
	types := flow.Types{
		"test.Ticks": {New: func(map[string]flow.Value) (flow.Actor, error) { return &ticks{}, nil }},
		"test.Hears": {New: func(map[string]flow.Value) (flow.Actor, error) { return p.got, nil }},
	}
	var err error
	p.eng, err = engine.New(engine.Config{Types: types, Checkpoints: newRegister(),
		Event: func(e engine.Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.told = append(p.told, e)
		},
		Judge: func(_ flow.Link, from, to flow.Signer) (flow.Identity, flow.Identity, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if from.ID.NotAfter.After(p.until) || to.ID.NotAfter.After(p.until) {
				return flow.Identity{}, flow.Identity{}, errors.New("nobody believes that")
			}
			return from.ID, to.ID, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	links := []flow.Link{wire(t, duoLink)}
	for name, n := range map[string]flow.Node{"a": {ID: "app:a", Type: "test.Ticks"}, "b": {ID: "app:b", Type: "test.Hears"}} {
		act := activation(n, links)
		act.Signer = speaker(name, "h/1/2", until)
		if err := p.eng.Start(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// run lets so many seconds pass.
func (p *duo) run(seconds int) {
	time.Sleep(time.Duration(seconds)*time.Second + time.Second/2)
	synctest.Wait()
}

func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := time.Now().Add(time.Hour)
		second := first.Add(time.Hour)
		p := newDuo(t, first)
		p.run(3)
		p.believe(second)
		for _, name := range []string{"a", "b"} {
			if err := p.eng.SetSigner(flow.ActorID("app:"+name), speaker(name, "h/1/2", second)); err != nil {
				t.Fatal(err)
			}
		}
		before := p.count()
		if s, _ := p.eng.Signer("app:a"); s.ID.NotAfter != second {
			t.Errorf("Signer tells the certificate that ends %v", s.ID.NotAfter)
		}
		p.run(3)
		if err := p.eng.Close(); err != nil {
			t.Fatal(err)
		}
		if before == 0 || len(p.got.sent) <= before {
			t.Fatalf("%d tokens came before the renewal and %d after it, want some each", before, len(p.got.sent)-before)
		}
		for i := range p.got.sent {
			want := first
			if i >= before {
				want = second
			}
			if p.got.sent[i] != want || p.got.mine[i] != want {
				t.Errorf("token %d was sent by a certificate that ends %v and taken by one that ends %v, want %v", i, p.got.sent[i], p.got.mine[i], want)
			}
		}
		if len(p.told) != 0 {
			t.Errorf("the link was not left alone: %v", p.told)
		}
	})
}

func TestACertificateOfSomebodyElseIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(time.Hour)
		p := newDuo(t, until)
		for _, s := range []flow.Signer{speaker("b", "h/1/2", until), speaker("a", "h/1/3", until), {}} {
			if err := p.eng.SetSigner("app:a", s); !errors.Is(err, engine.ErrSomebodyElse) {
				t.Errorf("SetSigner to %+v: %v, want ErrSomebodyElse", s.ID, err)
			}
		}
		if err := p.eng.SetSigner("app:nobody", speaker("a", "h/1/2", until)); !errors.Is(err, engine.ErrNotRunning) {
			t.Errorf("SetSigner of an actor that is not here: %v", err)
		}
		p.run(2)
		if s, _ := p.eng.Signer("app:a"); s.ID.Name != "a" || s.ID.Group != "h/1/2" || p.count() == 0 {
			t.Errorf("it speaks as %+v now and gave %d tokens", s.ID, len(p.got.sent))
		}
		if err := p.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// What the judge allows no more is cut, and joined again when it is allowed
// again: then what waited comes, in order, and nothing twice.
func TestRejudgeCutsAndJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(time.Hour)
		p := newDuo(t, until)
		p.run(3)
		p.believe(time.Time{})
		p.eng.Rejudge()
		synctest.Wait()
		before := p.count()
		p.run(3)
		if got := p.count(); got != before || before == 0 {
			t.Errorf("%d tokens came over a link that is not allowed any more, after %d", got-before, before)
		}
		p.mu.Lock()
		told := slices.Clone(p.told)
		p.mu.Unlock()
		if !slices.ContainsFunc(told, func(e engine.Event) bool { return e.What == "link refused" && e.Link == duoLink }) {
			t.Errorf("nobody was told that the link was cut: %v", told)
		}
		_, links := p.eng.Stats()
		for _, l := range links {
			if l.Up || l.Refused == "" {
				t.Errorf("%+v, want it refused", l)
			}
		}
		p.believe(until)
		p.eng.Rejudge()
		p.run(3)
		if got := p.count(); got < 9 {
			t.Errorf("%d tokens came in all, want those that waited, too", got)
		}
		if err := p.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
