package ingest

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// admit holds an item against who brought it: nil, and why, when it is refused.
func (c *Core) admit(from Sender, it *Item, now time.Time) (*flow.Arrival, Outcome) {
	r := it.Reading
	switch {
	case r.Device != "" && r.Device != from.ID.EPC:
		c.told(from, "bring a reading of device "+r.Device, "its certificate is that of "+from.ID.EPC)
		return nil, refused(r, flow.BadSignature, "the reading is of device %s, the certificate is that of %s", r.Device, from.ID.EPC)
	case it.Group != "" && it.Group != from.ID.Group:
		c.told(from, "bring a reading of group "+it.Group, "its certificate has group "+from.ID.Group)
		return nil, refused(r, flow.BadSignature, "the reading claims group %s, the certificate has %s", it.Group, from.ID.Group)
	}
	a := &flow.Arrival{By: from.ID, Reading: r, Sealed: it.Sealed}
	if len(it.Sealed.Bytes) > 0 {
		if err := c.signed(from, it); err != nil {
			c.told(from, fmt.Sprintf("bring a sealed reading, number %d of %s", r.Seq, r.Stream), err.Error())
			return nil, refused(r, flow.BadSignature, "%s", err)
		}
	} else {
		r.Device = from.ID.EPC
	}
	warning := ""
	late, early := now.Sub(r.At), r.At.Add(time.Duration(len(r.Samples)-1)*r.Period).Sub(now)
	switch {
	case early > c.cfg.Ahead:
		c.told(from, fmt.Sprintf("bring number %d of %s", r.Seq, r.Stream), "it is "+early.Round(time.Second).String()+" ahead of the clock")
		return nil, refused(r, flow.InFuture, "it is %s ahead of the clock, at most %s are allowed", early.Round(time.Second), c.cfg.Ahead)
	case late > c.cfg.Behind && c.cfg.Strict:
		c.told(from, fmt.Sprintf("bring number %d of %s", r.Seq, r.Stream), "it is "+late.Round(time.Second).String()+" old")
		return nil, refused(r, flow.TooOld, "it is %s old, at most %s are allowed", late.Round(time.Second), c.cfg.Behind)
	case late > c.cfg.Behind:
		warning = fmt.Sprintf("it is %s old: is the device's clock right?", late.Round(time.Second))
	}
	o := outcome(r, flow.Answer{})
	o.Warning = warning
	return a, o
}

// signed checks a reading's signature by the certificate of the connection, or
// by another that the same device has.
func (c *Core) signed(from Sender, it *Item) error {
	r, err := c.cfg.Open(it.Sealed)
	if err != nil {
		return err
	}
	if c.cfg.Device == nil && (r.Cert != from.ID.Leaf || len(from.Chain) == 0) {
		return errors.New("it was signed with another certificate than the one shown")
	}
	if c.cfg.Device == nil {
		return r.Verify(from.Chain[0])
	}
	cert, id, err := c.cfg.Device(r.Cert, r.Signed())
	if err != nil {
		return fmt.Errorf("the certificate that it was signed with: %w", err)
	}
	if id.EPC != from.ID.EPC {
		return fmt.Errorf("it was signed with the certificate of %s", id.URI)
	}
	return r.Verify(cert)
}

// told puts what a device tried into the audit record, and no more of it than a
// few a second.
func (c *Core) told(from Sender, what, why string) {
	d := c.device(from.ID.EPC)
	if !d.audit.AllowN(c.cfg.Now(), 1) {
		c.mu.Lock()
		d.left++
		c.mu.Unlock()
		return
	}
	c.mu.Lock()
	left := d.left
	d.left = 0
	c.mu.Unlock()
	if left > 0 {
		why += fmt.Sprintf("; and %d more like it", left)
	}
	c.cfg.Audit(flow.AuditEvent{At: c.cfg.Now().UTC(), Kind: flow.AuditReading, Who: from.ID.URI, Proven: true, From: from.From, What: what, Why: why})
}
