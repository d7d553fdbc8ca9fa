package proof

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Window is a sealed window, opened. Opening it verifies nothing.
type Window struct {
	Head
	Hash      [32]byte // SHA-256 of the bytes the card signed; the next window's Prev
	Leaves    [][32]byte
	Card      []*x509.Certificate // leaf first
	Collector []*x509.Certificate // leaf first
	Devices   map[[32]byte]*x509.Certificate
	Judgments []Judgment // in the order they were made
	Bytes     []byte     // the whole, as sealed

	signed *signed
	form   *bundle // what Bytes decode to; not to be changed
}

// bundle is the sealed form of a Window: what the card signed, and beside it
// what is needed to verify that.
type bundle struct {
	Version   uint     `cbor:"1,keyasint"`
	Signed    []byte   `cbor:"2,keyasint"`
	Leaves    []byte   `cbor:"3,keyasint"` // 32 bytes each, in order
	Card      [][]byte `cbor:"4,keyasint"` // DER, leaf first
	Collector [][]byte `cbor:"5,keyasint"` // DER, leaf first
	Devices   [][]byte `cbor:"6,keyasint"` // DER of leaf certificates, by rising SHA-256
	Judgments []judged `cbor:"7,keyasint"`
}

type judged struct {
	Signed []byte   `cbor:"1,keyasint"`
	Chain  [][]byte `cbor:"2,keyasint"` // DER, leaf first
}

func (b *bundle) seal() (flow.Sealed, error) {
	out, err := encoding.Marshal(b)
	if err != nil {
		return flow.Sealed{}, err
	}
	if len(out) > MaxWindow {
		return flow.Sealed{}, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(out), MaxWindow)
	}
	return flow.Sealed{Kind: KindWindow, Bytes: out}, nil
}

// OpenWindow opens a sealed window, strictly: only what [Draft.Close] and
// [Judge] could have made. It verifies no signature; [Window.Verify] does.
// Errors wrap [ErrForm] or [ErrUnsigned].
func OpenWindow(s flow.Sealed) (*Window, error) { return openWindow(s, x509.ParseCertificate) }

// parsing parses a certificate in DER.
type parsing func(der []byte) (*x509.Certificate, error)

func openWindow(s flow.Sealed, parse parsing) (*Window, error) {
	w, err := unpackWindow(s, parse)
	if err != nil {
		return nil, fmt.Errorf("open window: %w", err)
	}
	return w, nil
}

func unpackWindow(s flow.Sealed, parse parsing) (*Window, error) {
	if s.Kind != KindWindow {
		return nil, fmt.Errorf("%w: a %q was sealed here", ErrForm, s.Kind)
	}
	if len(s.Bytes) > MaxWindow {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(s.Bytes), MaxWindow)
	}
	b := new(bundle)
	if err := decode(s.Bytes, b); err != nil {
		return nil, err
	}
	if b.Version != version {
		return nil, fmt.Errorf("%w: version %d of a sealed window is not known here", ErrForm, b.Version)
	}
	sg, err := open(b.Signed, windowSort)
	if err != nil {
		return nil, err
	}
	h, err := openHead(sg.payload)
	if err != nil {
		return nil, err
	}
	w := &Window{Head: *h, Hash: sha256.Sum256(b.Signed), Bytes: s.Bytes, signed: sg, form: b}
	if w.Leaves, err = unpackHashes(b.Leaves, MaxLeaves); err != nil {
		return nil, err
	}
	if w.Card, err = openChain("card", b.Card, parse); err != nil {
		return nil, err
	}
	if w.Collector, err = openChain("collector", b.Collector, parse); err != nil {
		return nil, err
	}
	if w.Devices, err = openDevices(b.Devices, parse); err != nil {
		return nil, err
	}
	if len(b.Judgments) > maxJudges {
		return nil, fmt.Errorf("%w: %d judgments, at most %d are allowed", ErrForm, len(b.Judgments), maxJudges)
	}
	for _, j := range b.Judgments {
		opened, err := openJudgment(j, parse)
		if err != nil {
			return nil, err
		}
		w.Judgments = append(w.Judgments, *opened)
	}
	return w, nil
}

func openChain(whose string, der [][]byte, parse parsing) ([]*x509.Certificate, error) {
	if len(der) == 0 || len(der) > maxChain {
		return nil, fmt.Errorf("%w: %d certificates of the %s, want 1 to %d", ErrForm, len(der), whose, maxChain)
	}
	chain := make([]*x509.Certificate, len(der))
	for i, d := range der {
		c, err := parse(d)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d of the %s: %v", ErrForm, i, whose, err)
		}
		chain[i] = c
	}
	return chain, nil
}

func openDevices(der [][]byte, parse parsing) (map[[32]byte]*x509.Certificate, error) {
	if len(der) > maxDevices {
		return nil, fmt.Errorf("%w: certificates of %d devices, at most %d are allowed", ErrForm, len(der), maxDevices)
	}
	devices := make(map[[32]byte]*x509.Certificate, len(der))
	var last [32]byte
	for i, d := range der {
		hash := sha256.Sum256(d)
		if i > 0 && bytes.Compare(last[:], hash[:]) >= 0 {
			return nil, fmt.Errorf("%w: certificates of devices are not in order", ErrForm)
		}
		c, err := parse(d)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate of a device: %v", ErrForm, err)
		}
		devices[hash], last = c, hash
	}
	return devices, nil
}

func rawChain(chain []*x509.Certificate) [][]byte {
	raw := make([][]byte, len(chain))
	for i, c := range chain {
		raw[i] = c.Raw
	}
	return raw
}

func packHashes(hashes [][32]byte) []byte {
	b := make([]byte, 0, 32*len(hashes))
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

func unpackHashes(b []byte, limit int) ([][32]byte, error) {
	if len(b)%32 != 0 || len(b)/32 > limit {
		return nil, fmt.Errorf("%w: %d bytes of hashes, want at most %d of 32", ErrForm, len(b), limit)
	}
	hashes := make([][32]byte, len(b)/32)
	for i := range hashes {
		hashes[i] = [32]byte(b[32*i:])
	}
	return hashes, nil
}
