package enroll_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

func pemOf(certs ...*x509.Certificate) string {
	var b strings.Builder
	for _, c := range certs {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return b.String()
}

func sha(b []byte) [32]byte { return sha256.Sum256(b) }
