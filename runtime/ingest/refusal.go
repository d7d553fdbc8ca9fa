package ingest

import (
	"fmt"
	"net/http"
	"time"
)

// A Refusal is why nothing at all of a batch was taken. Nothing of it is stored,
// or it is not known: the device keeps its readings and brings them again.
type Refusal struct {
	Status    int           // as in HTTP (RFC 9110, RFC 6585): 403, 421, 429, 503
	Why       string        // for the device's integrator
	After     time.Duration // when to try again; 0: that would be of no use
	Elsewhere string        // https://host:port of the node that takes this device's readings; "" unless Status is 421
}

// Error is the status and why.
func (r *Refusal) Error() string {
	s := fmt.Sprintf("%s: %s", http.StatusText(r.Status), r.Why)
	if r.Elsewhere != "" {
		s += ": go to " + r.Elsewhere
	}
	return s
}
