package ward_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

func (r *rules) Alarm(a flow.Alarm) { r.alarms = append(r.alarms, a) }

// wantAlarms compares what the rules were told with what is wanted.
func (w *house) wantAlarms(want ...string) {
	w.t.Helper()
	var got []string
	for _, a := range w.rules.alarms {
		over := ""
		if a.Over {
			over = " over"
		}
		got = append(got, fmt.Sprintf("%s%s", a.Kind, over))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		w.t.Fatalf("alarms: %v, want %v\n%+v", got, want, w.rules.alarms)
	}
}

// tick moves all clocks on by d, and wakes the store where it asked to be woken.
func (w *house) tick(d time.Duration) {
	w.t.Helper()
	now := w.store.Env.Now()
	w.store.Advance(d)
	w.store.Env.Set(now) // later moves it
	w.later(d)
}

// seconds has the thermometer measure once a second.
func (w *house) seconds(n int, tenths int64) {
	w.t.Helper()
	for range n {
		w.measure(w.therm, tenths)
		w.tick(time.Second)
	}
}

// swallow takes readings of the thermometer away before the collector passes
// them on.
func (w *house) swallow(n int) {
	for range n {
		w.seal(w.therm, 365)
		w.tick(time.Second)
	}
}

// AT-sinkhole a: numbers that never come are said after two windows at most,
// with the collector's name.
func TestWatchGap(t *testing.T) {
	w := newHouse(t) // windows of 10 s
	w.seconds(15, 365)
	w.swallow(1)
	w.seconds(3, 365)
	w.swallow(2)
	w.seconds(24, 365)
	w.wantAlarms("gap", "gap")
	for i, want := range []string{"number 16 never came", "numbers 20 to 21 never came"} {
		a := w.rules.alarms[i]
		if !strings.Contains(a.Text, want) || !strings.Contains(a.Who, "bed1") || a.Stream != "Temp" {
			t.Errorf("alarm %+v, want %q of the collector bed1", a, want)
		}
	}
	w.seconds(30, 365)
	w.wantAlarms("gap", "gap") // once each
}

// What the rules refuse, on the way or at the store, is no gap, nor is it one to
// a store that has begun anew since.
func TestWatchRefusedIsNoGap(t *testing.T) {
	w := newHouse(t)
	w.seconds(5, 365)
	w.seconds(3, 11) // 1.1 °C: the check refuses it
	w.seconds(20, 365)
	w.seconds(2, 11)
	w.seconds(10, 11)
	w.store.Restart()
	w.seconds(30, 365)
	w.wantAlarms()
	if n := w.counts().Refused[flow.TooLow]; n != 15 {
		t.Errorf("%d refused, want 15", n)
	}
}

// AT-sinkhole b: a stream that stops is said within 15 s, and when it goes on.
func TestWatchSilence(t *testing.T) {
	w := newHouse(t)
	w.seconds(20, 365)
	w.tick(13 * time.Second)
	w.wantAlarms()
	w.tick(2 * time.Second)
	w.wantAlarms("silence")
	if a := w.rules.alarms[0]; !strings.Contains(a.Who, "bed1") || !strings.Contains(a.Text, "nothing has come for 15s") {
		t.Errorf("alarm %+v", a)
	}
	w.tick(time.Minute)
	w.wantAlarms("silence")
	w.seconds(3, 365)
	w.wantAlarms("silence", "silence over")
	w.tick(3 * time.Hour)
	w.wantAlarms("silence", "silence over", "silence")
}

// AT-sinkhole b: of a stream that comes too rarely to be missed in time, the
// first reading that comes 30 s late is said when it comes.
func TestWatchLate(t *testing.T) {
	w := newHouse(t)
	for range 3 {
		w.measure(w.therm, 365)
		w.pump()
		w.tick(20 * time.Second)
	}
	kept := w.seal(w.therm, 365)
	for range 3 {
		w.tick(17 * time.Second)
		next := w.seal(w.therm, 365)
		w.tick(13 * time.Second)
		w.collector.FeedFrom(w.therm.ID, "reading", kept)
		w.pump()
		w.tick(3 * time.Second)
		w.wantAlarms("late")
		kept = next
	}
	if a := w.rules.alarms[0]; !strings.Contains(a.Who, "bed1") || !strings.Contains(a.Text, "30s after it was taken") {
		t.Errorf("alarm %+v", a)
	}
	w.collector.FeedFrom(w.therm.ID, "reading", kept)
	w.measure(w.therm, 365)
	w.tick(time.Second)
	w.wantAlarms("late", "late over")
}

// A store that begins anew expects those streams of which it has readings whose
// window has not come.
func TestWatchBeginsAgain(t *testing.T) {
	w := newHouse(t)
	w.seconds(5, 365)
	w.store.Restart()
	w.tick(29 * time.Second)
	w.wantAlarms()
	w.tick(2 * time.Second)
	w.wantAlarms("silence")
}

// A device that has forgotten where it was counts on from the clock. That is no
// gap; one after it is.
func TestWatchCountsAnew(t *testing.T) {
	w := newHouse(t)
	w.seconds(5, 365)
	w.seq[w.therm.ID.EPC] = uint64(w.collector.Env.Now().UnixMilli())
	w.seconds(30, 365)
	w.wantAlarms()
	w.swallow(1)
	w.seconds(30, 365)
	w.wantAlarms("gap")
}

// A device that gives what it measured a minute at a time is not late, and
// silent only until that is known.
func TestWatchBursts(t *testing.T) {
	w := newHouse(t)
	for range 5 {
		var kept []flow.Sealed
		for range 60 {
			kept = append(kept, w.seal(w.therm, 365))
			w.collector.Env.Set(w.collector.Env.Now().Add(time.Second))
		}
		w.collector.Env.Set(w.collector.Env.Now().Add(-time.Minute))
		w.tick(time.Minute)
		for _, s := range kept {
			w.collector.FeedFrom(w.therm.ID, "reading", s)
		}
		w.pump()
		w.tick(4 * time.Second)
	}
	w.wantAlarms("silence", "silence over")
}
