package enroll

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

// A Holder is an entry with the certificates that it has.
type Holder struct {
	Entry
	Certificates []Certificate `json:"certificates,omitempty"` // that have not ended
	// TokenUntil is when the last token of one who is invited ends, or has ended:
	// from then on it can't enrol with it.
	TokenUntil time.Time `json:"tokenUntil,omitzero"`
}

// A Certificate is what the log of the authority that issued it says.
type Certificate struct {
	pki.Issuance
	Issuer string `json:"issuer"` // name of the authority
	Root   string `json:"root"`   // SHA-256 of the root above it, hex
}

// Holders are all that are registered, by SPIFFE ID.
func (o *Office) Holders(now time.Time) ([]Holder, error) {
	var all []Holder
	err := o.reg.read(func(c *contents) {
		for _, e := range c.entries {
			h := Holder{Entry: e}
			if out, _ := c.out(e.URI, now); e.State == Invited && len(out) > 0 {
				h.TokenUntil = out[0].Until
			}
			all = append(all, h)
		}
	})
	if err != nil {
		return nil, err
	}
	has, err := o.unended(now)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Holder) int { return strings.Compare(a.URI, b.URI) })
	for i := range all {
		for _, c := range has {
			if c.URI == all[i].URI || c.Holder == all[i].URI {
				all[i].Certificates = append(all[i].Certificates, c)
			}
		}
	}
	return all, nil
}

// unended are the certificates of all authorities that have not ended, those of
// the newest authority last.
func (o *Office) unended(now time.Time) ([]Certificate, error) {
	var all []Certificate
	for _, ca := range slices.Backward(o.Authority().All()) {
		issued, err := ca.Issued()
		if err != nil {
			return nil, err
		}
		chain := ca.Chain()
		root := sha256.Sum256(chain[len(chain)-1].Raw)
		for _, i := range issued {
			if now.Before(i.NotAfter) {
				all = append(all, Certificate{Issuance: i, Issuer: ca.Name(), Root: hex.EncodeToString(root[:])})
			}
		}
	}
	return all, nil
}
