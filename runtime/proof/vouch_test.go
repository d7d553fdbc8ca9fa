package proof_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

// vouchFor has the ward's collector sign for the readings of its first device.
func vouchFor(tb testing.TB, w *prooftest.Ward, by flow.Signer, readings []*proof.Reading) []*proof.Reading {
	tb.Helper()
	var plain []proof.Vouched
	for _, r := range readings {
		plain = append(plain, proof.Vouched{Reading: &r.Reading, Device: r.Cert})
	}
	sealed, err := proof.Vouch(by, w.Now(), plain)
	if err != nil {
		tb.Fatal(err)
	}
	var out []*proof.Reading
	for _, s := range sealed {
		r, err := proof.OpenReading(s)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// certificates finds those of devices and of the collector.
func certificates(w *prooftest.Ward) func([32]byte) (*x509.Certificate, error) {
	return func(hash [32]byte) (*x509.Certificate, error) {
		if w.Collector.ID.Leaf == hash {
			return w.Collector.Chain[0], nil
		}
		return w.Device(hash)
	}
}

// A reading that was vouched for stands in a window as one that its device has
// signed does, and each says for ever which it is.
func TestVouchedReadings(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	for _, n := range []int{1, 2, 3, 7, 64} {
		own := w.Readings(t, 2)
		plain := w.Readings(t, n)
		readings := append(vouchFor(t, w, w.Collector, plain), w.Reading(t))
		d := proof.NewDraft(w.Patient, "vouched")
		for _, r := range append(own, readings...) {
			if err := d.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		state, err := d.Save()
		if err != nil {
			t.Fatal(err)
		}
		if d, err = proof.OpenDraft(state); err != nil {
			t.Fatal(err)
		}
		s, err := d.Close(w.Card, w.Collector, certificates(w), w.Now())
		if err != nil {
			t.Fatal(err)
		}
		win, err := proof.OpenWindow(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := win.Verify(w.Trust, proof.Prior{}); err != nil {
			t.Fatal(err)
		}
		for i, r := range append(own, readings...) {
			if vouched := i >= 2 && i < 2+n; vouched != (r.Voucher != nil) {
				t.Errorf("leaf %d: vouched for: %v, want %v", i, r.Voucher != nil, vouched)
			}
			if err := win.Check(w.Trust, i, r); err != nil {
				t.Errorf("leaf %d of %d: %v", i, n, err)
			}
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
			if err := p.Verify(pki.NewVerifier(h.Authority.Trust())); err != nil {
				t.Errorf("proof of leaf %d of %d: %v", i, n, err)
			}
			p.Voucher = nil
			if err := p.Verify(w.Trust); r.Voucher != nil && !errors.Is(err, proof.ErrCertificate) {
				t.Errorf("proof without the collector's certificate: %v", err)
			}
		}
	}
}

// Who may not vouch, and what does not fit together, is refused.
func TestVouchedRefused(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	device, group := w.Devices[0], w.Devices[0].ID.Group
	plain := w.Readings(t, 1)
	good := vouchFor(t, w, w.Collector, plain)[0]
	if err := good.VerifyVouched(device.Chain[0], w.Collector.Chain[0]); err != nil {
		t.Fatal(err)
	}
	for what, tt := range map[string]struct{ got, want error }{
		"as the device's own":   {good.Verify(device.Chain[0]), proof.ErrDevice},
		"another device":        {good.VerifyVouched(w.Devices[1].Chain[0], w.Collector.Chain[0]), proof.ErrCertificate},
		"another collector":     {good.VerifyVouched(device.Chain[0], h.Collector("c9", group).Chain[0]), proof.ErrCertificate},
		"signed, not vouched":   {plain[0].VerifyVouched(device.Chain[0], w.Collector.Chain[0]), proof.ErrVoucher},
		"a node":                {proof.MayVouch(h.Node("n").ID, device.ID), proof.ErrVoucher},
		"a device":              {proof.MayVouch(device.ID, device.ID), proof.ErrVoucher},
		"another room":          {proof.MayVouch(h.Collector("c", "h1/3/icu-4/collector").ID, device.ID), proof.ErrVoucher},
		"for a collector":       {proof.MayVouch(w.Collector.ID, w.Collector.ID), proof.ErrVoucher},
		"the room's collector":  {proof.MayVouch(w.Collector.ID, device.ID), nil},
		"nothing to vouch for":  {second(proof.Vouch(w.Collector, w.Now(), nil)), proof.ErrForm},
		"more than one voucher": {second(proof.Vouch(w.Collector, w.Now(), make([]proof.Vouched, 257))), proof.ErrForm},
		"no sample": {second(proof.Vouch(w.Collector, w.Now(), []proof.Vouched{{Reading: &flow.Reading{Device: device.ID.EPC, Stream: "s", Seq: 1,
			At: w.Now(), Scale: 1}}})), proof.ErrForm},
	} {
		if !errors.Is(tt.got, tt.want) || (tt.want == nil) != (tt.got == nil) {
			t.Errorf("%s: %v, want %v", what, tt.got, tt.want)
		}
	}

	// In a window: a collector of another room, or one whose certificate is gone.
	for what, by := range map[string]flow.Signer{"another room": h.Collector("far", "h1/3/icu-4/collector"), "a storage": h.Storage("records"),
		"a stranger": pkitest.New(t).Collector("c1", w.Collector.ID.Group)} {
		r := vouchFor(t, w, by, w.Readings(t, 1))[0]
		d := proof.NewDraft(w.Patient, "refused "+what)
		if err := d.Add(r); err != nil {
			t.Fatal(err)
		}
		s, err := d.Close(w.Card, w.Collector, func(hash [32]byte) (*x509.Certificate, error) {
			if hash == by.ID.Leaf {
				return by.Chain[0], nil
			}
			return w.Device(hash)
		}, w.Now())
		if err != nil {
			t.Fatal(err)
		}
		win, err := proof.OpenWindow(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := win.Check(w.Trust, 0, r); !errors.Is(err, proof.ErrVoucher) && !errors.Is(err, proof.ErrCertificate) {
			t.Errorf("%s: Check = %v", what, err)
		}
	}
}

func second[A any](_ A, err error) error { return err }

// Whatever bit is changed in a reading that was vouched for, it is seen.
func TestVouchedBits(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	good := vouchFor(t, w, w.Collector, w.Readings(t, 3))[1]
	cert, err := w.Device(good.Cert)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(good.Bytes) {
		b := bytes.Clone(good.Bytes)
		b[bit/8] ^= 1 << (bit % 8)
		r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: b})
		if err != nil {
			continue
		}
		if r.Voucher == nil || r.VerifyVouched(cert, w.Collector.Chain[0]) == nil {
			t.Fatalf("bit %d of %d changed unseen", bit, 8*len(b))
		}
	}
}

// An opener gives the same as OpenReading, and the same again.
func TestOpener(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	o := proof.NewOpener()
	readings := append(w.Readings(t, 4), vouchFor(t, w, w.Collector, w.Readings(t, 3))...)
	for _, r := range readings {
		s := flow.Sealed{Kind: proof.KindReading, Bytes: r.Bytes}
		first, err := o.Open(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := o.Open(flow.Sealed{Kind: s.Kind, Bytes: bytes.Clone(s.Bytes)}); err != nil || again != first || first.Leaf != r.Leaf {
			t.Errorf("opened again: %p, %v; want %p", again, err, first)
		}
		bad := bytes.Clone(s.Bytes)
		bad[len(bad)-1] ^= 1
		if b, err := o.Open(flow.Sealed{Kind: s.Kind, Bytes: bad}); err == nil && b.Leaf == first.Leaf {
			t.Error("other bytes were taken for the same")
		}
	}
	// It forgets the oldest.
	var many []*proof.Reading
	for range 3 {
		many = append(many, w.Readings(t, 2000)...)
	}
	first, err := o.Open(flow.Sealed{Kind: proof.KindReading, Bytes: many[0].Bytes})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range many {
		if _, err := o.Open(flow.Sealed{Kind: proof.KindReading, Bytes: r.Bytes}); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := o.Open(flow.Sealed{Kind: proof.KindReading, Bytes: many[0].Bytes}); err != nil || again == first {
		t.Errorf("what was opened 6,000 readings ago is still held, %v", err)
	}
}

// What is given to a device's integrator as a form is read as it is meant.
func TestPlain(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 5, time.UTC)
	base := proof.Plain{Stream: "temp", Seq: 7, Kind: "8310-5", Unit: "Cel", At: at}
	with := func(edit func(*proof.Plain)) proof.Plain { p := base; edit(&p); return p }
	for _, tt := range []struct {
		name    string
		in      proof.Plain
		scale   int64
		samples []int64 // nil: refused
	}{
		{"decimal", with(func(p *proof.Plain) { p.Value = "36.6" }), 100_000, []int64{366}},
		{"trailing zero", with(func(p *proof.Plain) { p.Value = "36.60" }), 10_000, []int64{3660}},
		{"negative", with(func(p *proof.Plain) { p.Value = "-0.5" }), 100_000, []int64{-5}},
		{"whole", with(func(p *proof.Plain) { p.Value = "72" }), 1_000_000, []int64{72}},
		{"millionths", with(func(p *proof.Plain) { p.Value = "0.000001" }), 1, []int64{1}},
		{"samples", with(func(p *proof.Plain) { p.Scale, p.Period, p.Samples = 5, time.Millisecond, []int64{1, -2} }), 5, []int64{1, -2}},
		{"seven places", with(func(p *proof.Plain) { p.Value = "0.0000001" }), 0, nil},
		{"exponent", with(func(p *proof.Plain) { p.Value = "1e3" }), 0, nil},
		{"plus", with(func(p *proof.Plain) { p.Value = "+1" }), 0, nil},
		{"point only", with(func(p *proof.Plain) { p.Value = "1." }), 0, nil},
		{"sign only", with(func(p *proof.Plain) { p.Value = "-" }), 0, nil},
		{"other digits", with(func(p *proof.Plain) { p.Value = "٣٦" }), 0, nil},
		{"too much", with(func(p *proof.Plain) { p.Value = "99999999999999999999" }), 0, nil},
		{"out of range", with(func(p *proof.Plain) { p.Value = "9999999999999999" }), 0, nil},
		{"nothing", base, 0, nil},
		{"both", with(func(p *proof.Plain) { p.Value, p.Scale, p.Samples = "1", 1, []int64{1} }), 0, nil},
		{"no time", with(func(p *proof.Plain) { p.Value, p.At = "1", time.Time{} }), 0, nil},
		{"no stream", with(func(p *proof.Plain) { p.Value, p.Stream = "1", "" }), 0, nil},
		{"number 0", with(func(p *proof.Plain) { p.Value, p.Seq = "1", 0 }), 0, nil},
		{"bad device", with(func(p *proof.Plain) { p.Value, p.Device = "1", "12" }), 0, nil},
		{"control in group", with(func(p *proof.Plain) { p.Value, p.Group = "1", "a\nb" }), 0, nil},
	} {
		it, err := tt.in.Item()
		if tt.samples == nil {
			if !errors.Is(err, proof.ErrForm) {
				t.Errorf("%s: %v, want ErrForm", tt.name, err)
			}
			continue
		}
		if err != nil || it.Reading.Scale != tt.scale || !slices.Equal(it.Reading.Samples, tt.samples) {
			t.Errorf("%s: %+v, %v; want %v × %d", tt.name, it.Reading, err, tt.samples, tt.scale)
		}
	}
}

func FuzzItems(f *testing.F) {
	w := newWard(f, pkitest.New(f))
	r := w.Reading(f)
	f.Add(r.Bytes)
	f.Add(vouchFor(f, w, w.Collector, w.Readings(f, 1))[0].Bytes)
	f.Add([]byte("\xa6\x66stream\x64temp\x63seq\x07\x64kind\x668310-5\x64unit\x63Cel\x62at\x1b\x18\x98\x00\x00\x00\x00\x00\x00\x65value\x6436.6"))
	f.Add([]byte("\x81\xa4\x66stream\x61a\x63seq\x01\x62at\x01\x65value\xc4\x82\x20\x19\x01\x6e"))
	f.Fuzz(func(t *testing.T, b []byte) {
		items, err := proof.Items(b, 16)
		if err != nil {
			if !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrUnsigned) && !errors.Is(err, proof.ErrVoucher) {
				t.Fatalf("Items: %v wraps none of our errors", err)
			}
			return
		}
		if len(items) > 16 {
			t.Fatalf("%d items", len(items))
		}
		for _, it := range items {
			if it.Reading == nil || len(it.Reading.Samples) == 0 || it.Reading.Seq == 0 {
				t.Fatalf("item %+v", it)
			}
			if len(it.Sealed.Bytes) > 0 {
				if _, err := proof.OpenReading(it.Sealed); err != nil {
					t.Fatalf("a sealed item does not open: %v", err)
				}
			}
		}
	})
}

// What was revoked after it signed stays good; what was revoked before does not.
func TestRevokedThen(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	readings := w.Readings(t, 2)
	win := w.Window(t, readings)
	for _, tt := range []struct {
		what string
		who  flow.Signer
		at   time.Time
		good bool
	}{
		{"a device, a minute later", w.Devices[0], w.Now().Add(time.Minute), true},
		{"a device, before its reading", w.Devices[0], readings[0].At.Add(-time.Minute), false},
		{"the collector, a minute later", w.Collector, w.Now().Add(time.Minute), true},
		{"the collector, before", w.Collector, w.Now().Add(-time.Minute), false},
		{"the judge, a minute later", w.Judge, w.Now().Add(time.Minute), true},
	} {
		list, err := h.Authority.Issuing.RevocationList([]pki.Revocation{{Serial: tt.who.ID.Serial, At: tt.at}}, 1, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		trust := proof.Strict(func() proof.Trust {
			v := pki.NewVerifier(h.Authority.Trust())
			if _, err := v.Revoke(list); err != nil {
				t.Fatal(err)
			}
			return v
		})
		_, err = win.Verify(trust, proof.Prior{})
		if err == nil {
			err = win.Check(trust, 0, readings[0])
		}
		if (err == nil) != tt.good || err != nil && !errors.Is(err, proof.ErrCertificate) {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
}

// What a node's opener costs a reading from its intake to its store: signed for
// with fifteen others, and opened by a collector, a check and a store.
func BenchmarkOpener(b *testing.B) {
	const together = 16
	w := newWard(b, pkitest.New(b))
	o := proof.NewOpener()
	w.Readings(b, 1) // begins its time
	plain := make([]proof.Vouched, together)
	for seq := uint64(1); b.Loop(); seq += together {
		for i := range plain {
			r := vital
			r.Device, r.Seq = w.Devices[0].ID.EPC, seq+uint64(i)
			plain[i] = proof.Vouched{Reading: &r, Device: w.Devices[0].ID.Leaf}
		}
		sealed, err := o.Vouch(w.Collector, w.Now(), plain)
		if err != nil {
			b.Fatal(err)
		}
		for range 3 {
			for _, s := range sealed {
				if _, err := o.Open(s); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/together, "ns/reading")
}
