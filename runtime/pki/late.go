package pki

import (
	"crypto/x509"
	"fmt"
	"time"
)

// Late is how long after its end a certificate still counts for what its holder
// signed before that. A device's certificate lives for a day, and what it has
// signed may be on its way for longer: the line of a patient's home is cut for a
// weekend, a ward is without power. Whoever revokes a holder takes back what ended
// within that time as well, and what ended before it may be forgotten.
const Late = 14 * 24 * time.Hour

// HeldWhen is the time as of which to judge the certificate of something that was
// signed at one time and comes at another, for [Verifier.Identify] or
// [Verifier.Holds]: now as long as the certificate lasts, and when it has ended,
// by no more than [Late], the time of signing. Revocations count whenever they
// came: those two ask for all of them. The time of signing may be the holder's
// word alone, so whoever takes the thing must know from elsewhere that its holder
// is good now, such as by the connection it comes over. What claims to have been
// signed after the certificate's end is refused at any time. The error is a
// [Refusal]: [ErrExpired] or [ErrNotYet].
func HeldWhen(cert *x509.Certificate, signed, now time.Time) (time.Time, error) {
	switch end := cert.NotAfter; {
	case signed.After(end):
		return now, refuse(cert, ErrExpired, fmt.Errorf("%w, and this was signed at %s", ended(end), signed.UTC().Format(time.RFC3339)))
	case !now.After(end):
		return now, nil
	case now.Sub(end) > Late:
		return now, refuse(cert, ErrExpired, fmt.Errorf("%w, more than %d days ago", ended(end), Late/(24*time.Hour)))
	case signed.Before(cert.NotBefore):
		return now, refuse(cert, ErrNotYet, fmt.Errorf("it began %s, and this was signed at %s", cert.NotBefore.UTC().Format(time.RFC3339), signed.UTC().Format(time.RFC3339)))
	}
	return signed, nil
}
