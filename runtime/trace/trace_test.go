package trace_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/trace"
	"github.com/wardflow/wardflow/runtime/trace/tracetest"
)

var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func tracer(t *testing.T, node flow.NodeID, endpoint string, share float64) *trace.Tracer {
	t.Helper()
	tr, err := trace.New(trace.Config{Node: node, Endpoint: endpoint, Share: share})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// until waits for a condition, for at most five minutes.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within five minutes: %s", what)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.FailNow()
		}
	}
}

// What two nodes record of one way is one trace, in which each firing stands below
// the one that gave it its token.
func TestAWayOverTwoNodesIsOneTrace(t *testing.T) {
	c := tracetest.New(t)
	a, b := tracer(t, "a", c.URL, 1), tracer(t, "b", c.URL, 0)
	if !a.Sample() || b.Sample() {
		t.Fatal("a share of 1 is always, and one of 0 never")
	}
	first := a.Record(flow.Fired{Actor: "ward:hr", Type: "sensor.HR", Begin: begin, End: begin.Add(time.Millisecond), Gave: 1})
	second := b.Record(flow.Fired{Actor: "ward:check", Type: "rule.Check", From: []*flow.Trace{first}, Source: "ward:hr", Waited: time.Second, Begin: begin, End: begin, Took: 1, Gave: 1})
	b.Record(flow.Fired{Actor: "ward:store", Type: "store.Readings", From: []*flow.Trace{second}, Begin: begin, End: begin, Took: 1, Err: errors.New("a reading of Jane Doe is amiss")})
	until(t, "the spans come", func() bool { return len(c.Spans()) == 3 })
	for _, tr := range []*trace.Tracer{a, b} {
		if err := tr.Close(); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]tracetest.Span{}
	for _, s := range c.Spans() {
		got[s.Name] = s
	}
	sensor, check, store := got["fire sensor.HR"], got["fire rule.Check"], got["fire store.Readings"]
	switch {
	case len(got) != 3:
		t.Fatalf("%d spans came: %+v", len(got), got)
	case sensor.Above != "" || check.Above != sensor.ID || store.Above != check.ID:
		t.Errorf("they do not stand below each other: %+v", got)
	case sensor.Trace != check.Trace || check.Trace != store.Trace:
		t.Errorf("they are of several traces: %+v", got)
	case sensor.Node != "a" || check.Node != "b" || check.Attributes["wardflow.from"] != "ward:hr" || check.Attributes["wardflow.app"] != "ward":
		t.Errorf("they do not say where: %+v", got)
	case !store.Failed || check.Failed:
		t.Errorf("the failure is not where it was: %+v", got)
	}
	for _, s := range got {
		for k, v := range s.Attributes {
			if v == "a reading of Jane Doe is amiss" {
				t.Errorf("%s tells what an actor says of a reading, in %s", s.Name, k)
			}
		}
	}
}

// A collector that is away holds up nothing: what is not taken is lost, and counted.
func TestCollectorAway(t *testing.T) {
	c := tracetest.New(t)
	c.Away.Store(true)
	tr := tracer(t, "a", c.URL, 1)
	for range 10000 { // more than the queue holds
		tr.Record(flow.Fired{Actor: "ward:hr", Type: "sensor.HR", Begin: begin, End: begin, Gave: 1})
	}
	until(t, "all is given up", func() bool { _, lost := tr.Spans(); return lost == 10000 })
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	if sent, lost := tr.Spans(); sent != 0 || lost != 10000 {
		t.Errorf("%d spans were sent and %d lost, want all of 10000 lost", sent, lost)
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"https://traces.h1.example:4318": true, "http://127.0.0.1:4318": true, "http://[::1]:4318/v1/traces": true,
		"": false, "traces:4318": false, "http://traces.h1.example:4318": false, "http://10.0.0.5:4318": false, "ftp://127.0.0.1": false, "https://user:pw@h:1": false,
	} {
		if err := trace.CheckEndpoint(endpoint); (err == nil) != ok {
			t.Errorf("CheckEndpoint(%q) = %v", endpoint, err)
		}
	}
	for _, share := range []float64{-0.1, 1.1} {
		if _, err := trace.New(trace.Config{Node: "a", Endpoint: "http://127.0.0.1:4318", Share: share}); err == nil {
			t.Errorf("a share of %g is taken", share)
		}
	}
}

// What it costs to decide about a firing, and to record one.
func BenchmarkSample(b *testing.B) {
	tr, err := trace.New(trace.Config{Node: "a", Endpoint: "http://127.0.0.1:9", Share: 0.01})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tr.Sample()
	}
}
