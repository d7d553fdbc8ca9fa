package pki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

const (
	rootLife = 20 * year
	caLife   = 5 * year
	backdate = time.Minute // clocks of other nodes may be behind
)

// A CA is a certificate authority: the ministry's root, or one of a hospital's
// two below it. Its methods may be called by several goroutines.
type CA struct {
	Cert *x509.Certificate

	name    string              // see [CA.Name]
	chain   []*x509.Certificate // Cert first, root last
	cross   *x509.Certificate   // of the root, by the one before it; nil: none
	key     crypto.Signer
	journal *journal
	listed  *lists
	public  string // where strangers ask whether a certificate holds; "": nowhere
}

// A Request asks for a certificate.
type Request struct {
	Role flow.Role
	Name string // node, collector, storage, staff: name; patient: pseudonym; device: ""
	EPC  EPC    // devices

	Group string        // site/floor/room/type: devices and collectors must, nodes and storage may have one
	Rule  *RulePin      // machines only; nil: none
	Life  time.Duration // 0: 24 h for machines, 2 years for cards, but no longer than the CA's own

	// Key is the public half of the holder's key: P-256, or Ed25519 for a device.
	Key crypto.PublicKey

	Note Note // for the log
}

// NewRoot makes the root of a ministry of health, valid for 20 years from now.
// Below it stand authorities of hospitals, and below those no more.
func NewRoot(now time.Time) (*CA, error) { return newRoot(nil, now) }

func newRoot(key crypto.Signer, now time.Time) (*CA, error) {
	tmpl := &x509.Certificate{
		Subject:    pkix.Name{Organization: []string{"Ministry of Health"}, CommonName: "Ministry of Health Root"},
		NotAfter:   now.Add(rootLife),
		MaxPathLen: 1,
	}
	ca, err := newCA(tmpl, nil, key, now)
	if err != nil {
		return nil, fmt.Errorf("make root: %w", err)
	}
	return ca, nil
}

// Issuing makes a hospital's authority for machines, valid for 5 years. It can
// only issue names of the trust domain hospital, such as h1.health.example, and,
// for the web, hosts below it and addresses that are not on the Internet.
func (ca *CA) Issuing(hospital string, now time.Time) (*CA, error) {
	return ca.issuing(hospital, nil, now)
}

func (ca *CA) issuing(hospital string, key crypto.Signer, now time.Time) (*CA, error) {
	if len(hospital) > 57 {
		return nil, fmt.Errorf("make issuing CA of %.80q: a hospital's name has at most 57 letters", hospital)
	}
	if err := checkDomain(hospital); err != nil {
		return nil, fmt.Errorf("make issuing CA: %w", err)
	}
	sub, err := newCA(&x509.Certificate{
		Subject:             pkix.Name{Organization: []string{hospital}, CommonName: "Issuing CA"},
		NotAfter:            now.Add(caLife),
		MaxPathLenZero:      true,
		ExtKeyUsage:         []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		PermittedURIDomains: []string{hospital},
		PermittedDNSDomains: []string{"." + hospital},
		PermittedIPRanges:   inside(),
	}, ca, key, now)
	if err != nil {
		return nil, fmt.Errorf("make issuing CA of %s: %w", hospital, err)
	}
	return sub, nil
}

// People makes a hospital's authority for staff and patients, valid for 5
// years. It can only issue names of the trust domain people.hospital.
func (ca *CA) People(hospital string, now time.Time) (*CA, error) {
	return ca.people(hospital, nil, now)
}

func (ca *CA) people(hospital string, key crypto.Signer, now time.Time) (*CA, error) {
	domain := peopleDomain + hospital
	if err := checkDomain(domain); err != nil {
		return nil, fmt.Errorf("make people CA: %w", err)
	}
	sub, err := newCA(&x509.Certificate{
		Subject:             pkix.Name{Organization: []string{hospital}, CommonName: "People CA"},
		NotAfter:            now.Add(caLife),
		MaxPathLenZero:      true,
		ExtKeyUsage:         []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		UnknownExtKeyUsage:  []asn1.ObjectIdentifier{oidReading},
		PermittedURIDomains: []string{domain},
	}, ca, key, now)
	if err != nil {
		return nil, fmt.Errorf("make people CA of %s: %w", hospital, err)
	}
	return sub, nil
}

// Domain is the trust domain the CA issues names in; "" for a root.
func (ca *CA) Domain() string {
	if len(ca.Cert.PermittedURIDomains) == 0 {
		return ""
	}
	return ca.Cert.PermittedURIDomains[0]
}

// Name tells the CA from the others of its authority: root, issuing, people, and
// after the first roll-over issuing-2 and so on.
func (ca *CA) Name() string { return ca.name }

// Chain is the CA's certificate and those above it, root last.
func (ca *CA) Chain() []*x509.Certificate { return append([]*x509.Certificate(nil), ca.chain...) }

// Issue makes a certificate as the request's role has it, and returns it with
// the CA's own below the root: the chain to show to peers, leaf first. The
// issuance is in the CA's log before the certificate leaves this function.
func (ca *CA) Issue(req Request, now time.Time) ([]*x509.Certificate, error) {
	chain, err := ca.issue(req, now)
	if err != nil {
		name := req.Name
		if req.EPC != (EPC{}) {
			name = req.EPC.URI()
		}
		return nil, fmt.Errorf("issue a certificate for %s %.100s: %w", req.Role, name, err)
	}
	return chain, nil
}

func (ca *CA) issue(req Request, now time.Time) ([]*x509.Certificate, error) {
	tmpl, err := ca.template(req, now)
	if err != nil {
		return nil, err
	}
	leaf, err := ca.sign(tmpl, ca.Cert, req.Key)
	if err != nil {
		return nil, err
	}
	// What we would refuse is not handed out.
	h, err := Read(leaf)
	if err != nil {
		return nil, err
	}
	if err := ca.journal.add(record(leaf, h, req.Note)); err != nil {
		return nil, fmt.Errorf("log issuance: %w", err)
	}
	return ca.below(leaf), nil
}

// below is the chain to show for a leaf: the leaf, what is below the root, and,
// while the root is new, the older root's word for it.
func (ca *CA) below(leaf *x509.Certificate) []*x509.Certificate {
	chain := append([]*x509.Certificate{leaf}, ca.chain[:len(ca.chain)-1]...)
	if ca.cross != nil {
		chain = append(chain, ca.cross)
	}
	return chain
}

// template checks a request and fills in a certificate.
func (ca *CA) template(req Request, now time.Time) (*x509.Certificate, error) {
	p, ok := profiles[req.Role]
	switch {
	case !ok:
		return nil, errors.New("want one of the roles node, device, collector, storage, staff, patient")
	case ca.Domain() == "":
		return nil, errors.New("a root issues authorities only: use the hospital's issuing or people CA")
	case p.people != isPeople(ca.Domain()):
		return nil, fmt.Errorf("the authority of %s does not issue for this role", ca.Domain())
	case p.epc && req.Name != "":
		return nil, errors.New("a device is named by its EPC, not by a name")
	case !p.epc && req.EPC != EPC{}:
		return nil, errors.New("only a device has an EPC")
	case p.people && (req.Group != "" || req.Rule != nil):
		return nil, errors.New("a person's certificate has no group and no rule: roles change faster than cards")
	case p.group && req.Group == "":
		return nil, errors.New("a group is needed: site/floor/room/type, such as h1/3/icu-3/ecg")
	}
	if err := checkKey(req.Key, req.Role); err != nil {
		return nil, err
	}
	name, path := req.Name, req.Name
	subject := pkix.Name{Organization: ca.Cert.Subject.Organization}
	var exts []pkix.Extension
	if p.epc {
		epc := req.EPC.plain()
		var err error
		if path, err = epc.path(); err != nil {
			return nil, epc.Valid()
		}
		name = path[bytes.IndexByte([]byte(path), '/')+1:]
		subject.SerialNumber = epc.Hex()
		exts = append(exts, pkix.Extension{Id: oidEPC, Value: encodeEPC(epc)})
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if req.Group != "" {
		if err := CheckGroup(req.Group); err != nil {
			return nil, err
		}
		exts = append(exts, pkix.Extension{Id: oidGroup, Value: encodeGroup(req.Group)})
	}
	if req.Rule != nil {
		exts = append(exts, pkix.Extension{Id: oidRule, Value: encodeRule(*req.Rule)})
	}
	end, err := ca.end(p, req.Life, now)
	if err != nil {
		return nil, err
	}
	// A space in it: openssl takes a common name that could be a host's for one,
	// and holds it against the CA's constraint on host names.
	subject.CommonName = string(req.Role) + " " + name
	tmpl := &x509.Certificate{
		Subject:         subject,
		NotAfter:        end,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		URIs:            []*url.URL{{Scheme: "spiffe", Host: ca.Domain(), Path: "/" + string(req.Role) + "/" + path}},
		ExtraExtensions: exts,
	}
	var reading bool
	if tmpl.ExtKeyUsage, reading = p.usages(); reading {
		tmpl.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidReading}
	}
	return tmpl, setTimes(tmpl, ca.Cert, now)
}

// end is when a certificate of a profile ends.
func (ca *CA) end(p profile, life time.Duration, now time.Time) (time.Time, error) {
	switch {
	case life < 0 || life > p.maxLife:
		return time.Time{}, fmt.Errorf("a life of %v: want at most %v", life, p.maxLife)
	case life > 0 && now.Add(life).After(ca.Cert.NotAfter):
		return time.Time{}, fmt.Errorf("a life of %v would outlast the CA, which ends %s", life, ca.Cert.NotAfter.Format(time.RFC3339))
	case life > 0:
		return now.Add(life), nil
	}
	if end := now.Add(p.life); end.Before(ca.Cert.NotAfter) {
		return end, nil
	}
	return ca.Cert.NotAfter, nil
}

// newCA makes an authority below parent, or a root for nil, with the given key
// or a fresh one.
func newCA(tmpl *x509.Certificate, parent *CA, key crypto.Signer, now time.Time) (*CA, error) {
	var err error
	if key == nil {
		key, err = NewKey()
	}
	if err == nil {
		err = checkCAKey(key.Public(), parent == nil)
	}
	if err != nil {
		return nil, err
	}
	tmpl.IsCA = true
	tmpl.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	tmpl.PermittedDNSDomainsCritical = true // all name constraints, despite its name
	ca := &CA{key: key, journal: &journal{}, listed: &lists{}}
	if parent == nil {
		if err := setTimes(tmpl, nil, now); err != nil {
			return nil, err
		}
		if ca.Cert, err = ca.sign(tmpl, tmpl, key.Public()); err != nil {
			return nil, err
		}
		ca.chain = []*x509.Certificate{ca.Cert}
		return ca, nil
	}
	if err := setTimes(tmpl, parent.Cert, now); err != nil {
		return nil, err
	}
	if ca.Cert, err = parent.sign(tmpl, parent.Cert, key.Public()); err != nil {
		return nil, err
	}
	if err := parent.journal.add(record(ca.Cert, Holder{}, Note{})); err != nil {
		return nil, fmt.Errorf("log issuance: %w", err)
	}
	ca.chain = append([]*x509.Certificate{ca.Cert}, parent.chain...)
	return ca, nil
}

// setTimes fits a template's life into its issuer's.
func setTimes(tmpl, issuer *x509.Certificate, now time.Time) error {
	tmpl.NotBefore = now.Add(-backdate)
	if issuer == nil {
		return nil
	}
	if now.Before(issuer.NotBefore) || !now.Before(issuer.NotAfter) {
		return fmt.Errorf("the CA is valid from %s to %s only", issuer.NotBefore.Format(time.RFC3339), issuer.NotAfter.Format(time.RFC3339))
	}
	if tmpl.NotBefore.Before(issuer.NotBefore) {
		tmpl.NotBefore = issuer.NotBefore
	}
	if tmpl.NotAfter.After(issuer.NotAfter) {
		tmpl.NotAfter = issuer.NotAfter
	}
	return nil
}

// sign completes a template with what all certificates have and signs it.
func (ca *CA) sign(tmpl, parent *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	tmpl.SerialNumber = new(big.Int).SetBytes(serial)
	tmpl.BasicConstraintsValid = true
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki, &info); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(info.Key.Bytes)
	tmpl.SubjectKeyId = sum[:20] // RFC 7093, section 2, method 1
	ca.announce(tmpl)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key, ca.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// NewKey makes a P-256 key, the kind that all our certificates may have.
func NewKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// checkCAKey is nil for a public key that an authority may have.
func checkCAKey(key crypto.PublicKey, root bool) error {
	k, ok := key.(*ecdsa.PublicKey)
	if ok && (k.Curve == elliptic.P256() || root && k.Curve == elliptic.P384()) {
		return nil
	}
	return fmt.Errorf("want a P-256 key for an authority, or P-384 for a root, not %s", keyKind(key))
}

// checkKey is nil for a public key that the role may have.
func checkKey(key crypto.PublicKey, role flow.Role) error {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return nil
		}
	case ed25519.PublicKey:
		if role == flow.RoleDevice {
			return nil
		}
		return errors.New("want a P-256 key: Ed25519 is for devices only")
	}
	return fmt.Errorf("want a P-256 key, not %s", keyKind(key))
}

// keyKind names the kind of a public key.
func keyKind(key crypto.PublicKey) string {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	case *rsa.PublicKey:
		return "RSA"
	case nil:
		return "none"
	}
	return fmt.Sprintf("%T", key)
}
