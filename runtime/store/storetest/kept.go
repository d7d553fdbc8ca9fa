package storetest

import (
	"bytes"

	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// testKept asks for single readings: waiting, under a window, none.
func testKept(b *bench) {
	w := b.ward("p-1")
	readings := w.Readings(b, 12)
	b.commit(store.Batch{Waiting: Chunks(w, readings)})
	win := w.Window(b, readings[:6])
	windows, _ := Window(b, w, win)
	b.commit(store.Batch{Windows: windows})
	for i, r := range readings {
		k, err := b.store.Reading(ctx, r.Of(), r.Seq)
		if err != nil || k.Reading == nil || k.Reading.Leaf != r.Leaf || k.Patient != "p-1" {
			b.Fatalf("reading %d: %+v, %v", i, k, err)
		}
		if i < 6 && (k.Window != 1 || k.Index != i || !bytes.Equal(k.Sealed, win.Bytes)) || i >= 6 && (k.Window != 0 || k.Sealed != nil) {
			b.Errorf("reading %d is under window %d, leaf %d, of %d bytes", i, k.Window, k.Index, len(k.Sealed))
		}
	}
	newest, err := b.store.Reading(ctx, readings[4].Of(), 0)
	if err != nil || newest.Reading == nil || newest.Reading.Leaf != readings[4].Leaf {
		b.Errorf("the newest under a window: %+v, %v, want number %d", newest.Chunk, err, readings[4].Seq)
	}
	if k, err := b.store.Reading(ctx, proof.Stream{Device: readings[0].Device, Name: "none"}, 1); err != nil || k.Reading != nil {
		b.Errorf("a reading of no stream: %+v, %v", k, err)
	}
}
