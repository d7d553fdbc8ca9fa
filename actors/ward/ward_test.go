package ward_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// A reading is passed on at once and waits in the store; the window that covers
// it moves it into the record; what was refused is accounted for beside it.
func TestWardKeepsARecord(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 341, 11, 367)
	w.pump()
	if c := w.counts(); c.Waiting != 2 || c.Readings != 0 || c.Windows != 0 {
		t.Fatalf("before the window: %+v, want 2 waiting", c)
	}
	w.later(10 * time.Second)
	c := w.counts()
	if c.Waiting != 0 || c.Readings != 2 || c.Windows != 1 || c.Refused[flow.TooLow] != 1 || c.Quarantined != 0 {
		t.Fatalf("after the window: %+v, want 2 readings and a refusal under 1 window", c)
	}
	r := w.verified()
	if p := r.Patients[0]; p.Patient != patient || p.Readings != 2 || p.Refused != 1 || p.Verified != 3 || p.Missing != 0 {
		t.Errorf("verified %+v", p)
	}
	if got := w.reasons(); !slices.Equal(got, []string{"check: too low: 1100000 is below"}) {
		t.Errorf("refused %q", got)
	}
	d := w.refused[0].(map[string]any)
	if d["value"] != "1.1" || d["unit"] != "Cel" || d["device"] != w.therm.ID.EPC || d["group"] != thermo || d["version"] != int64(1) {
		t.Errorf("the refusal says %v", d)
	}
}

// The real trouble of two stays in shared/data: 141449's 1.1 °C is refused while
// the 34.1 of the same minute passes; 134199's 29.9 is a cold patient, accepted.
func TestRealTemperatures(t *testing.T) {
	data := actortest.SharedData(t)
	for _, tt := range []struct {
		stay          string
		passes, fails int64 // tenths of a degree that must be among them; 0: none fails
	}{
		{"141449", 341, 11},
		{"134199", 299, 0},
	} {
		w := newHouse(t)
		env := actortest.NewEnv().Offer("recordings", data)
		env.Signer = w.therm
		env.Set(w.now)
		player := actortest.Start(t, env, sensor.Player(), map[string]flow.Value{"device": "thermometer",
			"file": "icu-vitals-2012/" + tt.stay + ".txt", "channel": "Temp", "kind": "8310-5", "unit": "Cel", "speed": int64(36000), "loop": false})
		player.Room = 1000
		player.Advance(10 * time.Second) // 48 hours at 36000 times the speed are 4.8 s
		w.collector.FeedFrom(w.therm.ID, "reading", player.Take("reading")...)
		w.later(time.Second)
		w.later(time.Minute)

		var passed, failed []int64
		for _, v := range w.passed {
			if m, ok := v.(map[string]any); ok {
				r, err := proof.OpenReading(m["reading"].(flow.Sealed))
				if err != nil {
					t.Fatal(err)
				}
				passed = append(passed, r.Micro(0)/100_000)
			}
		}
		for _, v := range w.refused {
			d := v.(map[string]any)
			if value := d["value"].(string); d["reason"] != "too low" || value > "3" {
				t.Errorf("%s: refused %v", tt.stay, d)
			} else if value == "1.1" {
				failed = append(failed, 11)
			}
		}
		if !slices.Contains(passed, tt.passes) || tt.fails != 0 && !slices.Contains(failed, tt.fails) || tt.fails == 0 && len(w.refused) != 0 {
			t.Errorf("%s: passed %v, refused %v", tt.stay, passed, w.reasons())
		}
		if c := w.counts(); c.Readings != len(passed) || c.Refused[flow.TooLow] != len(w.refused) || c.Waiting != 0 {
			t.Errorf("%s: stored %+v, passed %d, refused %d", tt.stay, c, len(passed), len(w.refused))
		}
		w.verified()
	}
}

// Any of the three may be stopped and started elsewhere between any two
// firings; the record is the same, and it holds.
func TestWardRestarts(t *testing.T) {
	for _, who := range []string{"nobody", "collector", "check", "store", "all"} {
		w := newHouse(t)
		for i := range 12 {
			w.measure(w.therm, 360+int64(i%5))
			w.measure(w.other, 11, 370)
			w.later(3 * time.Second)
			for name, b := range map[string]*actortest.Bench{"collector": w.collector, "check": w.check, "store": w.store} {
				if who == name || who == "all" {
					b.Restart()
				}
			}
		}
		w.later(time.Minute)
		c, r := w.counts(), w.verified()
		if c.Readings != 24 || c.Refused[flow.TooLow] != 12 || c.Waiting != 0 || c.Windows != 4 || r.Patients[0].Chains != 1 {
			t.Errorf("with %s restarting: %+v", who, c)
		}
	}
}

// 256 readings close a window before its time.
func TestFullWindow(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, slices.Repeat([]int64{365}, 300)...)
	w.pump()
	if c := w.counts(); c.Windows != 1 || c.Readings != 256 || c.Waiting != 44 {
		t.Errorf("stored %+v, want a window of 256 and 44 waiting", c)
	}
	w.verified()
}

// Rules that change between check and store: the store's own judgment stands,
// and the leaf is accounted for as refused by it.
func TestStoreJudgesAgain(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 341, 365)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	passed := w.check.Take("passed")
	w.rules.low = 35_000_000
	w.store.FeedFrom(w.check.Env.Signer.ID, "in", passed...)
	w.store.Run()
	w.later(time.Minute)
	c := w.counts()
	if c.Readings != 1 || c.Refused[flow.TooLow] != 1 || c.Windows != 1 || c.Quarantined != 0 {
		t.Fatalf("stored %+v, want 1 reading and 1 refusal", c)
	}
	for r, err := range w.db.Refusals(t.Context(), store.Query{}) {
		if err != nil || r.By != store.ByStorage || r.Window != 1 {
			t.Errorf("refusal %+v, %v", r, err)
		}
	}
	w.verified()
}
