package pki

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Names of the files of a signer's or a CA's directory.
const (
	certFile = "cert.pem" // chain, leaf first
	keyFile  = "key.pem"  // PKCS #8, mode 0600

	nextKeyFile = "key.pem.next" // while SaveSigner is at work
	uriFile     = "key.uri"      // in place of key.pem: where in a token the key is
	trustFile   = "trust.pem"
	issuedFile  = "issued.jsonl"
	revokedFile = "revoked.jsonl"
	listFile    = "crl.der" // the newest revocation list
)

// ErrExposed reports a private key in a file that others can read.
var ErrExposed = errors.New("others than its owner can read it")

// NewSigner joins a key and its chain, leaf first. The signer's ID is what the
// leaf says; whether others will believe it, [Verifier.Identify] tells.
func NewSigner(key crypto.Signer, chain []*x509.Certificate) (flow.Signer, error) {
	if err := joined(key, chain); err != nil {
		return flow.Signer{}, err
	}
	h, err := Read(chain[0])
	if err != nil {
		return flow.Signer{}, err
	}
	return flow.Signer{Key: key, Chain: chain, ID: identity(h, chain[:1])}, nil
}

// joined is nil for a key and its chain, leaf first.
func joined(key crypto.Signer, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("a signer needs a certificate")
	}
	for i, c := range chain[1:] {
		if err := chain[i].CheckSignatureFrom(c); err != nil {
			return fmt.Errorf("certificate %d of the chain is not signed by the next: %w", i+1, err)
		}
	}
	if !sameKey(key, chain[0]) {
		return errors.New("key and certificate do not belong together")
	}
	return nil
}

// SaveSigner writes cert.pem and key.pem (mode 0600) to dir, which it makes if
// need be, in place of what was there. Whenever it is cut short, [LoadSigner]
// finds either the old pair or the new.
func SaveSigner(dir string, s flow.Signer) error {
	key, err := encodeKey(s.Key)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	next := filepath.Join(dir, nextKeyFile)
	if err == nil {
		err = durable.Replace(next, key, 0o600)
	}
	if err == nil {
		err = durable.Replace(filepath.Join(dir, certFile), encodeCerts(s.Chain), 0o644)
	}
	if err == nil {
		err = os.Rename(next, filepath.Join(dir, keyFile))
	}
	if err == nil {
		err = durable.Folder(dir)
	}
	if err != nil {
		return fmt.Errorf("save signer: %w", err)
	}
	return nil
}

// LoadSigner reads what [SaveSigner] wrote. A key file that others can read is
// refused with [ErrExposed]. The certificate may have expired: see [NewSigner].
func LoadSigner(dir string) (flow.Signer, error) { return loadSigner(dir, NewSigner) }

func loadSigner(dir string, join func(crypto.Signer, []*x509.Certificate) (flow.Signer, error)) (flow.Signer, error) {
	chain, err := loadCerts(filepath.Join(dir, certFile))
	if err != nil {
		return flow.Signer{}, fmt.Errorf("load signer: %w", err)
	}
	// The next key is the certificate's if a SaveSigner was cut short between
	// its last two steps; then it is the key, whatever the other file holds.
	key, err := loadKey(filepath.Join(dir, nextKeyFile))
	if err != nil || !sameKey(key, chain[0]) {
		key, err = loadKey(filepath.Join(dir, keyFile))
	}
	if err != nil {
		return flow.Signer{}, fmt.Errorf("load signer: %w", err)
	}
	s, err := join(key, chain)
	if err != nil {
		return flow.Signer{}, fmt.Errorf("load signer: %s: %w", dir, err)
	}
	return s, nil
}

// identity is what a certificate says; chain is all that bounds its time.
func identity(h Holder, chain []*x509.Certificate) flow.Identity {
	leaf := chain[0]
	id := flow.Identity{
		URI: h.URI, Role: h.Role, Name: h.Name, Group: h.Group, Serial: Serial(leaf), Issuer: hex.EncodeToString(leaf.AuthorityKeyId),
		Leaf: sha256.Sum256(leaf.Raw), NotAfter: leaf.NotAfter,
	}
	if len(chain) > 1 {
		id.Issuer = KeyID(chain[1])
	}
	if h.EPC != (EPC{}) {
		id.EPC = h.EPC.Hex()
	}
	for _, c := range chain[1:] {
		if c.NotAfter.Before(id.NotAfter) {
			id.NotAfter = c.NotAfter
		}
	}
	return id
}

func sameKey(key crypto.Signer, cert *x509.Certificate) bool {
	return samePublic(key.Public(), cert.PublicKey)
}

func encodeKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("this key can't be saved: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func loadKey(file string) (crypto.Signer, error) {
	block, err := readPrivate(file)
	if err != nil {
		return nil, err
	}
	if block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("%s: want one PEM block PRIVATE KEY", file)
	}
	return parseKey(file, block)
}

// openPrivate opens a file that nobody but its owner may read.
func openPrivate(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("%s has mode %04o: %w: run chmod 600 %[1]s, and make a new key if somebody may have read it", file, info.Mode().Perm(), ErrExposed)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readPrivate reads the first PEM block of such a file.
func readPrivate(file string) (*pem.Block, error) {
	f, err := openPrivate(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s: want one PEM block PRIVATE KEY", file)
	}
	return block, nil
}

func parseKey(file string, block *pem.Block) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: a %T can't sign", file, key)
	}
	return signer, nil
}

// createFile writes a file that must not exist yet.
func createFile(file string, b []byte, mode os.FileMode) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func trimLine(b []byte) string { return strings.TrimSpace(string(b)) }
