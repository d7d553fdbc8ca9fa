package expand

import (
	"reflect"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An update is told by what it touches; what it does not touch is kept.
func TestDiff(t *testing.T) {
	rule := match("all_nodes", nil)
	old := scaled(rule)
	old.Actors = append(old.Actors, flow.Node{ID: "app:old", Type: "t.Old"})
	next := scaled(rule)
	line := rule
	line.Line = 7
	next.Actors[0].Rule = nil
	next.Actors[1] = flow.Node{ID: "app:source", Type: "t.Other"}
	next.Actors[2].Args = map[string]flow.Value{"x": int64(2), "y": "new"}
	next.Actors[2].Ports = map[string]map[string]any{"in:i": {"routing": "collect-unordered", "nbr_peers": int64(3)}}
	next.Actors[2].Rule = &line // only its place in the script is other
	next.Actors = append(next.Actors, flow.Node{ID: "app:late", Type: "t.Late"})
	next.Links[1] = flow.Link{From: next.Links[1].From, To: flow.Endpoint{Actor: "app:late", Port: "i"}}
	want := Difference{
		Added: []flow.ActorID{"app:late"}, Removed: []flow.ActorID{"app:old"},
		Changed: []Change{
			{Actor: "app:sink", Why: []string{"link from app:work.o to i goes"}},
			{Actor: "app:source", Why: []string{"its type is t.Other, was t.Source: it starts anew"}, Anew: true},
			{Actor: "app:work", Why: []string{
				"argument x is 2, was 1", `argument y is "new", was not given`,
				`properties of in:i are {"nbr_peers":3,"routing":"collect-unordered"}, were none`,
				"link from o to app:late.i is new", "link from o to app:sink.i goes",
			}},
		},
		LinksAdded: []flow.LinkID{"app:work.o > app:late.i"}, LinksRemoved: []flow.LinkID{"app:work.o > app:sink.i"},
	}
	if got := Diff(old, next); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got := Diff(old, old); !got.None() || len(got.Kept) != 4 {
		t.Errorf("a graph and itself: %+v", got)
	}
	if got := Diff(nil, old); len(got.Added) != 4 || len(got.Changed) != 0 || len(got.LinksAdded) != 2 {
		t.Errorf("nothing and a graph: %+v", got)
	}
}

// A rule or a property that is other touches the actor alone.
func TestDiffOfRules(t *testing.T) {
	old, next := scaled(match("all_nodes", nil)), scaled(match("current_node", nil))
	next.Actors[0].Local = true
	got := Diff(old, next)
	if len(got.Changed) != 2 || got.Changed[0].Why[0] != "its checkpoints are on its node's disk now" ||
		got.Changed[1].Why[0] != "the rule for where it may run is another" {
		t.Errorf("%+v", got)
	}
}

// Replicas that end are told of, and so are the links to them.
func TestDiffOfReplicas(t *testing.T) {
	source := scaled(match(Manual, nil))
	two := run(t, source, State{Wanted: map[flow.ActorID]int{"app:work": 2}})
	one := run(t, source, State{Wanted: map[flow.ActorID]int{"app:work": 1}, Old: &two})
	got := Diff(&two, &one)
	i := slices.IndexFunc(got.Changed, func(c Change) bool { return c.Actor == "app:work~2" })
	if i < 0 || !slices.Equal(got.Changed[i].Why, []string{
		"it ends when it has passed on what it holds", "link from app:source.o to i closes",
	}) {
		t.Errorf("%+v", got)
	}
}
