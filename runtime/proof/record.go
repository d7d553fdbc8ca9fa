package proof

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Source is a stored record, as bytes and the columns beside them. Package
// store's stores are sources.
type Source interface {
	// Patients are those with anything stored, sorted.
	Patients(ctx context.Context) ([]string, error)
	// Sealed are a patient's windows in the order they were stored. It stops
	// after the first error.
	Sealed(ctx context.Context, patient string) iter.Seq2[SealedWindow, error]
	// Leaves are what is kept for the leaves of one window, by rising index.
	Leaves(ctx context.Context, patient, encounter string, number uint64) ([]KeptLeaf, error)
	// Waiting are a patient's readings that no window has covered yet. It
	// stops after the first error.
	Waiting(ctx context.Context, patient string) iter.Seq2[KeptLeaf, error]
}

// A SealedWindow is one window as a store keeps it.
type SealedWindow struct {
	Patient, Encounter string
	Number             uint64
	Hash               [32]byte
	Bytes              []byte // as sealed
	Quarantine         string // not "": it counts for its chain only, as it does not hold, for this
}

// of reports whether the columns beside the bytes are those of the window.
func (s *SealedWindow) of(w *Window) bool {
	return w.Patient == s.Patient && w.Encounter == s.Encounter && w.Number == s.Number && w.Hash == s.Hash
}

// differs says which columns are not as the window has it, and not what it has: that
// may be another patient's name.
func (s *SealedWindow) differs(w *Window) string {
	var all []string
	for _, c := range []struct {
		name string
		same bool
	}{{"the patient", w.Patient == s.Patient}, {"the encounter", w.Encounter == s.Encounter}, {"the number", w.Number == s.Number}, {"the hash", w.Hash == s.Hash}} {
		if !c.same {
			all = append(all, c.name)
		}
	}
	return strings.Join(all, " and ") + " beside it differ"
}

// A KeptLeaf is what a store keeps for one leaf: the reading, or that it was
// refused.
type KeptLeaf struct {
	Index   int
	Leaf    [32]byte
	Bytes   []byte       // the signed reading; nil when it was refused
	Verdict flow.Verdict // the store's own
	By      string       // who refused: "check" or "storage"; "" when accepted
	Stream               // by the store's columns, as are the rest
	Seq     uint64
	Kind    string
	Unit    string
	At      time.Time
}

// A Report is what [Verify] found.
type Report struct {
	Patients []PatientReport `json:"patients"` // sorted
	First    *Bad            `json:"first,omitempty"`
	Bad      int             `json:"bad"` // things found bad, the first among them
	// Quarantine counts the windows that are kept apart, by reason; they are
	// not bad, nor are they part of the record. The commonest reason is first.
	Quarantine []Apart `json:"quarantine,omitempty"`
}

// OK reports whether nothing was bad.
func (r *Report) OK() bool { return r.Bad == 0 }

// A PatientReport counts one patient's record.
type PatientReport struct {
	Patient  string `json:"patient"`
	Chains   int    `json:"chains"`   // of windows; one for each encounter
	Windows  int    `json:"windows"`  // under the card's signature
	Readings int    `json:"readings"` // kept under a window
	Refused  int    `json:"refused"`  // leaves that were refused
	Verified int    `json:"verified"` // readings and refusals that hold
	Waiting  int    `json:"waiting"`  // readings not under a window yet
	Missing  uint64 `json:"missing"`  // numbers that streams left out: never arrived
	Bad      int    `json:"bad"`
	// Quarantined are the windows of the chains that are in quarantine, and not
	// among Windows; Apart are the leaves of those, which are none of the above.
	Quarantined int `json:"quarantined"`
	Apart       int `json:"quarantinedReadings"`

	First time.Time `json:"first,omitzero"` // instant of the first sample
	Last  time.Time `json:"last,omitzero"`  // instant of the last sample
}

// Bad is one thing that does not hold.
type Bad struct {
	Patient   string    `json:"patient"`
	Encounter string    `json:"encounter,omitempty"`
	Window    uint64    `json:"window"` // 0: a reading that waits for its window
	Leaf      int       `json:"leaf"`   // -1: the window itself
	Device    string    `json:"device,omitempty"`
	Stream    string    `json:"stream,omitempty"`
	Seq       uint64    `json:"seq,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Why       string    `json:"why"`
	Err       error     `json:"-"`
}

// String names it for people.
func (b Bad) String() string {
	switch {
	case b.Leaf < 0:
		return fmt.Sprintf("patient %s window %d: %s", b.Patient, b.Window, b.Why)
	case b.Window == 0:
		return fmt.Sprintf("patient %s waiting reading %d of %s at %s: %s", b.Patient, b.Seq,
			Stream{b.Device, b.Stream}, b.At.Format(time.RFC3339Nano), b.Why)
	}
	return fmt.Sprintf("patient %s window %d leaf %d, reading %d of %s at %s: %s", b.Patient, b.Window, b.Leaf, b.Seq,
		Stream{b.Device, b.Stream}, b.At.Format(time.RFC3339Nano), b.Why)
}

// Verify checks a whole record, or that of one patient when patient is not "".
// For each patient it walks the windows in order and checks each as
// [Window.Verify] does, and for each of its leaves that either the reading is
// there, is that leaf, was signed by its device and accepted by every
// judgment, or that it was refused. It also checks that the store's columns
// say what the signed bytes say.
//
// A window that is in quarantine must be the next of its chain by number, hash
// and card ([Window.Link]), and is counted with its readings under the reason
// that the store gives, which nobody has signed. One that is gone, changed, or no
// link is bad.
//
// Give it a [Strict] trust, or a change to an authority's certificate beside one
// window may go unseen.
//
// What does not hold is counted, the first is named, and the walk goes on. An
// error means that the record could not be read to its end; the report says how
// far it got. That windows were cut off at the end can't be seen from the
// record alone: that takes an anchor outside.
func Verify(ctx context.Context, src Source, t Trust, patient string) (Report, error) {
	v := &verifier{src: src, trust: t}
	patients, err := src.Patients(ctx)
	if err != nil {
		return v.report, fmt.Errorf("verify record: %w", err)
	}
	if patient != "" {
		if !slices.Contains(patients, patient) {
			return v.report, fmt.Errorf("verify record: nothing is stored of patient %s", patient)
		}
		patients = []string{patient}
	}
	defer v.report.sort()
	for _, p := range patients {
		err := v.patient(ctx, p)
		v.report.Patients = append(v.report.Patients, v.now)
		if err != nil {
			return v.report, fmt.Errorf("verify record of patient %s: %w", p, err)
		}
	}
	return v.report, nil
}

type verifier struct {
	src    Source
	trust  Trust
	report Report
	now    PatientReport // the patient being walked

	came map[string]map[Stream]uint64 // by encounter: the last number that came, recorded or not
	left map[[32]byte]struct{}        // leaves of the patient's windows in quarantine
}

func (v *verifier) bad(b Bad, err error) {
	b.Patient, b.Err, b.Why = v.now.Patient, err, err.Error()
	v.now.Bad++
	if v.report.Bad++; v.report.First == nil {
		v.report.First = &b
	}
}

func (v *verifier) patient(ctx context.Context, patient string) error {
	v.now = PatientReport{Patient: patient}
	v.came, v.left = map[string]map[Stream]uint64{}, map[[32]byte]struct{}{}
	chains := map[string]Prior{}
	for s, err := range v.src.Sealed(ctx, patient) {
		if err != nil {
			return err
		}
		leaves, err := v.src.Leaves(ctx, s.Patient, s.Encounter, s.Number)
		if err != nil {
			return err
		}
		prior := chains[s.Encounter]
		if s.Quarantine != "" {
			chains[s.Encounter] = v.apart(s, prior, leaves)
			continue
		}
		v.now.Windows++
		next, w, holds := v.window(s, prior)
		if w != nil {
			v.now.Missing += w.Gaps(Prior{Streams: v.came[s.Encounter]})
			v.came[s.Encounter] = w.passed(v.came[s.Encounter])
		}
		chains[s.Encounter] = next
		v.leaves(s, w, holds, leaves)
	}
	v.now.Chains = len(chains)
	for l, err := range v.src.Waiting(ctx, patient) {
		if err != nil {
			return err
		}
		if _, apart := v.left[l.Leaf]; !apart {
			v.now.Waiting++
		}
		if _, err := l.open(); err != nil {
			v.bad(l.bad(SealedWindow{}), err)
		}
	}
	return nil
}

// window checks one window, and reports whether it holds. It is nil when it
// can't be opened. After a bad
// window the walk goes on from where the store says it stands, so that one
// fault is counted once.
func (v *verifier) window(s SealedWindow, prior Prior) (next Prior, w *Window, holds bool) {
	at := Bad{Encounter: s.Encounter, Window: s.Number, Leaf: -1}
	w, err := OpenWindow(flow.Sealed{Kind: KindWindow, Bytes: s.Bytes})
	if err != nil {
		v.bad(at, err)
		return Prior{Number: s.Number, Hash: s.Hash, Streams: prior.Streams}, nil, false
	}
	at.At = w.First
	next, err = w.verify(v.trust, prior)
	switch {
	case err != nil:
		next = Prior{Number: s.Number, Hash: s.Hash, Streams: prior.Streams}
		if streams, err := w.follow(prior.Streams); err == nil {
			next.Streams = streams
		}
	case len(w.Judgments) == 0:
		err = fmt.Errorf("%w: nobody has judged the window", ErrVerdict)
	case !s.of(w):
		err = fmt.Errorf("%w: %s", ErrIndex, s.differs(w))
	}
	if err != nil {
		v.bad(at, err)
	}
	if v.now.First.IsZero() || w.First.Before(v.now.First) {
		v.now.First = w.First
	}
	if w.Last.After(v.now.Last) {
		v.now.Last = w.Last
	}
	return next, w, err == nil
}

// leaves checks what is kept for the leaves of a window; w is nil when the
// window can't be opened, and then each is checked by itself. Under a window
// that does not hold nothing is verified.
func (v *verifier) leaves(s SealedWindow, w *Window, holds bool, kept []KeptLeaf) {
	count := len(kept)
	if w != nil {
		count = len(w.Leaves)
	}
	next := 0
	for _, l := range kept {
		for ; next < l.Index && next < count; next++ {
			v.bad(Bad{Encounter: s.Encounter, Window: s.Number, Leaf: next}, ErrMissing)
		}
		err := v.leaf(w, l)
		if l.Index < next || l.Index >= count {
			err = fmt.Errorf("%w: the window has no such leaf", ErrIndex)
		}
		next = max(next, l.Index+1)
		if l.Bytes == nil {
			v.now.Refused++
		} else {
			v.now.Readings++
		}
		if err != nil {
			v.bad(l.bad(s), err)
		} else if holds {
			v.now.Verified++
		}
	}
	for ; next < count; next++ {
		v.bad(Bad{Encounter: s.Encounter, Window: s.Number, Leaf: next}, ErrMissing)
	}
}

func (v *verifier) leaf(w *Window, l KeptLeaf) error {
	if l.Bytes == nil {
		return v.refused(w, l)
	}
	r, err := l.open()
	if err != nil {
		return err
	}
	if !l.Verdict.OK() {
		return fmt.Errorf("%w: it is kept, yet the store refused it: %s", ErrVerdict, l.Verdict.Reason)
	}
	if w == nil {
		return nil
	}
	if err := w.Check(v.trust, l.Index, r); err != nil {
		return err
	}
	if f, err := w.Verdict(l.Index); err == nil && !f.OK() {
		return fmt.Errorf("%w: it is kept, yet it was refused: %s", ErrVerdict, f.Reason)
	}
	return nil // without a judgment the window was found bad already
}

func (v *verifier) refused(w *Window, l KeptLeaf) error {
	switch {
	case l.Verdict.OK():
		return fmt.Errorf("%w: there is no reading, yet the store accepted one", ErrMissing)
	case w == nil:
		return nil
	case l.Index >= len(w.Leaves) || w.Leaves[l.Index] != l.Leaf:
		return ErrLeaf
	}
	f, err := w.Verdict(l.Index)
	switch {
	case err != nil:
		return nil // the window was found bad already
	case f.OK() && l.By != "storage":
		return fmt.Errorf("%w: there is no reading, yet every judgment accepts it", ErrMissing)
	case !f.OK() && f.Reason != l.Verdict.Reason && l.By != "storage":
		return fmt.Errorf("%w: the store says %q, the judgment %q", ErrVerdict, l.Verdict.Reason, f.Reason)
	case f.Refused != nil && (f.Refused.Stream != l.Stream || f.Refused.Seq != l.Seq || f.Refused.Kind != l.Kind ||
		f.Refused.Unit != l.Unit || !f.Refused.At.Equal(l.At)):
		return ErrIndex
	}
	return nil
}

// open opens the reading and checks its hash and columns.
func (l *KeptLeaf) open() (*Reading, error) {
	if LeafHash(l.Bytes) != l.Leaf {
		return nil, fmt.Errorf("%w: its bytes have changed", ErrLeaf)
	}
	r, err := OpenReading(flow.Sealed{Kind: KindReading, Bytes: l.Bytes})
	switch {
	case err != nil:
		return nil, err
	case r.Of() != l.Stream || r.Seq != l.Seq || r.Kind != l.Kind || r.Unit != l.Unit || !r.At.Equal(l.At):
		return nil, ErrIndex
	}
	return r, nil
}

func (l *KeptLeaf) bad(s SealedWindow) Bad {
	return Bad{Encounter: s.Encounter, Window: s.Number, Leaf: l.Index, Device: l.Device, Stream: l.Name, Seq: l.Seq, At: l.At}
}
