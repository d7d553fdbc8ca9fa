package main

import (
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// eventAt is an event that a node tells, a second and more after the begin.
func eventAt(second int, node flow.NodeID, text string) control.Event {
	return control.Event{At: time.Unix(int64(second), 0), Kind: control.NodeDown, Text: text, Node: node, Bad: text != "c"}
}

func textsOf(all []toldEvent) (said []string) {
	for _, t := range all {
		said = append(said, t.Text+t.tellers())
	}
	return said
}

// What several nodes tell within five seconds is one; what a node says twice is two.
func TestToldOnce(t *testing.T) {
	for _, tt := range []struct {
		name   string
		events []control.Event // newest first
		want   []string
	}{
		{"three tell", []control.Event{eventAt(9, "c", "x"), eventAt(8, "a", "x"), eventAt(7, "b", "x")}, []string{"x (told by b, a, c)"}},
		{"something else between", []control.Event{eventAt(9, "a", "x"), eventAt(8, "a", "y"), eventAt(7, "b", "x")}, []string{"x (told by b, a)", "y (told by a)"}},
		{"twice by one", []control.Event{eventAt(9, "a", "x"), eventAt(8, "a", "x"), eventAt(7, "b", "x")}, []string{"x (told by b, a)", "x (told by a)"}},
		{"long after", []control.Event{eventAt(20, "a", "x"), eventAt(7, "b", "x")}, []string{"x (told by b)", "x (told by a)"}},
		{"nobody says who", []control.Event{eventAt(9, "", "x"), eventAt(8, "a", "x"), eventAt(7, "", "x")}, []string{"x", "x (told by a)", "x"}},
	} {
		if got := textsOf(told(tt.events)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Of each snapshot an event is told once, whatever its number is in the next and
// whoever tells of it later.
func TestEventReader(t *testing.T) {
	numbered := func(seq uint64, e control.Event) control.Event {
		e.Seq = seq
		return e
	}
	a, b, c := eventAt(1, "a", "a"), eventAt(2, "a", "b"), eventAt(3, "a", "c")
	r := eventReader{f: eventFilter{bad: true}, seen: map[control.Event]bool{}}
	for _, tt := range []struct {
		events []control.Event
		want   []string
	}{
		{[]control.Event{numbered(2, b), numbered(1, a)}, []string{"a (told by a)", "b (told by a)"}},
		{[]control.Event{numbered(3, c), numbered(2, b), numbered(1, a)}, nil},
		{[]control.Event{numbered(3, eventAt(0, "a", "late")), numbered(2, c), numbered(1, b)}, []string{"late (told by a)"}},
		{[]control.Event{eventAt(4, "b", "b"), c, b}, nil},
		{nil, nil},
	} {
		if got := textsOf(r.read(&control.Snapshot{Events: tt.events})); !slices.Equal(got, tt.want) {
			t.Errorf("of %v: %v, want %v", tt.events, got, tt.want)
		}
	}
}
