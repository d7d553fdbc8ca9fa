package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, wards(pkitest.New(t)), func(t *testing.T, dir string) store.Store {
		t.Helper()
		return open(t, filepath.Join(dir, "store.db"))
	})
}

const group = "h1/3/icu-3/ecg"

// wards makes wards of one hospital, each with devices of its own.
func wards(h *pkitest.Hospital) func(*testing.T, string) *prooftest.Ward {
	return func(t *testing.T, patient string) *prooftest.Ward { t.Helper(); return newWard(h, patient) }
}

var devices atomic.Int64

func newWard(h *pkitest.Hospital, patient string) *prooftest.Ward {
	n := devices.Add(2)
	epc := func(n int64) string { return fmt.Sprintf("urn:epc:id:giai:0614141.%d", 1000+n) }
	return &prooftest.Ward{Patient: patient, Card: h.Patient(patient), Collector: h.Collector("bed-1", group), Judge: h.Node("bedside"),
		Devices: []flow.Signer{h.Device(epc(n), group), h.Device(epc(n+1), group)}, Trust: h.Verifier()}
}

func open(tb testing.TB, file string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
