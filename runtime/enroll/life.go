package enroll

import (
	"crypto/x509"
	"time"
)

// backdated is how much earlier than it was made an authority of ours lets a
// certificate begin.
const backdated = time.Minute

// lifeOf is when a certificate was made and how long it is good from then on.
func lifeOf(c *x509.Certificate) (from time.Time, life time.Duration) {
	if from = c.NotBefore.Add(backdated); !from.Before(c.NotAfter) {
		from = c.NotBefore
	}
	return from, c.NotAfter.Sub(from)
}

// part is when that part of a certificate's life is over.
func part(c *x509.Certificate, of float64) time.Time {
	from, life := lifeOf(c)
	return from.Add(time.Duration(of * float64(life)))
}
