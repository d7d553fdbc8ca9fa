package storetest

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// testLinks: a window in quarantine that is a link of its chain counts for it,
// across a restart; one that is none does not.
func testLinks(b *bench) {
	w := b.ward("p-1")
	var windows []store.Window
	var bare proof.Window // the second, before anybody judged it
	for i := range 4 {
		readings := w.Readings(b, 2)
		b.commit(store.Batch{Waiting: Chunks(w, readings)})
		if i == 1 {
			sealed := w.Close(b, readings)
			win, err := proof.OpenWindow(sealed)
			if err != nil {
				b.Fatal(err)
			}
			bare = *win
			windows = append(windows, store.Window{Window: win, Stored: w.Now()})
			continue
		}
		next, _ := Window(b, w, w.Window(b, readings))
		windows = append(windows, next...)
	}
	link := store.Window{Window: &bare, Stored: w.Now(), Quarantine: "nobody has judged it"}
	b.refuse(store.Batch{Windows: []store.Window{link}}, proof.ErrChain) // it is the second
	b.commit(store.Batch{Quarantine: []store.Quarantine{{Patient: "p-1", Number: 1, Bytes: windows[0].Bytes, Err: "of a stranger", At: w.Now()}}})
	b.commit(store.Batch{Windows: []store.Window{windows[0], link}})
	b.refuse(store.Batch{Windows: []store.Window{link}}, proof.ErrChain)
	b.counts(store.Counts{Patients: 1, Readings: 2, Waiting: 6, Windows: 1, Quarantined: 2})
	b.reopen()
	p, err := b.store.Chain(ctx, "p-1", "e-1")
	if err != nil || p.Number != 2 || p.Hash != bare.Hash || !p.Quarantined || p.Before(&bare).Number != 1 {
		b.Errorf("chain %+v, %v", p, err)
	}
	b.refuse(store.Batch{Windows: windows[3:]}, proof.ErrChain)
	b.commit(store.Batch{Windows: windows[2:]})
	b.refuse(store.Batch{Windows: windows[1:2]}, proof.ErrChain) // too late to take its place
	b.counts(store.Counts{Patients: 1, Readings: 6, Waiting: 2, Windows: 3, Quarantined: 2})
	if got := all(b, b.store.Quarantined(ctx)); len(got) != 2 || got[1].Err != link.Quarantine || string(got[1].Bytes) != string(bare.Bytes) || got[1].Number != 2 {
		b.Errorf("quarantine %+v", got)
	}
	report, err := proof.Verify(ctx, b.store, w.Trust, "p-1")
	if err != nil || !report.OK() || len(report.Quarantine) != 1 || report.Quarantine[0] != (proof.Apart{Why: link.Quarantine, Windows: 1, Readings: 2}) {
		b.Errorf("%+v, %v", report, err)
	}
	if p := report.Patients[0]; p.Windows != 3 || p.Readings != 6 || p.Quarantined != 1 || p.Apart != 2 || p.Waiting != 0 {
		b.Errorf("%+v", p)
	}
}

// testPlace: a copy that holds takes the place of the last window of its chain.
func testPlace(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 2)
	next, refused := Window(b, w, w.Window(b, readings, 1))
	bad := next[0]
	bad.Quarantine = "it was late"
	b.commit(store.Batch{Waiting: Chunks(w, readings[:1]), Windows: []store.Window{bad}})
	b.counts(store.Counts{Patients: 1, Waiting: 1, Quarantined: 1})
	b.commit(store.Batch{Windows: next, Refused: refused})
	b.refuse(store.Batch{Windows: next}, proof.ErrChain)
	b.counts(store.Counts{Patients: 1, Readings: 1, Windows: 1, Quarantined: 1, Refused: map[flow.Reason]int{flow.TooLow: 1}})
	if got := all(b, b.store.Quarantined(ctx)); len(got) != 1 || string(got[0].Bytes) != string(bad.Bytes) || !strings.Contains(got[0].Err, "late") {
		b.Errorf("quarantine %+v", got)
	}
	report, err := proof.Verify(ctx, b.store, w.Trust, "p-1")
	if err != nil || !report.OK() || len(report.Quarantine) != 0 || report.Patients[0].Verified != 2 {
		b.Errorf("%+v, %v", report, err)
	}
}
