package node

import (
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

var dawn = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// A host comes, is late with an answer, goes, and comes back; meanwhile it led. What
// this node did not see, because it did not run, is a gap.
func TestChronicle(t *testing.T) {
	c := newChronicle()
	at := func(s int) time.Time { return dawn.Add(time.Duration(s) * time.Second) }
	a, leads := track{node: "a"}, track{node: "a", leads: true}
	for _, step := range []struct {
		at    int
		of    track
		state control.SpanState
		news  bool
	}{
		{0, a, control.SpanUp, true}, {0, leads, control.SpanLeads, true}, {1, a, control.SpanUp, false}, {5, a, control.SpanSuspected, true},
		{6, leads, "", true}, {7, leads, "", false}, {8, a, control.SpanDown, true}, {9, track{}, control.SpanLacking, true},
		{11, track{}, "", true}, {12, a, control.SpanUp, true},
	} {
		if got := c.see(at(step.at), step.of, step.state, ""); got != step.news {
			t.Errorf("at %d %+v is %q: news %t, want %t", step.at, step.of, step.state, got, step.news)
		}
	}
	file := filepath.Join(t.TempDir(), timelineFile)
	if err := c.save(file, at(15), false); err != nil {
		t.Fatal(err)
	}
	c = newChronicle() // the node is started anew
	if err := c.load(file); err != nil {
		t.Fatal(err)
	}
	c.see(at(20), a, control.SpanUp, "")
	since, spans := c.whole()
	span := func(node flow.NodeID, state control.SpanState, from, until int) control.Span {
		s := control.Span{Node: node, State: state, From: at(from)}
		if until > 0 {
			s.Until = at(until)
		}
		return s
	}
	want := []control.Span{span("a", control.SpanUp, 0, 5), span("a", control.SpanLeads, 0, 6), span("a", control.SpanSuspected, 5, 8), span("a", control.SpanDown, 8, 12),
		span("", control.SpanLacking, 9, 11), span("a", control.SpanUp, 12, 15), span("a", control.SpanUp, 20, 0)}
	if !reflect.DeepEqual(spans, want) || !since.Equal(dawn) {
		t.Errorf("since %v:\n%+v\nwant\n%+v", since, spans, want)
	}
	c.keep(at(30), func(flow.NodeID) bool { return false })
	if _, spans = c.whole(); spans[len(spans)-1].Until != at(30) {
		t.Errorf("a node that has left goes on: %+v", spans[len(spans)-1])
	}
}

// What a node believes as it starts, and thinks better of at once, was never so.
func TestChronicleBegins(t *testing.T) {
	c, a := newChronicle(), track{node: "a"}
	c.see(dawn, a, control.SpanDown, "it was before")
	if !c.see(dawn.Add(time.Second), a, control.SpanUp, "") {
		t.Error("that it is up is no news")
	}
	c.see(dawn.Add(2*time.Second), a, control.SpanDown, "no answer") // too soon to be sure
	c.see(dawn.Add(9*time.Second), a, control.SpanUp, "")
	c.see(dawn.Add(10*time.Second), a, control.SpanDown, "no answer")
	_, spans := c.whole()
	want := []control.Span{{Node: "a", State: control.SpanDown, Why: "no answer", From: dawn, Until: dawn.Add(9 * time.Second)},
		{Node: "a", State: control.SpanUp, From: dawn.Add(9 * time.Second), Until: dawn.Add(10 * time.Second)},
		{Node: "a", State: control.SpanDown, Why: "no answer", From: dawn.Add(10 * time.Second)}}
	if !reflect.DeepEqual(spans, want) {
		t.Errorf("spans %+v, want %+v", spans, want)
	}
}

// Whatever happens, a track is in one state at a time, there are not too many spans,
// and what goes on is never forgotten.
func TestChronicleForgets(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 7))
		c, now := newChronicle(), dawn
		states := []control.SpanState{control.SpanUp, control.SpanDown, control.SpanSuspected, ""}
		for range 6000 {
			now = now.Add(time.Duration(rng.IntN(400)) * time.Second)
			c.see(now, track{node: flow.NodeID(rune('a' + rng.IntN(4)))}, states[rng.IntN(len(states))], "")
		}
		since, spans := c.whole()
		if len(spans) > control.MaxSpans+4 {
			t.Fatalf("seed %d: %d spans", seed, len(spans))
		}
		last, open := map[flow.NodeID]time.Time{}, 0
		for _, s := range spans {
			if end, ok := last[s.Node]; ok && (end.IsZero() || s.From.Before(end)) {
				t.Fatalf("seed %d: %s has two states at %v", seed, s.Node, s.From)
			}
			last[s.Node] = s.Until
			switch {
			case s.Until.IsZero():
				open++
			case s.Until.Before(since):
				t.Fatalf("seed %d: a span ended %v, and nothing is known before %v", seed, s.Until, since)
			}
		}
		if len(c.open) != open {
			t.Fatalf("seed %d: %d tracks go on, want %d", seed, len(c.open), open)
		}
	}
}

// What is on disk is read again as it was written; what makes no sense is refused,
// and changes nothing.
func FuzzChronicle(f *testing.F) {
	f.Add([]byte(`{"since":"2026-11-22T06:00:00Z","at":"2026-11-22T07:00:00Z","spans":[{"node":"a","state":"up","from":"2026-11-22T06:00:00Z"}]}`))
	f.Add([]byte(`{"since":"2026-11-22T06:00:00Z","at":"2026-11-22T05:00:00Z","spans":[{"node":"a","state":"up","from":"2026-11-22T06:00:00Z"}]}`))
	f.Add([]byte(`{"spans":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newChronicle()
		if c.read(b) != nil {
			if since, spans := c.whole(); len(spans) > 0 || !since.IsZero() {
				t.Fatal("it was refused, and changed something")
			}
			return
		}
		since, spans := c.whole()
		file := filepath.Join(t.TempDir(), timelineFile)
		var at time.Time
		for _, s := range spans {
			at = maxTime(at, s.Until)
		}
		if c.save(file, at, true) != nil {
			return // a year that JSON can't say
		}
		again := newChronicle()
		if err := again.load(file); err != nil {
			t.Fatal(err)
		}
		if s, got := again.whole(); !s.Equal(since) || len(got) != len(spans) {
			t.Fatalf("read %d spans again, want %d", len(got), len(spans))
		}
	})
}
