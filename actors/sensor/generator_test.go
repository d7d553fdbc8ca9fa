package sensor_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func generate(t testing.TB, d time.Duration, args map[string]flow.Value) (rs []*proof.Reading) {
	t.Helper()
	full := map[string]flow.Value{"device": "monitor"}
	for k, v := range args {
		full[k] = v
	}
	b := actortest.Start(t, bedside(t, nil), sensor.Generator(), full)
	b.Room = 1 << 20
	b.Run()
	b.Advance(d)
	return taken(t, b)
}

// One seed gives one output, to the last digit.
func TestGeneratorGolden(t *testing.T) {
	var out strings.Builder
	for _, signal := range []string{"ecg", "heart_rate", "spo2", "temperature", "glucose", "resp"} {
		args := map[string]flow.Value{"signal": signal, "seed": int64(42), "rate": 0.01}
		if signal == "ecg" {
			args["rate"] = int64(100)
		}
		d := 15 * time.Minute
		if signal == "ecg" {
			d = 2 * time.Second
		}
		for _, r := range generate(t, d, args) {
			fmt.Fprintf(&out, "%s %s %s +%v step %d every %v: %v\n", r.Stream, r.Kind, r.Unit, r.At.Sub(actortest.Began), r.Scale, r.Period, r.Samples)
		}
	}
	const file = "testdata/seed42.golden"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("gives\n%s\nwant\n%s", out.String(), want)
	}
}

// beats are the times of R waves: local peaks above 0.6 mV.
func beats(rs []*proof.Reading) (at []time.Time, peaks []float64) {
	var v []float64
	var when []time.Time
	for _, r := range rs {
		for i := range r.Samples {
			v = append(v, float64(r.Micro(i))/1e6)
			when = append(when, r.At.Add(time.Duration(i)*r.Period))
		}
	}
	for i := 1; i < len(v)-1; i++ {
		if v[i] > 0.6 && v[i] >= v[i-1] && v[i] > v[i+1] && (len(at) == 0 || when[i].Sub(at[len(at)-1]) > 250*time.Millisecond) {
			at, peaks = append(at, when[i]), append(peaks, v[i])
		}
	}
	return at, peaks
}

// The ECG looks like one, and the heart rate that another generator of the same
// seed gives is that of its beats.
func TestGeneratorAgrees(t *testing.T) {
	for _, seed := range []int64{42, -7} {
		ecg := generate(t, time.Minute, map[string]flow.Value{"signal": "ecg", "seed": seed, "rate": int64(125)})
		low, high := 0.0, 0.0
		for _, r := range ecg {
			l, h := r.Range()
			low, high = math.Min(low, float64(l)/1e6), math.Max(high, float64(h)/1e6)
		}
		at, peaks := beats(ecg)
		if len(at) < 45 || low < -0.6 || low > -0.1 || high < 0.9 || high > 1.6 {
			t.Fatalf("seed %d: %d beats between %.2f and %.2f mV", seed, len(at), low, high)
		}
		for i, p := range peaks[2:] {
			if p < 0.8 || p > 1.5 {
				t.Errorf("seed %d: R wave %d is %.2f mV", seed, i+2, p)
			}
		}
		for _, r := range generate(t, time.Minute, map[string]flow.Value{"signal": "heart_rate", "seed": seed}) {
			if r.At.Sub(actortest.Began) < 10*time.Second {
				continue
			}
			first, last := -1, -1
			for i, b := range at {
				if since := r.At.Sub(b); since >= 0 && since < 9*time.Second {
					if first < 0 {
						first = i
					}
					last = i
				}
			}
			counted := 60 * float64(last-first) / at[last].Sub(at[first]).Seconds()
			if shown := float64(r.Micro(0)) / 1e6; math.Abs(shown-counted) > 3 {
				t.Errorf("seed %d at %v: shows %.0f/min, %.1f counted", seed, r.At.Sub(actortest.Began), shown, counted)
			}
		}
	}
}

// Nobody at rest leaves these ranges, whatever the seed and the hour.
func TestGeneratorIsPlausible(t *testing.T) {
	for signal, limits := range map[string][2]float64{
		"heart_rate": {45, 105}, "spo2": {92, 100}, "temperature": {35.8, 38}, "glucose": {60, 200}, "resp": {6, 24},
	} {
		for seed := range int64(4) {
			for _, r := range generate(t, 24*time.Hour, map[string]flow.Value{"signal": signal, "seed": seed, "rate": 0.0004}) {
				if v := float64(r.Micro(0)) / 1e6; v < limits[0] || v > limits[1] {
					t.Errorf("seed %d: %s is %v %s at %v", seed, signal, v, r.Unit, r.At.Sub(actortest.Began))
				}
			}
		}
	}
}

func TestGeneratorFaults(t *testing.T) {
	rs := generate(t, 9*time.Second, map[string]flow.Value{"signal": "temperature", "rate": int64(1), "fault_every": int64(5), "fault_value": 1.1})
	for i, r := range rs {
		if faulty := r.Micro(0) == 1_100_000; faulty != (i%5 == 4) {
			t.Errorf("reading %d is %d millionths", i+1, r.Micro(0))
		}
	}
	rs = generate(t, 3*time.Second, map[string]flow.Value{"signal": "ecg", "fault_every": int64(3), "fault_value": int64(-50)})
	for i, r := range rs {
		if low, _ := r.Range(); (low == -50_000_000) != (i == 2) {
			t.Errorf("second %d goes down to %d millionths", i+1, low)
		}
	}
}

// A generator that restarts after each reading gives what one that never does gives.
func TestGeneratorRestarts(t *testing.T) {
	run := func(restart bool) string {
		b := actortest.Start(t, bedside(t, nil), sensor.Generator(), map[string]flow.Value{"device": "monitor", "signal": "ecg", "rate": int64(60)})
		var out strings.Builder
		for range 5 {
			b.Advance(time.Second)
			for _, r := range taken(t, b) {
				fmt.Fprintln(&out, r.Seq, r.At.Sub(actortest.Began), r.Samples)
			}
			if restart {
				b.Restart()
			}
		}
		return out.String()
	}
	if straight, restarted := run(false), run(true); straight != restarted || strings.Count(straight, "\n") != 5 {
		t.Errorf("without restarts:\n%s\nwith:\n%s", straight, restarted)
	}
}

func TestGeneratorRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		args map[string]flow.Value
		want string
	}{
		"signal":      {map[string]flow.Value{"signal": "eeg"}, `argument signal: there is no "eeg"`},
		"rate":        {map[string]flow.Value{"signal": "ecg", "rate": int64(1)}, "argument rate: want 50 to 2000 samples a second, not 1"},
		"chunk":       {map[string]flow.Value{"signal": "ecg", "chunk": int64(60)}, "argument chunk: would hold 15000 samples"},
		"fault_every": {map[string]flow.Value{"signal": "spo2", "fault_every": int64(-1)}, "argument fault_every: want 0 or more"},
		"fault_value": {map[string]flow.Value{"signal": "spo2", "fault_value": 1e30}, "argument fault_value: 1e+30 is beyond"},
	} {
		tt.args["device"] = "monitor"
		if _, err := actortest.New(sensor.Generator(), tt.args); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func BenchmarkECG(b *testing.B) {
	bench := actortest.Start(b, bedside(b, nil), sensor.Generator(), map[string]flow.Value{"device": "monitor", "signal": "ecg"})
	for b.Loop() {
		bench.Advance(time.Second)
		bench.Take("reading")
	}
}
