package proof

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Draft is a window that is being filled, in one patient's chain of windows.
// It is plain state: it reads no clock and keeps no certificate, and
// [Draft.Save] writes all of it, so a collector can go on elsewhere.
type Draft struct {
	patient, encounter string
	number             uint64 // of the window being filled
	prev               [32]byte
	leaves             [][32]byte
	certs              map[[32]byte]struct{} // leaf certificates of devices and of those who vouch for them, by hash
	first, last        time.Time
	spans              []Span            // in order of first reading
	seen               map[Stream]uint64 // the last number of each stream, over all windows
}

// NewDraft begins a chain of windows: number 1, no window before it. A chain is
// named by patient and encounter, and a record takes a second chain under the
// same name for a forgery; so whoever begins anew without the state of the last
// draft must name a new encounter (the time it began will do).
func NewDraft(patient, encounter string) *Draft {
	return &Draft{patient: patient, encounter: encounter, number: 1,
		certs: map[[32]byte]struct{}{}, seen: map[Stream]uint64{}}
}

// Add takes the next reading as the next leaf. Its number must be above the
// last of its stream; if it is not the next one, the gap will show in the
// signed window. An error leaves the draft as it was: [ErrSequence], or
// [ErrFull] with [MaxLeaves] held. It does not verify the reading.
func (d *Draft) Add(r *Reading) error {
	if len(d.leaves) >= MaxLeaves {
		return ErrFull
	}
	if last := d.seen[r.Of()]; r.Seq <= last {
		return fmt.Errorf("%w: number %d of %s comes after %d", ErrSequence, r.Seq, r.Of(), last)
	}
	if len(d.certs)+2 > maxDevices && !d.has(r) {
		return ErrFull
	}
	if len(d.leaves) == 0 || r.At.Before(d.first) {
		d.first = r.At
	}
	if end := r.End(); len(d.leaves) == 0 || end.After(d.last) {
		d.last = end
	}
	d.certs[r.Cert] = struct{}{}
	if r.Voucher != nil {
		d.certs[r.Voucher.Cert] = struct{}{}
	}
	d.leaves = append(d.leaves, r.Leaf)
	d.seen[r.Of()] = r.Seq
	for i := len(d.spans) - 1; i >= 0; i-- {
		if s := &d.spans[i]; s.Stream == r.Of() {
			if s.Kind == r.Kind && s.Last == r.Seq-1 {
				s.Last = r.Seq
				return nil
			}
			break
		}
	}
	d.spans = append(d.spans, Span{Stream: r.Of(), Kind: r.Kind, First: r.Seq, Last: r.Seq})
	return nil
}

// has reports whether a reading brings no new certificate.
func (d *Draft) has(r *Reading) bool {
	_, device := d.certs[r.Cert]
	if r.Voucher == nil || !device {
		return device
	}
	_, collector := d.certs[r.Voucher.Cert]
	return collector
}

// Len is how many readings the draft holds.
func (d *Draft) Len() int { return len(d.leaves) }

// Number is that of the window being filled.
func (d *Draft) Number() uint64 { return d.number }

// Encounter is the name of the chain.
func (d *Draft) Encounter() string { return d.encounter }

// Certs are the hashes of the certificates, of devices and of those who vouched, that [Draft.Close] will ask for.
func (d *Draft) Certs() [][32]byte {
	return slices.SortedFunc(maps.Keys(d.certs), func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
}

// Close signs the window with the patient's card at the time now and begins the
// next one. The collector's chain and each device's leaf certificate, which
// device finds by its hash, are kept beside the signed bytes, so that the
// window can be verified years later. A nil certificate with a nil error is one
// not to be had: it is left out, and what it should have vouched for will not
// verify. Close does not ask whether the card is the patient's: [Window.Verify]
// does. An error leaves the draft as it was; one of
// the card's key or of device is passed on, so it may be [flow.ErrLater].
func (d *Draft) Close(card, collector flow.Signer, device func(hash [32]byte) (*x509.Certificate, error), now time.Time) (flow.Sealed, error) {
	if len(d.leaves) == 0 {
		return flow.Sealed{}, fmt.Errorf("close window %d: it holds no reading", d.number)
	}
	spans := slices.SortedFunc(slices.Values(d.spans), func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.Name, b.Name), cmp.Compare(a.First, b.First))
	})
	h := Head{Patient: d.patient, Encounter: d.encounter, Collector: collector.ID.URI, Number: d.number,
		First: d.first, Last: d.last, Count: len(d.leaves), Root: Root(d.leaves), Prev: d.prev, Spans: spans, Closed: now}
	s, signed, err := d.close(&h, card, collector, device)
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("close window %d: %w", d.number, flow.Unnamed(err, d.patient))
	}
	d.number, d.prev = d.number+1, sha256.Sum256(signed)
	d.leaves, d.spans, d.first, d.last = nil, nil, time.Time{}, time.Time{}
	clear(d.certs)
	return s, nil
}

func (d *Draft) close(h *Head, card, collector flow.Signer, device func([32]byte) (*x509.Certificate, error)) (flow.Sealed, []byte, error) {
	devices := make([][]byte, 0, len(d.certs))
	for _, hash := range d.Certs() {
		cert, err := device(hash)
		if err != nil {
			return flow.Sealed{}, nil, fmt.Errorf("certificate %x of a device: %w", hash[:4], err)
		}
		if cert == nil {
			continue
		}
		if sha256.Sum256(cert.Raw) != hash {
			return flow.Sealed{}, nil, fmt.Errorf("%w: asked for %x of a device, got %x", ErrCertificate, hash[:4], fingerprint(cert))
		}
		devices = append(devices, cert.Raw)
	}
	payload, err := h.encode()
	if err != nil {
		return flow.Sealed{}, nil, err
	}
	signed, err := sign(card, windowSort, payload)
	if err != nil {
		return flow.Sealed{}, nil, err
	}
	b := bundle{Version: version, Signed: signed, Leaves: packHashes(d.leaves), Card: rawChain(card.Chain),
		Collector: rawChain(collector.Chain), Devices: devices, Judgments: []judged{}}
	s, err := b.seal()
	return s, signed, err
}

// draft is the saved form of a Draft.
type draft struct {
	Version   uint     `cbor:"1,keyasint"`
	Patient   string   `cbor:"2,keyasint"`
	Encounter string   `cbor:"3,keyasint"`
	Number    uint64   `cbor:"4,keyasint"`
	Prev      [32]byte `cbor:"5,keyasint"`
	Leaves    []byte   `cbor:"6,keyasint"`
	Certs     []byte   `cbor:"7,keyasint"`
	Instants  [2]int64 `cbor:"8,keyasint"`
	Spans     []span   `cbor:"9,keyasint"`
	Seen      []span   `cbor:"10,keyasint"`
}

// Save writes all of the draft.
func (d *Draft) Save() ([]byte, error) {
	spans, err := packSpans(d.spans)
	if err != nil {
		return nil, fmt.Errorf("save the draft of window %d: %w", d.number, err)
	}
	var seen []Span
	for s, last := range d.seen {
		seen = append(seen, Span{Stream: s, First: last, Last: last})
	}
	slices.SortFunc(seen, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.Name, b.Name)) })
	last, err := packSpans(seen)
	if err != nil {
		return nil, fmt.Errorf("save the draft of window %d: %w", d.number, err)
	}
	f := draft{Version: version, Patient: d.patient, Encounter: d.encounter, Number: d.number, Prev: d.prev,
		Leaves: packHashes(d.leaves), Certs: packHashes(d.Certs()), Spans: spans, Seen: last}
	if len(d.leaves) > 0 {
		f.Instants = [2]int64{d.first.UnixNano(), d.last.UnixNano()} // of opened readings, so in range
	}
	return encoding.Marshal(f)
}

// OpenDraft reads what [Draft.Save] wrote.
func OpenDraft(state []byte) (*Draft, error) {
	d, err := openDraft(state)
	if err != nil {
		return nil, fmt.Errorf("open draft: %w", err)
	}
	return d, nil
}

func openDraft(state []byte) (*Draft, error) {
	var f draft
	if err := decode(state, &f); err != nil {
		return nil, err
	}
	if f.Version != version {
		return nil, fmt.Errorf("%w: version %d of a draft is not known here", ErrForm, f.Version)
	}
	d := NewDraft(f.Patient, f.Encounter)
	d.number, d.prev = f.Number, f.Prev
	var err error
	if d.leaves, err = unpackHashes(f.Leaves, MaxLeaves); err != nil {
		return nil, err
	}
	certs, err := unpackHashes(f.Certs, maxDevices)
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		d.certs[c] = struct{}{}
	}
	if len(d.leaves) > 0 {
		d.first, d.last = instant(f.Instants[0]), instant(f.Instants[1])
	}
	if d.spans, err = unpackSpans(f.Spans); err != nil {
		return nil, err
	}
	seen, err := unpackSpans(f.Seen)
	if err != nil {
		return nil, err
	}
	for _, s := range seen {
		d.seen[s.Stream] = s.Last
	}
	if d.number == 0 || d.number > math.MaxInt64 {
		return nil, fmt.Errorf("%w: window number %d", ErrForm, d.number)
	}
	if again, err := d.Save(); err != nil || !bytes.Equal(again, state) {
		return nil, fmt.Errorf("%w: it is not what a draft would save", ErrForm)
	}
	return d, nil
}
