package proof_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

var saidAt = time.Date(2026, 11, 22, 8, 0, 0, 123, time.UTC)

// What is signed is opened again as it was, with the whole chain of who signed
// it, whether that is one certificate or more.
func TestStatement(t *testing.T) {
	h := pkitest.New(t)
	staff := h.Staff("admin")
	alone := staff
	alone.Chain = staff.Chain[:1]
	for _, s := range []flow.Signer{staff, alone} {
		for _, body := range [][]byte{nil, []byte("{}"), bytes.Repeat([]byte{0xff}, 100<<10)} {
			b, err := proof.SignStatement(s, "deployment", body, saidAt)
			if err != nil {
				t.Fatal(err)
			}
			st, err := proof.OpenStatement(b)
			if err != nil {
				t.Fatal(err)
			}
			if st.Kind != "deployment" || !bytes.Equal(st.Body, body) || !st.At.Equal(saidAt) || len(st.Chain) != len(s.Chain) {
				t.Errorf("opened %q of %d bytes at %s with %d certificates", st.Kind, len(st.Body), st.At, len(st.Chain))
			}
			for i, c := range st.Chain {
				if !c.Equal(s.Chain[i]) {
					t.Errorf("certificate %d is another", i)
				}
			}
			if again, _ := proof.OpenStatement(b); again == nil || proof.Says(b) != proof.Says(bytes.Clone(b)) {
				t.Error("the same bytes say something else the second time")
			}
		}
	}
}

func TestStatementsNotSigned(t *testing.T) {
	h := pkitest.New(t)
	staff := h.Staff("admin")
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	large, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	many := staff
	for range 9 {
		many.Chain = append(many.Chain, staff.Chain[0])
	}
	for _, tt := range []struct {
		name string
		by   flow.Signer
		kind string
		body []byte
		at   time.Time
		want string
	}{
		{"nobody", flow.Signer{}, "policy", nil, saidAt, "no key"},
		{"another's key", flow.Signer{Key: other, Chain: staff.Chain}, "policy", nil, saidAt, "not that of its certificate"},
		{"a key on another curve", flow.Signer{Key: large, Chain: staff.Chain}, "policy", nil, saidAt, "want a P-256 key"},
		{"no kind", staff, "", nil, saidAt, "is empty"},
		{"a kind that is too long", staff, strings.Repeat("k", 65), nil, saidAt, "at most 64"},
		{"a kind with a line break", staff, "a\nb", nil, saidAt, "control character"},
		{"a time out of range", staff, "policy", nil, time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC), "years"},
		{"a body that is too long", staff, "policy", make([]byte, proof.MaxStatement), saidAt, "at most"},
		{"too many certificates", many, "policy", nil, saidAt, "at most"},
	} {
		if _, err := proof.SignStatement(tt.by, tt.kind, tt.body, tt.at); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}

// No bit of a statement can be changed, nothing can be added to it, and no other
// thing that is signed passes for one.
func TestStatementAltered(t *testing.T) {
	h := pkitest.New(t)
	staff := h.Staff("admin")
	b, err := proof.SignStatement(staff, "policy", []byte("permit"), saidAt)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for bit := range 8 {
			bad := bytes.Clone(b)
			bad[i] ^= 1 << bit
			st, err := proof.OpenStatement(bad)
			if err == nil && st.Chain[0].Equal(staff.Chain[0]) {
				t.Fatalf("byte %d, bit %d can be changed", i, bit)
			}
			if err != nil && !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrCertificate) && !errors.Is(err, proof.ErrUnsigned) {
				t.Fatalf("byte %d, bit %d: %v, which is none of ours", i, bit, err)
			}
		}
	}
	reading, err := proof.SealReading(h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"),
		&flow.Reading{Device: "3474257BF40000000000162E", Stream: "ecg", Seq: 1, At: saidAt, Scale: 1, Samples: []int64{1}})
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "more behind": append(bytes.Clone(b), 0), "half": b[:len(b)/2], "a reading": reading.Bytes,
		"too long": append(bytes.Clone(b), make([]byte, proof.MaxStatement)...),
	} {
		if _, err := proof.OpenStatement(bad); err == nil {
			t.Errorf("%s is opened", name)
		}
	}
	// Another's certificate, whose key has not signed.
	swapped := bytes.Replace(b, staff.Chain[0].Raw, h.Staff("other").Chain[0].Raw, 1)
	if _, err := proof.OpenStatement(swapped); err == nil {
		t.Error("the certificate can be changed for another's")
	}
}

// Whatever can be opened has one form.
func FuzzOpenStatement(f *testing.F) {
	h := pkitest.New(f)
	for _, kind := range []string{"policy", "deployment"} {
		b, err := proof.SignStatement(h.Staff("admin"), kind, []byte("{}"), saidAt)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		st, err := proof.OpenStatement(b)
		if err != nil {
			return
		}
		if len(st.Chain) == 0 || st.Kind == "" || len(b) > proof.MaxStatement {
			t.Fatalf("opened %+v", st)
		}
	})
}

func BenchmarkOpenStatement(b *testing.B) {
	h := pkitest.New(b)
	s, err := proof.SignStatement(h.Staff("admin"), "deployment", make([]byte, 300), saidAt)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := proof.OpenStatement(s); err != nil {
			b.Fatal(err)
		}
	}
}
