// Package storetest is what every store of readings must pass.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, ward, func(t *testing.T, dir string) store.Store { … })
//	}
package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
)

// Run tests a kind of store. open opens the store kept in dir, or makes it;
// ward makes a new ward for each test, of a patient with the given pseudonym
// and at least two devices of its own.
func Run(t *testing.T, ward func(t *testing.T, patient string) *prooftest.Ward, open func(t *testing.T, dir string) store.Store) {
	for _, tt := range []struct {
		name string
		test func(*bench)
	}{
		{"a reading waits, then is recorded", testRecord},
		{"a window comes with its leaves", testTogether},
		{"a batch is stored whole or not at all", testWhole},
		{"replays are refused", testReplay},
		{"windows follow one another", testChain},
		{"each leaf is accounted for", testLeaves},
		{"an older epoch is refused", testStale},
		{"a checkpoint keeps what is unsettled", testStep},
		{"queries", testQueries},
		{"refusals and quarantine", testRefusals},
		{"commits of many goroutines", testMany},
		{"a closed store", testClosed},
		{"a record verifies", testVerify},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &bench{T: t, dir: t.TempDir(), open: open, makeWard: ward}
			b.store = open(t, b.dir)
			defer func() {
				if err := b.store.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			tt.test(b)
		})
	}
}

// A bench is one test with its store.
type bench struct {
	*testing.T
	dir      string
	open     func(*testing.T, string) store.Store
	makeWard func(*testing.T, string) *prooftest.Ward
	store    store.Store
}

func (b *bench) ward(patient string) *prooftest.Ward { b.Helper(); return b.makeWard(b.T, patient) }

// reopen closes the store and opens it again: what a restart does.
func (b *bench) reopen() {
	b.Helper()
	if err := b.store.Close(); err != nil {
		b.Fatal(err)
	}
	b.store = b.open(b.T, b.dir)
}

func (b *bench) commit(batch store.Batch) {
	b.Helper()
	if err := b.store.Commit(context.Background(), batch); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) refuse(batch store.Batch, want error) {
	b.Helper()
	if err := b.store.Commit(context.Background(), batch); !errors.Is(err, want) {
		b.Errorf("commit: %v, want %v", err, want)
	}
}

func (b *bench) counts(want store.Counts) {
	b.Helper()
	got, err := b.store.Counts(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	got.Bytes = 0
	if want.Refused == nil {
		want.Refused = map[flow.Reason]int{}
	}
	if !reflect.DeepEqual(got, want) {
		b.Errorf("counts %+v, want %+v", got, want)
	}
}

// Chunks makes what a store takes of accepted readings.
func Chunks(w *prooftest.Ward, readings []*proof.Reading) []store.Chunk {
	out := make([]store.Chunk, len(readings))
	for i, r := range readings {
		out[i] = store.Chunk{Patient: w.Patient, Reading: r, Verdict: prooftest.Accepted}
	}
	return out
}

// Window makes what a store takes of a window, with its refusals.
func Window(tb testing.TB, w *prooftest.Ward, win *proof.Window) ([]store.Window, []store.Refusal) {
	tb.Helper()
	refused, err := store.RefusalsOf(win)
	if err != nil {
		tb.Fatal(err)
	}
	return []store.Window{{Window: win, Stored: w.Now()}}, refused
}

func without(readings []*proof.Reading, i int) []*proof.Reading {
	return append(append([]*proof.Reading(nil), readings[:i]...), readings[i+1:]...)
}

func all[T any](b *bench, seq iter.Seq2[T, error]) []T {
	b.Helper()
	var out []T
	for v, err := range seq {
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

var ctx = context.Background()

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

func testStale(b *bench) {
	at := func(epoch, taken uint64) store.Batch {
		return store.Batch{Checkpoint: flow.Checkpoint{Actor: "ward:store", Epoch: epoch, Version: 2, State: []byte("state"),
			Taken: map[flow.LinkID]uint64{"a.out > ward:store.in": taken}}}
	}
	b.commit(at(1, 10))
	b.commit(at(1, 20))
	b.commit(at(3, 20))
	b.refuse(at(2, 30), flow.ErrStale)
	w := b.ward("p-1")
	old := at(2, 30)
	old.Waiting = Chunks(w, w.Readings(b, 1))
	b.refuse(old, flow.ErrStale)
	b.counts(store.Counts{})
	b.commit(store.Batch{Checkpoint: flow.Checkpoint{Actor: "other:store", Epoch: 1}})
	b.reopen()
	c, err := b.store.Newest(ctx, "ward:store")
	if err != nil || c.Epoch != 3 || c.Taken["a.out > ward:store.in"] != 20 || c.Version != 2 || string(c.State) != "state" {
		b.Errorf("newest checkpoint %+v, %v", c, err)
	}
	if c, err := b.store.Newest(ctx, "nobody"); err != nil || c.Epoch != 0 || c.Actor != "" {
		b.Errorf("checkpoint of nobody %+v, %v", c, err)
	}
}

func testStep(b *bench) {
	out := func(link flow.LinkID, seqs ...uint64) (toks []flow.OutToken) {
		for _, n := range seqs {
			toks = append(toks, flow.OutToken{Link: link, Token: flow.Token{Value: int64(n), Source: "a:s", Seq: n, Made: time.Unix(1, 0).UTC()}})
		}
		return toks
	}
	step := func(settled map[flow.LinkID]uint64, toks ...[]flow.OutToken) {
		b.Helper()
		c := flow.Checkpoint{Actor: "a:s", Epoch: 1, Settled: settled}
		for _, t := range toks {
			c.Out = append(c.Out, t...)
		}
		b.commit(store.Batch{Checkpoint: c})
	}
	step(nil, out("l1", 1, 2), out("l2", 1))
	step(map[flow.LinkID]uint64{"l1": 1}, out("l1", 3))
	step(map[flow.LinkID]uint64{"l1": 2, "l2": 1}, out("l2", 2, 3))
	c, err := b.store.Newest(ctx, "a:s")
	if err != nil {
		b.Fatal(err)
	}
	if want := append(out("l1", 3), out("l2", 2, 3)...); !reflect.DeepEqual(c.Out, want) {
		b.Errorf("unsettled tokens %+v, want %+v", c.Out, want)
	}
}

func testQueries(b *bench) {
	w, other := b.ward("p-1"), b.ward("p-2")
	readings, others := w.Readings(b, 300), other.Readings(b, 10)
	b.commit(store.Batch{Waiting: append(Chunks(w, readings), Chunks(other, others)...)})
	windows, _ := Window(b, w, w.Window(b, readings[:100]))
	b.commit(store.Batch{Windows: windows})
	for _, tt := range []struct {
		name  string
		q     store.Query
		n     int
		first *proof.Reading
	}{
		{"everything", store.Query{}, 310, nil},
		{"a patient", store.Query{Patient: "p-1"}, 300, readings[0]},
		{"nobody", store.Query{Patient: "p-3"}, 0, nil},
		{"waiting", store.Query{Patient: "p-1", Waiting: true}, 200, readings[100]},
		{"a kind", store.Query{Patient: "p-1", Kind: "131330"}, 150, readings[1]},
		{"a stream", store.Query{Stream: "hr", Device: readings[0].Device}, 150, readings[0]},
		{"from", store.Query{Patient: "p-1", From: readings[290].At}, 10, readings[290]},
		{"to", store.Query{Patient: "p-1", To: readings[7].At}, 7, readings[0]},
		{"newest", store.Query{Patient: "p-1", Newest: true, Limit: 3}, 3, readings[299]},
		{"a limit beyond a page", store.Query{Patient: "p-1", Newest: true, Limit: 200}, 200, readings[299]},
	} {
		found := b.store.Chunks(ctx, tt.q)
		got := all(b, found)
		if len(got) != tt.n {
			b.Errorf("%s: %d readings, want %d", tt.name, len(got), tt.n)
			continue
		}
		if len(all(b, found)) != tt.n {
			b.Errorf("%s: the second walk differs", tt.name)
		}
		if tt.first != nil && (got[0].Reading.Leaf != tt.first.Leaf || got[0].Verdict != prooftest.Accepted) {
			b.Errorf("%s: first is %+v", tt.name, got[0])
		}
		for i := 1; i < len(got); i++ {
			if earlier := got[i].Reading.At.Before(got[i-1].Reading.At); earlier != tt.q.Newest && !got[i].Reading.At.Equal(got[i-1].Reading.At) {
				b.Errorf("%s: reading %d is out of order", tt.name, i)
				break
			}
		}
	}
	got := all(b, b.store.Chunks(ctx, store.Query{Patient: "p-1", Limit: 1}))[0]
	if got.Window != 1 || got.Encounter != "e-1" || got.Index != 0 || got.Patient != "p-1" {
		b.Errorf("the first reading is under %+v", got)
	}
	if p, err := b.store.Patients(ctx); err != nil || !reflect.DeepEqual(p, []string{"p-1", "p-2"}) {
		b.Errorf("patients %v, %v", p, err)
	}
}

func testRefusals(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 4)
	win := w.Window(b, readings, 0, 2)
	windows, refused := Window(b, w, win)
	b.commit(store.Batch{Refused: refused})
	got := all(b, b.store.Refusals(ctx, store.Query{Patient: "p-1"}))
	for i := range got {
		got[i].Index = 0 // set by Commit
	}
	if !reflect.DeepEqual(got, refused) {
		b.Errorf("refusals %+v, want %+v", got, refused)
	}
	b.commit(store.Batch{Refused: refused}) // said again, counted once
	q := store.Quarantine{Patient: "p-1", Number: 1, Bytes: win.Bytes, Err: "the card's signature does not hold", At: w.Now()}
	b.commit(store.Batch{Quarantine: []store.Quarantine{q}})
	if got := all(b, b.store.Quarantined(ctx)); len(got) != 1 || !reflect.DeepEqual(got[0], q) {
		b.Errorf("quarantine %+v", got)
	}
	b.counts(store.Counts{Patients: 1, Quarantined: 1, Refused: map[flow.Reason]int{flow.TooLow: 2}})
	b.commit(store.Batch{Windows: windows, Waiting: Chunks(w, []*proof.Reading{readings[1], readings[3]})})
	got = all(b, b.store.Refusals(ctx, store.Query{Newest: true, Limit: 1}))
	if len(got) != 1 || got[0].Window != 1 || got[0].Index != 2 {
		b.Errorf("newest refusal %+v, want leaf 2 of window 1", got)
	}
}

func testMany(b *bench) {
	const actors, steps = 8, 25
	batches := make([][]store.Batch, actors)
	for a := range batches {
		w := b.ward(fmt.Sprintf("p-%d", a))
		id := flow.ActorID(fmt.Sprintf("ward:store%d", a))
		for i := range steps {
			batches[a] = append(batches[a], store.Batch{Waiting: Chunks(w, w.Readings(b, 2)),
				Checkpoint: flow.Checkpoint{Actor: id, Epoch: 1, Taken: map[flow.LinkID]uint64{"l": uint64(i + 1)}}})
			if i%5 == 4 { // a bad batch among good ones spoils none
				bad := batches[a][i]
				bad.Checkpoint.Taken = map[flow.LinkID]uint64{"l": 99}
				batches[a] = append(batches[a], bad)
			}
		}
	}
	var all sync.WaitGroup
	for a := range batches {
		all.Go(func() {
			for _, batch := range batches[a] {
				err := b.store.Commit(ctx, batch)
				if bad := batch.Checkpoint.Taken["l"] == 99; bad != errors.Is(err, store.ErrReplay) || !bad && err != nil {
					b.Errorf("actor %d: %v", a, err)
				}
			}
		})
	}
	all.Wait()
	b.counts(store.Counts{Patients: actors, Waiting: 2 * actors * steps})
	for a := range batches {
		c, err := b.store.Newest(ctx, flow.ActorID(fmt.Sprintf("ward:store%d", a)))
		if err != nil || c.Taken["l"] != steps {
			b.Errorf("actor %d has reached %d, %v, want %d", a, c.Taken["l"], err, steps)
		}
	}
}

func testClosed(b *bench) {
	w := b.ward("p-1")
	batch := store.Batch{Waiting: Chunks(w, w.Readings(b, 1))}
	if err := b.store.Close(); err != nil {
		b.Fatal(err)
	}
	if err := b.store.Commit(ctx, batch); err == nil {
		b.Error("a closed store commits")
	}
	if _, err := b.store.Counts(ctx); err == nil {
		b.Error("a closed store counts")
	}
	if err := b.store.Close(); err != nil {
		b.Errorf("a second close: %v", err)
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
