package proof

import (
	"crypto/x509"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Judgment is what one node found of each leaf of a window.
type Judgment struct {
	Window   [32]byte // Hash of the window
	At       time.Time
	Findings []Finding           // one for each leaf, in order
	Chain    []*x509.Certificate // of the node that judged, leaf first

	signed *signed
}

// A Finding is the verdict on one leaf.
type Finding struct {
	flow.Verdict
	// Refused says what was refused, so that a record can tell without having
	// kept the reading. It is nil for an accepted reading, and for one that
	// could not be opened.
	Refused *Refused
}

// Refused is a reading that was refused, in short.
type Refused struct {
	Stream
	Seq       uint64
	Kind      string
	Unit      string
	At        time.Time
	Low, High int64 // smallest and largest sample in millionths of Unit
}

// Find makes the finding of a verdict on a reading.
func Find(v flow.Verdict, r *flow.Reading) Finding {
	f := Finding{Verdict: v}
	if !v.OK() && r != nil {
		low, high := r.Range()
		f.Refused = &Refused{Stream: Stream{Device: r.Device, Name: r.Stream}, Seq: r.Seq, Kind: r.Kind, Unit: r.Unit,
			At: r.At, Low: low, High: high}
	}
	return f
}

type judgment struct {
	Version  uint      `cbor:"1,keyasint"`
	Window   [32]byte  `cbor:"2,keyasint"`
	At       int64     `cbor:"3,keyasint"`
	Verdicts []verdict `cbor:"4,keyasint"` // each once, in order of first use
	Leaves   []uint    `cbor:"5,keyasint"` // for each leaf, an index of Verdicts
	Refused  []refusal `cbor:"6,keyasint"` // by rising leaf
}

type verdict struct {
	_                   struct{} `cbor:",toarray"`
	Reason              uint32
	Clause, Group, Rule string
	Version             uint64
	Epoch, Block        uint64
}

type refusal struct {
	_          struct{} `cbor:",toarray"`
	Leaf       uint
	Device     []byte
	Name       string
	Seq        uint64
	Kind, Unit string
	At         int64
	Low, High  int64
}

// Judge adds a node's findings, one for each leaf of the window in order, to a
// sealed window and signs them together with the window's hash. The window's
// signed bytes stay as they are. Each node that judges adds its own judgment;
// a reading is accepted when every judgment accepts it.
func Judge(s flow.Sealed, node flow.Signer, findings []Finding, now time.Time) (flow.Sealed, error) {
	w, err := OpenWindow(s)
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("judge window: %w", err)
	}
	return w.Judge(node, findings, now)
}

// Judge is [Judge] of a window that is open. It gives it sealed, and leaves w as
// it was.
func (w *Window) Judge(node flow.Signer, findings []Finding, now time.Time) (flow.Sealed, error) {
	if len(findings) != len(w.Leaves) {
		return flow.Sealed{}, fmt.Errorf("judge window %d (%x): %w: %d findings for %d leaves", w.Number, w.Hash[:4], ErrVerdict, len(findings), len(w.Leaves))
	}
	if len(w.Judgments) >= maxJudges {
		return flow.Sealed{}, fmt.Errorf("judge window %d (%x): %w: it has %d judgments already", w.Number, w.Hash[:4], ErrForm, len(w.Judgments))
	}
	payload, err := packJudgment(w.Hash, findings, now)
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("judge window %d (%x): %w", w.Number, w.Hash[:4], err)
	}
	signed, err := sign(node, judgmentSort, payload)
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("judge window %d (%x): %w", w.Number, w.Hash[:4], err)
	}
	b := *w.form
	b.Judgments = append(slices.Clip(b.Judgments), judged{Signed: signed, Chain: rawChain(node.Chain)})
	return b.seal()
}

func packJudgment(window [32]byte, findings []Finding, now time.Time) ([]byte, error) {
	at, err := nanos("the time of judging", now)
	if err != nil {
		return nil, err
	}
	j := judgment{Version: version, Window: window, At: at, Verdicts: []verdict{}, Leaves: []uint{}, Refused: []refusal{}}
	known := map[flow.Verdict]uint{}
	for i, f := range findings {
		f.Clause = plain(f.Clause)
		if err := checkFinding(f); err != nil {
			return nil, fmt.Errorf("finding of leaf %d: %w", i, err)
		}
		at, ok := known[f.Verdict]
		if !ok {
			at = uint(len(j.Verdicts))
			known[f.Verdict] = at
			j.Verdicts = append(j.Verdicts, verdict{Reason: uint32(f.Reason), Clause: f.Clause, Group: f.Group,
				Rule: f.Rule, Version: f.Version, Epoch: f.Epoch, Block: f.Block})
		}
		j.Leaves = append(j.Leaves, at)
		if f.Refused == nil {
			continue
		}
		r, err := f.Refused.pack(uint(i))
		if err != nil {
			return nil, fmt.Errorf("finding of leaf %d: %w", i, err)
		}
		j.Refused = append(j.Refused, r)
	}
	return encoding.Marshal(j)
}

func openJudgment(b judged, parse parsing) (*Judgment, error) {
	s, err := open(b.Signed, judgmentSort)
	if err != nil {
		return nil, fmt.Errorf("judgment: %w", err)
	}
	var f judgment
	if err := decode(s.payload, &f); err != nil {
		return nil, fmt.Errorf("judgment: %w", err)
	}
	if f.Version != version {
		return nil, fmt.Errorf("%w: version %d of a judgment is not known here", ErrForm, f.Version)
	}
	j := &Judgment{Window: f.Window, At: instant(f.At), signed: s}
	if j.Chain, err = openChain("judge", b.Chain, parse); err != nil {
		return nil, err
	}
	if err := j.unpack(&f); err != nil {
		return nil, fmt.Errorf("judgment: %w", err)
	}
	return j, nil
}

func (j *Judgment) unpack(f *judgment) error {
	if len(f.Leaves) == 0 || len(f.Leaves) > MaxLeaves {
		return fmt.Errorf("%w: findings of %d leaves, want 1 to %d", ErrForm, len(f.Leaves), MaxLeaves)
	}
	known := map[verdict]bool{}
	for _, v := range f.Verdicts {
		if known[v] {
			return fmt.Errorf("%w: a verdict is written twice", ErrForm)
		}
		known[v] = true
	}
	next := uint(0)
	for _, i := range f.Leaves {
		if i > next || i >= uint(len(f.Verdicts)) {
			return fmt.Errorf("%w: verdicts are not in order of use", ErrForm)
		}
		next = max(next, i+1)
		v := f.Verdicts[i]
		j.Findings = append(j.Findings, Finding{Verdict: flow.Verdict{Reason: flow.Reason(v.Reason), Clause: v.Clause,
			Group: v.Group, Rule: v.Rule, Version: v.Version, Epoch: v.Epoch, Block: v.Block}})
	}
	if next != uint(len(f.Verdicts)) {
		return fmt.Errorf("%w: a verdict is never used", ErrForm)
	}
	for i, r := range f.Refused {
		if r.Leaf >= uint(len(j.Findings)) || i > 0 && r.Leaf <= f.Refused[i-1].Leaf {
			return fmt.Errorf("%w: refused leaves are not in order", ErrForm)
		}
		opened, err := r.unpack()
		if err != nil {
			return err
		}
		j.Findings[r.Leaf].Refused = opened
	}
	for i, f := range j.Findings {
		if err := checkFinding(f); err != nil {
			return fmt.Errorf("finding of leaf %d: %w", i, err)
		}
	}
	return nil
}

func checkFinding(f Finding) error {
	if err := text("clause", f.Clause, maxClause, false); err != nil {
		return err
	}
	if err := text("group", f.Group, MaxText, false); err != nil {
		return err
	}
	if err := text("rule", f.Rule, MaxText, false); err != nil {
		return err
	}
	r := f.Refused
	if r == nil {
		return nil
	}
	if f.OK() {
		return fmt.Errorf("%w: accepted, yet described as refused", ErrForm)
	}
	for _, s := range []string{r.Name, r.Kind, r.Unit} {
		if err := text("a refused reading's name", s, MaxText, false); err != nil {
			return err
		}
	}
	if r.Seq > math.MaxInt64 || r.High < r.Low {
		return fmt.Errorf("%w: a refused reading, number %d, from %d to %d", ErrForm, r.Seq, r.Low, r.High)
	}
	return nil
}

// plain is s fit to be signed: a clause may quote what a device sent.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > maxClause {
		s = strings.ToValidUTF8(s[:maxClause], "")
	}
	return s
}

func (r *Refused) pack(leaf uint) (refusal, error) {
	epc, err := epcBytes(r.Device)
	if err != nil {
		return refusal{}, err
	}
	at, err := nanos("the reading's time", r.At)
	return refusal{Leaf: leaf, Device: epc, Name: r.Name, Seq: r.Seq, Kind: r.Kind, Unit: r.Unit, At: at, Low: r.Low, High: r.High}, err
}

func (r *refusal) unpack() (*Refused, error) {
	if len(r.Device) != 12 {
		return nil, fmt.Errorf("%w: the EPC has %d bytes, want 12", ErrForm, len(r.Device))
	}
	return &Refused{Stream: Stream{Device: epcText(r.Device), Name: r.Name}, Seq: r.Seq, Kind: r.Kind, Unit: r.Unit,
		At: instant(r.At), Low: r.Low, High: r.High}, nil
}
