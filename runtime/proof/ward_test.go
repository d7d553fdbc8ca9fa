package proof_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

const group = "h1/3/icu-3/ecg"

func newWard(tb testing.TB, h *pkitest.Hospital) *prooftest.Ward {
	tb.Helper()
	return &prooftest.Ward{
		Patient:   "p-0017",
		Card:      h.Patient("p-0017"),
		Collector: h.Collector("bed-1", group),
		Judge:     h.Node("bedside"),
		Devices:   []flow.Signer{h.Device("urn:epc:id:giai:0614141.5678", group), h.Device("urn:epc:id:giai:0614141.5679", group)},
		Trust:     h.Verifier(),
	}
}
