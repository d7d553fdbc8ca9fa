package proof

import (
	"crypto/x509"
	"fmt"
	"math"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A LogHead is what a node says of its log of checks with the key of its
// certificate: so much is in it, under this root, and the account Log anchors it
// for me. The account's own signature, which the contract checks, does not tell
// whose account it is; this does.
type LogHead struct {
	Chain  uint64   // id of the chain that the log is anchored on
	Anchor string   // address of the anchors' contract: 0x and 40 hex digits, small
	Log    string   // account of the log: the same
	Size   uint64   // checks in it
	Root   [32]byte // of its Merkle tree (RFC 9162, section 2.1.1)
	Epoch  uint64   // of the rules that were judged by last
	At     time.Time
}

var logHeadSort = sort{"application/vnd.wardflow.loghead+cbor", "wardflow.loghead/1"}

// MaxLogHead is how many bytes a signed head of a log may have.
const MaxLogHead = 1 << 10

type logHead struct {
	Version uint     `cbor:"1,keyasint"`
	Chain   uint64   `cbor:"2,keyasint"`
	Anchor  []byte   `cbor:"3,keyasint"`
	Log     []byte   `cbor:"4,keyasint"`
	Size    uint64   `cbor:"5,keyasint"`
	Root    [32]byte `cbor:"6,keyasint"`
	Epoch   uint64   `cbor:"7,keyasint"`
	At      int64    `cbor:"8,keyasint"` // ns since 1970
}

// SignLogHead signs a head with a node's key: COSE_Sign1, ES256. It names the
// certificate by its hash; the chain goes beside it.
func SignLogHead(node flow.Signer, h *LogHead) ([]byte, error) {
	f := logHead{Version: version, Chain: h.Chain, Size: h.Size, Root: h.Root, Epoch: h.Epoch}
	var err error
	if f.Anchor, err = accountBytes("the anchors' contract", h.Anchor); err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	if f.Log, err = accountBytes("the log's account", h.Log); err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	if f.At, err = nanos("the head's time", h.At); err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	payload, err := encoding.Marshal(&f)
	if err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	b, err := sign(node, logHeadSort, payload)
	if err != nil {
		return nil, fmt.Errorf("sign head of a log: %w", err)
	}
	return b, nil
}

// A SignedLogHead is a signed head of a log, opened. Opening it verifies nothing.
type SignedLogHead struct {
	LogHead
	Cert [32]byte // SHA-256 of the certificate of the node that signed

	signed *signed
}

// OpenLogHead opens what [SignLogHead] made, strictly. Errors wrap [ErrForm] or
// [ErrUnsigned].
func OpenLogHead(b []byte) (*SignedLogHead, error) {
	if len(b) > MaxLogHead {
		return nil, fmt.Errorf("open head of a log: %w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxLogHead)
	}
	s, err := open(b, logHeadSort)
	if err != nil {
		return nil, fmt.Errorf("open head of a log: %w", err)
	}
	var f logHead
	if err := decode(s.payload, &f); err != nil {
		return nil, fmt.Errorf("open head of a log: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("open head of a log: %w", err)
	}
	return &SignedLogHead{LogHead: LogHead{Chain: f.Chain, Anchor: accountText(f.Anchor), Log: accountText(f.Log),
		Size: f.Size, Root: f.Root, Epoch: f.Epoch, At: instant(f.At)}, Cert: s.signer, signed: s}, nil
}

// Verify checks the signature by the certificate that Cert names; whether that
// one is valid, and a node's, is for the caller to judge. Errors wrap
// [ErrCertificate].
func (h *SignedLogHead) Verify(cert *x509.Certificate) error {
	return h.signed.verify(cert, fmt.Errorf("%w: it has not signed this head of a log, or the head was changed", ErrCertificate))
}

func (f *logHead) check() error {
	switch {
	case f.Version != version:
		return fmt.Errorf("%w: version %d of a log's head is not known here", ErrForm, f.Version)
	case len(f.Anchor) != 20 || len(f.Log) != 20:
		return fmt.Errorf("%w: addresses of %d and %d bytes, want 20", ErrForm, len(f.Anchor), len(f.Log))
	case f.Size > math.MaxInt64:
		return fmt.Errorf("%w: a log of %d checks", ErrForm, f.Size)
	}
	return nil
}
