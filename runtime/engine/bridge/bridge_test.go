package bridge_test

import (
	"context"
	"testing"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/engine/bridge"
	"github.com/wardflow/wardflow/runtime/flow"
)

// instant keeps nothing.
type instant struct{}

func (instant) Commit(context.Context, []flow.Checkpoint) ([]flow.ActorID, error) { return nil, nil }

// from gives 1, 2, 3, … up to last.
type from struct{ given, last int64 }

func (f *from) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return f.given < f.last }, Fire: func(fi *flow.Firing) error {
		f.given++
		fi.Give(0, f.given)
		return nil
	}}}
}

// pass gives what it takes.
type pass struct{}

func (pass) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}

// into keeps what it takes, up to last.
type into struct {
	got  []int64
	last int
	done chan struct{}
}

func (i *into) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		if i.got = append(i.got, f.In[0].Value.(int64)); len(i.got) == i.last {
			close(i.done)
		}
		return nil
	}}}
}

// Whatever is on its way when links are shut, each token arrives once and in
// order.
func TestLinksThatAreShutAndOpened(t *testing.T) {
	const last = 30_000
	sink := &into{last: last, done: make(chan struct{})}
	types := flow.Types{
		"test.From": {New: func(map[string]flow.Value) (flow.Actor, error) { return &from{last: last}, nil }},
		"test.Pass": {New: func(map[string]flow.Value) (flow.Actor, error) { return pass{}, nil }},
		"test.Into": {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
	}
	var sides [2]*engine.Engine
	for n := range sides {
		e, err := engine.New(engine.Config{Types: types, Checkpoints: instant{},
			Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		sides[n] = e
	}
	b := bridge.New(sides[bridge.Left], sides[bridge.Right])
	defer b.Close()
	g := flow.Graph{
		Actors: []flow.Node{{ID: "app:a", Type: "test.From"}, {ID: "app:b", Type: "test.Pass"}, {ID: "app:c", Type: "test.Into"}},
		Links: []flow.Link{
			{From: flow.Endpoint{Actor: "app:a", Port: "out"}, To: flow.Endpoint{Actor: "app:b", Port: "in"}},
			{From: flow.Endpoint{Actor: "app:b", Port: "out"}, To: flow.Endpoint{Actor: "app:c", Port: "in"}}}}
	if err := b.Open(g.Links[0].ID(), bridge.Left); err == nil {
		t.Error("a link between actors that do not run was opened")
	}
	for n, a := range g.Actors {
		in, out := g.LinksOf(a.ID)
		if err := sides[n%2].Start(t.Context(), engine.Activation{Actor: a, Epoch: 1, In: in, Out: out}); err != nil {
			t.Fatal(err)
		}
	}
	opened := 0
	for over := false; !over; {
		for n, l := range g.Links {
			if err := b.Open(l.ID(), bridge.Side(n)); err != nil {
				t.Fatal(err)
			}
			opened++
		}
		select {
		case <-sink.done:
			over = true
		default:
			sides[0].Stats() // a little time
		}
	}
	for n, v := range sink.got {
		if v != int64(n+1) {
			t.Fatalf("after %d links opened, token %d is %d; before it %v", opened, n+1, v, sink.got[max(0, n-3):n])
		}
	}
}
