package pki

import (
	"crypto"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/youmark/pkcs8"
)

// ErrSealed reports that a CA's key is there but nothing given can open it.
var ErrSealed = errors.New("the key is sealed")

// minPassphrase is the least bytes of a passphrase for an authority's key.
const minPassphrase = 12

// The key of a sealed file is a PKCS #8 EncryptedPrivateKeyInfo (RFC 5958,
// section 3) by PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC, which
// `openssl pkey` opens too. 16 MiB and 5 passes: openssl takes no more than
// 32 MiB. That the cipher is not authenticated does no harm: what comes out
// must be the key of the certificate beside it.
var sealing = &pkcs8.Opts{
	Cipher:  pkcs8.AES256CBC,
	KDFOpts: pkcs8.ScryptOpts{SaltSize: 16, CostParameter: 1 << 14, BlockSize: 8, ParallelizationParameter: 5},
}

// A Seal says how a CA's key is kept on disk: see [Sealed] and [Unsealed]. A key
// in a token is kept there, whatever the seal; its directory holds its URI. The
// zero value refuses keys that would need a choice.
type Seal struct {
	passphrase []byte
	plain      bool
}

// Sealed keeps keys encrypted by a passphrase of at least 12 bytes.
func Sealed(passphrase []byte) Seal { return Seal{passphrase: passphrase} }

// Unsealed keeps keys in files that only their owner can read: for a
// demonstration or a test, as whoever reads a backup of them is the hospital.
func Unsealed() Seal { return Seal{plain: true} }

// A Kept is a CA's key as it lies on disk: a PEM block, or the URI of a key in a
// token (RFC 7512).
type Kept struct {
	Dir string     // of the CA
	PEM *pem.Block // nil: none
	URI string     // "": none
}

// An Opener makes a signer of a kept key, or returns nil, nil if that is not its
// kind. It must not keep what it read longer than needed.
type Opener func(k Kept) (crypto.Signer, error)

// Passphrase opens sealed keys. ask is called when the first one is met, once;
// see [PassphraseFile].
func Passphrase(ask func() ([]byte, error)) Opener {
	once := sync.OnceValues(ask)
	return func(k Kept) (crypto.Signer, error) {
		if k.PEM == nil || k.PEM.Type != "ENCRYPTED PRIVATE KEY" {
			return nil, nil
		}
		pass, err := once()
		if err != nil {
			return nil, fmt.Errorf("ask for the passphrase: %w", err)
		}
		if len(pass) == 0 {
			return nil, errors.New("the passphrase is empty")
		}
		key, _, err := pkcs8.ParsePrivateKey(k.PEM.Bytes, pass)
		if err != nil {
			return nil, errors.New("the passphrase does not open it")
		}
		signer, ok := key.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("a %T can't sign", key)
		}
		return signer, nil
	}
}

// PassphraseFile reads a passphrase from a file, or from in for "-": the first
// line, without its end. A file that others can read is refused with
// [ErrExposed].
func PassphraseFile(file string, in io.Reader) func() ([]byte, error) {
	return func() ([]byte, error) {
		if file != "-" {
			f, err := openPrivate(file)
			if errors.Is(err, ErrExposed) {
				return nil, fmt.Errorf("the passphrase in %s: %w: run chmod 600 %[1]s, and take another passphrase if somebody may have read it", file, ErrExposed)
			}
			if err != nil {
				return nil, err
			}
			defer f.Close()
			in = f
		}
		b, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil {
			return nil, err
		}
		for i, c := range b {
			if c == '\n' || c == '\r' {
				b = b[:i]
				break
			}
		}
		return b, nil
	}
}

// write puts a key into the directory of its CA.
func (s Seal) write(dir string, key crypto.Signer) error {
	if late, ok := key.(*lateKey); ok {
		var err error
		if key, err = late.now(); err != nil {
			return err
		}
	}
	if t, ok := key.(interface{ URI() string }); ok {
		return createFile(filepath.Join(dir, uriFile), []byte(t.URI()+"\n"), 0o600)
	}
	b, err := s.encode(key)
	if err != nil {
		return err
	}
	return createFile(filepath.Join(dir, keyFile), b, 0o600)
}

func (s Seal) encode(key crypto.Signer) ([]byte, error) {
	switch {
	case s.plain:
		return encodeKey(key)
	case len(s.passphrase) < minPassphrase:
		return nil, fmt.Errorf("want a passphrase of at least %d bytes to seal the key with", minPassphrase)
	}
	der, err := pkcs8.MarshalPrivateKey(key, s.passphrase, sealing)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der}), nil
}

// openCAKey opens the key of the CA in dir.
func openCAKey(dir string, open []Opener) (crypto.Signer, error) {
	k := Kept{Dir: dir}
	file := filepath.Join(dir, keyFile)
	b, err := os.ReadFile(filepath.Join(dir, uriFile))
	switch {
	case err == nil:
		k.URI, file = trimLine(b), filepath.Join(dir, uriFile)
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	default:
		if k.PEM, err = readPrivate(file); err != nil {
			return nil, err
		}
		switch k.PEM.Type {
		case "PRIVATE KEY":
			return parseKey(file, k.PEM)
		case "ENCRYPTED PRIVATE KEY":
		default:
			return nil, fmt.Errorf("%s: want one PEM block PRIVATE KEY or ENCRYPTED PRIVATE KEY, not %s", file, k.PEM.Type)
		}
	}
	for _, o := range open {
		key, err := o(k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", file, ErrSealed, err)
		}
		if key != nil {
			return key, nil
		}
	}
	if k.URI != "" {
		return nil, fmt.Errorf("%s: %w in a token, and this program was built without tokens: build it with -tags pkcs11", file, ErrSealed)
	}
	return nil, fmt.Errorf("%s: %w: give its passphrase", file, ErrSealed)
}

// closeKey lets go of a key in a token.
func closeKey(key crypto.Signer) error {
	if c, ok := key.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// A lateKey is opened when it first signs.
type lateKey struct {
	public crypto.PublicKey
	open   func() (crypto.Signer, error)

	mu  sync.Mutex // guards key
	key crypto.Signer
}

func (k *lateKey) Public() crypto.PublicKey { return k.public }

func (k *lateKey) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	key, err := k.now()
	if err != nil {
		return nil, err
	}
	return key.Sign(r, digest, opts)
}

// now opens the key if need be.
func (k *lateKey) now() (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	key, err := k.open()
	if err != nil {
		return nil, err
	}
	if !samePublic(k.public, key.Public()) {
		return nil, errors.Join(errors.New("key and certificate do not belong together"), closeKey(key))
	}
	k.key = key
	return key, nil
}

// Close lets go of the key, if it was opened and is in a token.
func (k *lateKey) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return nil
	}
	return closeKey(k.key)
}
