package chain

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
)

// A Key signs transactions. It is random, and never the key of a certificate.
//
// Its file is of mode 0600 and holds either go-ethereum's keystore JSON
// (scrypt; clef and others read it too), if there is a passphrase, or 64 hex
// digits.
type Key struct {
	ecdsa *ecdsa.PrivateKey
}

// NewKey makes a key.
func NewKey() (*Key, error) {
	k, err := crypto.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return &Key{k}, nil
}

// Address is the key's account.
func (k *Key) Address() Address { return crypto.PubkeyToAddress(k.ecdsa.PublicKey) }

// Save writes the key to a file that must not exist yet. An empty passphrase
// writes it in plain.
func (k *Key) Save(file, passphrase string) error {
	text := []byte(hex.EncodeToString(crypto.FromECDSA(k.ecdsa)) + "\n")
	if passphrase != "" {
		var err error
		if text, err = k.seal(passphrase, keystore.StandardScryptN, keystore.StandardScryptP); err != nil {
			return fmt.Errorf("save key %s: %w", file, err)
		}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	return nil
}

// seal encrypts the key; n and p are what scrypt costs.
func (k *Key) seal(passphrase string, n, p int) ([]byte, error) {
	entry := &keystore.Key{Address: k.Address(), PrivateKey: k.ecdsa}
	rand.Read(entry.Id[:])
	entry.Id[6], entry.Id[8] = entry.Id[6]&0x0f|0x40, entry.Id[8]&0x3f|0x80 // a random UUID, RFC 9562
	return keystore.EncryptKey(entry, passphrase, n, p)
}

// LoadKey reads what [Key.Save] wrote. A file that others may read is refused.
func LoadKey(file, passphrase string) (*Key, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("load key %s: others may read it (mode %v): chmod 600 it", file, info.Mode().Perm())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("{")) {
		if passphrase == "" {
			return nil, fmt.Errorf("load key %s: it is encrypted: give the file with its passphrase", file)
		}
		k, err := keystore.DecryptKey(text, passphrase)
		if err != nil {
			return nil, fmt.Errorf("load key %s: %w", file, err)
		}
		return &Key{k.PrivateKey}, nil
	}
	k, err := crypto.HexToECDSA(string(text))
	if err != nil {
		return nil, fmt.Errorf("load key %s: want 64 hex digits or a keystore file", file)
	}
	return &Key{k}, nil
}

// Passphrase reads the first line of a file; no file name is no passphrase.
func Passphrase(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("passphrase: no file %s", file)
	} else if err != nil {
		return "", fmt.Errorf("passphrase: %w", err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if line = bytes.TrimRight(line, "\r"); len(line) == 0 {
		return "", fmt.Errorf("passphrase: the first line of %s is empty", file)
	}
	return string(line), nil
}
