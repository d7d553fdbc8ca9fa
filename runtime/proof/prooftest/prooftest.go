// Package prooftest makes sealed readings and windows, for tests. The signers
// come from the caller, who has them from pkitest:
//
//	h := pkitest.New(t)
//	w := prooftest.Ward{Patient: "p-1", Card: h.Patient("p-1"), Collector: h.Collector("c1", group),
//		Judge: h.Node("n1"), Devices: []flow.Signer{h.Device(epc, group)}, Trust: h.Verifier()}
//	first := w.Window(t, w.Readings(t, 8))
package prooftest

import (
	"crypto/sha256"
	"crypto/x509"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Ward is one patient's devices, collector and card.
type Ward struct {
	Patient   string
	Card      flow.Signer
	Collector flow.Signer
	Judge     flow.Signer   // the node whose rule check judges
	Devices   []flow.Signer // readings come from them in turn
	Trust     proof.Trust

	draft *proof.Draft
	seq   []uint64
	next  int
	now   time.Time
}

// Accepted is the verdict of the ward's rule on what it accepts.
var Accepted = flow.Verdict{Group: "h1/3/icu-3/ecg", Rule: "0x00000000000000000000000000000000000000aa", Version: 3, Epoch: 7, Block: 42}

// Refused is a verdict that refuses.
var Refused = flow.Verdict{Reason: flow.TooLow, Clause: "1.1 Cel is below 25 Cel", Group: "h1/3/icu-3/ecg",
	Rule: "0x00000000000000000000000000000000000000aa", Version: 3, Epoch: 7, Block: 42}

// Readings are the next n readings, from each device in turn: a heart rate, or
// five samples of an ECG from every second one.
func (w *Ward) Readings(tb testing.TB, n int) []*proof.Reading {
	tb.Helper()
	out := make([]*proof.Reading, n)
	for i := range out {
		out[i] = w.Reading(tb)
	}
	return out
}

// Reading is the next reading.
func (w *Ward) Reading(tb testing.TB) *proof.Reading {
	tb.Helper()
	w.begin()
	d := w.next % len(w.Devices)
	w.next++
	w.seq[d]++
	w.now = w.now.Add(time.Millisecond)
	r := flow.Reading{Device: w.Devices[d].ID.EPC, Stream: "hr", Seq: w.seq[d], Kind: "8867-4", Unit: "/min", At: w.now, Scale: 1_000_000,
		Samples: []int64{60 + int64(w.seq[d]%40)}}
	if d%2 == 1 {
		r.Stream, r.Kind, r.Unit, r.Scale, r.Period = "ecg/MLII", "131330", "mV", 5000, 2*time.Millisecond
		r.Samples = []int64{-20, 3, 190, int64(w.seq[d]), -1}
	}
	return w.Seal(tb, w.Devices[d], &r)
}

// Seal signs a reading as a device and opens it again.
func (w *Ward) Seal(tb testing.TB, dev flow.Signer, r *flow.Reading) *proof.Reading {
	tb.Helper()
	s, err := proof.SealReading(dev, r)
	if err != nil {
		tb.Fatal(err)
	}
	opened, err := proof.OpenReading(s)
	if err != nil {
		tb.Fatal(err)
	}
	return opened
}

// Window closes and judges the next window over readings. Those whose indices
// are in refused get the verdict [Refused], the others [Accepted].
func (w *Ward) Window(tb testing.TB, readings []*proof.Reading, refused ...int) *proof.Window {
	tb.Helper()
	s := w.Close(tb, readings)
	findings := make([]proof.Finding, len(readings))
	for i, r := range readings {
		findings[i] = proof.Find(Accepted, &r.Reading)
	}
	for _, i := range refused {
		findings[i] = proof.Find(Refused, &readings[i].Reading)
	}
	s, err := proof.Judge(s, w.Judge, findings, w.now)
	if err != nil {
		tb.Fatal(err)
	}
	opened, err := proof.OpenWindow(s)
	if err != nil {
		tb.Fatal(err)
	}
	return opened
}

// Close closes the next window over readings; nobody has judged it yet.
func (w *Ward) Close(tb testing.TB, readings []*proof.Reading) flow.Sealed {
	tb.Helper()
	w.begin()
	for _, r := range readings {
		if err := w.draft.Add(r); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := w.draft.Close(w.Card, w.Collector, w.Device, w.now)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Device finds a device's certificate by its hash, as a collector does.
func (w *Ward) Device(hash [32]byte) (*x509.Certificate, error) {
	for _, d := range w.Devices {
		if sha256.Sum256(d.Chain[0].Raw) == hash {
			return d.Chain[0], nil
		}
	}
	return nil, nil
}

// Begin starts a new chain of windows, for another encounter.
func (w *Ward) Begin(encounter string) {
	w.begin()
	w.draft = proof.NewDraft(w.Patient, encounter)
}

// Now is the ward's clock: the time of the last reading.
func (w *Ward) Now() time.Time { return w.now }

func (w *Ward) begin() {
	if w.draft != nil {
		return
	}
	w.draft = proof.NewDraft(w.Patient, "e-1")
	w.seq = make([]uint64, len(w.Devices))
	// A while after the certificates began, in whole milliseconds.
	w.now = w.Card.Chain[0].NotBefore.Add(time.Minute).Truncate(time.Millisecond).UTC()
}
