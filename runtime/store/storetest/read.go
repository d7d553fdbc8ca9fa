package storetest

import (
	"reflect"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
)

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
