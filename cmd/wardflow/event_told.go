package main

import (
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Several nodes tell of the same: that one of them went down, that the majority was
// lost. It is listed once, with all who tell of it, as the page does.

// sameWithin is how far apart the same is told at most.
const sameWithin = 5 * time.Second

// A toldEvent is an event as the first node told it, with all who tell of it.
type toldEvent struct {
	control.Event
	Tellers []flow.NodeID `json:"tellers,omitempty"` // the first one first

	each []control.Event // what each of them said, the newest first
}

// told makes one of what several nodes say of the same. Events come newest first,
// as they do in snapshots; what is told goes oldest first.
func told(events []control.Event) []toldEvent {
	var all []toldEvent // of each, Event is the newest so far
	for _, e := range events {
		if same := sameTold(all, e); same != nil {
			same.each = append(same.each, e)
		} else {
			all = append(all, toldEvent{Event: e, each: []control.Event{e}})
		}
	}
	for i := range all {
		t := &all[i]
		t.Event = t.each[len(t.each)-1]
		for _, e := range slices.Backward(t.each) {
			if e.Node != "" {
				t.Tellers = append(t.Tellers, e.Node)
			}
		}
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b toldEvent) int { return a.At.Compare(b.At) })
	return all
}

// sameTold is what other nodes told lately and e repeats, or nil.
func sameTold(all []toldEvent, e control.Event) *toldEvent {
	if e.Node == "" {
		return nil
	}
	for i := len(all) - 1; i >= 0 && all[i].At.Sub(e.At) <= sameWithin; i-- {
		t := &all[i]
		if t.Kind == e.Kind && t.Text == e.Text && !slices.ContainsFunc(t.each, func(o control.Event) bool { return o.Node == e.Node || o.Node == "" }) {
			return t
		}
	}
	return nil
}

// tellers says who tells: " (told by a, b)", or "".
func (t *toldEvent) tellers() string {
	if len(t.Tellers) == 0 {
		return ""
	}
	names := make([]string, len(t.Tellers))
	for i, n := range t.Tellers {
		names[i] = string(n)
	}
	return " (told by " + strings.Join(names, ", ") + ")"
}
