package main

import (
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// Of each snapshot, an event is told once, whatever its number is in the next.
func TestEventReader(t *testing.T) {
	event := func(seq uint64, text string, bad bool) control.Event {
		return control.Event{Seq: seq, At: time.Unix(int64(len(text)), 0), Kind: control.NodeDown, Text: text, Bad: bad}
	}
	r := eventReader{f: eventFilter{bad: true}, seen: map[control.Event]bool{}}
	for _, tt := range []struct{ events, want []control.Event }{
		{[]control.Event{event(2, "b", true), event(1, "a", true)}, []control.Event{event(0, "a", true), event(0, "b", true)}},
		{[]control.Event{event(3, "c", false), event(2, "b", true), event(1, "a", true)}, []control.Event{}},
		{[]control.Event{event(3, "late", true), event(2, "c", false), event(1, "b", true)}, []control.Event{event(0, "late", true)}},
		{nil, []control.Event{}},
	} {
		if got := r.read(&control.Snapshot{Events: tt.events}); !slices.Equal(got, tt.want) {
			t.Errorf("of %v: %v, want %v", tt.events, got, tt.want)
		}
	}
}
