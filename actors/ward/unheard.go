package ward

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A device's certificate may come to the register a moment after its first
// reading. But a reading names its certificate itself, and while one waits, so
// do all that come to the collector: a device that names a certificate which
// does not exist would keep its patient's other devices out for ever. So each
// has a few seconds, and then none for a while.

const (
	// unheardWait is how long the readings of one sender wait for a certificate
	// that the register does not have.
	unheardWait = 5 * time.Second
	// unheardShown is the same for the certificate that the sender has shown on its
	// link: it is a good one, and its node is about to make it known.
	unheardShown = 30 * time.Second
	// unheardRest is how many times as long none of that sender waits after that.
	unheardRest = 12
	// unheardMost is how many senders are known of.
	unheardMost = 256
)

// A grace is what a sender has made the collector wait.
type grace struct {
	since time.Time // it waits
	rest  time.Time // until then nothing of it waits
}

// waitFor is later, while a reading of which a certificate is not heard of may
// wait; otherwise it says why it may not. That the register can't be asked is not
// the sender's doing.
func (c *collector) waitFor(r *proof.Reading, peer flow.Identity, later error) error {
	if !c.missing(r.Cert) && (r.Voucher == nil || !c.missing(r.Voucher.Cert)) {
		return later
	}
	wait := unheardWait
	if r.Cert == peer.Leaf {
		wait = unheardShown
	}
	now, who := c.env.Now(), peer.URI+" "+r.Device
	w := c.waits[who]
	if w.since.IsZero() && now.Before(w.rest) {
		return fmt.Errorf("nobody here knows the certificate %x that it names, and none is waited for now", r.Cert[:8])
	}
	if w.since.IsZero() || now.Before(w.since) {
		w.since = now
	}
	if left := wait - now.Sub(w.since); left > 0 {
		c.noteWait(who, w)
		c.env.WakeAt(now.Add(left))
		return later
	}
	c.noteWait(who, grace{rest: now.Add(unheardRest * wait)})
	return fmt.Errorf("nobody here has heard of the certificate %x that it names in %s", r.Cert[:8], wait)
}

func (c *collector) noteWait(who string, w grace) {
	if c.waits == nil || len(c.waits) >= unheardMost {
		c.waits = map[string]grace{}
	}
	c.waits[who] = w
}

// missing reports whether a certificate was looked for and nobody has it.
func (c *collector) missing(leaf [32]byte) bool {
	cert, err := c.identities.Certificate(leaf)
	return err == nil && cert == nil
}
