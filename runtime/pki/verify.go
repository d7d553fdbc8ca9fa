package pki

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Verifier tells who a certificate's holder is, or why it is refused. All its
// methods may be called by several goroutines.
type Verifier struct {
	now func() time.Time

	mu      sync.Mutex // guards what follows
	trust   Trust
	era     int            // counts trusts
	roots   *x509.CertPool // of trust
	domains map[string]bool
	above   map[string][]*x509.Certificate  // by issuer's key identifier: itself, and what is between it and a root
	names   map[*x509.Certificate][2]string // of those above: its issuer's key identifier, and serial
	lists   map[string]*listing             // newest revocation lists by issuer's key identifier
	first   map[string]time.Time            // since when an issuer is believed, by key identifier; nil: lists need not be
	leaves  map[[32]byte]bool
	epcs    map[string]bool // 24 hex digits
	checked cache
	twins   twins
	changed chan struct{}
}

// NewVerifier makes a verifier that believes what t says and has nothing
// revoked yet.
func NewVerifier(t Trust) *Verifier {
	v := &Verifier{
		now: time.Now, lists: make(map[string]*listing), changed: make(chan struct{}),
		leaves: make(map[[32]byte]bool), epcs: make(map[string]bool), checked: cache{max: cacheSize},
	}
	v.SetTrust(t)
	return v
}

// SetTrust makes the verifier believe what t says and nothing else, from now
// on. Revocations stay. Who was good below a root or an authority that is no
// longer in t does not hold any more.
func (v *Verifier) SetTrust(t Trust) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.trust, v.domains = t, t.domains()
	v.era++
	v.roots = x509.NewCertPool()
	for _, c := range t.Roots {
		v.roots.AddCert(c)
	}
	v.above = make(map[string][]*x509.Certificate)
	v.names = make(map[*x509.Certificate][2]string)
	for _, c := range t.Issuers {
		v.above[KeyID(c)] = []*x509.Certificate{c}
		v.names[c] = namesOf(c)
	}
	v.checked = cache{max: v.checked.max}
	v.noteFirst()
	v.tell()
}

// Trust is what the verifier believes now.
func (v *Verifier) Trust() Trust {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.trust
}

// RevokeLeaf makes the verifier refuse one certificate, by the SHA-256 of its
// bytes, from now on, in whatever form its holder shows it.
func (v *Verifier) RevokeLeaf(sum [32]byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.leaves[sum] = true
	v.tell()
}

// RevokeEPC makes the verifier refuse all certificates of a device from now on.
func (v *Verifier) RevokeEPC(e EPC) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.epcs[e.plain().Hex()] = true
	v.tell()
}

// Holds tells whether an identity that was good still is: not expired and not
// revoked. An open TLS connection outlives both, so whoever keeps one asks. The
// error is a [Refusal].
func (v *Verifier) Holds(id flow.Identity, now time.Time) error {
	v.mu.Lock()
	revoked, why := v.revoked(id, ever)
	trusted := v.above[id.Issuer] != nil
	v.mu.Unlock()
	switch {
	case !id.Known():
		return &Refusal{Reason: ErrNoCertificate}
	case revoked:
		return &Refusal{Who: id.URI, Reason: ErrRevoked, Err: why}
	case !trusted:
		return &Refusal{Who: id.URI, Reason: ErrStranger, Err: errors.New("its authority is not trusted any more")}
	case now.After(id.NotAfter):
		return &Refusal{Who: id.URI, Reason: ErrExpired, Err: ended(id.NotAfter)}
	}
	return nil
}

// ever is the time at which all revocations count, also those of a clock that is
// ahead of ours.
var ever = time.Unix(1<<62, 0)

// revoked tells whether an identity was revoked at a time; mu is held. It knows
// a leaf that was verified in all its forms, another only in the one given. The
// error says when and why, if a list does.
func (v *Verifier) revoked(id flow.Identity, at time.Time) (bool, error) {
	w := v.twins.of[id.Leaf]
	if v.leaves[id.Leaf] || v.leaves[w.forms[0]] || v.leaves[w.forms[1]] || id.EPC != "" && v.epcs[id.EPC] {
		return true, nil
	}
	if r, ok := v.listed(id.Issuer, id.Serial); ok && !r.At.After(at) {
		return true, fmt.Errorf("since %s, %v", r.At.Format(time.RFC3339), r.Reason)
	}
	for _, c := range v.above[id.Issuer] {
		if gone, why := v.withdrawn(c, at); gone {
			return true, why
		}
	}
	return false, nil
}

// namesOf is how a root's list names an authority: its issuer's key identifier,
// and its serial. It is asked for each reading, so those above are at hand.
func namesOf(ca *x509.Certificate) [2]string {
	return [2]string{hex.EncodeToString(ca.AuthorityKeyId), Serial(ca)}
}

// withdrawn tells whether a root's list named an authority at a time; mu is held.
func (v *Verifier) withdrawn(ca *x509.Certificate, at time.Time) (bool, error) {
	of, known := v.names[ca]
	if !known {
		of = namesOf(ca)
	}
	if r, ok := v.listed(of[0], of[1]); ok && !r.At.After(at) {
		return true, fmt.Errorf("its authority is, since %s, %v", r.At.Format(time.RFC3339), r.Reason)
	}
	return false, nil
}

// Identify says who holds the key of a certificate, given as a chain, leaf
// first, with the authorities below the root. It checks, at the time now:
// signatures, validity, path lengths and name constraints (RFC 5280); that
// there is one SPIFFE ID (X509-SVID, section 2) of a trust domain of ours that
// fits its role and its issuer; that a device's EPC is the same in its name,
// its subject and its extension; that devices and collectors have a group; that
// the key purposes are those of the role; that nothing is revoked. The error is
// a [Refusal]. A leaf that was good is remembered until it ends or is revoked,
// so asking again is cheap.
func (v *Verifier) Identify(chain []*x509.Certificate, now time.Time) (flow.Identity, error) {
	return v.identify(chain, now, ever)
}

// IdentifyThen is [Verifier.Identify] as things stood at a time: what was
// revoked later does not count. It is for what was signed then and is verified
// now, such as a record of last year by a device that was lost since. The time
// must not be the holder's word alone: who has a stolen key also sets its clock.
// [Verifier.RevokeLeaf] and [Verifier.RevokeEPC] have no time and always count.
func (v *Verifier) IdentifyThen(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return v.identify(chain, at, at)
}

// identify counts what was revoked until a time.
func (v *Verifier) identify(chain []*x509.Certificate, now, until time.Time) (flow.Identity, error) {
	if len(chain) == 0 || chain[0] == nil {
		return flow.Identity{}, &Refusal{Reason: ErrNoCertificate}
	}
	leaf := chain[0]
	sum := sha256.Sum256(leaf.Raw)
	v.mu.Lock()
	known, ok := v.checked.get(sum)
	known.id.Leaf = sum
	revoked, why := v.revoked(known.id, until)
	era := v.era
	v.mu.Unlock()
	switch {
	case revoked:
		return flow.Identity{}, refuse(leaf, ErrRevoked, why)
	case ok && !now.Before(known.from) && !now.After(known.id.NotAfter):
		return known.id, nil
	}

	verified, err := v.chain(chain, now, until)
	if err != nil {
		return flow.Identity{}, err
	}
	h, err := v.holder(verified)
	if err != nil {
		return flow.Identity{}, err
	}
	id := identity(h, verified)
	from := leaf.NotBefore
	for _, c := range verified[1:] {
		if c.NotBefore.After(from) {
			from = c.NotBefore
		}
	}
	all, err := forms(leaf, verified[1])
	if err != nil {
		return flow.Identity{}, refuse(leaf, ErrStranger, err)
	}
	v.mu.Lock()
	if v.era != era { // what was checked may not be true any more
		v.mu.Unlock()
		return v.identify(chain, now, until)
	}
	defer v.mu.Unlock()
	v.twins.put(sum, twin{forms: all, until: id.NotAfter}, now)
	v.meet(verified)
	if revoked, why := v.revoked(id, until); revoked {
		return flow.Identity{}, refuse(leaf, ErrRevoked, why)
	}
	v.checked.put(sum, entry{id: id, from: from})
	return id, nil
}

// meet notes the authority of a chain that held, leaf to root, below which we may
// not have known anybody; mu is held.
func (v *Verifier) meet(chain []*x509.Certificate) {
	if id := KeyID(chain[1]); v.above[id] == nil {
		v.above[id] = chain[1 : len(chain)-1]
		for _, c := range v.above[id] {
			v.names[c] = namesOf(c)
		}
		v.noteFirst()
	}
}

// holder checks what crypto/x509 leaves to us on a chain it has verified: leaf,
// hospital CA, root. Straight below a root nothing holds: its authority has no
// trust domain.
func (v *Verifier) holder(chain []*x509.Certificate) (Holder, error) {
	leaf, issuer := chain[0], chain[1]
	if leaf.KeyUsage != x509.KeyUsageDigitalSignature {
		return Holder{}, refuse(leaf, ErrAuthority, errors.New("its key may be used for more than signatures"))
	}
	h, err := Read(leaf)
	if err != nil {
		return Holder{}, err
	}
	p := profiles[h.Role]
	if err := checkKey(leaf.PublicKey, h.Role); err != nil {
		return Holder{}, refuse(leaf, ErrKey, err)
	}
	if len(leaf.AuthorityKeyId) > 0 && !bytes.Equal(leaf.AuthorityKeyId, issuer.SubjectKeyId) {
		return Holder{}, refuse(leaf, ErrStranger, errors.New("it names another key of its authority than the one that signed it"))
	}
	// To crypto/x509 a URI constraint on h1.health.example also permits
	// people.h1.health.example; to RFC 5280, section 4.2.1.10, it does not.
	if !slices.Contains(issuer.PermittedURIDomains, h.Domain) {
		return Holder{}, refuse(leaf, ErrConstraint, fmt.Errorf("the authority issues for %q only", issuer.PermittedURIDomains))
	}
	v.mu.Lock()
	ours := v.domains[h.Domain]
	v.mu.Unlock()
	if !ours || isPeople(h.Domain) != p.people {
		return Holder{}, refuse(leaf, ErrDomain, fmt.Errorf("%s of %s", h.Role, h.Domain))
	}
	want, reading := p.usages()
	if !sameUsages(leaf, want, reading) {
		return Holder{}, refuse(leaf, ErrUsage, fmt.Errorf("a %s %s", h.Role, p))
	}
	if !mayGive(issuer, want, reading) {
		return Holder{}, refuse(leaf, ErrUsage, errors.New("its authority may not give them"))
	}
	return h, nil
}

// sameUsages reports whether a leaf has the wanted key purposes and no other.
func sameUsages(leaf *x509.Certificate, want []x509.ExtKeyUsage, reading bool) bool {
	if len(leaf.ExtKeyUsage) != len(want) || len(leaf.UnknownExtKeyUsage) != count(reading) {
		return false
	}
	return mayGive(leaf, want, reading)
}

// mayGive reports whether a certificate lists all the wanted key purposes.
func mayGive(cert *x509.Certificate, want []x509.ExtKeyUsage, reading bool) bool {
	for _, u := range want {
		if !slices.Contains(cert.ExtKeyUsage, u) {
			return false
		}
	}
	return !reading || slices.ContainsFunc(cert.UnknownExtKeyUsage, func(o asn1.ObjectIdentifier) bool { return o.Equal(oidReading) })
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func ended(t time.Time) error { return fmt.Errorf("it ended %s", t.UTC().Format(time.RFC3339)) }
