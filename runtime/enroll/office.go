package enroll

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// An Office is the folder of a hospital's authorities with the registry beside
// them. Several processes may have one on the same folder: what one does, the
// others see. All its methods may be called by several goroutines.
type Office struct {
	dir       string
	load      func() (*pki.Authority, error)
	reg       *registry
	authority atomic.Pointer[pki.Authority]
	loaded    atomic.Pointer[os.FileInfo] // of the trust.pem that goes with authority
	settled   atomic.Int64                // how far in the registry
	given     given
	audit     func(flow.AuditEvent)
}

// registryFile is in the CA's folder.
const registryFile = "registry.jsonl"

// OpenOffice opens the office in a folder that [pki.Authority.Save] made. load
// reads the authority; it is called again when the root has been rolled over.
// audit, if not nil, is told what was done and what was refused; it must not
// block.
func OpenOffice(dir string, load func() (*pki.Authority, error), audit func(flow.AuditEvent)) (*Office, error) {
	o := &Office{dir: dir, load: load, audit: audit, given: given{}}
	if _, err := o.reload(); err != nil {
		return nil, err
	}
	var err error
	if o.reg, err = openRegistry(filepath.Join(dir, registryFile)); err != nil {
		return nil, err
	}
	return o, nil
}

// Authority is the hospital's authority as it is now.
func (o *Office) Authority() *pki.Authority { return o.authority.Load() }

// reload reads the authority again if its trust has changed on disk.
func (o *Office) reload() (changed bool, err error) {
	info, err := os.Stat(filepath.Join(o.dir, "trust.pem"))
	if err != nil {
		return false, fmt.Errorf("open CA: %w", err)
	}
	if old := o.loaded.Load(); old != nil && os.SameFile(*old, info) && (*old).ModTime().Equal(info.ModTime()) {
		return false, nil
	}
	a, err := o.load()
	if err != nil {
		return false, err
	}
	o.authority.Store(a)
	o.loaded.Store(&info)
	return true, nil
}

// Domain is the hospital's trust domain.
func (o *Office) Domain() string { return o.Authority().Issuing.Domain() }

// Root is the SHA-256 of the root that tokens pin, in hex.
func (o *Office) Root() string {
	chain := o.Authority().Issuing.Chain()
	sum := sha256.Sum256(chain[len(chain)-1].Raw)
	return hex.EncodeToString(sum[:])
}

// tell puts what was done, or refused because of err, on record.
func (o *Office) tell(who, from string, proven bool, what string, err error) {
	if o.audit == nil {
		return
	}
	e := flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditIdentity, Who: who, Proven: proven, From: from, What: what}
	if err != nil {
		e.Why = err.Error()
	}
	o.audit(e)
}

// A Caller is who asks for something and from where, for the record.
type Caller struct {
	Who    string // SPIFFE ID, or a name
	Proven bool   // by its certificate
	From   string // address
}

// tokenLife is how long a token is good at most.
const tokenLife = 10 * time.Minute

// Invite registers a holder and makes the token with which it fetches its
// certificate from the CA service at ca (https://host:port). A holder who is
// registered is refused with [ErrExists] and stays as it is, unless the
// invitation says Again.
func (o *Office) Invite(inv Invitation, ca string, by Caller, now time.Time) (Token, error) {
	t, err := o.invite(inv, ca, by, now)
	o.tell(by.Who, by.From, by.Proven, "invite "+inv.who()+" to enrol", err)
	return t, err
}

func (i *Invitation) who() string {
	if i.Role == flow.RoleDevice {
		return fmt.Sprintf("device %.100s", i.EPC)
	}
	return fmt.Sprintf("%.20s %.100s", i.Role, i.Name)
}

func (o *Office) invite(inv Invitation, ca string, by Caller, now time.Time) (Token, error) {
	wrap := func(err error) (Token, error) { return Token{}, fmt.Errorf("invite %s: %w", inv.who(), err) }
	if err := CheckURL(ca); err != nil {
		return wrap(err)
	}
	entry, err := o.entryOf(inv)
	if err != nil {
		return wrap(err)
	}
	life := inv.For
	switch {
	case life < 0 || life > tokenLife:
		return wrap(fmt.Errorf("a token for %v: want at most %v", life, tokenLife))
	case life == 0:
		life = tokenLife
	}
	entry.State, entry.By, entry.Since = Invited, by.Who, now.UTC()
	t := Token{CA: ca, Root: o.Root(), Holder: entry.URI, Secret: newSecret()}
	fresh := ticket{Hash: hashOf(t.Secret), Holder: entry, Until: now.Add(life).UTC(), Again: inv.Again, By: by.Who}
	err = o.reg.update(func(c *contents) (line, error) {
		l := line{Tickets: []ticket{fresh}}
		old, exists := c.entries[entry.URI]
		if !exists {
			l.Entries = []Entry{entry}
			return l, nil
		}
		out, live := c.out(entry.URI, now)
		lapsed, err := o.lapsed(old, now)
		switch {
		case err != nil:
			return line{}, err
		case !inv.Again && !lapsed && old.State != Invited:
			return line{}, fmt.Errorf("%s is %s since %s: %w: --again makes a new start, and revokes what it has",
				old.URI, old.State, old.Since.Format(time.RFC3339), ErrExists)
		case !inv.Again && live:
			return line{}, fmt.Errorf("%s has a token that is good until %s: %w: --again makes another, and the old one void",
				old.URI, out[0].Until.Format(time.RFC3339), ErrExists)
		}
		for _, o := range out {
			o.Until = now.Add(-time.Second).UTC()
			l.Tickets = append(l.Tickets, o)
		}
		if old.State == Invited {
			l.Entries = []Entry{entry}
		}
		return l, nil
	})
	if err != nil {
		return wrap(err)
	}
	return t, nil
}

// lapsed reports whether a holder is active and has no certificate left: it was
// away for too long, and may come back with a token as at first.
func (o *Office) lapsed(e Entry, now time.Time) (bool, error) {
	if e.State != Active {
		return false, nil
	}
	has, err := o.certificates(e, now)
	return err == nil && len(has) == 0, err
}

// entryOf checks an invitation as far as that can be done before there is a key.
func (o *Office) entryOf(inv Invitation) (Entry, error) {
	req, err := inv.request()
	if err != nil {
		return Entry{}, err
	}
	if err := o.Authority().Check(req, time.Now()); err != nil {
		return Entry{}, err
	}
	if len(inv.Hosts) > 0 && inv.Role != flow.RoleNode {
		return Entry{}, errors.New("only a node is shown to browsers: leave its hosts out")
	}
	if err := checkHosts(inv.Hosts, o.Domain()); err != nil {
		return Entry{}, err
	}
	e := Entry{Role: inv.Role, Name: inv.Name, Group: inv.Group, Rule: inv.Rule, Life: inv.Life, Hosts: inv.Hosts}
	if inv.Role == flow.RoleDevice {
		e.EPC = req.EPC.URI()
	}
	e.URI, err = uriOf(o.Authority().For(inv.Role).Domain(), req)
	return e, err
}

// Enrol gives the certificate for which a token was made to whoever has the
// token's secret and the key of the request, a PKCS #10 in DER. The token is
// used up before the certificate exists. What the request says of its subject
// must agree with the invitation, or not be there.
func (o *Office) Enrol(secret string, csr []byte, from string, now time.Time) ([]*x509.Certificate, error) {
	who := Caller{From: from}
	chain, err := o.enrol(secret, csr, &who, now)
	o.tell(who.Who, from, err == nil, "enrol with a token", err)
	return chain, err
}

func (o *Office) enrol(secret string, csr []byte, who *Caller, now time.Time) ([]*x509.Certificate, error) {
	if s, ok := strings.CutPrefix(secret, tokenPrefix); ok { // the whole token instead of its secret
		t, err := ParseToken(tokenPrefix + s)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrToken, err)
		}
		secret = t.Secret
	}
	hash := hashOf(secret)
	var used ticket
	err := o.reg.update(func(c *contents) (line, error) {
		t, ok := c.tickets[hash]
		if !ok {
			return line{}, ErrToken
		}
		who.Who = t.Holder.URI
		if err := t.good(now); err != nil {
			return line{}, err
		}
		req, err := t.Holder.request()
		if err != nil {
			return line{}, err
		}
		if err := o.Authority().CheckCSR(csr, req, now); err != nil {
			return line{}, err
		}
		t.Used = now.UTC()
		t.Holder.State, t.Holder.Since = Active, now.UTC()
		if old, ok := c.entries[t.Holder.URI]; ok {
			t.Holder.Generation = old.Generation
			if t.Again && old.State != Invited {
				t.Holder.Generation++
			}
		}
		used = t
		return line{Entries: []Entry{t.Holder}, Tickets: []ticket{t}}, nil
	})
	if err != nil {
		return nil, err
	}
	if used.Again {
		if err := o.revokeAll(used.Holder.URI, pki.Superseded, now); err != nil {
			return nil, err
		}
		if _, err := o.PublishAll(now); err != nil && !errors.Is(err, pki.ErrSealed) { // else the service does it in a moment
			return nil, err
		}
	}
	return o.issue(used.Holder, csr, now)
}

// entry finds a holder, and registers one that has its certificate from these
// authorities but not by this registry, as `wardflow ca node` makes it. cert may
// be nil.
func (o *Office) entry(id flow.Identity, cert *x509.Certificate) (Entry, error) {
	var e Entry
	err := o.reg.update(func(c *contents) (line, error) {
		var ok bool
		if e, ok = c.entries[id.URI]; ok {
			return line{}, nil
		}
		issued, err := o.issuedTo(func(i pki.Issuance) bool { return i.URI == id.URI && i.Serial == id.Serial })
		if err != nil {
			return line{}, err
		}
		if len(issued) == 0 {
			return line{}, fmt.Errorf("%s: %w, and its certificate is not in the list of what was issued", id.URI, ErrUnknown)
		}
		e = adopted(id, cert)
		return line{Entries: []Entry{e}}, nil
	})
	return e, err
}

// adopted is the entry of a holder who is not in the registry yet: what its
// certificate says is what it will get again.
func adopted(id flow.Identity, cert *x509.Certificate) Entry {
	e := Entry{URI: id.URI, Role: id.Role, Name: id.Name, Group: id.Group, State: Active, By: "its certificate", Since: time.Now().UTC()}
	if id.Role == flow.RoleDevice {
		e.Name = ""
		if epc, err := pki.ParseEPCHex(id.EPC); err == nil {
			e.EPC = epc.URI()
		}
	}
	if cert == nil {
		return e
	}
	if h, err := pki.Read(cert); err == nil && h.Rule != nil {
		e.Rule = h.Rule.String()
	}
	_, life := lifeOf(cert)
	e.Life = life.Round(time.Second)
	return e
}
