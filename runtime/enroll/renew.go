package enroll

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// What one certificate can be exchanged for is bounded, so that whoever has stolen
// a key makes neither himself at home nor the revocation lists long.
const (
	earliest   = 0.45 // of its life must be over; holders come from the half on
	successors = 3    // by one certificate: an answer may be lost, a holder restart
	liveMost   = 4    // of one holder at a time
)

// Renew gives whoever holds a good certificate another one that says the same,
// for the key of the request, which must be a new one. The caller has verified
// the chain: id is who holds it. The same request again has the same answer, for
// who has lost it. Before nearly half of the life is over it is [ErrEarly], unless
// the authority that issued it has a successor; too many are [ErrEnough].
func (o *Office) Renew(id flow.Identity, own *x509.Certificate, csr []byte, from string, now time.Time) ([]*x509.Certificate, error) {
	chain, err := o.renew(id, own, csr, now)
	o.tell(id.URI, from, true, "renew its certificate", err)
	return chain, err
}

func (o *Office) renew(id flow.Identity, own *x509.Certificate, csr []byte, now time.Time) ([]*x509.Certificate, error) {
	if _, err := o.entry(id, own); err != nil {
		return nil, err
	}
	if err := newKey(csr, own); err != nil {
		return nil, err
	}
	return o.exchange(id, csr, now, func(e Entry, ca *pki.CA, has []pki.Issuance) ([]*x509.Certificate, error) {
		req, err := e.request()
		if err != nil {
			return nil, err
		}
		req.Note = pki.Note{After: id.Serial, Generation: e.Generation}
		if err := o.Authority().CheckCSR(csr, req, now); err != nil {
			return nil, err
		}
		current := ca.Cert.Equal(o.Authority().For(e.Role).Cert)
		if from := part(own, earliest); current && now.Before(from) {
			return nil, fmt.Errorf("%s: its certificate %s may be renewed from %s on: %w", e.URI, id.Serial, from.UTC().Format(time.RFC3339), ErrEarly)
		}
		has = slices.DeleteFunc(has, func(i pki.Issuance) bool { return i.URI == "" })
		if err := o.room(id, o.Authority().For(e.Role), has, now); err != nil {
			return nil, err
		}
		return o.Authority().IssueCSR(csr, req, now)
	})
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
	if _, err := o.entry(id, own); err != nil {
		return nil, err
	}
	return o.exchange(id, csr, now, func(e Entry, _ *pki.CA, has []pki.Issuance) ([]*x509.Certificate, error) {
		if len(e.Hosts) == 0 {
			return nil, nil
		}
		has = slices.DeleteFunc(has, func(i pki.Issuance) bool { return i.URI != "" })
		if err := o.room(id, o.Authority().Issuing, has, now); err != nil {
			return nil, err
		}
		req := webRequest(e.Hosts)
		req.Life = e.Life
		req.Note = pki.Note{Holder: e.URI, After: id.Serial, Generation: e.Generation}
		return o.Authority().IssueWebCSR(csr, req, now)
	})
}

// exchange issues something by a certificate that is good on disk, before and
// after: nobody else changes the registry meanwhile, and should the certificate
// be revoked all the same, what was issued is as well. issue is given what the
// holder has from all authorities.
func (o *Office) exchange(id flow.Identity, csr []byte, now time.Time,
	issue func(e Entry, ca *pki.CA, has []pki.Issuance) ([]*x509.Certificate, error)) (chain []*x509.Certificate, err error) {
	alone := func(c *contents) error {
		e := c.entries[id.URI]
		ca, has, err := o.presented(e, id)
		if err != nil {
			return err
		}
		q := asked{id.Serial, requestHash(csr)}
		if chain = o.given.get(q, now); chain != nil && o.holds(chain[0]) == nil {
			return nil
		}
		if chain, err = issue(e, ca, has); err != nil || chain == nil {
			return err
		}
		if _, _, err := o.presented(e, id); err != nil {
			return errors.Join(err, o.eachIssuer(pki.Serial(chain[0]), func(ca *pki.CA) error {
				return ca.Revoke(pki.Serial(chain[0]), pki.Superseded, now)
			}))
		}
		o.given.put(q, chain, now)
		return nil
	}
	err2 := o.reg.read(func(c *contents) { err = alone(c) })
	if err := errors.Join(err2, err); err != nil {
		return nil, err
	}
	return chain, nil
}

// presented judges a certificate that something is asked by: its holder's entry
// allows it, it is in the log of its authority and of the holder's present
// generation, and not revoked, as all that stands on disk. It gives its authority
// and all that the holder has.
func (o *Office) presented(e Entry, id flow.Identity) (*pki.CA, []pki.Issuance, error) {
	if err := e.allows(); err != nil {
		return nil, nil, err
	}
	var by *pki.CA
	var all []pki.Issuance
	for _, ca := range o.Authority().All() {
		has, err := ca.IssuedTo(id.URI)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, has...)
		if pki.KeyID(ca.Cert) == id.Issuer {
			by = ca
		}
	}
	n := slices.IndexFunc(all, func(i pki.Issuance) bool { return i.Serial == id.Serial && i.URI == id.URI })
	if by == nil || n < 0 {
		return nil, nil, fmt.Errorf("%s: %w, and its certificate is not in the list of what was issued", id.URI, ErrUnknown)
	}
	if all[n].Generation != e.Generation {
		return nil, nil, fmt.Errorf("%s has enrolled anew since its certificate %s: %w", id.URI, id.Serial, ErrRevoked)
	}
	switch r, is, err := by.Revoked(id.Serial); {
	case err != nil:
		return nil, nil, err
	case is:
		return nil, nil, fmt.Errorf("certificate %s of %s, since %s (%v): %w", id.Serial, id.URI, r.At.Format(time.RFC3339), r.Reason, ErrRevoked)
	}
	return by, all, nil
}

// holds is nil for a certificate that its authority has not revoked.
func (o *Office) holds(c *x509.Certificate) error {
	serial := pki.Serial(c)
	return o.eachIssuer(serial, func(ca *pki.CA) error {
		_, is, err := ca.Revoked(serial)
		if is {
			return ErrRevoked
		}
		return err
	})
}

// room is nil if one more may be issued by a certificate to its holder.
func (o *Office) room(id flow.Identity, ca *pki.CA, has []pki.Issuance, now time.Time) error {
	by, live := 0, 0
	mine, err := ca.IssuedTo(id.URI)
	if err != nil {
		return err
	}
	for _, i := range has {
		if i.After == id.Serial {
			by++
		}
		if !now.Before(i.NotAfter) || !slices.Contains(mine, i) {
			continue // what another root's authority gave is of the past
		}
		_, is, err := ca.Revoked(i.Serial)
		if err != nil {
			return err
		}
		if !is {
			live++
		}
	}
	switch {
	case by >= successors:
		return fmt.Errorf("%s has had %d certificates by the one with the serial number %s: %w", id.URI, by, id.Serial, ErrEnough)
	case live >= liveMost:
		return fmt.Errorf("%s has %d certificates that are good: %w", id.URI, live, ErrEnough)
	}
	return nil
}

// issue makes the certificate of an entry that allows it.
func (o *Office) issue(e Entry, csr []byte, now time.Time) (chain []*x509.Certificate, err error) {
	req, err := e.request()
	if err != nil {
		return nil, err
	}
	req.Note.Generation = e.Generation
	err2 := o.reg.read(func(c *contents) {
		is := c.entries[e.URI]
		if err = is.allows(); err == nil && is.Generation != e.Generation {
			err = fmt.Errorf("%s has enrolled anew: %w", e.URI, ErrRevoked)
		}
		if err == nil {
			chain, err = o.Authority().IssueCSR(csr, req, now)
		}
	})
	return chain, errors.Join(err2, err)
}

// given are the answers of the last hour, for who asks the same again. The
// registry's lock guards them.
type given map[asked]gave

type asked struct {
	serial string   // of the certificate by which it was asked
	csr    [32]byte // SHA-256
}

type gave struct {
	chain []*x509.Certificate
	at    time.Time
}

const givenLife = time.Hour

func (g given) get(q asked, now time.Time) []*x509.Certificate {
	if old, ok := g[q]; ok && now.Sub(old.at) < givenLife {
		return old.chain
	}
	return nil
}

func (g given) put(q asked, chain []*x509.Certificate, now time.Time) {
	for q, old := range g {
		if now.Sub(old.at) >= givenLife {
			delete(g, q)
		}
	}
	g[q] = gave{chain, now}
}

// requestHash is that of a signing request, in DER or PEM.
func requestHash(csr []byte) [32]byte {
	if block, _ := pem.Decode(csr); block != nil {
		csr = block.Bytes
	}
	return sha256.Sum256(csr)
}
