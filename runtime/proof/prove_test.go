package proof_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

func TestInclusion(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	for _, n := range []int{1, 2, 3, 7, 8, 9, 33} {
		readings := w.Readings(t, n)
		win := w.Window(t, readings)
		for i, r := range readings {
			p, err := proof.Prove(win, i, r)
			if err != nil {
				t.Fatal(err)
			}
			b, err := p.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if p, err = proof.OpenInclusion(b); err != nil {
				t.Fatal(err)
			}
			if err := p.Verify(w.Trust); err != nil {
				t.Errorf("leaf %d of %d: %v", i, n, err)
			}
			if n > 1 {
				p.Index = (i + 1) % n
				if err := p.Verify(w.Trust); !errors.Is(err, proof.ErrRoot) {
					t.Errorf("leaf %d of %d in another place: %v, want ErrRoot", i, n, err)
				}
			}
		}
		if _, err := proof.Prove(win, 0, w.Reading(t)); !errors.Is(err, proof.ErrLeaf) {
			t.Errorf("proof of another reading: %v, want ErrLeaf", err)
		}
	}
	readings := w.Readings(t, 5)
	p, err := proof.Prove(w.Window(t, readings), 4, readings[4])
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 0))
	for range 100 {
		c := bytes.Clone(b)
		bit := rng.IntN(8 * len(c))
		c[bit/8] ^= 1 << (bit % 8)
		p, err := proof.OpenInclusion(c)
		if err == nil && p.Verify(pki.NewVerifier(h.Authority.Trust())) == nil {
			t.Errorf("bit %d of a proof changed unseen", bit)
		}
	}
}

func FuzzOpenInclusion(f *testing.F) {
	w := newWard(f, pkitest.New(f))
	readings := w.Readings(f, 3)
	p, err := proof.Prove(w.Window(f, readings), 1, readings[1])
	if err != nil {
		f.Fatal(err)
	}
	b, err := p.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := proof.OpenInclusion(b)
		if err != nil {
			return
		}
		again, err := p.Bytes()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again as %x (%v), was %x", again, err, b)
		}
		_ = p.Verify(w.Trust)
	})
}
