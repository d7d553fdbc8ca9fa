package proof

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Inclusion proves one reading without the others of its window: the
// reading, its way to the signed root, and who signed both. It stands alone;
// with a [Trust] nothing else is needed to verify it.
type Inclusion struct {
	Reading   *Reading
	Index     int // of the leaf, from 0
	Path      [][32]byte
	Head      Head
	Card      []*x509.Certificate // leaf first
	Device    []*x509.Certificate // leaf first
	Voucher   []*x509.Certificate // of the collector who vouched for it, leaf first; nil when the device has signed
	Collector string              // SPIFFE ID

	signed *signed
	window []byte // the bytes the card signed
}

type inclusion struct {
	Version uint     `cbor:"1,keyasint"`
	Chunk   []byte   `cbor:"2,keyasint"`
	Index   uint     `cbor:"3,keyasint"`
	Path    []byte   `cbor:"4,keyasint"` // 32 bytes each, from the leaf up
	Window  []byte   `cbor:"5,keyasint"` // what the card signed
	Card    [][]byte `cbor:"6,keyasint"` // DER, leaf first
	Device  [][]byte `cbor:"7,keyasint"` // DER, leaf first
	Voucher [][]byte `cbor:"8,keyasint,omitempty"`
}

// Prove makes the proof of leaf i of a window. r must be that leaf.
func Prove(w *Window, i int, r *Reading) (*Inclusion, error) {
	if i < 0 || i >= len(w.Leaves) || w.Leaves[i] != r.Leaf {
		return nil, fmt.Errorf("prove reading %d of %s: %w", r.Seq, r.Of(), ErrLeaf)
	}
	cert, ok := w.Devices[r.Cert]
	if !ok {
		return nil, fmt.Errorf("prove reading %d of %s: %w: that of the device is not kept with the window", r.Seq, r.Of(), ErrCertificate)
	}
	p, err := path(w.Leaves, i)
	if err != nil {
		return nil, fmt.Errorf("prove reading %d of %s: %w", r.Seq, r.Of(), err)
	}
	signed, err := w.signed.message().MarshalCBOR()
	if err != nil {
		return nil, fmt.Errorf("prove reading %d of %s: %w", r.Seq, r.Of(), err)
	}
	in := &Inclusion{Reading: r, Index: i, Path: p, Head: w.Head, Card: w.Card,
		Device: append([]*x509.Certificate{cert}, w.Collector[1:]...), Collector: w.Head.Collector, signed: w.signed, window: signed}
	if r.Voucher != nil {
		by, ok := w.Devices[r.Voucher.Cert]
		if !ok {
			return nil, fmt.Errorf("prove reading %d of %s: %w: that of the collector who vouched is not kept with the window", r.Seq, r.Of(), ErrCertificate)
		}
		in.Voucher = append([]*x509.Certificate{by}, w.Collector[1:]...)
	}
	return in, nil
}

// Bytes is the proof in its one form.
func (p *Inclusion) Bytes() ([]byte, error) {
	f := inclusion{Version: version, Chunk: p.Reading.Bytes, Index: uint(p.Index), Path: packHashes(p.Path),
		Window: p.window, Card: rawChain(p.Card), Device: rawChain(p.Device)}
	if len(p.Voucher) > 0 {
		f.Voucher = rawChain(p.Voucher)
	}
	return encoding.Marshal(f)
}

// OpenInclusion reads what [Inclusion.Bytes] wrote. It verifies nothing.
func OpenInclusion(b []byte) (*Inclusion, error) {
	p, err := openInclusion(b)
	if err != nil {
		return nil, fmt.Errorf("open proof: %w", err)
	}
	return p, nil
}

func openInclusion(b []byte) (*Inclusion, error) {
	if len(b) > MaxWindow {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxWindow)
	}
	var f inclusion
	if err := decode(b, &f); err != nil {
		return nil, err
	}
	if f.Version != version {
		return nil, fmt.Errorf("%w: version %d of a proof is not known here", ErrForm, f.Version)
	}
	r, err := OpenReading(flow.Sealed{Kind: KindReading, Bytes: f.Chunk})
	if err != nil {
		return nil, err
	}
	sg, err := open(f.Window, windowSort)
	if err != nil {
		return nil, err
	}
	h, err := openHead(sg.payload)
	if err != nil {
		return nil, err
	}
	if f.Index >= uint(h.Count) {
		return nil, fmt.Errorf("%w: leaf %d of %d", ErrForm, f.Index, h.Count)
	}
	p := &Inclusion{Reading: r, Index: int(f.Index), Head: *h, Collector: h.Collector, signed: sg, window: f.Window}
	if p.Path, err = unpackHashes(f.Path, 64); err != nil {
		return nil, err
	}
	if p.Card, err = openChain("card", f.Card, x509.ParseCertificate); err != nil {
		return nil, err
	}
	if p.Device, err = openChain("device", f.Device, x509.ParseCertificate); err != nil {
		return nil, err
	}
	if (r.Voucher != nil) != (len(f.Voucher) > 0) {
		return nil, fmt.Errorf("%w: %d certificates of one who vouched", ErrForm, len(f.Voucher))
	}
	if r.Voucher != nil {
		p.Voucher, err = openChain("collector who vouched", f.Voucher, x509.ParseCertificate)
	}
	return p, err
}

// Verify checks that the reading was signed by its device, and is a leaf under
// a root that the patient's card signed. Errors are those of [Window.Verify]
// and [Window.Check].
func (p *Inclusion) Verify(t Trust) error {
	if err := p.verify(t); err != nil {
		return fmt.Errorf("proof of reading %d of %s: %w", p.Reading.Seq, p.Reading.Of(), err)
	}
	return nil
}

func (p *Inclusion) verify(t Trust) error {
	w := Window{Head: p.Head, Card: p.Card, signed: p.signed}
	if err := w.verifyCard(t); err != nil {
		return err
	}
	root, err := rootOf(p.Reading.Leaf, uint64(p.Index), uint64(p.Head.Count), p.Path)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrRoot, err)
	}
	if root != p.Head.Root {
		return ErrRoot
	}
	if err := w.signed.verify(p.Card[0], ErrCard); err != nil {
		return err
	}
	if sha256.Sum256(p.Device[0].Raw) != p.Reading.Cert {
		return fmt.Errorf("%w: another device's is beside the reading", ErrCertificate)
	}
	return w.checkReading(t, p.Reading, p.Device, p.Voucher)
}
