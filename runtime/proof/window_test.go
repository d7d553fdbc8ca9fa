package proof_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

func TestWindowsFollow(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	prior := proof.Prior{}
	for n := uint64(1); n <= 3; n++ {
		readings := w.Readings(t, 7)
		win := w.Window(t, readings, 2)
		if win.Number != n || win.Count != 7 || len(win.Spans) != 2 || len(win.Devices) != 2 {
			t.Fatalf("window %d: %+v", n, win.Head)
		}
		if !win.First.Equal(readings[0].At) || win.Last.Before(readings[6].At) {
			t.Errorf("window %d is from %s to %s, its readings from %s", n, win.First, win.Last, readings[0].At)
		}
		next, err := win.Verify(w.Trust, prior)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range readings {
			if err := win.Check(w.Trust, i, r); err != nil {
				t.Errorf("window %d leaf %d: %v", n, i, err)
			}
			f, err := win.Verdict(i)
			if err != nil || f.OK() != (i != 2) {
				t.Errorf("window %d leaf %d: verdict %+v, %v", n, i, f, err)
			}
			if i == 2 && (f.Clause != prooftest.Refused.Clause || f.Refused.Stream != r.Of() || f.Refused.Low != r.Micro(0)) {
				t.Errorf("window %d leaf %d: refused as %+v", n, i, f.Refused)
			}
		}
		prior = next
	}
	if prior.Number != 3 || len(prior.Streams) != 2 {
		t.Errorf("after three windows: %+v", prior)
	}
}

// What a thief may change, and that each change has its own error (UC8).

func TestEachChangeHasItsError(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	first := w.Window(t, w.Readings(t, 4))
	prior, err := first.Verify(w.Trust, proof.Prior{})
	if err != nil {
		t.Fatal(err)
	}
	readings := w.Readings(t, 4)
	sealed := w.Window(t, readings).Bytes
	stranger := newWard(t, h)
	stranger.Card = h.Patient("p-9999")
	rogue := newWard(t, h.Rogue())

	reopen := func(b []byte) error {
		win, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: b})
		if err != nil {
			return err
		}
		_, err = win.Verify(w.Trust, prior)
		return err
	}
	flip := func(find []byte, at int) func() error {
		return func() error {
			b := bytes.Clone(sealed)
			i := bytes.Index(b, find)
			if i < 0 {
				t.Fatalf("%x is not in the window", find)
			}
			b[i+at] ^= 1
			return reopen(b)
		}
	}
	win, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: sealed})
	if err != nil {
		t.Fatal(err)
	}
	signature := bytes.Index(sealed, win.Leaves[0][:]) - 3 // the last byte of what the card signed
	for _, tt := range []struct {
		name string
		do   func() error
		want error
	}{
		{"nothing", func() error { return reopen(sealed) }, nil},
		{"payload", func() error {
			b := bytes.Clone(readings[1].Bytes)
			b[bytes.Index(b, []byte("ecg/MLII"))] ^= 1
			r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: b})
			if err != nil {
				t.Fatal(err)
			}
			return errors.Join(win.Check(w.Trust, 1, r), r.Verify(w.Devices[1].Chain[0]))
		}, proof.ErrDevice},
		{"hash", flip(win.Root[:], 5), proof.ErrRoot},
		{"leaf", flip(win.Leaves[2][:], 5), proof.ErrRoot},
		{"signature", func() error { b := bytes.Clone(sealed); b[signature-1] ^= 1; return reopen(b) }, proof.ErrCard},
		{"certificate", flip(w.Card.Chain[0].Signature, 20), proof.ErrCertificate},
		{"patient", flip([]byte("p-0017"), 5), proof.ErrPatient},
		{"number", flip([]byte{5, 2, 6}, 1), proof.ErrChain},
		{"previous hash", flip(win.Prev[:], 0), proof.ErrChain},
		{"another patient's card", func() error {
			stranger.Window(t, stranger.Readings(t, 2))
			return reopen(stranger.Window(t, stranger.Readings(t, 2)).Bytes)
		}, proof.ErrPatient},
		{"another root's card", func() error {
			rogue.Window(t, rogue.Readings(t, 2))
			return reopen(rogue.Window(t, rogue.Readings(t, 2)).Bytes)
		}, proof.ErrCertificate},
		{"no signature", func() error { return reopen(unsigned(t, sealed)) }, proof.ErrUnsigned},
		{"a window left out", func() error { return reopen(w.Window(t, w.Readings(t, 2)).Bytes) }, proof.ErrChain},
		{"the same again", func() error { return reopen(first.Bytes) }, proof.ErrChain},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// unsigned takes the card's signature out of a sealed window.

func unsigned(t *testing.T, b []byte) []byte {
	t.Helper()
	var fields map[int]cbor.RawMessage
	var signed []byte
	var tag cbor.RawTag
	var parts []cbor.RawMessage
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	marshal := func(v any) []byte {
		out, err := enc.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if err := errors.Join(cbor.Unmarshal(b, &fields), cbor.Unmarshal(fields[2], &signed), cbor.Unmarshal(signed, &tag),
		cbor.Unmarshal(tag.Content, &parts)); err != nil {
		t.Fatal(err)
	}
	parts[3] = marshal([]byte{})
	tag.Content = marshal(parts)
	fields[2] = marshal(marshal(tag))
	return marshal(fields)
}

// A window stands for its readings in their order: in no other, without none,

// and with none twice.

func TestOtherLeavesAreRefused(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	readings := w.Readings(t, 33)
	win := w.Window(t, readings)
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 0))
		other := slices.Clone(readings)
		switch rng.IntN(3) {
		case 0:
			i := rng.IntN(len(other) - 1)
			j := i + 1 + rng.IntN(len(other)-i-1)
			other[i], other[j] = other[j], other[i]
		case 1:
			i := rng.IntN(len(other))
			other = slices.Delete(other, i, i+1)
		case 2:
			i := rng.IntN(len(other))
			other = slices.Insert(other, i, other[i])
		}
		var leaves [][32]byte
		refused := false
		for i, r := range other {
			leaves = append(leaves, r.Leaf)
			refused = refused || win.Check(w.Trust, i, r) != nil
		}
		if proof.Root(leaves) == win.Root || !refused && len(other) >= win.Count {
			t.Fatalf("seed %d: other readings pass", seed)
		}
	}
}

// No bit of a sealed window or of a reading can be changed unseen.

func TestFlippedBits(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	readings := w.Readings(t, 12)
	win := w.Window(t, readings, 3)
	rng := rand.New(rand.NewPCG(7, 0))
	for n := range 150 {
		b := bytes.Clone(win.Bytes)
		bit := rng.IntN(8 * len(b))
		b[bit/8] ^= 1 << (bit % 8)
		// A verifier that has seen nothing, so each chain is judged by all its bytes.
		if err := accepts(pki.NewVerifier(h.Authority.Trust()), b, readings); err == nil {
			t.Errorf("flip %d: bit %d of the window changed unseen", n, bit)
		}
	}
	if err := accepts(pki.NewVerifier(h.Authority.Trust()), win.Bytes, readings); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	for n := range 100 {
		i := rng.IntN(len(readings))
		b := bytes.Clone(readings[i].Bytes)
		bit := rng.IntN(8 * len(b))
		b[bit/8] ^= 1 << (bit % 8)
		r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: b})
		if err == nil && (win.Check(w.Trust, i, r) == nil || r.Verify(w.Devices[i%2].Chain[0]) == nil) {
			t.Errorf("flip %d: bit %d of reading %d changed unseen", n, bit, i)
		}
	}
}

func accepts(trust proof.Trust, b []byte, readings []*proof.Reading) error {
	win, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: b})
	if err != nil {
		return err
	}
	if _, err := win.Verify(trust, proof.Prior{}); err != nil {
		return err
	}
	for i, r := range readings {
		if err := win.Check(trust, i, r); err != nil {
			return err
		}
	}
	return nil
}

// A card, a device and a collector that have expired since do no harm; ones that

// had expired before do.

func TestExpiredSince(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	life := func(r pki.Request) flow.Signer { r.Life = 2 * time.Minute; return h.Issue(r) }
	w.Card = life(pki.Request{Role: flow.RolePatient, Name: w.Patient})
	w.Collector = life(pki.Request{Role: flow.RoleCollector, Name: "bed-1", Group: group})
	w.Judge = life(pki.Request{Role: flow.RoleNode, Name: "bedside"})
	readings := w.Readings(t, 2)
	win := w.Window(t, readings)
	later := at{h.Verifier(), 0}
	if err := accepts(later, win.Bytes, readings); err != nil {
		t.Errorf("then valid: %v", err)
	}
	if _, err := h.Verifier().Identify(w.Card.Chain, time.Now().Add(time.Hour)); err == nil {
		t.Fatal("the card has not expired an hour later")
	}
	if err := accepts(at{h.Verifier(), time.Hour}, win.Bytes, readings); !errors.Is(err, proof.ErrCertificate) {
		t.Errorf("expired when it signed: %v, want ErrCertificate", err)
	}
}

// at shifts the time at which chains are checked.

type at struct {
	proof.Trust
	shift time.Duration
}

func (a at) Identify(chain []*x509.Certificate, t time.Time) (flow.Identity, error) {
	return a.Trust.Identify(chain, t.Add(a.shift))
}

// A draft that is saved and opened between any two steps makes the same windows.

// Whatever opens holds within its limits, and a second opening agrees.

func FuzzOpenWindow(f *testing.F) {
	w := newWard(f, pkitest.New(f))
	f.Add(w.Close(f, w.Readings(f, 3)).Bytes)
	f.Add(w.Window(f, w.Readings(f, 3), 1).Bytes)
	f.Fuzz(func(t *testing.T, b []byte) {
		win, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: b})
		if err != nil {
			if !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrUnsigned) {
				t.Fatalf("unexpected kind of error: %v", err)
			}
			return
		}
		if _, err := win.Verify(w.Trust, proof.Prior{}); err != nil {
			return
		}
		if win.Count != len(win.Leaves) || win.Last.Before(win.First) {
			t.Fatalf("verified, but %+v", win.Head)
		}
		for i := range win.Leaves {
			if _, err := win.Verdict(i); err != nil && len(win.Judgments) > 0 {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkWindow256(b *testing.B) {
	w := newWard(b, pkitest.New(b))
	readings := w.Readings(b, 256)
	b.Run("close", func(b *testing.B) {
		for b.Loop() {
			d := proof.NewDraft(w.Patient, "e-1")
			for _, r := range readings {
				if err := d.Add(r); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := d.Close(w.Card, w.Collector, w.Device, w.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
	win := w.Window(b, readings)
	b.Run("take in", func(b *testing.B) { // as a store does, that has opened windows and readings before
		o := proof.NewOpener()
		for b.Loop() {
			win, err := o.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: win.Bytes})
			if err != nil {
				b.Fatal(err)
			}
			trust := proof.Once(w.Trust)
			if _, err := win.Verify(trust, proof.Prior{}); err != nil {
				b.Fatal(err)
			}
			for i, r := range readings {
				if err := win.Check(trust, i, r); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("open and verify", func(b *testing.B) {
		for b.Loop() {
			win, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: win.Bytes})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := win.Verify(w.Trust, proof.Prior{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
