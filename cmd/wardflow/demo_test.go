package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/hospital/demo"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// self is a path by which this test binary runs as the command wardflow: the
// script tests' TestMain goes by the name it is called.
func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	as := filepath.Join(t.TempDir(), "wardflow")
	if err := os.Symlink(exe, as); err != nil {
		t.Fatal(err)
	}
	return as
}

// runDemo runs a demo until enough says so, and returns what it printed.
func runDemo(t *testing.T, cfg demo.Config, enough func(*control.Snapshot) bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	var out bytes.Buffer
	cfg.Exe, cfg.Out = self(t), &out
	reached := false
	cfg.Seen = func(s *control.Snapshot) {
		if !reached && enough(s) {
			reached = true
			cancel()
		}
	}
	err := demo.Run(ctx, cfg)
	if err != nil {
		t.Errorf("the demo says that something does not hold: %v", err)
		showLogs(t, cfg.Dir)
	}
	if !reached {
		t.Errorf("the demo did not get as far as it should within six minutes")
	}
	if t.Failed() {
		t.Fatalf("it printed:\n%s", out.String())
	}
	return out.String()
}

func showLogs(t *testing.T, dir string) {
	logs, _ := filepath.Glob(filepath.Join(dir, "*", "node.log"))
	for _, l := range logs {
		b, _ := os.ReadFile(l)
		t.Logf("%s ends with:\n%s", l, b[max(0, len(b)-4000):])
	}
}

func readings(s *control.Snapshot) uint64 {
	if s.Store == nil {
		return 0
	}
	return s.Store.Readings
}

// The whole path, twice: the second run goes on with what the first has left.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var first uint64
	out := runDemo(t, demo.Config{Dir: dir}, func(s *control.Snapshot) bool {
		first = readings(s)
		return first >= 40 && len(s.Refusals) > 0
	})
	for _, want := range []string{"refused  body temperature", "1.1 Cel is below", "0 bad", "slowest stage"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo's output lacks %q:\n%s", want, out)
		}
	}
	runDemo(t, demo.Config{Dir: dir}, func(s *control.Snapshot) bool { return readings(s) >= first+20 })
}

// A rule that two people set while the ward runs is judged by from then on, and
// the command line sees and stops what runs.
func TestTheCommandLineSteersTheDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	with := func(args ...string) {
		t.Helper()
		if code := run(append(args, "--context", filepath.Join(dir, "context.yaml"))); code != 0 {
			t.Errorf("wardflow %s ended with %d", strings.Join(args, " "), code)
		}
	}
	set, stopped := false, false
	runDemo(t, demo.Config{Dir: dir}, func(s *control.Snapshot) bool {
		switch {
		case readings(s) < 20:
		case !set:
			set = true
			with("app", "list")
			with("app", "show", "ward")
			with("rule", "set", "--cert", filepath.Join(dir, "authority", "rules-1"), "--group", "h1/3", "--kind", "59408-5", "--min", "100")
			with("rule", "approve", "--yes", "--cert", filepath.Join(dir, "authority", "rules-2"))
		case !stopped:
			for _, r := range s.Refusals {
				if r.Kind == "59408-5" && r.Epoch == 2 && strings.Contains(r.Clause, "below 100 %") {
					stopped = true
				}
			}
			if stopped {
				with("app", "stop", "ward")
			}
		}
		return stopped && len(s.Apps) == 0 && len(s.Actors) == 0
	})
}

// kill -9 of each process in turn: the demo starts it again, flow goes on by
// itself, and at the end the whole record holds with no number missing.
func TestDemoSurvivesKills(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	running := map[flow.NodeID]*os.Process{}
	victims := []flow.NodeID{"ward", "records", "bedside"}
	var goal uint64 = 20
	runDemo(t, demo.Config{Dir: t.TempDir(), Started: func(n flow.NodeID, p *os.Process) {
		mu.Lock()
		defer mu.Unlock()
		running[n] = p
	}}, func(s *control.Snapshot) bool {
		if readings(s) < goal {
			return false
		}
		if len(victims) == 0 {
			return true
		}
		mu.Lock()
		defer mu.Unlock()
		if err := running[victims[0]].Kill(); err != nil {
			t.Errorf("kill %s: %v", victims[0], err)
		}
		victims = victims[1:]
		goal = readings(s) + 40
		return false
	})
}

// The recordings of ../shared/data, with the real wrong values in them.
func TestDemoPlaysRecordings(t *testing.T) {
	t.Parallel()
	shared := filepath.Join("..", "..", "..", "shared", "data")
	if os.Getenv("CI") != "" {
		t.Skip("recordings are not there in CI")
	}
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("the recordings are not at hand: %v", err)
	}
	dir := t.TempDir()
	var data []string
	for _, f := range []string{"icu-bidmc", "ecg-mitbih-100", "icu-vitals-2012", "cgm-dexcom-g6"} {
		data = append(data, filepath.Join(shared, f))
	}
	runDemo(t, demo.Config{Dir: dir, Data: data}, func(s *control.Snapshot) bool {
		return readings(s) > 300 && len(s.Refusals) >= 3
	})
	st, err := sqlite.OpenReadOnly(filepath.Join(dir, "records", "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if !refused(t, st, "p-2012-141449", 1_100_000) {
		t.Error("record 141449's 1.1 degrees was not refused")
	}
	if !stored(t, st, "p-2012-141449", 34_100_000) {
		t.Error("record 141449's 34.1 degrees of the same minute was not stored")
	}
	if !stored(t, st, "p-2012-134199", 29_900_000) {
		t.Error("record 134199's 29.9 degrees, a cold patient, was not stored")
	}
}

func stored(t *testing.T, st store.Reader, patient string, micro int64) bool {
	for c, err := range st.Chunks(t.Context(), store.Query{Patient: patient, Kind: "8310-5"}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Reading.Micro(0) == micro {
			return true
		}
	}
	return false
}

func refused(t *testing.T, st store.Reader, patient string, micro int64) bool {
	for r, err := range st.Refusals(t.Context(), store.Query{Patient: patient, Kind: "8310-5"}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Low == micro {
			return true
		}
	}
	return false
}
