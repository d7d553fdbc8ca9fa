package proof_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
)

// A memory is a record that a test may spoil.
type memory struct {
	windows []proof.SealedWindow
	leaves  map[uint64][]proof.KeptLeaf
	waiting []proof.KeptLeaf
	broken  error
}

func (m *memory) Patients(context.Context) ([]string, error) { return []string{"p-0017"}, nil }

func (m *memory) Sealed(context.Context, string) iter.Seq2[proof.SealedWindow, error] {
	return func(yield func(proof.SealedWindow, error) bool) {
		for _, w := range m.windows {
			if !yield(w, nil) {
				return
			}
		}
		if m.broken != nil {
			yield(proof.SealedWindow{}, m.broken)
		}
	}
}

func (m *memory) Leaves(_ context.Context, _, _ string, number uint64) ([]proof.KeptLeaf, error) {
	return m.leaves[number], nil
}

func (m *memory) Waiting(context.Context, string) iter.Seq2[proof.KeptLeaf, error] {
	return func(yield func(proof.KeptLeaf, error) bool) {
		for _, l := range m.waiting {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// remember keeps three windows of five readings, the third of each refused, and
// two readings that wait.
func remember(t *testing.T, w *prooftest.Ward) *memory {
	t.Helper()
	m := &memory{leaves: map[uint64][]proof.KeptLeaf{}}
	keep := func(i int, r *proof.Reading) proof.KeptLeaf {
		return proof.KeptLeaf{Index: i, Leaf: r.Leaf, Bytes: r.Bytes, Verdict: prooftest.Accepted, Stream: r.Of(), Seq: r.Seq, Kind: r.Kind, Unit: r.Unit, At: r.At}
	}
	for range 3 {
		readings := w.Readings(t, 5)
		win := w.Window(t, readings, 2)
		m.windows = append(m.windows, proof.SealedWindow{Patient: win.Patient, Encounter: win.Encounter, Number: win.Number, Hash: win.Hash, Bytes: win.Bytes})
		for i, r := range readings {
			l := keep(i, r)
			if i == 2 {
				l.Bytes, l.Verdict, l.By = nil, prooftest.Refused, "check"
			}
			m.leaves[win.Number] = append(m.leaves[win.Number], l)
		}
	}
	for _, r := range w.Readings(t, 2) {
		m.waiting = append(m.waiting, keep(0, r))
	}
	return m
}

func TestVerifyRecord(t *testing.T) {
	h := pkitest.New(t)
	trust := func() proof.Trust {
		return proof.Strict(func() proof.Trust { return pki.NewVerifier(h.Authority.Trust()) })
	}
	for _, tt := range []struct {
		name   string
		spoil  func(*memory)
		want   error
		window uint64
		leaf   int
		bad    int
	}{
		{"nothing", func(*memory) {}, nil, 0, 0, 0},
		{"a reading removed", func(m *memory) { m.leaves[2] = append(m.leaves[2][:1:1], m.leaves[2][2:]...) }, proof.ErrMissing, 2, 1, 1},
		{"the last leaf removed", func(m *memory) { m.leaves[3] = m.leaves[3][:4] }, proof.ErrMissing, 3, 4, 1},
		{"a refusal removed", func(m *memory) { m.leaves[1] = append(m.leaves[1][:2:2], m.leaves[1][3:]...) }, proof.ErrMissing, 1, 2, 1},
		{"readings exchanged", func(m *memory) {
			l := m.leaves[2]
			l[0], l[1] = l[1], l[0]
			l[0].Index, l[1].Index = 0, 1
		}, proof.ErrLeaf, 2, 0, 2},
		{"a reading of another window", func(m *memory) { l := m.leaves[1][0]; m.leaves[3][0] = l }, proof.ErrLeaf, 3, 0, 1},
		{"a leaf twice", func(m *memory) { m.leaves[1] = append(m.leaves[1], m.leaves[1][4]) }, proof.ErrIndex, 1, 4, 1},
		{"one byte", func(m *memory) {
			b := bytes.Clone(m.leaves[2][3].Bytes)
			b[90] ^= 1
			m.leaves[2][3].Bytes = b
		}, proof.ErrLeaf, 2, 3, 1},
		{"one byte and its hash", func(m *memory) {
			b := bytes.Clone(m.leaves[2][3].Bytes)
			b[len(b)-1] ^= 1
			m.leaves[2][3].Bytes, m.leaves[2][3].Leaf = b, proof.LeafHash(b)
		}, proof.ErrLeaf, 2, 3, 1},
		{"another time in the index", func(m *memory) { m.leaves[2][3].At = m.leaves[2][3].At.Add(1) }, proof.ErrIndex, 2, 3, 1},
		{"another device in a refusal", func(m *memory) { m.leaves[2][2].Device = "00" }, proof.ErrIndex, 2, 2, 1},
		{"another reason", func(m *memory) { m.leaves[2][2].Verdict.Reason = flow.Paused }, proof.ErrVerdict, 2, 2, 1},
		{"a reading made a refusal", func(m *memory) {
			l := &m.leaves[2][0]
			l.Bytes, l.Verdict, l.By = nil, prooftest.Refused, "check"
		}, proof.ErrMissing, 2, 0, 1},
		{"a refusal made a reading", func(m *memory) {
			l := &m.leaves[2][2]
			l.Bytes, l.Verdict, l.By = m.leaves[2][3].Bytes, prooftest.Accepted, ""
		}, proof.ErrLeaf, 2, 2, 1},
		{"the first window removed", func(m *memory) { m.windows = m.windows[1:] }, proof.ErrChain, 2, -1, 1},
		{"a window removed", func(m *memory) { m.windows = append(m.windows[:1:1], m.windows[2:]...) }, proof.ErrChain, 3, -1, 1},
		{"windows exchanged", func(m *memory) { m.windows[1], m.windows[2] = m.windows[2], m.windows[1] }, proof.ErrChain, 3, -1, 2},
		{"under another number", func(m *memory) { m.windows[2].Number = 4; m.leaves[4] = m.leaves[3] }, proof.ErrIndex, 4, -1, 1},
		{"a window cut short", func(m *memory) { m.windows[1].Bytes = m.windows[1].Bytes[:100] }, proof.ErrForm, 2, -1, 1},
		{"a waiting reading's byte", func(m *memory) { m.waiting[1].Bytes = append([]byte{0}, m.waiting[1].Bytes...) }, proof.ErrLeaf, 0, 0, 1},
	} {
		w := newWard(t, h)
		m := remember(t, w)
		tt.spoil(m)
		report, err := proof.Verify(context.Background(), m, trust(), "")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if tt.want == nil {
			if p := report.Patients[0]; !report.OK() || p.Verified != 15 || p.Refused != 3 || p.Windows != 3 || p.Waiting != 2 {
				t.Errorf("%s: %+v, first %v", tt.name, p, report.First)
			}
			continue
		}
		if f := report.First; f == nil || !errors.Is(f.Err, tt.want) || f.Window != tt.window || f.Leaf != tt.leaf || report.Bad != tt.bad {
			t.Errorf("%s: %d bad, the first %v; want %d, window %d leaf %d: %v", tt.name, report.Bad, f, tt.bad, tt.window, tt.leaf, tt.want)
		}
	}
}

func TestVerifyUnjudgedAndUnreadable(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	m := remember(t, w)
	readings := w.Readings(t, 1)
	s := w.Close(t, readings)
	win, err := proof.OpenWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	m.windows = append(m.windows, proof.SealedWindow{Patient: win.Patient, Encounter: win.Encounter, Number: 4, Hash: win.Hash, Bytes: s.Bytes})
	m.leaves[4] = []proof.KeptLeaf{{Leaf: readings[0].Leaf, Bytes: readings[0].Bytes, Stream: readings[0].Of(), Seq: readings[0].Seq,
		Kind: readings[0].Kind, Unit: readings[0].Unit, At: readings[0].At}}
	report, err := proof.Verify(context.Background(), m, w.Trust, "p-0017")
	if err != nil || report.Bad != 1 || !errors.Is(report.First.Err, proof.ErrVerdict) || report.First.Window != 4 {
		t.Errorf("a window nobody judged: %+v, %v", report.First, err)
	}
	m.broken = errors.New("disk")
	report, err = proof.Verify(context.Background(), m, w.Trust, "")
	if !errors.Is(err, m.broken) || len(report.Patients) != 1 || report.Patients[0].Windows != 4 {
		t.Errorf("a broken source: %+v, %v", report, err)
	}
	if _, err := proof.Verify(context.Background(), m, w.Trust, "p-1"); err == nil {
		t.Error("an unknown patient verifies")
	}
}

// A window signed with a stranger's card counts as one bad window; nothing under
// it is verified, and the other windows hold.
func TestVerifyGoesOn(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(t, h)
	m := remember(t, w)
	own := w.Card
	w.Card = h.Rogue().Patient("p-0017")
	readings := w.Readings(t, 2)
	add := func(win *proof.Window, readings []*proof.Reading) {
		m.windows = append(m.windows, proof.SealedWindow{Patient: win.Patient, Encounter: win.Encounter, Number: win.Number, Hash: win.Hash, Bytes: win.Bytes})
		for i, r := range readings {
			m.leaves[win.Number] = append(m.leaves[win.Number], proof.KeptLeaf{Index: i, Leaf: r.Leaf, Bytes: r.Bytes, Stream: r.Of(), Seq: r.Seq, Kind: r.Kind, Unit: r.Unit, At: r.At})
		}
	}
	add(w.Window(t, readings), readings)
	w.Card = own
	readings = w.Readings(t, 2)
	add(w.Window(t, readings), readings)
	report, err := proof.Verify(context.Background(), m, w.Trust, "")
	if err != nil || report.Bad != 1 || report.First.Window != 4 || !errors.Is(report.First.Err, proof.ErrCertificate) {
		t.Errorf("%d bad, first %v, %v", report.Bad, report.First, err)
	}
	if p := report.Patients[0]; p.Verified != 17 || p.Windows != 5 {
		t.Errorf("%+v", p)
	}
}
