package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
)

func testRecord(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 5)
	b.counts(store.Counts{})
	b.commit(store.Batch{Waiting: Chunks(w, without(readings, 3))})
	b.counts(store.Counts{Patients: 1, Waiting: 4})
	b.reopen()
	b.counts(store.Counts{Patients: 1, Waiting: 4})
	if n := len(all(b, b.store.Waiting(ctx, "p-1"))); n != 4 {
		b.Errorf("%d readings wait after a restart, want 4", n)
	}
	win := w.Window(b, readings, 3)
	windows, refused := Window(b, w, win)
	b.commit(store.Batch{Windows: windows, Refused: refused})
	b.reopen()
	b.counts(store.Counts{Patients: 1, Readings: 4, Windows: 1, Refused: map[flow.Reason]int{flow.TooLow: 1}})
	number, hash, err := b.store.LastWindow(ctx, "p-1")
	if err != nil || number != 1 || hash != win.Hash {
		b.Errorf("last window %d %x, %v", number, hash[:4], err)
	}
	leaves, err := b.store.Leaves(ctx, "p-1", "e-1", 1)
	if err != nil {
		b.Fatal(err)
	}
	for i, l := range leaves {
		r := readings[i]
		if l.Index != i || l.Leaf != r.Leaf || l.Stream != r.Of() || l.Seq != r.Seq || l.Kind != r.Kind || l.Unit != r.Unit || !l.At.Equal(r.At) {
			b.Errorf("leaf %d: %+v", i, l)
		}
		if (l.Bytes == nil) != (i == 3) || i != 3 && string(l.Bytes) != string(r.Bytes) {
			b.Errorf("leaf %d has %d bytes", i, len(l.Bytes))
		}
		want := prooftest.Accepted
		if i == 3 {
			want = prooftest.Refused
		}
		if l.Verdict != want {
			b.Errorf("leaf %d: verdict %+v, want %+v", i, l.Verdict, want)
		}
	}
	sealed := all(b, b.store.Sealed(ctx, "p-1"))
	if len(sealed) != 1 || sealed[0].Hash != win.Hash || string(sealed[0].Bytes) != string(win.Bytes) || sealed[0].Number != 1 {
		b.Errorf("%d windows are kept, or another", len(sealed))
	}
}

func testTogether(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 3)
	windows, refused := Window(b, w, w.Window(b, readings, 0, 2))
	b.commit(store.Batch{Waiting: Chunks(w, readings[1:2]), Windows: windows, Refused: refused})
	b.counts(store.Counts{Patients: 1, Readings: 1, Windows: 1, Refused: map[flow.Reason]int{flow.TooLow: 2}})
}

func testWhole(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 4)
	win := w.Window(b, readings)
	windows, _ := Window(b, w, win)
	// The last leaf is missing, so nothing of the batch may be stored.
	b.refuse(store.Batch{Waiting: Chunks(w, readings[:3]), Windows: windows, Checkpoint: flow.Checkpoint{Actor: "a:s", Epoch: 1},
		Quarantine: []store.Quarantine{{Patient: "p-1", At: w.Now()}}}, proof.ErrMissing)
	b.counts(store.Counts{})
	if c, err := b.store.Newest(ctx, "a:s"); err != nil || c.Actor != "" {
		b.Errorf("the checkpoint of a refused batch was stored: %+v, %v", c, err)
	}
	b.commit(store.Batch{Waiting: Chunks(w, readings), Windows: windows})
	b.counts(store.Counts{Patients: 1, Readings: 4, Windows: 1})
	done, cancel := context.WithCancel(ctx)
	cancel()
	err := b.store.Commit(done, store.Batch{Waiting: Chunks(w, w.Readings(b, 1))})
	c, cerr := b.store.Counts(ctx)
	if cerr != nil {
		b.Fatal(cerr)
	}
	if (err == nil) != (c.Waiting == 1) {
		b.Errorf("a withdrawn commit answers %v, and %d readings wait", err, c.Waiting)
	}
}

func testReplay(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 6)
	b.commit(store.Batch{Waiting: Chunks(w, readings[:4])})
	for name, batch := range map[string]store.Batch{
		"the same":             {Waiting: Chunks(w, readings[1:2])},
		"with a new one":       {Waiting: Chunks(w, readings[3:5])},
		"twice in one batch":   {Waiting: append(Chunks(w, readings[4:5]), Chunks(w, readings[4:5])...)},
		"for another patient":  {Waiting: Chunks(b.ward("p-2"), readings[1:2])},
		"signed a second time": {Waiting: Chunks(w, []*proof.Reading{w.Seal(b, w.Devices[0], &readings[0].Reading)})},
	} {
		err := b.store.Commit(ctx, batch)
		var replay *store.ReplayError
		if !errors.Is(err, store.ErrReplay) || !errors.As(err, &replay) || replay.Seq == 0 {
			b.Errorf("%s: %v, want ErrReplay", name, err)
		}
	}
	b.counts(store.Counts{Patients: 1, Waiting: 4})
	if seq, err := b.store.LastSeq(ctx, readings[2].Of()); err != nil || seq != readings[2].Seq {
		b.Errorf("last number %d, %v, want %d", seq, err, readings[2].Seq)
	}
	if seq, err := b.store.LastSeq(ctx, proof.Stream{Device: "none"}); err != nil || seq != 0 {
		b.Errorf("last number of an unknown stream %d, %v", seq, err)
	}
	b.commit(store.Batch{Waiting: Chunks(w, readings[4:])})
}

func testChain(b *bench) {
	w := b.ward("p-1")
	var windows []store.Window
	for range 3 {
		readings := w.Readings(b, 2)
		b.commit(store.Batch{Waiting: Chunks(w, readings)})
		next, _ := Window(b, w, w.Window(b, readings))
		windows = append(windows, next...)
	}
	b.refuse(store.Batch{Windows: windows[1:2]}, proof.ErrChain)
	b.commit(store.Batch{Windows: windows[:1]})
	b.refuse(store.Batch{Windows: windows[:1]}, proof.ErrChain)
	b.refuse(store.Batch{Windows: windows[2:]}, proof.ErrChain)
	other := b.ward("p-1")
	other.Devices = w.Devices
	forged, _ := Window(b, other, other.Window(b, other.Readings(b, 2)))
	b.refuse(store.Batch{Windows: forged}, proof.ErrChain)
	b.commit(store.Batch{Windows: windows[1:]})
	p, err := b.store.Chain(ctx, "p-1", "e-1")
	if err != nil || p.Number != 3 || p.Hash != windows[2].Hash || len(p.Streams) != 2 {
		b.Errorf("chain %+v, %v", p, err)
	}
	if p, err := b.store.Chain(ctx, "p-1", "e-2"); err != nil || p.Number != 0 {
		b.Errorf("chain of another encounter %+v, %v", p, err)
	}
	// Another encounter is another chain.
	w.Begin("e-2")
	readings := w.Readings(b, 2)
	second, _ := Window(b, w, w.Window(b, readings))
	b.commit(store.Batch{Waiting: Chunks(w, readings), Windows: second})
	if n, hash, err := b.store.LastWindow(ctx, "p-1"); err != nil || n != 1 || hash != second[0].Hash {
		b.Errorf("last window %d, %v, want the first of the second encounter", n, err)
	}
}

func testLeaves(b *bench) {
	w, other := b.ward("p-1"), b.ward("p-2")
	readings := w.Readings(b, 3)
	windows, refused := Window(b, w, w.Window(b, readings, 1))
	b.refuse(store.Batch{Windows: windows}, proof.ErrMissing)
	b.commit(store.Batch{Waiting: Chunks(w, readings[:1])})
	b.commit(store.Batch{Waiting: Chunks(other, readings[2:])}) // under another patient
	err := b.store.Commit(ctx, store.Batch{Windows: windows, Refused: refused})
	var leaf *store.LeafError
	if !errors.As(err, &leaf) || leaf.Index != 2 || leaf.Leaf != readings[2].Leaf {
		b.Errorf("commit: %v, want leaf 2 missing", err)
	}
	b.counts(store.Counts{Patients: 2, Waiting: 2})

	// A reading that a judgment refuses can't be recorded, even if it waits.
	w = b.ward("p-3")
	readings = w.Readings(b, 2)
	windows, _ = Window(b, w, w.Window(b, readings, 1))
	b.refuse(store.Batch{Waiting: Chunks(w, readings), Windows: windows}, proof.ErrMissing)
	// One that the store refused itself is accounted for.
	w = b.ward("p-4")
	readings = w.Readings(b, 2)
	windows, _ = Window(b, w, w.Window(b, readings))
	f := proof.Find(prooftest.Refused, &readings[1].Reading).Refused
	b.commit(store.Batch{Waiting: Chunks(w, readings[:1]), Refused: []store.Refusal{{Leaf: readings[1].Leaf, Stream: f.Stream, Seq: f.Seq,
		Kind: f.Kind, Unit: f.Unit, At: f.At, Low: f.Low, High: f.High, Verdict: prooftest.Refused, By: store.ByStorage, Judged: w.Now()}}})
	b.commit(store.Batch{Windows: windows})
	report, err := proof.Verify(ctx, b.store, w.Trust, "p-4")
	if err != nil || !report.OK() || report.Patients[0].Refused != 1 || report.Patients[0].Verified != 2 {
		b.Errorf("%+v, %v", report, err)
	}
}

func testVerify(b *bench) {
	for _, patient := range []string{"p-1", "p-2"} {
		w := b.ward(patient)
		for range 3 {
			readings := w.Readings(b, 9)
			windows, refused := Window(b, w, w.Window(b, readings, 4))
			b.commit(store.Batch{Waiting: Chunks(w, without(readings, 4)), Windows: windows, Refused: refused})
		}
		b.commit(store.Batch{Waiting: Chunks(w, w.Readings(b, 2))})
		report, err := proof.Verify(ctx, b.store, w.Trust, patient)
		if err != nil || !report.OK() {
			b.Fatalf("%+v, %v", report, err)
		}
		p := report.Patients[0]
		p.First, p.Last = time.Time{}, time.Time{}
		if want := (proof.PatientReport{Patient: patient, Chains: 1, Windows: 3, Readings: 24, Refused: 3, Verified: 27, Waiting: 2}); p != want {
			b.Errorf("report %+v, want %+v", p, want)
		}
	}
	if _, err := proof.Verify(ctx, b.store, nil, "p-9"); err == nil {
		b.Error("the record of an unknown patient verifies")
	}
}
