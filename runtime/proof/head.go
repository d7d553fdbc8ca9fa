package proof

import (
	"fmt"
	"math"
	"time"
)

// A Head is what the patient's card signs: the window without its leaves.
type Head struct {
	Patient   string // pseudonym
	Encounter string // with the patient it names a chain of windows
	Collector string // SPIFFE ID
	Number    uint64 // in the chain, from 1, no gaps
	First     time.Time
	Last      time.Time // instants of the first and of the last sample
	Count     int       // of leaves
	Root      [32]byte  // Merkle root of the leaves in order
	Prev      [32]byte  // Hash of the window before; zero for the first
	Spans     []Span    // by device, name, number
	Closed    time.Time // when the card signed, by the collector's clock
}

// A Span is a run of readings of one stream without a gap in their numbers. Two
// spans of one stream have a gap between them, so what never arrived is seen in
// what was signed.
type Span struct {
	Stream
	Kind        string // LOINC code
	First, Last uint64 // numbers on the stream
}

// head is the signed form of a Head. Key 10, the rules used, is empty because
// the collector has not judged; 11, a digest of verdicts, is absent for the
// same reason. 13 is when the card signed: the chain of its certificate is
// checked at that time.
type head struct {
	Version   uint     `cbor:"1,keyasint"`
	Patient   string   `cbor:"2,keyasint"`
	Encounter string   `cbor:"3,keyasint"`
	Collector string   `cbor:"4,keyasint"`
	Number    uint64   `cbor:"5,keyasint"`
	Instants  [2]int64 `cbor:"6,keyasint"`
	Count     uint64   `cbor:"7,keyasint"`
	Root      [32]byte `cbor:"8,keyasint"`
	Prev      [32]byte `cbor:"9,keyasint"`
	Rules     []string `cbor:"10,keyasint"`
	Spans     []span   `cbor:"12,keyasint"`
	Closed    int64    `cbor:"13,keyasint"`
}

type span struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Kind, Name  string
	First, Last uint64
}

func (h *Head) encode() ([]byte, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	first, err := nanos("the first instant", h.First)
	if err != nil {
		return nil, err
	}
	last, err := nanos("the last instant", h.Last)
	if err != nil {
		return nil, err
	}
	closed, err := nanos("the closing time", h.Closed)
	if err != nil {
		return nil, err
	}
	spans, err := packSpans(h.Spans)
	if err != nil {
		return nil, err
	}
	return encoding.Marshal(head{Version: version, Patient: h.Patient, Encounter: h.Encounter, Collector: h.Collector,
		Number: h.Number, Instants: [2]int64{first, last}, Count: uint64(h.Count), Root: h.Root, Prev: h.Prev,
		Rules: []string{}, Spans: spans, Closed: closed})
}

func openHead(b []byte) (*Head, error) {
	var f head
	if err := decode(b, &f); err != nil {
		return nil, err
	}
	switch {
	case f.Version != version:
		return nil, fmt.Errorf("%w: version %d of a window is not known here", ErrForm, f.Version)
	case f.Rules == nil || len(f.Rules) != 0:
		return nil, fmt.Errorf("%w: a window of version %d names no rules", ErrForm, version)
	case f.Count > MaxLeaves:
		return nil, fmt.Errorf("%w: %d leaves, at most %d are allowed", ErrForm, f.Count, MaxLeaves)
	}
	spans, err := unpackSpans(f.Spans)
	if err != nil {
		return nil, err
	}
	h := &Head{Patient: f.Patient, Encounter: f.Encounter, Collector: f.Collector, Number: f.Number,
		First: instant(f.Instants[0]), Last: instant(f.Instants[1]), Count: int(f.Count), Root: f.Root, Prev: f.Prev,
		Spans: spans, Closed: instant(f.Closed)}
	return h, h.check()
}

func (h *Head) check() error {
	if err := text("patient", h.Patient, MaxText, true); err != nil {
		return err
	}
	if err := text("encounter", h.Encounter, MaxText, false); err != nil {
		return err
	}
	if err := text("collector", h.Collector, 2048, true); err != nil {
		return err
	}
	switch {
	case h.Number == 0 || h.Number > math.MaxInt64:
		return fmt.Errorf("%w: window number %d, they count from 1", ErrForm, h.Number)
	case (h.Number == 1) != (h.Prev == [32]byte{}):
		return fmt.Errorf("%w: window %d with the previous hash %x", ErrForm, h.Number, h.Prev[:4])
	case h.Count < 1 || h.Count > MaxLeaves:
		return fmt.Errorf("%w: %d leaves, want 1 to %d", ErrForm, h.Count, MaxLeaves)
	case h.Last.Before(h.First):
		return fmt.Errorf("%w: it ends before it begins", ErrForm)
	}
	total := uint64(0)
	for i, s := range h.Spans {
		if err := checkSpan(s); err != nil {
			return err
		}
		if i > 0 && !h.Spans[i-1].before(s) {
			return fmt.Errorf("%w: spans of streams are not in order", ErrForm)
		}
		if n := s.Last - s.First + 1; n > MaxLeaves {
			return fmt.Errorf("%w: a span of %d readings", ErrForm, n)
		} else {
			total += n
		}
	}
	if total != uint64(h.Count) {
		return fmt.Errorf("%w: spans of %d readings for %d leaves", ErrForm, total, h.Count)
	}
	return nil
}

// before is the order of spans: by stream, then by number, never overlapping.
func (s Span) before(t Span) bool {
	switch {
	case s.Device != t.Device:
		return s.Device < t.Device
	case s.Name != t.Name:
		return s.Name < t.Name
	}
	return s.Last < t.First
}

func checkSpan(s Span) error {
	if err := text("stream", s.Name, MaxText, true); err != nil {
		return err
	}
	if err := text("kind", s.Kind, MaxText, false); err != nil {
		return err
	}
	if s.First == 0 || s.Last < s.First || s.Last > math.MaxInt64 {
		return fmt.Errorf("%w: a span from %d to %d", ErrForm, s.First, s.Last)
	}
	return nil
}

func packSpans(spans []Span) ([]span, error) {
	out := make([]span, len(spans))
	for i, s := range spans {
		epc, err := epcBytes(s.Device)
		if err != nil {
			return nil, err
		}
		out[i] = span{Device: epc, Kind: s.Kind, Name: s.Name, First: s.First, Last: s.Last}
	}
	return out, nil
}

func unpackSpans(spans []span) ([]Span, error) {
	out := make([]Span, len(spans))
	for i, s := range spans {
		if len(s.Device) != 12 {
			return nil, fmt.Errorf("%w: the EPC has %d bytes, want 12", ErrForm, len(s.Device))
		}
		out[i] = Span{Stream: Stream{Device: epcText(s.Device), Name: s.Name}, Kind: s.Kind, First: s.First, Last: s.Last}
	}
	return out, nil
}
