package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
)

// The last line of a trial's JSON has the keys that others read.
func TestBenchJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		res  any
		keys string
	}{
		"links":    {trial.LinksResult{RawPerS: 1, PacketBytes: 1}, "bare_grpc_tokens_per_s local_hop_ns overhead ratio tokens_per_s unsealed_tokens_per_s"},
		"idle":     {trial.IdleResult{}, "actors bytes_each cpu_percent deploy_s empty_percent goroutine_each"},
		"deploy":   {trial.DeployResult{}, "actors linked_s nodes seconds"},
		"failover": {trial.FailoverResult{Made: 1, Notes: []string{"x"}}, "duplicated kills lost move_pause_ms_median resume_ms_max resume_ms_median"},
	} {
		var b bytes.Buffer
		if err := output("json").writeLine(&b, tt.res, func(io.Writer) { t.Error("people were written to") }); err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || strings.Count(b.String(), "\n") != 1 {
			t.Fatalf("%s: %q is not one line of JSON: %v", name, b.String(), err)
		}
		if keys := strings.Join(slices.Sorted(maps.Keys(got)), " "); keys != tt.keys {
			t.Errorf("%s has the keys %s, want %s", name, keys, tt.keys)
		}
	}
}

// People read sentences with the units in them.
func TestBenchForPeople(t *testing.T) {
	var b bytes.Buffer
	showLinks(&b, trial.LinksResult{TokensPerS: 1.5e6, BareTokensPerS: 2.5e6, Ratio: 0.6, LocalHopNS: 200, PacketBytes: 12000, BatchTokens: 120,
		CPU: map[string]time.Duration{"sealed": 800 * time.Nanosecond}})
	showFailover(&b, trial.FailoverResult{Kills: 6, ResumeMedian: 1449.4, ResumeMax: 3000, Moves: 12, MovePauseMS: 60, MoveMax: 90 * time.Millisecond,
		Made: 1000, Acked: 990, Stored: 1000, Rate: 4999, Notes: []string{"the copy of host b had 7 of 8 readings"}})
	for _, want := range []string{"1500000        800ns", "60 % of the bare stream's rate", "A local hop takes 200 ns",
		"0 lost, 0 duplicated", "1449 ms at the median, 3000 ms at most", "a pause of 60 ms", "the copy of host b"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
