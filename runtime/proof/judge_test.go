package proof_test

import (
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

func TestJudge(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	readings := w.Readings(t, 3)
	sealed := w.Close(t, readings)
	open := func(s flow.Sealed) *proof.Window {
		t.Helper()
		win, err := proof.OpenWindow(s)
		if err != nil {
			t.Fatal(err)
		}
		return win
	}
	all := func(v flow.Verdict) []proof.Finding {
		return []proof.Finding{proof.Find(v, &readings[0].Reading), proof.Find(v, &readings[1].Reading), proof.Find(v, nil)}
	}
	if _, err := open(sealed).Verdict(0); !errors.Is(err, proof.ErrVerdict) {
		t.Errorf("before anybody judged: %v, want ErrVerdict", err)
	}
	if _, err := proof.Judge(sealed, w.Judge, all(prooftest.Accepted)[:2], w.Now()); !errors.Is(err, proof.ErrVerdict) {
		t.Errorf("two findings for three leaves: %v, want ErrVerdict", err)
	}
	quoting := prooftest.Refused
	quoting.Clause = "unit \"\x00\xff\" is not Cel"
	once, err := proof.Judge(sealed, w.Judge, all(prooftest.Accepted), w.Now())
	if err != nil {
		t.Fatal(err)
	}
	twice, err := proof.Judge(once, h.Storage("store-1"), all(quoting), w.Now())
	if err != nil {
		t.Fatal(err)
	}
	win := open(twice)
	if _, err := win.Verify(w.Trust, proof.Prior{}); err != nil {
		t.Error(err)
	}
	if f, err := win.Verdict(1); err != nil || f.Reason != flow.TooLow || f.Clause != "unit \" ?\" is not Cel" {
		t.Errorf("the second judge refuses: got %+v, %v", f, err)
	}
	if win.Hash != open(sealed).Hash {
		t.Error("judging changed what the card signed")
	}
	byDevice, err := proof.Judge(sealed, w.Devices[0], all(prooftest.Accepted), w.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(byDevice).Verify(w.Trust, proof.Prior{}); !errors.Is(err, proof.ErrVerdict) {
		t.Errorf("judged by a device: %v, want ErrVerdict", err)
	}
}
