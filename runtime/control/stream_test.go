package control_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The stream: events with ids, problems in between, a good-bye at the end.
func TestEvents(t *testing.T) {
	b := newBench(t)
	resp, err := b.viewer().Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	in := bufio.NewReader(resp.Body)
	first := nextEvent(t, in)
	if first["event"] != "snapshot" || !strings.HasSuffix(first["id"], "-1") || !strings.Contains(first["data"], `"apiVersion":"wardflow/v1"`) {
		t.Fatalf("first event %.200v", first)
	}
	var snap control.Snapshot
	if err := json.Unmarshal([]byte(first["data"]), &snap); err != nil {
		t.Fatal(err)
	}
	if len(snap.Nodes) != 3 || len(snap.Actors) != 19 || len(snap.Links) != 20 || snap.Apps[0].Script != "" {
		t.Errorf("%d nodes, %d actors, %d links, script %q; want 3, 19, 20 and none", len(snap.Nodes), len(snap.Actors), len(snap.Links), snap.Apps[0].Script)
	}
	b.ward.Fail(fmt.Errorf("no leader: %w", control.ErrUnavailable))
	for e := nextEvent(t, in); e["event"] != "problem"; e = nextEvent(t, in) {
	}
	b.ward.Fail(nil)
	for e := nextEvent(t, in); e["event"] != "snapshot"; e = nextEvent(t, in) {
	}
	if err := b.s.Close(); err != nil {
		t.Fatal(err)
	}
	e := nextEvent(t, in)
	for e["event"] == "snapshot" {
		e = nextEvent(t, in)
	}
	if e["event"] != "bye" || !strings.Contains(e["data"], "stopping") {
		t.Errorf("the last event is %v, want bye", e)
	}
}

// A viewer who comes back is told how much it missed; one who never was here,
// or saw another process, is not.
func TestEventsResume(t *testing.T) {
	b := newBench(t)
	other, err := b.viewer().Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Body.Close()
	in := bufio.NewReader(other.Body)
	first := nextEvent(t, in)
	nextEvent(t, in)
	nextEvent(t, in)

	for id, wantSkipped := range map[string]bool{first["id"]: true, "elsewhere-1": false, "nonsense": false, "": false} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Last-Event-ID", id)
		resp, err := b.viewer().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		e := nextEvent(t, bufio.NewReader(resp.Body))
		resp.Body.Close()
		if got := e["event"] == "skipped"; got != wantSkipped {
			t.Errorf("resumed after %q: first event %.80v, want skipped %t", id, e, wantSkipped)
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	b := newBench(t, func(c *control.Config) { c.MaxViewers = 1 })
	c := b.viewer()
	resp, err := c.Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	nextEvent(t, bufio.NewReader(resp.Body))
	if status, _, body := b.do(c, "GET", "/api/v1/events", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, "too many viewers") {
		t.Errorf("one viewer too many: %d %s", status, body)
	}
	if status, _, _ := b.do(b.browser(flow.Signer{}), "GET", "/api/v1/events", ""); status != http.StatusUnauthorized {
		t.Errorf("nobody may watch: %d", status)
	}
}

// nextEvent reads one event, past comments.
func nextEvent(t *testing.T, in *bufio.Reader) map[string]string {
	t.Helper()
	e := map[string]string{}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("read an event: %v (so far %v)", err, e)
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" && e["event"] != "" {
			return e
		}
		if name, value, ok := strings.Cut(line, ": "); ok && name != "" {
			e[name] = value
		}
	}
}
