package member

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What is signed begins with what it is, so that one kind of signature can't be
// taken for another.
const (
	signedStatement = "wardflow member statement 1\x00"
	signedRecord    = "wardflow member record 1\x00"
)

var errSignature = errors.New("signature does not hold")

func sign(s flow.Signer, kind string, body []byte) ([]byte, error) {
	msg := append([]byte(kind), body...)
	if _, ok := s.Key.Public().(ed25519.PublicKey); ok {
		return s.Key.Sign(rand.Reader, msg, crypto.Hash(0))
	}
	sum := sha256.Sum256(msg)
	return s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func checkSignature(leaf *x509.Certificate, kind string, body, sig []byte) error {
	msg := append([]byte(kind), body...)
	switch key := leaf.PublicKey.(type) {
	case ed25519.PublicKey:
		if ed25519.Verify(key, msg, sig) {
			return nil
		}
	case *ecdsa.PublicKey:
		if sum := sha256.Sum256(msg); ecdsa.VerifyASN1(key, sum[:], sig) {
			return nil
		}
	default:
		return fmt.Errorf("certificate with a %T: want P-256 or Ed25519", key)
	}
	return errSignature
}

// number orders what one node says: by start of its process, then by count.
type number struct{ boot, seq uint64 }

func (n number) less(o number) bool {
	return n.boot < o.boot || n.boot == o.boot && n.seq < o.seq
}

var errShort = errors.New("bytes end too early")

func appendBytes(b, s []byte) []byte { return append(binary.AppendUvarint(b, uint64(len(s))), s...) }

// readBytes reads a counted string; what it returns is part of b.
func readBytes(b []byte) (s, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, errShort
	}
	b = b[size:]
	return b[:n:n], b[n:], nil
}
