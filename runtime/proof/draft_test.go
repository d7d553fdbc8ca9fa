package proof_test

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

func TestDraft(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	d := proof.NewDraft(w.Patient, "e-1")
	if _, err := d.Close(w.Card, w.Collector, w.Device, w.Now()); err == nil {
		t.Error("a window without readings was closed")
	}
	r := w.Readings(t, 6)
	add := func(r *proof.Reading, want error) {
		t.Helper()
		if err := d.Add(r); !errors.Is(err, want) {
			t.Errorf("reading %d: %v, want %v", r.Seq, err, want)
		}
	}
	add(r[0], nil)
	add(r[0], proof.ErrSequence)
	add(r[4], nil) // number 3 of the stream: 2 is missing
	add(r[2], proof.ErrSequence)
	if d.Len() != 2 {
		t.Fatalf("it holds %d readings, want 2", d.Len())
	}
	later := fmt.Errorf("no card: %w", flow.ErrLater)
	if _, err := d.Close(w.Card, w.Collector, func([32]byte) (*x509.Certificate, error) { return nil, later }, w.Now()); !errors.Is(err, flow.ErrLater) {
		t.Errorf("closing without a certificate: %v", err)
	}
	if d.Len() != 2 || d.Number() != 1 {
		t.Errorf("a failed close changed the draft: %d readings, number %d", d.Len(), d.Number())
	}
	s, err := d.Close(w.Card, w.Collector, w.Device, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	win, err := proof.OpenWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(win.Spans) != 2 || win.Gaps(proof.Prior{}) != 1 {
		t.Errorf("spans %+v, want two with a gap of one", win.Spans)
	}
	add(r[4], proof.ErrSequence)
	for i := range proof.MaxLeaves {
		_ = i
		add(w.Reading(t), nil)
	}
	add(w.Reading(t), proof.ErrFull)
}

func TestDraftIsItsState(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	readings := w.Readings(t, 40)
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 0))
		saved := proof.NewDraft(w.Patient, "e-1")
		kept := proof.NewDraft(w.Patient, "e-1")
		for _, r := range readings {
			if rng.IntN(4) == 0 {
				continue // lost on the way
			}
			state, err := saved.Save()
			if err != nil {
				t.Fatal(err)
			}
			if saved, err = proof.OpenDraft(state); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(saved.Add(r), kept.Add(r)); err != nil {
				t.Fatal(err)
			}
		}
		a, b := closeDraft(t, w, saved), closeDraft(t, w, kept)
		if a.Root != b.Root || !slices.Equal(a.Spans, b.Spans) || !a.First.Equal(b.First) || !a.Last.Equal(b.Last) {
			t.Fatalf("seed %d: %+v, want %+v", seed, a.Head, b.Head)
		}
	}
}

func closeDraft(t *testing.T, w *prooftest.Ward, d *proof.Draft) *proof.Window {
	t.Helper()
	s, err := d.Close(w.Card, w.Collector, w.Device, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	win, err := proof.OpenWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	return win
}

func FuzzOpenDraft(f *testing.F) {
	w := newWard(f, pkitest.New(f))
	d := proof.NewDraft(w.Patient, "e-1")
	for _, r := range w.Readings(f, 5) {
		if err := d.Add(r); err != nil {
			f.Fatal(err)
		}
	}
	b, err := d.Save()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := proof.OpenDraft(b)
		if err != nil {
			return
		}
		again, err := d.Save()
		if err != nil {
			t.Fatal(err)
		}
		if sha256.Sum256(again) != sha256.Sum256(b) {
			t.Fatalf("saved again as %x, was %x", again, b)
		}
	})
}
