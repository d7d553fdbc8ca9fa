package enroll

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Revoke takes from a holder what it has, and renews nothing any more. who is a
// SPIFFE ID, an EPC's URN, role/name, or a name that only one holder has. With
// the reason [pki.CertificateHold] it is suspended, until [Office.Reinstate]. It
// returns the holder, and the revocation lists that say so, in DER, to be given
// to everybody at once. With [pki.ErrSealed] everything is done except that the
// lists are not signed: a [Server] on the same folder does that in a moment.
func (o *Office) Revoke(who string, why pki.Reason, by Caller, now time.Time) (Entry, [][]byte, error) {
	e, lists, err := o.revoke(who, why, by, now)
	o.tell(by.Who, by.From, by.Proven, fmt.Sprintf("revoke %s (%v)", either(e.URI, who), why), err)
	return e, lists, err
}

func (o *Office) revoke(who string, why pki.Reason, by Caller, now time.Time) (Entry, [][]byte, error) {
	wrap := func(err error) (Entry, [][]byte, error) {
		return Entry{}, nil, fmt.Errorf("revoke %.200s: %w", who, err)
	}
	if _, err := pki.ParseReason(why.String()); err != nil {
		return wrap(err)
	}
	if err := o.adoptIssued(who); err != nil {
		return wrap(err)
	}
	var e Entry
	err := o.reg.update(func(c *contents) (line, error) {
		var err error
		if e, err = c.find(who); err != nil {
			return line{}, err
		}
		if e.State == Revoked {
			return line{}, nil // settle repeats what is left to do
		}
		e.State, e.Reason, e.By, e.Since = Revoked, why.String(), by.Who, now.UTC()
		if why == pki.CertificateHold {
			e.State = Suspended
		}
		l := line{Entries: []Entry{e}}
		out, _ := c.out(e.URI, now)
		for _, t := range out {
			t.Until = now.Add(-time.Second).UTC()
			l.Tickets = append(l.Tickets, t)
		}
		return l, nil
	})
	if err != nil {
		return wrap(err)
	}
	if err := o.revokeAll(e.URI, reasonOf(e), now); err != nil {
		return wrap(err)
	}
	lists, err := o.PublishAll(now)
	if err != nil {
		_, _, err = wrap(err)
	}
	return e, lists, err
}

// RevokeSerial takes one certificate back, by its serial number in hex. Its
// holder may go on with others.
func (o *Office) RevokeSerial(serial string, why pki.Reason, by Caller, now time.Time) ([][]byte, error) {
	var lists [][]byte
	var err error
	// Alone, so that nothing is exchanged for it that is not seen.
	err2 := o.reg.read(func(*contents) { lists, err = o.revokeSerial(serial, why, now) })
	err = errors.Join(err2, err)
	o.tell(by.Who, by.From, by.Proven, fmt.Sprintf("revoke the certificate %.64s (%v)", serial, why), err)
	return lists, err
}

func (o *Office) revokeSerial(serial string, why pki.Reason, now time.Time) ([][]byte, error) {
	for _, ca := range o.Authority().All() {
		err := ca.Revoke(serial, why, now)
		if errors.Is(err, pki.ErrNotIssued) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return o.publish(now, ca)
	}
	return nil, fmt.Errorf("revoke %.64s: %w", serial, pki.ErrNotIssued)
}

// Reinstate makes a suspended holder active again; one that is revoked stays so.
// It lifts the hold from what an active holder has, too, if there is one still: a
// crash may have left it there, or [Office.RevokeSerial] put it there.
func (o *Office) Reinstate(who string, by Caller, now time.Time) (Entry, [][]byte, error) {
	e, lists, err := o.reinstate(who, by, now)
	o.tell(by.Who, by.From, by.Proven, "reinstate "+either(e.URI, who), err)
	return e, lists, err
}

func (o *Office) reinstate(who string, by Caller, now time.Time) (Entry, [][]byte, error) {
	wrap := func(err error) (Entry, [][]byte, error) {
		return Entry{}, nil, fmt.Errorf("reinstate %.200s: %w", who, err)
	}
	var e Entry
	err := o.reg.update(func(c *contents) (line, error) {
		var err error
		if e, err = c.find(who); err != nil {
			return line{}, err
		}
		if e.State == Revoked {
			return line{}, fmt.Errorf("%s is revoked for good (%s): invite it anew: wardflow ca token --again: %w", e.URI, e.Reason, ErrRevoked)
		}
		lifted, err := o.liftHolds(e, now)
		switch {
		case err != nil:
			return line{}, err
		case e.State == Suspended:
		case lifted > 0:
			return line{}, nil
		default:
			return line{}, fmt.Errorf("%s is %s: only a suspended holder can be reinstated", e.URI, e.State)
		}
		e.State, e.Reason, e.By, e.Since = Active, "", by.Who, now.UTC()
		return line{Entries: []Entry{e}}, nil
	})
	if err != nil {
		return wrap(err)
	}
	lists, err := o.PublishAll(now)
	if err != nil {
		_, _, err = wrap(err)
	}
	return e, lists, err
}

// liftHolds takes the hold from all that a holder ever had, at whichever
// authority it is from, and says from how many.
func (o *Office) liftHolds(e Entry, now time.Time) (lifted int, err error) {
	had, err := o.certificates(e, time.Time{})
	if err != nil {
		return 0, err
	}
	for _, ca := range o.Authority().All() {
		revoked, err := ca.Revocations()
		if err != nil {
			return lifted, err
		}
		for _, r := range revoked {
			if r.Reason != pki.CertificateHold || !slices.ContainsFunc(had, func(i pki.Issuance) bool { return i.Serial == r.Serial }) {
				continue
			}
			if err := ca.Reinstate(r.Serial, now); err != nil {
				return lifted, err
			}
			lifted++
		}
	}
	return lifted, nil
}

// reasonOf is the reason in an entry, as it stands on lists.
func reasonOf(e Entry) pki.Reason {
	r, err := pki.ParseReason(e.Reason)
	if err != nil {
		return pki.Unspecified
	}
	return r
}

// revokeAll revokes each certificate of a holder that counts still, in one stroke.
func (o *Office) revokeAll(uri string, why pki.Reason, now time.Time) error {
	var err error
	err2 := o.reg.read(func(c *contents) {
		e := c.entries[uri]
		err = o.revokeThose(e, why, now, func(pki.Issuance) bool { return true })
	})
	return errors.Join(err2, err)
}

// revokeThose revokes of a holder's certificates that count still those that are
// meant.
func (o *Office) revokeThose(e Entry, why pki.Reason, now time.Time, meant func(pki.Issuance) bool) error {
	since := counts(e, now)
	for _, ca := range o.Authority().All() {
		has, err := ca.IssuedTo(e.URI)
		if err != nil {
			return err
		}
		var serials []string
		for _, i := range has {
			if since.Before(i.NotAfter) && meant(i) {
				serials = append(serials, i.Serial)
			}
		}
		if err := ca.RevokeEach(serials, why, now); err != nil {
			return err
		}
	}
	return nil
}

// eachIssuer does something at the authority that has issued a serial number.
func (o *Office) eachIssuer(serial string, do func(*pki.CA) error) error {
	for _, ca := range o.Authority().All() {
		if err := do(ca); !errors.Is(err, pki.ErrNotIssued) {
			return err
		}
	}
	return fmt.Errorf("certificate %s: %w", serial, pki.ErrNotIssued)
}

// certificates are those of a holder that have not ended, the web's among them.
func (o *Office) certificates(e Entry, now time.Time) ([]pki.Issuance, error) {
	return o.issuedTo(func(i pki.Issuance) bool {
		return now.Before(i.NotAfter) && (i.URI == e.URI || i.Holder == e.URI)
	})
}

// counts is when the certificates of a holder have ended at the earliest that
// count for something still: besides those that have not ended, of who signs
// readings, those by which readings may still come in.
func counts(e Entry, now time.Time) time.Time {
	if e.Role == flow.RoleDevice || e.Role == flow.RoleCollector {
		return now.Add(-pki.Late)
	}
	return now
}

// issuedTo are what the authorities have issued, as far as it is wanted.
func (o *Office) issuedTo(want func(pki.Issuance) bool) ([]pki.Issuance, error) {
	var found []pki.Issuance
	for _, ca := range o.Authority().All() {
		all, err := ca.Issued()
		if err != nil {
			return nil, err
		}
		found = append(found, slices.DeleteFunc(all, func(i pki.Issuance) bool { return !want(i) })...)
	}
	return found, nil
}

// adoptIssued registers a holder by its SPIFFE ID whom only the authorities' own
// records know, as `wardflow ca node` made it.
func (o *Office) adoptIssued(uri string) error {
	if !strings.HasPrefix(uri, "spiffe://") {
		return nil
	}
	issued, err := o.issuedTo(func(i pki.Issuance) bool { return i.URI == uri })
	if err != nil || len(issued) == 0 {
		return err
	}
	last := issued[len(issued)-1]
	_, path, _ := strings.Cut(strings.TrimPrefix(uri, "spiffe://"), "/")
	_, name, _ := strings.Cut(path, "/")
	_, err = o.entry(flow.Identity{URI: uri, Role: last.Role, Name: name, EPC: last.EPC, Group: last.Group, Serial: last.Serial}, nil)
	return err
}

// publish signs new lists of these authorities.
func (o *Office) publish(now time.Time, cas ...*pki.CA) ([][]byte, error) {
	var lists [][]byte
	for _, ca := range cas {
		der, err := ca.Publish(now)
		if err != nil {
			return nil, err
		}
		lists = append(lists, der)
	}
	return lists, nil
}

// Lists are the newest revocation lists of all authorities that have published
// one, in DER.
func (o *Office) Lists() ([][]byte, error) {
	var lists [][]byte
	for _, ca := range o.Authority().All() {
		der, err := ca.List()
		if err != nil {
			return nil, err
		}
		if der != nil {
			lists = append(lists, der)
		}
	}
	return lists, nil
}

// PublishAll signs new lists of all authorities that issue to holders, and of
// roots that have revoked an authority: their keys are better left alone.
func (o *Office) PublishAll(now time.Time) ([][]byte, error) {
	var cas []*pki.CA
	for _, ca := range o.Authority().All() {
		if ca.Domain() == "" {
			if gone, err := ca.Revocations(); err == nil && len(gone) == 0 {
				continue
			}
		}
		cas = append(cas, ca)
	}
	return o.publish(now, cas...)
}

// settle does what a crash, or a process that has not the keys, has left undone:
// whoever is revoked or suspended in the registry is so with the authorities, and
// what was issued before a holder began anew is revoked. It does nothing while the
// registry is as it was.
func (o *Office) settle(now time.Time) error {
	var out []Entry
	var at int64
	err := o.reg.read(func(c *contents) {
		at = o.reg.file.at
		if at == o.settled.Load() {
			return
		}
		for _, e := range c.entries {
			if e.State == Revoked || e.State == Suspended || e.Generation > 0 {
				out = append(out, e)
			}
		}
	})
	if err != nil {
		return err
	}
	for _, e := range out {
		why, meant := reasonOf(e), func(pki.Issuance) bool { return true }
		if e.State == Active || e.State == Invited {
			why, meant = pki.Superseded, func(i pki.Issuance) bool { return i.Generation < e.Generation }
		}
		if err := o.revokeThose(e, why, now, meant); err != nil {
			return err
		}
	}
	o.settled.Store(at)
	return nil
}

// revocations stand for what is revoked at all authorities: another text when
// something has changed.
func (o *Office) revocations() (string, error) {
	var b strings.Builder
	for _, ca := range o.Authority().All() {
		all, err := ca.Revocations()
		if err != nil {
			return "", err
		}
		for _, r := range all {
			fmt.Fprintf(&b, "%s %d\n", r.Serial, r.Reason)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// Owner is whose certificate this is, by what it says: what [Office.Revoke]
// wants. It is not verified; that the office has issued it, is.
func (o *Office) Owner(cert *x509.Certificate) (string, error) {
	serial := pki.Serial(cert)
	issued, err := o.issuedTo(func(i pki.Issuance) bool { return i.Serial == serial && i.URI != "" })
	if err != nil {
		return "", err
	}
	if len(issued) == 0 {
		return "", fmt.Errorf("certificate %s of %s: %w", serial, cert.Subject, pki.ErrNotIssued)
	}
	return issued[0].URI, nil
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
