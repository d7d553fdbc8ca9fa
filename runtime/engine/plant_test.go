package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A plant is a graph on one engine, with checkpoints in memory that survive it.
type plant struct {
	t             *testing.T
	reg           *register
	types         flow.Types
	nodes         []flow.Node
	links         []flow.Link
	queue, window int
	eng           *engine.Engine
}

// wire is "a.out > b.in" as a link.
func wire(t *testing.T, s string) flow.Link {
	t.Helper()
	l, err := flow.ParseLinkID(flow.LinkID(s))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (p *plant) start() {
	p.t.Helper()
	if p.reg == nil {
		p.reg = newRegister()
	}
	var err error
	p.eng, err = engine.New(engine.Config{Types: p.types, Checkpoints: p.reg, Queue: p.queue, Window: p.window,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
	if err != nil {
		p.t.Fatal(err)
	}
	g := flow.Graph{Actors: p.nodes, Links: p.links}
	for _, n := range p.nodes {
		a := activation(n, p.links)
		a.Loop = engine.Loops(&g)
		a.Epoch, a.Checkpoint = p.reg.claim(n.ID)
		if err := p.eng.Start(p.t.Context(), a); err != nil {
			p.t.Fatal(err)
		}
	}
}

// activation is an actor that begins anew.
func activation(n flow.Node, links []flow.Link) engine.Activation {
	g := flow.Graph{Links: links}
	in, out := g.LinksOf(n.ID)
	return engine.Activation{Actor: n, Epoch: 1, In: in, Out: out}
}

// settle lets everything happen that can, with its timers of the next minute.
func (p *plant) settle() {
	time.Sleep(time.Minute) // virtual
	synctest.Wait()
}

func (p *plant) close() {
	p.t.Helper()
	if err := p.eng.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *plant) stat(id flow.ActorID) engine.ActorStat {
	actors, _ := p.eng.Stats()
	for _, a := range actors {
		if a.ID == id {
			return a
		}
	}
	p.t.Fatalf("%s does not run", id)
	return engine.ActorStat{}
}

// gives gives a list of values, one after the other.
type gives struct {
	list []flow.Value
	next int64
}

func (g *gives) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return g.next < int64(len(g.list)) }, Fire: func(f *flow.Firing) error {
		f.Give(0, g.list[g.next])
		g.next++
		return nil
	}}}
}

func (g *gives) Save() ([]byte, error) { return fmt.Appendf(nil, "%d", g.next), nil }
func (g *gives) Restore(_ int, b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d", &g.next)
	return err
}

// got is what the sinks of a test have taken; its engine has one goroutine at a
// time in each sink, and tests look when all is at rest.
type got struct{ values []flow.Value }

func (g *got) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		g.values = append(g.values, f.In[0].Value)
		return nil
	}}}
}

// adding adds up integers. It does wrong on some of them.
type adding struct {
	sum  int64
	many []string // grows with each firing, so a bad restore shows
	do   func(n int64) error
}

func (a *adding) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		n := f.In[0].Value.(int64)
		if err := a.do(n); err != nil {
			return err
		}
		a.sum += n
		a.many = append(a.many, "x")
		if n < 0 {
			panic(fmt.Sprintf("can't add %d", n)) // with the sum changed already
		}
		if n == 1000 {
			f.Give(0, 7) // an int, which no token carries
			return nil
		}
		f.Give(0, a.sum)
		return nil
	}}}
}

func (a *adding) Save() ([]byte, error) { return fmt.Appendf(nil, "%d %d", a.sum, len(a.many)), nil }
func (a *adding) Restore(_ int, b []byte) error {
	if a.many != nil {
		return errors.New("restored an actor that has fired")
	}
	n := 0
	if _, err := fmt.Sscanf(string(b), "%d %d", &a.sum, &n); err != nil {
		return err
	}
	a.many = slices.Repeat([]string{"x"}, n)
	return nil
}

func (a *adding) Report(args map[string]flow.Value) (flow.Value, error) {
	switch n := args["add"].(type) {
	case int64:
		a.sum += n
	case string:
		a.sum = 99
		panic("can't add " + n)
	}
	return a.sum, nil
}

func ints(ns ...int64) []flow.Value {
	var vs []flow.Value
	for _, n := range ns {
		vs = append(vs, n)
	}
	return vs
}

// adder is a plant a > b > c: a gives values, b adds them up, c takes the sums.
func adder(t *testing.T, policy flow.FaultPolicy, do func(int64) error, give ...flow.Value) (*plant, *got) {
	sink := &got{}
	if do == nil {
		do = func(int64) error { return nil }
	}
	return &plant{t: t,
		types: flow.Types{
			"test.Give": {New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: give}, nil }},
			"test.Add":  {Spec: flow.Spec{Fault: policy, State: 1}, New: func(map[string]flow.Value) (flow.Actor, error) { return &adding{do: do}, nil }},
			"test.Got":  {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
		},
		nodes: []flow.Node{{ID: "app:a", Type: "test.Give"}, {ID: "app:b", Type: "test.Add"}, {ID: "app:c", Type: "test.Got"}},
		links: []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:b.out > app:c.in")}}, sink
}
