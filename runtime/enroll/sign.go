package enroll

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"

	"github.com/wardflow/wardflow/runtime/pki"
)

// newKey is nil for a request whose key is not the one in use.
func newKey(csr []byte, own *x509.Certificate) error {
	if block, _ := pem.Decode(csr); block != nil {
		csr = block.Bytes
	}
	r, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return fmt.Errorf("%w: %w", pki.ErrCSR, err)
	}
	if k, ok := r.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && k.Equal(own.PublicKey) {
		return fmt.Errorf("%w: it is for the key in use: make a new key for each certificate", pki.ErrCSR)
	}
	return nil
}

// webRequest asks for names and addresses.
func webRequest(hosts []string) pki.WebRequest {
	var req pki.WebRequest
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			req.IPs = append(req.IPs, ip)
		} else {
			req.DNS = append(req.DNS, h)
		}
	}
	return req
}
