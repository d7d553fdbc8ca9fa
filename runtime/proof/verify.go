package proof

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Trust knows whom to believe. A *pki.Verifier is one.
type Trust interface {
	// Identify checks a chain, leaf first, as it stood at the time at, and says
	// who its leaf is. An error means: not to be believed.
	Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error)
}

// identifyThen asks a Trust as things stood at a time. A Trust that tells apart
// what was revoked later, as *pki.Verifier does with IdentifyThen, does so: a
// device that is lost today made its readings of last week while it was not.
func identifyThen(t Trust, chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	if then, ok := t.(interface {
		IdentifyThen([]*x509.Certificate, time.Time) (flow.Identity, error)
	}); ok {
		return then.IdentifyThen(chain, at)
	}
	return t.Identify(chain, at)
}

// A Prior is what a chain of windows has reached: what its next window must
// follow. The zero value is a chain without a window.
type Prior struct {
	Number  uint64            // of the last window
	Hash    [32]byte          // of the last window
	Streams map[Stream]uint64 // the last number of each stream; never changed once in a Prior
	// Quarantined says that the last window is in quarantine; see [Window.Link].
	Quarantined bool
}

// Verify checks all that a window says by itself, and returns what the window
// after it must follow. In this order, each with its own error:
//
//   - the card's chain held when the card signed, and is a patient's ([ErrCertificate])
//   - that patient is the window's ([ErrPatient])
//   - number and previous hash follow prior ([ErrChain])
//   - the leaves are as many as signed and make the root ([ErrRoot])
//   - the card signed it ([ErrCard])
//   - the collector's chain held, and is the collector that the window names ([ErrCertificate])
//   - no stream goes back behind prior ([ErrSequence])
//   - each judgment is of this window, has a finding for each leaf, and was
//     signed by a node whose chain held when it judged ([ErrVerdict])
//
// A window without judgments passes. Times are those in the window: a
// certificate that has expired or was revoked since does no harm. Whoever takes a window in as
// it arrives must check besides that its Closed is about now.
func (w *Window) Verify(t Trust, prior Prior) (Prior, error) {
	next, err := w.verify(t, prior)
	if err != nil {
		return prior, fmt.Errorf("window %d (%x): %w", w.Number, w.Hash[:4], err)
	}
	return next, nil
}

func (w *Window) verify(t Trust, prior Prior) (Prior, error) {
	if err := w.verifyCard(t); err != nil {
		return prior, err
	}
	if err := w.follows(prior); err != nil {
		return prior, err
	}
	switch {
	case w.Count != len(w.Leaves):
		return prior, fmt.Errorf("%w: %d leaves, %d were signed", ErrRoot, len(w.Leaves), w.Count)
	case Root(w.Leaves) != w.Root:
		return prior, ErrRoot
	}
	if err := w.signed.verify(w.Card[0], ErrCard); err != nil {
		return prior, err
	}
	collector, err := identifyThen(t, w.Collector, w.Closed)
	if err != nil {
		return prior, fmt.Errorf("%w: collector: %w", ErrCertificate, err)
	}
	if collector.Role != flow.RoleCollector && collector.Role != flow.RoleNode {
		return prior, fmt.Errorf("%w: %s is no collector", ErrCertificate, collector.URI)
	}
	if collector.URI != w.Head.Collector {
		return prior, fmt.Errorf("%w: the window names the collector %s, the certificate is that of %s", ErrCertificate, w.Head.Collector, collector.URI)
	}
	streams, err := w.follow(prior.Streams)
	if err != nil {
		return prior, err
	}
	for i := range w.Judgments {
		if err := w.Judgments[i].verify(t, w); err != nil {
			return prior, err
		}
	}
	return Prior{Number: w.Number, Hash: w.Hash, Streams: streams}, nil
}

// verifyCard checks whose card is beside the window, and that it held.
func (w *Window) verifyCard(t Trust) error {
	if sha256.Sum256(w.Card[0].Raw) != w.signed.signer {
		return fmt.Errorf("%w: the signature names another card than the one beside it", ErrCertificate)
	}
	card, err := identifyThen(t, w.Card, w.Closed)
	if err != nil {
		return fmt.Errorf("%w: card: %w", ErrCertificate, unnamedCard(err, w.Card[0]))
	}
	if card.Role != flow.RolePatient {
		return fmt.Errorf("%w: it is that of %s, and no patient's card", ErrCertificate, card.URI)
	}
	if card.Name != w.Patient {
		return fmt.Errorf("%w: it has the certificate %x", ErrPatient, w.signed.signer[:4])
	}
	return nil
}

// unnamedCard is an error about a card without whose it is, as the names in it say.
func unnamedCard(err error, card *x509.Certificate) error {
	for _, u := range card.URIs {
		err = flow.Unnamed(err, u.Path[strings.LastIndexByte(u.Path, '/')+1:])
	}
	return flow.Unnamed(err, card.Subject.CommonName)
}

// follow is where the streams stand after the window.
func (w *Window) follow(prior map[Stream]uint64) (map[Stream]uint64, error) {
	next := maps.Clone(prior)
	if next == nil {
		next = map[Stream]uint64{}
	}
	for _, s := range w.Spans {
		if last := next[s.Stream]; s.First <= last {
			return nil, fmt.Errorf("%w: %s begins at %d, the record has %d already", ErrSequence, s.Stream, s.First, last)
		}
		next[s.Stream] = s.Last
	}
	return next, nil
}

// Gaps counts the readings whose numbers are missing between prior and the end
// of the window: they were made and never arrived. A stream's first number in a
// chain is free, as the device may have been elsewhere before.
func (w *Window) Gaps(prior Prior) uint64 {
	missing := uint64(0)
	last := map[Stream]uint64{}
	for _, s := range w.Spans {
		before, seen := last[s.Stream]
		if !seen {
			before, seen = prior.Streams[s.Stream]
		}
		if seen && s.First > before {
			missing += s.First - before - 1
		}
		last[s.Stream] = s.Last
	}
	return missing
}

func (j *Judgment) verify(t Trust, w *Window) error {
	switch {
	case j.Window != w.Hash:
		return fmt.Errorf("%w: it judges another window", ErrVerdict)
	case len(j.Findings) != len(w.Leaves):
		return fmt.Errorf("%w: %d findings for %d leaves", ErrVerdict, len(j.Findings), len(w.Leaves))
	}
	id, err := identifyThen(t, j.Chain, j.At)
	if err != nil {
		return fmt.Errorf("%w: judge: %w", ErrVerdict, err)
	}
	if id.Role != flow.RoleNode && id.Role != flow.RoleCollector && id.Role != flow.RoleStorage {
		return fmt.Errorf("%w: %s may not judge", ErrVerdict, id.URI)
	}
	if err := j.signed.verify(j.Chain[0], ErrVerdict); err != nil {
		return fmt.Errorf("%w: the signature of %s: %w", ErrVerdict, id.URI, err)
	}
	return nil
}

// Verdict is what the judgments make of leaf i: the first that refuses, or else
// the last. It is [ErrVerdict] when there is none.
func (w *Window) Verdict(i int) (Finding, error) {
	if i < 0 || i >= len(w.Leaves) {
		return Finding{}, fmt.Errorf("%w: the window has no leaf %d", ErrVerdict, i)
	}
	found := Finding{}
	for _, j := range w.Judgments {
		if i >= len(j.Findings) {
			return Finding{}, fmt.Errorf("%w: leaf %d has no finding", ErrVerdict, i)
		}
		if found = j.Findings[i]; !found.OK() {
			return found, nil
		}
	}
	if len(w.Judgments) == 0 {
		return Finding{}, fmt.Errorf("%w: nobody has judged the window", ErrVerdict)
	}
	return found, nil
}

// Check checks that r is leaf i of the window: its hash, its time, its place in
// the window's streams, and the device's signature by the certificate kept with
// the window, which must have held when the reading was made, when a collector
// vouched for it, or when the window was closed, whichever is kinder: readings may
// have waited for a line or a card for longer than a device's certificate lives. Errors wrap [ErrLeaf],
// [ErrSequence], [ErrCertificate], [ErrDevice] or [ErrVoucher].
func (w *Window) Check(t Trust, i int, r *Reading) error {
	if i < 0 || i >= len(w.Leaves) || w.Leaves[i] != r.Leaf {
		return ErrLeaf
	}
	cert, ok := w.Devices[r.Cert]
	if !ok {
		return fmt.Errorf("%w: that of the device, %x, is not kept with the window", ErrCertificate, r.Cert[:4])
	}
	// A device's issuer is the collector's: the hospital's issuing CA.
	chain := append([]*x509.Certificate{cert}, w.Collector[1:]...)
	if r.Voucher == nil {
		return w.checkReading(t, r, chain, nil)
	}
	voucher, ok := w.Devices[r.Voucher.Cert]
	if !ok {
		return fmt.Errorf("%w: that of the collector who vouched, %x, is not kept with the window", ErrCertificate, r.Voucher.Cert[:4])
	}
	return w.checkReading(t, r, chain, append([]*x509.Certificate{voucher}, w.Collector[1:]...))
}

// checkReading checks a reading against the window's head and its device's
// chain, and that of who vouched for it, if somebody did.
func (w *Window) checkReading(t Trust, r *Reading, chain, voucher []*x509.Certificate) error {
	if r.At.Before(w.First) || r.End().After(w.Last) {
		return fmt.Errorf("%w: it is outside the window's time", ErrLeaf)
	}
	if !w.covers(r) {
		return fmt.Errorf("%w: the window has no number %d of %s", ErrSequence, r.Seq, r.Of())
	}
	id, err := heldAt(t, chain, w.Closed, r.At, r.Signed())
	if err != nil {
		return fmt.Errorf("%w: device: %w", ErrCertificate, err)
	}
	if id.Role != flow.RoleDevice || id.EPC != r.Device {
		return fmt.Errorf("%w: %s is not the device %s", ErrCertificate, id.URI, r.Device)
	}
	if r.Voucher == nil {
		return r.Verify(chain[0])
	}
	if len(voucher) == 0 {
		return fmt.Errorf("%w: that of the collector who vouched is missing", ErrCertificate)
	}
	by, err := heldAt(t, voucher, w.Closed, r.Voucher.At)
	if err != nil {
		return fmt.Errorf("%w: collector who vouched: %w", ErrCertificate, err)
	}
	if err := MayVouch(by, id); err != nil {
		return err
	}
	return r.VerifyVouched(chain[0], voucher[0])
}

// heldAt says who a chain was of at the first of some times at which it held. The
// error is that of the first.
func heldAt(t Trust, chain []*x509.Certificate, at time.Time, or ...time.Time) (flow.Identity, error) {
	id, err := identifyThen(t, chain, at)
	for _, at := range or {
		if err == nil {
			break
		}
		if then, wrong := identifyThen(t, chain, at); wrong == nil {
			return then, nil
		}
	}
	return id, err
}

func (w *Window) covers(r *Reading) bool {
	for _, s := range w.Spans {
		if s.Stream == r.Of() && s.Kind == r.Kind && s.First <= r.Seq && r.Seq <= s.Last {
			return true
		}
	}
	return false
}
