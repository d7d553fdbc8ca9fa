package meter_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/meter"
)

var update = flag.Bool("update", false, "write the golden file")

var began = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// ward is what a node of a ward has counted: everything that can be told.
func ward(context.Context) meter.Reading {
	syncs := new(meter.Durations)
	for _, took := range []time.Duration{40 * time.Microsecond, 900 * time.Microsecond, 900 * time.Microsecond, 3 * time.Second} {
		syncs.Add(took)
	}
	var ages engine.Ages
	ages[3], ages[10], ages[20] = 5, 90, 5
	const id = "ward:hr.out > ward:check.reading"
	return meter.Reading{
		Node:   "icu-1",
		Actors: []engine.ActorStat{{ID: "ward:check", State: engine.Faulted, Firings: 120, Errors: 3, Letters: 2, Boxed: 1}},
		Types:  map[flow.ActorID]string{"ward:check": "rule.Check"},
		Links: []engine.LinkStat{
			{ID: id, Out: true, Up: true, Tokens: 130, Bytes: 9000, Held: 10, Window: 16384, Resent: 4, Oldest: 250 * time.Millisecond},
			{ID: id, Up: false, Refused: "not of this hospital", Tokens: 120, Letters: 2, Ages: ages},
		},
		Judged: map[flow.ActorID]*control.Judged{"ward:check": {Accepted: 100, Refused: map[string]uint64{"above the limit": 18}}},
		Spools: map[flow.ActorID]*control.SpoolState{"ward:check": {Tokens: 7, Bytes: 700, Oldest: 12.5, Dropped: 1}},
		Facts: &control.NodeFacts{Started: began, Version: "v1.2.3 go1.26.0 linux/amd64", Cores: 2, CPU: 0.25, Memory: 8 << 30, MemoryUsed: 2 << 30, DiskFree: 30 << 30, Disk: 64 << 30,
			Skew: 0.004, Peers: []control.PeerState{{Node: "desk", RTT: 0.0005, Skew: -0.004, At: began}, {Node: "lab", Why: "the node can't be reached"}}},
		Chain: &control.ChainState{Head: 812, Finalized: 810, Age: 0.7, Epoch: 4, Ready: true,
			Judging: &control.Judging{Rules: 12, Native: true, Accepted: 100, Refused: 18, Later: 3, Checked: 19}},
		Checks:   &control.ChecksState{Size: 118, Anchored: 110, Sending: 1, Since: began.Add(time.Minute), Problem: "nobody pays"},
		Store:    &control.StoreState{Readings: 1000, Windows: 100, Refused: 18, Waiting: 2, Bytes: 1 << 20},
		Register: &control.RegisterState{Leader: "icu-1", Term: 3, Index: 900, Voters: []flow.NodeID{"icu-1", "desk", "lab"}, Quorum: true, Members: []control.VoterState{{Up: true}, {Up: true}, {}}},
		Members:  map[string]int{"up": 2, "down": 1}, Alarms: 1, Packets: 77, Bytes: 123456, Lease: 9 * time.Second,
		Ends:  []meter.End{{Use: "node", Name: "icu-1", At: began.Add(24 * time.Hour)}},
		Syncs: syncs, Spans: 40, SpansLost: 2,
	}
}

// scrape is the node's own part of what a scrape gives.
func scrape(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("a scrape gives %d: %s", w.Code, w.Body)
	}
	var own strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "wardflow_") {
			own.WriteString(line)
		}
	}
	return own.String()
}

// The golden file is the list of all metrics, as an operator would look them up.
func TestMetrics(t *testing.T) {
	m, err := meter.New(ward)
	if err != nil {
		t.Fatal(err)
	}
	got := scrape(t, m.Handler())
	const file = "testdata/metrics.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("a scrape gives what %s does not have (go test -update writes it anew):\n%s", file, got)
	}
	problems, err := promlint.New(strings.NewReader(got)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// A node that has just begun has nothing to tell yet, and is scraped all the same;
// and so is one whose words are no text.
func TestLittleToTell(t *testing.T) {
	for name, r := range map[string]meter.Reading{
		"nothing":       {},
		"broken labels": {Node: "\xff", Actors: []engine.ActorStat{{ID: "app:\xff"}}, Links: []engine.LinkStat{{ID: "\xff"}}},
	} {
		m, err := meter.New(func(context.Context) meter.Reading { return r })
		if err != nil {
			t.Fatal(err)
		}
		if got := scrape(t, m.Handler()); !strings.Contains(got, `wardflow_members{condition="up"} 0`) {
			t.Errorf("%s: a scrape gives %s", name, got)
		}
	}
}

// Without TLS only this host is answered, and no page that somebody looks at on it.
func TestPlainIsForThisHost(t *testing.T) {
	m, err := meter.New(ward)
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "10.0.0.5:9464", "localhost:9464", "[::]:0", "127.0.0.1"} {
		if _, err := m.Serve(addr); err == nil {
			t.Errorf("Serve(%q) listens", addr)
		}
	}
	p, err := m.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, tt := range []struct {
		method, path, host string
		want               int
	}{
		{"GET", "/metrics", "", http.StatusOK},
		{"GET", "/metrics", "localhost:9464", http.StatusOK},
		{"GET", "/metrics", "[::1]:9464", http.StatusOK},
		{"GET", "/metrics", "rebound.example", http.StatusForbidden},
		{"GET", "/metrics", "127.0.0.1.rebound.example:9464", http.StatusForbidden},
		{"POST", "/metrics", "", http.StatusMethodNotAllowed},
		{"GET", "/", "", http.StatusNotFound},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+p.Addr().String()+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = tt.host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%s %s at %q: %d, want %d", tt.method, tt.path, tt.host, resp.StatusCode, tt.want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// A scrape of a node with 243 actors and 243 links.
func BenchmarkScrape(b *testing.B) {
	r := ward(b.Context())
	actor, out, in := r.Actors[0], r.Links[0], r.Links[1]
	r.Actors, r.Links, r.Types = nil, nil, map[flow.ActorID]string{}
	for i := range 243 {
		n := string(rune('a'+i/26%26)) + string(rune('a'+i%26))
		actor.ID = flow.ActorID("ward:" + n)
		out.ID = flow.LinkID("ward:" + n + ".out > ward:x.in")
		in.ID = out.ID
		r.Actors, r.Links = append(r.Actors, actor), append(r.Links, out, in)
	}
	m, err := meter.New(func(context.Context) meter.Reading { return r })
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	}
}
