package ward_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// next has the thermometer take readings and the collector close the window over
// them; the store gets the readings but those that lost says. The window comes
// back as the collector made it, and as the check judged it.
func (w *house) next(lost func(i int) bool, tenths ...int64) (unjudged, judged flow.Value) {
	w.t.Helper()
	w.measure(w.therm, tenths...)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	for i, v := range w.check.Take("passed") {
		if lost == nil || !lost(i) {
			w.store.FeedFrom(w.check.Env.Signer.ID, "in", v)
		}
	}
	w.store.Run()
	w.collector.Advance(time.Minute)
	for _, b := range []interface{ Set(time.Time) }{w.check.Env, w.store.Env} {
		b.Set(w.collector.Env.Now())
	}
	unjudged = w.collector.Take("out")[0]
	w.check.Feed("in", unjudged)
	w.check.Run()
	return unjudged, w.check.Take("passed")[0]
}

// put has the store take a window.
func (w *house) put(windows ...flow.Value) {
	w.t.Helper()
	w.store.Feed("in", windows...)
	w.store.Run()
}

// A window of the patient's own card that goes into quarantine counts for its
// chain: the ones after it are recorded, also by a store that was moved, and who
// verifies is told of it.
func TestStoreGoesOnAfterQuarantine(t *testing.T) {
	for name, tt := range map[string]struct {
		lost func(int) bool
		bend func(w *house, unjudged, judged flow.Value) flow.Value
		want string
		left int // readings that wait for ever
	}{
		"not judged": {nil, func(_ *house, unjudged, _ flow.Value) flow.Value { return unjudged }, "nobody has judged", 2},
		"judged by a device": {nil, func(w *house, unjudged, _ flow.Value) flow.Value {
			s, err := proof.Judge(unjudged.(flow.Sealed), w.therm, make([]proof.Finding, 2), w.store.Env.Now())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}, "may not judge", 2},
		"a reading that never came": {func(i int) bool { return i == 1 }, func(_ *house, _, judged flow.Value) flow.Value { return judged }, "neither kept nor refused", 1},
		"late": {nil, func(w *house, _, judged flow.Value) flow.Value {
			w.store.Env.Set(w.store.Env.Now().Add(60 * time.Hour))
			return judged
		}, "not signed about now", 2},
	} {
		for _, moved := range []bool{false, true} {
			w := newHouse(t)
			_, first := w.next(nil, 360)
			w.put(first)
			unjudged, judged := w.next(tt.lost, 361, 362)
			w.put(tt.bend(w, unjudged, judged))
			if c := w.counts(); c.Windows != 1 || c.Quarantined != 1 || c.Waiting != tt.left {
				t.Errorf("%s: %+v", name, c)
			}
			if moved {
				w.store.Restart()
			}
			for range 2 {
				_, good := w.next(nil, 363)
				w.put(good)
			}
			c := w.counts()
			if c.Windows != 3 || c.Readings != 3 || c.Quarantined != 1 {
				t.Errorf("%s, moved %v: %+v", name, moved, c)
			}
			r := w.verified()
			if p := r.Patients[0]; p.Quarantined != 1 || p.Apart != 2 || p.Windows != 3 || p.Waiting != 0 || p.Missing != 0 {
				t.Errorf("%s: verify says %+v", name, p)
			}
			if len(r.Quarantine) != 1 || !strings.Contains(r.Quarantine[0].Why, tt.want) {
				t.Errorf("%s: verify says %+v, want %q", name, r.Quarantine, tt.want)
			}
		}
	}
}

// Several bad windows and good ones in one batch keep their order.
func TestStoreQuarantinesWithinABatch(t *testing.T) {
	w := newHouse(t)
	_, first := w.next(nil, 360)
	second, _ := w.next(func(int) bool { return true }, 361)
	_, third := w.next(func(int) bool { return true }, 362)
	_, fourth := w.next(nil, 363)
	w.put(first, second, third, fourth)
	if c := w.counts(); c.Windows != 2 || c.Readings != 2 || c.Quarantined != 2 {
		t.Errorf("%+v", c)
	}
	if p := w.verified().Patients[0]; p.Quarantined != 2 || p.Apart != 2 {
		t.Errorf("verify says %+v", p)
	}
}

// A window that another card signed, or none, burns no number.
func TestStoreOfStrangersWindows(t *testing.T) {
	for name, card := range map[string]func(w *house) flow.Signer{
		"another patient's card":  func(w *house) flow.Signer { return w.h.Patient("p-9") },
		"another hospital's card": func(w *house) flow.Signer { return w.h.Rogue().Patient(patient) },
		"the device's own key":    func(w *house) flow.Signer { return w.other },
	} {
		w := newHouse(t)
		_, first := w.next(nil, 360)
		open, err := proof.OpenWindow(first.(flow.Sealed))
		if err != nil {
			t.Fatal(err)
		}
		d := proof.NewDraft(open.Patient, open.Encounter)
		r, err := proof.OpenReading(w.sealAs(w.other, w.other.ID.EPC, 1, 360))
		if err == nil {
			err = d.Add(r)
		}
		if err != nil {
			t.Fatal(err)
		}
		forged, err := d.Close(card(w), w.collector.Env.Signer, w.ids.Certificate, w.store.Env.Now())
		if err != nil {
			t.Fatal(err)
		}
		w.put(forged)
		if c := w.counts(); c.Windows != 0 || c.Quarantined != 1 {
			t.Errorf("%s: %+v", name, c)
		}
		w.put(first)
		if c := w.counts(); c.Windows != 1 || c.Quarantined != 1 {
			t.Errorf("%s: after the patient's own window: %+v", name, c)
		}
		if p := w.verified().Patients[0]; p.Quarantined != 0 {
			t.Errorf("%s: verify says %+v", name, p)
		}
	}
}

// What an older store left in quarantine, which ended the chain, becomes a link
// when the next window comes.
func TestStoreMendsAnOldChain(t *testing.T) {
	w := newHouse(t)
	_, first := w.next(nil, 360)
	w.put(first)
	var old []store.Quarantine
	for range 2 {
		unjudged, _ := w.next(nil, 361)
		open, err := proof.OpenWindow(unjudged.(flow.Sealed))
		if err != nil {
			t.Fatal(err)
		}
		old = append(old, store.Quarantine{Patient: open.Patient, Number: open.Number, Bytes: open.Bytes, Err: "of old", At: open.Closed})
	}
	if err := w.db.Store.Commit(t.Context(), store.Batch{Quarantine: old}); err != nil {
		t.Fatal(err)
	}
	w.store.Restart()
	_, good := w.next(nil, 362)
	w.put(good)
	if c := w.counts(); c.Windows != 2 || c.Readings != 2 || c.Quarantined != 2 {
		t.Errorf("%+v", c)
	}
	if r := w.verified(); r.Patients[0].Quarantined != 2 || len(r.Quarantine) != 1 || r.Quarantine[0] != (proof.Apart{Why: "of old", Windows: 2, Readings: 2}) {
		t.Errorf("verify says %+v", r)
	}
}
