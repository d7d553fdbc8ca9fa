package firing_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// closing marks out-links, by their place, as closing.
func closing(ns ...int) func(*firing.Config) {
	return func(c *firing.Config) {
		for _, n := range ns {
			c.Out[n].Link.Closing = true
		}
	}
}

// No routing gives a closing link anything, and the others get what they would
// without it.
func TestClosingLinksGetNothing(t *testing.T) {
	for routing, want := range map[string][3]int{
		"default": {4, 0, 4}, "round-robin": {2, 0, 2}, "random": {-1, 0, -1}, "balanced": {2, 0, 2},
		"dispatch-ordered": {2, 0, 2},
	} {
		t.Run(routing, func(t *testing.T) {
			a := actor{actions: []flow.Action{pass()}}
			if routing == "dispatch-ordered" {
				a.routes = map[string]flow.Route{"out:out": {Order: []string{"x.in", "z.in"}}}
			}
			r := newRig(t, 1, 3, "", routing, a, closing(1))
			for range 4 {
				r.ins[0].put(int64(1))
			}
			for range 4 {
				if !r.fire(t) {
					t.Fatal("it does not fire although two links have room")
				}
			}
			got := [3]int{len(r.outs[0].tokens), len(r.outs[1].tokens), len(r.outs[2].tokens)}
			if want[0] >= 0 && got != want || got[1] != 0 {
				t.Errorf("the links have %v tokens, want %v", got, want)
			}
		})
	}
}

// With closing links only, tokens wait: they may not go nowhere.
func TestAPortWithClosingLinksOnlyWaits(t *testing.T) {
	r := newRig(t, 1, 2, "", "balanced", actor{actions: []flow.Action{pass()}}, closing(0, 1))
	r.ins[0].put(int64(1))
	if r.fire(t) || len(r.ins[0].tokens) != 1 {
		t.Error("it fired with nowhere to give to")
	}
}

// Rebind changes the links and asks the actor nothing: what its actions hold
// goes on.
func TestRebindKeepsTheActions(t *testing.T) {
	asked := 0
	a := countingActor{&asked}
	out := []*queue{{limit: 4}, {limit: 4}}
	in := &queue{limit: 4}
	in.put(int64(1), int64(2), int64(3))
	link := func(from, to string) flow.Link {
		f, _ := flow.ParseEndpoint(from)
		e, _ := flow.ParseEndpoint(to)
		return flow.Link{From: f, To: e}
	}
	cfg := firing.Config{Actor: a, Spec: &flow.Spec{}, Box: &box{limit: 1}, Node: flow.Node{ID: "app:actor"},
		In:  []firing.InLink{{Link: link("app:a.out", "app:actor.in"), End: in}},
		Out: []firing.OutLink{{Link: link("app:actor.out", "app:x.in"), End: out[0]}}}
	acts, err := firing.Bind(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fire := func() {
		if res, err := acts.Fire(now); err != nil || !res.Fired {
			t.Fatalf("it does not fire: %v", err)
		}
	}
	fire()
	cfg.Out = append(cfg.Out, firing.OutLink{Link: link("app:actor.out", "app:y.in"), End: out[1]})
	if err := acts.Rebind(cfg); err != nil {
		t.Fatal(err)
	}
	fire()
	bad := cfg
	bad.In = append(bad.In[:1:1], firing.InLink{Link: link("app:b.out", "app:actor.in"), End: &queue{}})
	if err := acts.Rebind(bad); err == nil {
		t.Error("a second link was bound to an in-port that does not collect")
	}
	fire()
	if got := [][]flow.Value{out[0].values(), out[1].values()}; !reflect.DeepEqual(got, [][]flow.Value{{int64(1), int64(2), int64(3)}, {int64(2), int64(3)}}) {
		t.Errorf("the links have %v, want the first all and the second what came after", got)
	}
	if asked != 1 {
		t.Errorf("the actor was asked for its actions %d times, want once", asked)
	}
}

// A countingActor numbers what it passes on, and counts who asks for its actions.
type countingActor struct{ asked *int }

func (c countingActor) Actions() []flow.Action {
	*c.asked++
	n := int64(0)
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		n++
		f.Give(0, n)
		return nil
	}}}
}
