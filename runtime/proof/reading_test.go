package proof_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

var vital = flow.Reading{Device: "3474257BF40000000000162E", Stream: "temp", Seq: 7, Kind: "8310-5", Unit: "Cel",
	At: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC), Scale: 100_000, Samples: []int64{341}}

func TestReadingComesBack(t *testing.T) {
	dev := pkitest.New(t).Device("urn:epc:id:giai:0614141.5678", group)
	for name, change := range map[string]func(*flow.Reading){
		"one value":       func(*flow.Reading) {},
		"negative":        func(r *flow.Reading) { r.Samples = []int64{-1} },
		"narrowest edges": func(r *flow.Reading) { r.Samples, r.Period = []int64{-128, 127}, 1 },
		"16 bits":         func(r *flow.Reading) { r.Samples, r.Period = []int64{-129, 32767}, time.Second },
		"32 bits":         func(r *flow.Reading) { r.Samples, r.Period = []int64{32768, math.MinInt32}, time.Second },
		"64 bits":         func(r *flow.Reading) { r.Samples, r.Period, r.Scale = []int64{math.MaxInt64, math.MinInt32 - 1}, 1, 1 },
		"no kind or unit": func(r *flow.Reading) { r.Kind, r.Unit = "", "" },
		"before 1970":     func(r *flow.Reading) { r.At = time.Date(1950, 1, 1, 0, 0, 0, 1, time.UTC) },
		"most samples":    func(r *flow.Reading) { r.Samples, r.Period = make([]int64, proof.MaxSamples), time.Millisecond },
	} {
		r := vital
		change(&r)
		s, err := proof.SealReading(dev, &r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := proof.OpenReading(s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got.Reading, r) {
			t.Errorf("%s: came back as %+v, was %+v", name, got.Reading, r)
		}
		if got.Leaf != sha256.Sum256(append([]byte{0}, s.Bytes...)) || got.Cert != dev.ID.Leaf {
			t.Errorf("%s: leaf %x by %x", name, got.Leaf, got.Cert)
		}
		if err := got.Verify(dev.Chain[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSealReadingRefuses(t *testing.T) {
	dev := pkitest.New(t).Device("urn:epc:id:giai:0614141.5678", group)
	for name, change := range map[string]func(*flow.Reading){
		"EPC in lower case":     func(r *flow.Reading) { r.Device = "3474257bf40000000000162e" },
		"EPC too short":         func(r *flow.Reading) { r.Device = "3474" },
		"no stream":             func(r *flow.Reading) { r.Stream = "" },
		"control character":     func(r *flow.Reading) { r.Unit = "Cel\n" },
		"not UTF-8":             func(r *flow.Reading) { r.Kind = "\xff" },
		"long name":             func(r *flow.Reading) { r.Stream = string(make([]byte, proof.MaxText+1)) },
		"number 0":              func(r *flow.Reading) { r.Seq = 0 },
		"number beyond 63 bits": func(r *flow.Reading) { r.Seq = math.MaxUint64 },
		"no sample":             func(r *flow.Reading) { r.Samples = nil },
		"too many samples":      func(r *flow.Reading) { r.Samples, r.Period = make([]int64, proof.MaxSamples+1), 1 },
		"scale 0":               func(r *flow.Reading) { r.Scale = 0 },
		"samples, no period":    func(r *flow.Reading) { r.Samples = []int64{1, 2} },
		"a period for one":      func(r *flow.Reading) { r.Period = time.Second },
		"negative period":       func(r *flow.Reading) { r.Samples, r.Period = []int64{1, 2}, -1 },
		"overflow in Micro":     func(r *flow.Reading) { r.Samples, r.Scale = []int64{1 << 40}, 1<<40 },
		"overflow below":        func(r *flow.Reading) { r.Samples, r.Scale = []int64{math.MinInt64}, 1 },
		"year 3000":             func(r *flow.Reading) { r.At = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"ends beyond 2262": func(r *flow.Reading) {
			r.At, r.Samples, r.Period = time.Unix(0, math.MaxInt64), []int64{1, 2}, time.Second
		},
	} {
		r := vital
		change(&r)
		if _, err := proof.SealReading(dev, &r); !errors.Is(err, proof.ErrForm) {
			t.Errorf("%s: got %v, want ErrForm", name, err)
		}
	}
}

func TestReadingVerify(t *testing.T) {
	h := pkitest.New(t)
	dev, other := h.Device("urn:epc:id:giai:0614141.5678", group), h.Device("urn:epc:id:giai:0614141.5679", group)
	s, err := proof.SealReading(dev, &vital)
	if err != nil {
		t.Fatal(err)
	}
	r, err := proof.OpenReading(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(other.Chain[0]); !errors.Is(err, proof.ErrCertificate) {
		t.Errorf("with another certificate: %v, want ErrCertificate", err)
	}
	forged := bytes.Clone(s.Bytes)
	forged[len(forged)-1] ^= 1
	f, err := proof.OpenReading(flow.Sealed{Kind: "reading", Bytes: forged})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(dev.Chain[0]); !errors.Is(err, proof.ErrDevice) {
		t.Errorf("with a changed signature: %v, want ErrDevice", err)
	}
	lie := vital
	lie.Device = other.ID.EPC
	if s, err = proof.SealReading(dev, &lie); err != nil {
		t.Fatal(err)
	}
	if r, err = proof.OpenReading(s); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(dev.Chain[0]); !errors.Is(err, proof.ErrCertificate) {
		t.Errorf("in another device's name: %v, want ErrCertificate", err)
	}
	if _, err := proof.OpenReading(flow.Sealed{Kind: "window", Bytes: s.Bytes}); !errors.Is(err, proof.ErrForm) {
		t.Errorf("as a window: %v, want ErrForm", err)
	}
}

// The signature is that of RFC 9052: checked here with nothing of go-cose.
func TestReadingIsCOSE(t *testing.T) {
	dev := pkitest.New(t).Device("urn:epc:id:giai:0614141.5678", group)
	s, err := proof.SealReading(dev, &vital)
	if err != nil {
		t.Fatal(err)
	}
	var tag cbor.RawTag
	var parts []cbor.RawMessage
	var protected, payload, signature []byte
	for _, step := range []error{
		cbor.Unmarshal(s.Bytes, &tag), cbor.Unmarshal(tag.Content, &parts), cbor.Unmarshal(parts[0], &protected),
		cbor.Unmarshal(parts[2], &payload), cbor.Unmarshal(parts[3], &signature),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if tag.Number != 18 || !bytes.Equal(parts[1], []byte{0xa0}) {
		t.Fatalf("tag %d, unprotected header %x", tag.Number, parts[1])
	}
	signed, err := cbor.Marshal([]any{"Signature1", protected, []byte("wardflow.chunk/1"), payload})
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(signed)
	key := dev.Chain[0].PublicKey.(*ecdsa.PublicKey)
	if !ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the signature does not hold")
	}
}

// 360 samples of an ECG take about twice as many bytes, as security.md asks.
func TestReadingIsSmall(t *testing.T) {
	dev := pkitest.New(t).Device("urn:epc:id:giai:0614141.5678", group)
	r := vital
	r.Samples, r.Period = make([]int64, 360), time.Second/360
	rng := rand.New(rand.NewPCG(1, 0))
	for i := range r.Samples {
		r.Samples[i] = rng.Int64N(2048) - 1024
	}
	s, err := proof.SealReading(dev, &r)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Bytes); n > 720+320 {
		t.Errorf("360 samples take %d bytes", n)
	}
}

// Whatever opens is sealed again as the same payload.
func FuzzOpenReading(f *testing.F) {
	dev := pkitest.New(f).Device("urn:epc:id:giai:0614141.5678", group)
	for _, samples := range [][]int64{{341}, {-1000, 5, 100000}} {
		r := vital
		if r.Samples = samples; len(samples) > 1 {
			r.Period = time.Second
		}
		s, err := proof.SealReading(dev, &r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(s.Bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: b})
		if err != nil {
			if !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrUnsigned) {
				t.Fatalf("unexpected kind of error: %v", err)
			}
			return
		}
		low, high := r.Range()
		if low > high {
			t.Fatalf("range from %d to %d", low, high)
		}
		again, err := proof.SealReading(dev, &r.Reading)
		if err != nil {
			t.Fatalf("opened, but can't be sealed: %v", err)
		}
		const tail = 64 + 2 // the signature and its length
		// Up to the signature only the certificate's hash may differ.
		same := bytes.Replace(again.Bytes[:len(again.Bytes)-tail], dev.ID.Leaf[:], r.Cert[:], 1)
		if !bytes.Equal(same, b[:len(b)-tail]) {
			t.Fatalf("sealed again as %x, was %x", same, b)
		}
	})
}

func BenchmarkReading(b *testing.B) {
	dev := pkitest.New(b).Device("urn:epc:id:giai:0614141.5678", group)
	r := vital
	r.Samples, r.Period = make([]int64, 360), time.Second/360
	for i := range r.Samples {
		r.Samples[i] = int64(i*i%2000 - 1000)
	}
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			if _, err := proof.SealReading(dev, &r); err != nil {
				b.Fatal(err)
			}
		}
	})
	s, err := proof.SealReading(dev, &r)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := proof.OpenReading(s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		opened, err := proof.OpenReading(s)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := opened.Verify(dev.Chain[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
