//go:build pkcs11 && cgo

package token

import (
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ThalesGroup/crypto11"

	"github.com/wardflow/wardflow/runtime/pki"
)

// Sessions of one key: several handshakes may sign at once, and one that finds
// none free within the wait fails.
const (
	sessions    = 8
	sessionWait = 10 * time.Second
)

// A Key signs in a token. Its methods may be called by several goroutines.
type Key struct {
	Place

	ctx *crypto11.Context
	key crypto11.Signer
}

// Open finds the key that a PKCS #11 URI names (see [ParseURI]), and logs in
// with the PIN. The key must be for ECDSA and have its public half beside it.
func Open(uri string) (*Key, error) {
	p, err := ParseURI(uri)
	if err != nil {
		return nil, err
	}
	k, err := open(p)
	if err != nil {
		return nil, fmt.Errorf("open key %.80q in token %.80q: %w", p.Object, p.Token, err)
	}
	return k, nil
}

func open(p Place) (*Key, error) {
	pin, err := pki.PassphraseFile(p.PIN, nil)()
	if err != nil {
		return nil, fmt.Errorf("read the PIN: %w", err)
	}
	ctx, err := crypto11.Configure(&crypto11.Config{
		Path: p.Module, TokenLabel: p.Token, Pin: string(pin), MaxSessions: sessions, PoolWaitTimeout: sessionWait,
	})
	if err != nil {
		return nil, err
	}
	key, err := find(ctx, p)
	if err != nil {
		return nil, errors.Join(err, ctx.Close())
	}
	return &Key{Place: p, ctx: ctx, key: key}, nil
}

// find wants one key, as two of one name could be anybody's.
func find(ctx *crypto11.Context, p Place) (crypto11.Signer, error) {
	keys, err := ctx.FindKeyPairs(p.ID, []byte(p.Object))
	switch {
	case err != nil:
		return nil, err
	case len(keys) != 1:
		return nil, fmt.Errorf("there are %d such private keys with their public half, want one: look with pkcs11-tool --list-objects", len(keys))
	}
	if _, ok := keys[0].Public().(*ecdsa.PublicKey); !ok {
		return nil, fmt.Errorf("it is a %T, want one for ECDSA", keys[0].Public())
	}
	return keys[0], nil
}

// Public is the public half.
func (k *Key) Public() crypto.PublicKey { return k.key.Public() }

// Sign has the token sign a digest.
func (k *Key) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	sig, err := k.key.Sign(r, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("sign with key %.80q in token %.80q: %w", k.Object, k.Token, err)
	}
	return sig, nil
}

// Close logs out. Signing ends with an error then.
func (k *Key) Close() error { return k.ctx.Close() }

// Opener opens the key of a CA that is in a token: see [pki.LoadAuthority].
func Opener(k pki.Kept) (crypto.Signer, error) {
	if k.URI == "" {
		return nil, nil
	}
	key, err := Open(k.URI)
	if err != nil {
		return nil, err
	}
	return key, nil
}
