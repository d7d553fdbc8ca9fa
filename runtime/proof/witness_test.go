package proof_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

func TestWitness(t *testing.T) {
	h := pkitest.New(t)
	want := proof.Witness{Chain: 77, Genesis: [32]byte{1}, Manager: "0x" + strings.Repeat("aa", 20), Anchor: "0x" + strings.Repeat("bb", 20),
		Number: 4, Hash: [32]byte{5}, Replica: true}
	b, err := proof.SignWitness(h.Node("ward"), want, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, st, err := proof.OpenWitness(b)
	if err != nil || *got != want || len(st.Chain) != 2 {
		t.Errorf("opened %+v (%v), signed %+v", got, err, want)
	}
	other, err := proof.SignStatement(h.Node("ward"), "policy", []byte("x"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := proof.OpenWitness(other); !errors.Is(err, proof.ErrForm) {
		t.Errorf("a statement of another kind: %v, want ErrForm", err)
	}
	for _, bad := range []proof.Witness{{}, {Chain: 1, Genesis: [32]byte{1}, Manager: want.Manager, Anchor: "0xaa", Hash: [32]byte{1}},
		{Chain: 1, Manager: want.Manager, Anchor: want.Anchor, Hash: [32]byte{1}}} {
		if _, err := proof.SignWitness(h.Node("ward"), bad, time.Now()); !errors.Is(err, proof.ErrForm) {
			t.Errorf("SignWitness(%+v): %v, want ErrForm", bad, err)
		}
	}
}

func FuzzOpenWitness(f *testing.F) {
	b, err := proof.SignWitness(pkitest.New(f).Node("ward"), proof.Witness{Chain: 77, Genesis: [32]byte{1}, Manager: "0x" + strings.Repeat("aa", 20),
		Anchor: "0x" + strings.Repeat("bb", 20), Number: 4, Hash: [32]byte{5}}, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		w, _, err := proof.OpenWitness(b)
		if err == nil && (len(w.Manager) != 42 || w.Hash == [32]byte{}) {
			t.Fatalf("opened %+v", w)
		}
	})
}
