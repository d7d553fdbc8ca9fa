//go:build !pkcs11 || !cgo

package token

import (
	"crypto"
	"io"

	"github.com/wardflow/wardflow/runtime/pki"
)

// A Key signs in a token.
type Key struct{ Place }

// Open is there in programs built with -tags pkcs11 only; here it returns
// [ErrNotBuilt].
func Open(string) (*Key, error) { return nil, ErrNotBuilt }

// Public is the public half; nil here.
func (k *Key) Public() crypto.PublicKey { return nil }

// Sign returns [ErrNotBuilt].
func (k *Key) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, ErrNotBuilt }

// Close does nothing.
func (k *Key) Close() error { return nil }

// Opener opens no key: see [pki.LoadAuthority].
func Opener(k pki.Kept) (crypto.Signer, error) {
	if k.URI != "" {
		return nil, ErrNotBuilt
	}
	return nil, nil
}
