package pkitest_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// Everybody in the hospital is somebody to it, and nobody of its enemies is.
func TestHospital(t *testing.T) {
	h := pkitest.New(t)
	all := func(h *pkitest.Hospital) []flow.Signer {
		return []flow.Signer{
			h.Node("bedside"), h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"), h.Collector("bed-1", "h1/3/icu-3/collector"),
			h.Storage("records"), h.Staff("n-17"), h.Patient("p-7f3a"),
		}
	}
	for _, s := range all(h) {
		id, err := h.Verifier().Identify(s.Chain, time.Now())
		if err != nil {
			t.Errorf("Identify: %v", err)
		}
		if id != s.ID {
			t.Errorf("Identify = %+v, the signer says %+v", id, s.ID)
		}
	}
	for name, enemy := range map[string]*pkitest.Hospital{"rogue": h.Rogue(), "neighbour": h.Neighbour()} {
		for _, s := range all(enemy) {
			if id, err := h.Verifier().Identify(s.Chain, time.Now()); err == nil {
				t.Errorf("%s: Identify = %+v, want a refusal", name, id)
			}
		}
	}
}
