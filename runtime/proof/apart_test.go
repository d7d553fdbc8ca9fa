package proof_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

// setApart puts one window of a record into quarantine; its readings wait.
func setApart(m *memory, i int, why string) {
	m.windows[i].Quarantine = why
	for _, l := range m.leaves[m.windows[i].Number] {
		if l.Bytes != nil {
			l.Index = 0
			m.waiting = append(m.waiting, l)
		}
	}
	delete(m.leaves, m.windows[i].Number)
}

// A window in quarantine is counted, and is as hard to change or to take away as
// one that is recorded.
func TestVerifyQuarantine(t *testing.T) {
	h := pkitest.New(t)
	for _, tt := range []struct {
		name   string
		spoil  func(*memory, *prooftest.Ward)
		want   error
		window uint64
		bad    int
	}{
		{"nothing", func(*memory, *prooftest.Ward) {}, nil, 0, 0},
		{"removed", func(m *memory, _ *prooftest.Ward) { m.windows = append(m.windows[:1:1], m.windows[2:]...) }, proof.ErrChain, 3, 1},
		{"without its bytes", func(m *memory, _ *prooftest.Ward) { m.windows[1].Bytes = nil }, proof.ErrForm, 2, 1},
		{"another in its place", func(m *memory, _ *prooftest.Ward) { m.windows[1].Bytes = m.windows[0].Bytes }, proof.ErrChain, 2, 1},
		{"a byte", func(m *memory, _ *prooftest.Ward) {
			b := bytes.Clone(m.windows[1].Bytes)
			b[bytes.Index(b, []byte("p-0017"))] ^= 1
			m.windows[1].Bytes = b
		}, proof.ErrPatient, 2, 1},
		{"another hash in the index", func(m *memory, _ *prooftest.Ward) { m.windows[1].Hash[3] ^= 1 }, proof.ErrIndex, 2, 2},
		{"another patient's card", func(m *memory, w *prooftest.Ward) {
			other := newWard(t, h)
			other.Devices = w.Devices
			other.Window(t, other.Readings(t, 1))
			other.Card = h.Patient("p-9")
			m.windows[1].Bytes = other.Window(t, other.Readings(t, 5)).Bytes
		}, proof.ErrPatient, 2, 1},
		{"a reading under it", func(m *memory, _ *prooftest.Ward) { m.leaves[2] = m.waiting[2:3] }, proof.ErrIndex, 2, 1},
		{"no longer in quarantine", func(m *memory, _ *prooftest.Ward) { m.windows[1].Quarantine = "" }, proof.ErrMissing, 2, 5},
	} {
		w := newWard(t, h)
		m := remember(t, w)
		setApart(m, 1, "of a revoked device")
		tt.spoil(m, w)
		report, err := proof.Verify(context.Background(), m, w.Trust, "")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if tt.want == nil {
			p := report.Patients[0]
			if !report.OK() || p.Windows != 2 || p.Verified != 10 || p.Quarantined != 1 || p.Apart != 5 || p.Waiting != 2 || p.Missing != 0 {
				t.Errorf("%s: %+v, first %v", tt.name, p, report.First)
			}
			if len(report.Quarantine) != 1 || report.Quarantine[0] != (proof.Apart{Why: "of a revoked device", Windows: 1, Readings: 5}) {
				t.Errorf("%s: %+v", tt.name, report.Quarantine)
			}
			continue
		}
		if f := report.First; f == nil || !errors.Is(f.Err, tt.want) || f.Window != tt.window || report.Bad != tt.bad {
			t.Errorf("%s: %d bad, the first %v; want %d, window %d: %v", tt.name, report.Bad, f, tt.bad, tt.window, tt.want)
		}
	}
}

// A report names so many reasons; the rest are counted together.
func TestVerifyManyReasons(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	m := &memory{}
	for i := range 30 {
		win := w.Window(t, w.Readings(t, 1))
		m.windows = append(m.windows, proof.SealedWindow{Patient: win.Patient, Encounter: win.Encounter, Number: win.Number, Hash: win.Hash, Bytes: win.Bytes,
			Quarantine: "leaf " + string(rune('A'+i))})
	}
	report, err := proof.Verify(context.Background(), m, w.Trust, "")
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report.First, err)
	}
	windows, first := 0, report.Quarantine[0]
	for _, a := range report.Quarantine {
		windows += a.Windows
	}
	if windows != 30 || len(report.Quarantine) != 21 || first.Windows != 10 || first.Readings != 10 {
		t.Errorf("%d windows under %d reasons, the first %+v", windows, len(report.Quarantine), first)
	}
}
