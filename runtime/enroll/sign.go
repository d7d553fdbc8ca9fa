package enroll

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
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

// Web gives a node a certificate for browsers, which names the hosts that it
// was registered with, for the key of a request. One that was registered without
// gets none: nil. The caller has verified the node's certificate own: it is of id.
func (o *Office) Web(id flow.Identity, own *x509.Certificate, csr []byte, from string, now time.Time) ([]*x509.Certificate, error) {
	chain, err := o.web(id, own, csr, now)
	if chain != nil || err != nil {
		o.tell(id.URI, from, true, "get a certificate for browsers", err)
	}
	return chain, err
}

func (o *Office) web(id flow.Identity, own *x509.Certificate, csr []byte, now time.Time) ([]*x509.Certificate, error) {
	e, err := o.entry(id, own)
	if err != nil {
		return nil, err
	}
	if err := e.allows(); err != nil {
		return nil, err
	}
	if len(e.Hosts) == 0 {
		return nil, nil
	}
	req := webRequest(e.Hosts)
	req.Life = e.Life
	chain, err := o.Authority().IssueWebCSR(csr, req, now)
	if err != nil {
		return nil, err
	}
	var after error
	err = o.reg.update(func(c *contents) (line, error) {
		e := c.entries[e.URI]
		after = e.allows()
		e.Web = append(slices.Clone(e.Web), pki.Serial(chain[0]))
		e.Web = e.Web[max(0, len(e.Web)-webKept):]
		return line{Entries: []Entry{e}}, nil
	})
	if err := errors.Join(err, after); err != nil {
		return nil, errors.Join(err, o.settle(now))
	}
	return chain, nil
}

// webKept is how many of a node's certificates for browsers are remembered. A
// node has two at a time, the one in use and the next.
const webKept = 8

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
