package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/token"
)

// keyURI is in place of key.pem where the key is on a card: its PKCS #11 URI.
const keyURI = "key.uri"

// ownSigner is the certificate of a folder with its key: key.pem, or on the card
// that key.uri names.
func ownSigner(dir string) (flow.Signer, error) {
	uri, err := os.ReadFile(filepath.Join(dir, keyURI))
	if errors.Is(err, fs.ErrNotExist) {
		return pki.LoadSigner(dir)
	}
	if err != nil {
		return flow.Signer{}, err
	}
	chain, err := pki.LoadChain(filepath.Join(dir, "cert.pem"))
	if err != nil {
		return flow.Signer{}, err
	}
	key, err := token.Open(strings.TrimSpace(string(uri)))
	if err != nil {
		return flow.Signer{}, fmt.Errorf("%s: %w", filepath.Join(dir, keyURI), err)
	}
	return pki.NewSigner(key, chain)
}
