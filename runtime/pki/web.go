package pki

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A certificate for the web is for programs that know nothing of SPIFFE:
// browsers, curl, openssl, a monitor with a TLS library of its own. It names
// hosts and addresses and no identity, so to a [Verifier] its holder is nobody.

// A WebRequest asks for a certificate for the web.
type WebRequest struct {
	DNS  []string      // names below the hospital's, such as bedside.h1.health.example
	IPs  []net.IP      // of private networks; at least one name or address
	Life time.Duration // 0: 24 h; at most 90 days

	Key crypto.PublicKey // P-256

	Note Note // for the log
}

// IssueWeb makes a certificate for the web: serverAuth only, no SPIFFE ID. Its
// chain is as that of [CA.Issue]. Only a hospital's issuing CA makes them.
func (ca *CA) IssueWeb(req WebRequest, now time.Time) ([]*x509.Certificate, error) {
	chain, err := ca.issueWeb(req, now)
	if err != nil {
		return nil, fmt.Errorf("issue a web certificate for %.200q %.10v: %w", req.DNS, req.IPs, err)
	}
	return chain, nil
}

func (ca *CA) issueWeb(req WebRequest, now time.Time) ([]*x509.Certificate, error) {
	tmpl, err := ca.webTemplate(req, now)
	if err != nil {
		return nil, err
	}
	leaf, err := ca.sign(tmpl, ca.Cert, req.Key)
	if err != nil {
		return nil, err
	}
	if err := ca.journal.add(record(leaf, Holder{}, req.Note)); err != nil {
		return nil, fmt.Errorf("log issuance: %w", err)
	}
	return ca.below(leaf), nil
}

func (ca *CA) webTemplate(req WebRequest, now time.Time) (*x509.Certificate, error) {
	switch {
	case ca.Domain() == "" || isPeople(ca.Domain()):
		return nil, errors.New("only a hospital's issuing CA makes them")
	case len(req.DNS) == 0 && len(req.IPs) == 0:
		return nil, errors.New("a name or an address is needed")
	case len(req.DNS)+len(req.IPs) > 32:
		return nil, errors.New("at most 32 names and addresses fit into one")
	}
	if err := checkKey(req.Key, flow.RoleNode); err != nil {
		return nil, err
	}
	for _, d := range req.DNS {
		if !strings.HasSuffix(d, "."+ca.Domain()) || checkHost(d) != nil {
			return nil, fmt.Errorf("name %.80q: want one below %s, in small letters", d, ca.Domain())
		}
	}
	for _, ip := range req.IPs {
		if !slices.ContainsFunc(inside(), func(n *net.IPNet) bool { return n.Contains(ip) }) {
			return nil, fmt.Errorf("address %v: want one of a private network: a host on the Internet has a name", ip)
		}
	}
	end, err := ca.end(profiles[flow.RoleNode], req.Life, now)
	if err != nil {
		return nil, err
	}
	tmpl := &x509.Certificate{
		Subject:     pkix.Name{Organization: ca.Cert.Subject.Organization, CommonName: "web server"},
		NotAfter:    end,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    req.DNS,
		IPAddresses: req.IPs,
	}
	return tmpl, setTimes(tmpl, ca.Cert, now)
}

// inside are the networks that are not on the Internet: whoever has a hospital's
// authority, and a browser that trusts it, must not be able to pose as anything
// out there.
func inside() []*net.IPNet {
	var all []*net.IPNet
	for _, s := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // RFC 1122, RFC 1918
		"100.64.0.0/10", "169.254.0.0/16", // RFC 6598, RFC 3927
		"::1/128", "fc00::/7", "fe80::/10", // RFC 4291, RFC 4193
	} {
		_, n, err := net.ParseCIDR(s)
		if err != nil {
			panic("pki: " + err.Error()) // they are all above
		}
		all = append(all, n)
	}
	return all
}

// checkHost is nil for a host name of at most 253 small letters.
func checkHost(s string) error {
	if len(s) > 253 {
		return errors.New("too long")
	}
	for _, l := range strings.Split(s, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return errors.New("a label is empty, too long, or has a dash at its end")
		}
		for _, c := range []byte(l) {
			if !letter(c) {
				return errors.New("want small letters, digits and dashes")
			}
		}
	}
	return nil
}

// EnrollWeb makes a P-256 key and a certificate for the web. The request's Key
// is not used. The signer has no identity: its ID is the zero value.
func (a *Authority) EnrollWeb(req WebRequest, now time.Time) (flow.Signer, error) {
	key, err := NewKey()
	if err != nil {
		return flow.Signer{}, err
	}
	req.Key = key.Public()
	chain, err := a.Issuing.IssueWeb(req, now)
	if err != nil {
		return flow.Signer{}, err
	}
	return NewWebSigner(key, chain)
}

// IssueWebCSR is [Authority.IssueCSR] for the web: the names are req's, and the
// signing request may ask for none but these.
func (a *Authority) IssueWebCSR(csr []byte, req WebRequest, now time.Time) ([]*x509.Certificate, error) {
	r, err := readCSR(csr)
	if err != nil {
		return nil, fmt.Errorf("issue a web certificate: %w", err)
	}
	req.Key = r.PublicKey
	tmpl, err := a.Issuing.webTemplate(req, now)
	if err != nil {
		return nil, fmt.Errorf("issue a web certificate: %w", err)
	}
	if err := agrees(r, tmpl); err != nil {
		return nil, fmt.Errorf("issue a web certificate: %w: %w", ErrCSR, err)
	}
	return a.Issuing.IssueWeb(req, now)
}

// NewWebSigner joins a key and a chain for the web, leaf first. [SaveSigner]
// writes it, [LoadWebSigner] reads it.
func NewWebSigner(key crypto.Signer, chain []*x509.Certificate) (flow.Signer, error) {
	if err := joined(key, chain); err != nil {
		return flow.Signer{}, err
	}
	if len(chain[0].URIs) > 0 {
		return flow.Signer{}, errors.New("a certificate for the web names hosts, not an identity")
	}
	return flow.Signer{Key: key, Chain: chain}, nil
}

// LoadWebSigner is [LoadSigner] for the web.
func LoadWebSigner(dir string) (flow.Signer, error) { return loadSigner(dir, NewWebSigner) }

// Stapled is [Certificate] with an OCSP response in DER to show in the
// handshake; nil: none.
func Stapled(s flow.Signer, staple []byte) (*tls.Certificate, error) {
	c, err := Certificate(s)
	if err == nil {
		c.OCSPStaple = staple
	}
	return c, err
}

// WebTLS is [ServerTLS] with a certificate for the web, which own returns at
// each handshake: see [Stapled]. Clients must all show a certificate of ours. One
// that names no protocol is let in, as simple clients do not.
func WebTLS(own func() (*tls.Certificate, error), v *Verifier, allow func(flow.Identity) error, protos ...string) *tls.Config {
	conf := ServerTLS(nil, v, allow, protos...)
	conf.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own() }
	conf.VerifyConnection = func(cs tls.ConnectionState) error { return v.admit(cs, allow, caller) }
	return conf
}

// OpenWebTLS is [OpenServerTLS] with a certificate for the web: clients may show
// a certificate of ours, and are nobody without.
func OpenWebTLS(own func() (*tls.Certificate, error), v *Verifier, allow func(flow.Identity) error, protos ...string) *tls.Config {
	conf := OpenServerTLS(nil, v, allow, protos...)
	conf.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own() }
	return conf
}

// WebClientTLS is the configuration of a client of a server with a certificate
// for the web; host is the name or address that must be in it. own may be nil:
// the client shows no certificate. That the authority's revocation list is fresh
// is not asked: it is from such servers that fresh ones come.
func WebClientTLS(own func() flow.Signer, v *Verifier, host string, protos ...string) *tls.Config {
	conf := ClientTLS(own, v, nil, protos...)
	if own == nil {
		conf.GetClientCertificate = nil
	}
	if net.ParseIP(host) == nil {
		conf.ServerName = host
	}
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		if err := agreed(cs, protos); err != nil {
			return err
		}
		return v.CheckWeb(cs.PeerCertificates, host, v.now())
	}
	return conf
}

// CheckWeb is nil if a chain, leaf first, is that of the server host, a name or
// an address: below an authority of a hospital of ours, for the web and nothing
// else, valid at now and not revoked. The error is a [Refusal].
func (v *Verifier) CheckWeb(chain []*x509.Certificate, host string, now time.Time) error {
	if len(chain) == 0 || chain[0] == nil {
		return &Refusal{Reason: ErrNoCertificate}
	}
	leaf := chain[0]
	verified, err := v.chain(chain, now, ever)
	if err != nil {
		return err
	}
	issuer := verified[1]
	v.mu.Lock()
	ours := len(issuer.PermittedURIDomains) == 1 && v.domains[issuer.PermittedURIDomains[0]]
	if ours {
		v.meet(verified)
	}
	revoked, why := v.revoked(flow.Identity{Issuer: KeyID(issuer), Serial: Serial(leaf)}, ever)
	v.mu.Unlock()
	switch {
	case !ours || isPeople(issuer.PermittedURIDomains[0]):
		return refuse(leaf, ErrDomain, fmt.Errorf("its authority is that of %q", issuer.PermittedURIDomains))
	case revoked:
		return refuse(leaf, ErrRevoked, why)
	case len(leaf.URIs) > 0 || leaf.KeyUsage != x509.KeyUsageDigitalSignature || !sameUsages(leaf, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, false):
		return refuse(leaf, ErrUsage, errors.New("want a certificate for the web: serverAuth only, no SPIFFE ID"))
	}
	if err := leaf.VerifyHostname(host); err != nil {
		return refuse(leaf, ErrName, err)
	}
	return nil
}
