package pki_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

const (
	monitor = "urn:epc:id:giai:0614141.5678"
	ecg     = "h1/3/icu-3/ecg"
)

// device is a request that would be granted.
func device(t *testing.T) pki.Request {
	t.Helper()
	e, err := pki.ParseEPC(monitor)
	if err != nil {
		t.Fatal(err)
	}
	return pki.Request{Role: flow.RoleDevice, EPC: e, Group: ecg}
}

// spoilt makes the chain of a certificate that no CA of ours would issue: ca
// signs what spoil leaves of a good one.
func spoilt(t *testing.T, ca *pki.CA, req pki.Request, now time.Time, spoil func(*x509.Certificate)) []*x509.Certificate {
	t.Helper()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return spoiltKey(t, ca, req, now, key.Public(), spoil)
}

func spoiltKey(t *testing.T, ca *pki.CA, req pki.Request, now time.Time, key crypto.PublicKey, spoil func(*x509.Certificate)) []*x509.Certificate {
	t.Helper()
	good, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	req.Key = good.Public()
	tmpl, err := ca.Template(req, now)
	if err != nil {
		t.Fatal(err)
	}
	spoil(tmpl)
	leaf, err := ca.Sign(tmpl, key)
	if err != nil {
		t.Fatal(err)
	}
	chain := ca.Chain()
	return append([]*x509.Certificate{leaf}, chain[:len(chain)-1]...)
}

func uri(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Each way in which a certificate may be bad is refused for its own reason, and
// the refusal says whose it is.
func TestRefusals(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	issuing, people := h.Authority.Issuing, h.Authority.People
	node := pki.Request{Role: flow.RoleNode, Name: "bedside"}
	staff := pki.Request{Role: flow.RoleStaff, Name: "n-17"}
	patient := pki.Request{Role: flow.RolePatient, Name: "p-7f3a"}

	bad := func(ca *pki.CA, req pki.Request, spoil func(*x509.Certificate)) []*x509.Certificate {
		t.Helper()
		return spoilt(t, ca, req, now, spoil)
	}
	named := func(ca *pki.CA, req pki.Request, s string) []*x509.Certificate {
		t.Helper()
		return bad(ca, req, func(c *x509.Certificate) { c.URIs = []*url.URL{uri(t, s)} })
	}
	extended := func(oid asn1.ObjectIdentifier, value []byte) []*x509.Certificate {
		t.Helper()
		return bad(issuing, device(t), func(c *x509.Certificate) {
			c.ExtraExtensions = slices.DeleteFunc(c.ExtraExtensions, func(e pkix.Extension) bool { return e.Id.Equal(oid) })
			if value != nil {
				c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: oid, Value: value})
			}
		})
	}
	rogueSub, err := issuing.SubCA(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Ward CA"}, NotAfter: now.Add(24 * time.Hour), PermittedURIDomains: []string{pkitest.Name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	tooLong := spoilt(t, rogueSub, node, now, func(*x509.Certificate) {})
	brief, err := h.Authority.Root.SubCA(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Brief CA"}, NotAfter: now.Add(time.Minute), PermittedURIDomains: []string{pkitest.Name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, MaxPathLenZero: true,
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	clientOnly, err := h.Authority.Root.SubCA(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Client CA"}, NotAfter: now.Add(24 * time.Hour), PermittedURIDomains: []string{pkitest.Name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, MaxPathLenZero: true,
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	self, err := pki.NewRoot(now)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := h.Node("bedside").Chain
	gone := h.Node("gone")
	h.Verifier().RevokeLeaf(gone.ID.Leaf)
	lost := pki.Request{Role: flow.RoleDevice, Group: ecg}
	if lost.EPC, err = pki.ParseEPC("urn:epc:id:giai:0614141.404"); err != nil {
		t.Fatal(err)
	}
	h.Verifier().RevokeEPC(lost.EPC)

	for _, tt := range []struct {
		name  string
		chain []*x509.Certificate
		at    time.Time // zero: now
		want  error
		says  string
	}{
		{"nothing", nil, now, pki.ErrNoCertificate, ""},
		{"signed by itself", self.Chain(), now, pki.ErrSelfSigned, "Ministry"},
		{"another root with the same names", h.Rogue().Node("bedside").Chain, now, pki.ErrStranger, `"spiffe://h1.health.example/node/bedside"`},
		{"no authority shown", good[:1], now, pki.ErrStranger, ""},
		{"another hospital below the same root", h.Neighbour().Node("bedside").Chain, now, pki.ErrDomain, "node of h2.health.example"},
		{"expired", good, now.Add(25 * time.Hour), pki.ErrExpired, "it ended "},
		{"not valid yet", good, now.Add(-time.Hour), pki.ErrNotYet, "it begins "},
		{"authority expired", bad(brief, node, func(c *x509.Certificate) { c.NotAfter = now.Add(time.Hour) }), now.Add(10 * time.Minute), pki.ErrExpired, "its authority"},
		{"revoked", gone.Chain, now, pki.ErrRevoked, ""},
		{"EPC revoked", h.Issue(lost).Chain, now, pki.ErrRevoked, ""},
		{"path too long", tooLong, now, pki.ErrPathLength, ""},
		{"too many certificates", append(slices.Clone(good), issuing.Cert, issuing.Cert, issuing.Cert), now, pki.ErrPathLength, "5 certificates shown"},
		{"an authority", issuing.Chain(), now, pki.ErrAuthority, ""},
		{"may sign certificates", bad(issuing, node, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }), now, pki.ErrAuthority, ""},
		{"key of another curve", spoiltKey(t, issuing, node, now, p384.Public(), func(*x509.Certificate) {}), now, pki.ErrKey, "want a P-256 key"},

		{"another hospital's name", named(issuing, node, "spiffe://h2.health.example/node/bedside"), now, pki.ErrConstraint, "h2.health.example"},
		{"a name below our domain", named(issuing, node, "spiffe://ward.h1.health.example/node/bedside"), now, pki.ErrConstraint, ""},
		{"people's domain by the machines' authority", named(issuing, node, "spiffe://people.h1.health.example/staff/n-17"), now, pki.ErrConstraint, `issues for ["h1.health.example"] only`},
		{"straight below the root", spoiltByRoot(t, h, node, now), now, pki.ErrConstraint, ""},
		{"staff in the machines' domain", named(issuing, node, "spiffe://h1.health.example/staff/n-17"), now, pki.ErrDomain, ""},
		{"node in the people's domain", named(people, staff, "spiffe://people.h1.health.example/node/bedside"), now, pki.ErrDomain, ""},

		{"no name", bad(issuing, node, func(c *x509.Certificate) { c.URIs = nil }), now, pki.ErrName, "it has none"},
		{"two names", bad(issuing, node, func(c *x509.Certificate) { c.URIs = append(c.URIs, c.URIs[0]) }), now, pki.ErrName, "2 URIs"},
		{"a host name beside it", bad(issuing, node, func(c *x509.Certificate) { c.DNSNames = []string{"bedside.h1.health.example"} }), now, pki.ErrName, "another name"},
		{"an address beside it", bad(issuing, node, func(c *x509.Certificate) { c.IPAddresses = []net.IP{{127, 0, 0, 1}} }), now, pki.ErrName, "another name"},
		{"not SPIFFE", named(issuing, node, "https://h1.health.example/node/bedside"), now, pki.ErrName, "not a SPIFFE ID"},
		{"a port", named(issuing, node, "spiffe://h1.health.example:443/node/bedside"), now, pki.ErrName, ""},
		{"a query", named(issuing, node, "spiffe://h1.health.example/node/bedside?x=1"), now, pki.ErrName, ""},
		{"an escape", named(issuing, node, "spiffe://h1.health.example/node/%62edside"), now, pki.ErrName, ""},
		{"a dot as a part", named(issuing, node, "spiffe://h1.health.example/node/.."), now, pki.ErrName, ""},
		{"capitals in the domain", named(issuing, node, "spiffe://H1.health.example/node/bedside"), now, pki.ErrName, ""},
		{"no such role", named(issuing, node, "spiffe://h1.health.example/king/bedside"), now, pki.ErrName, `"king" is no role`},
		{"a longer path", named(issuing, node, "spiffe://h1.health.example/node/bedside/2"), now, pki.ErrName, "2 parts"},

		{"no EPC", extended(pki.OIDEPC, nil), now, pki.ErrMismatch, "no epc extension"},
		{"EPC cut short", extended(pki.OIDEPC, []byte{4, 11, 0x34, 0x74, 0x25, 0x7B, 0xF4, 0, 0, 0, 0, 0, 0x16}), now, pki.ErrExtension, "epc: want 12 bytes"},
		{"EPC of another device", extended(pki.OIDEPC, pki.EncodeEPC(lost.EPC)), now, pki.ErrMismatch, "the extension says 3474257BF400000000000194"},
		{"subject of another device", bad(issuing, device(t), func(c *x509.Certificate) { c.Subject.SerialNumber = lost.EPC.Hex() }), now, pki.ErrMismatch, "the subject's serial number"},
		{"name of another device", named(issuing, device(t), "spiffe://h1.health.example/device/giai/0614141.404"), now, pki.ErrMismatch, ""},
		{"another filter", bad(issuing, device(t), func(c *x509.Certificate) {
			e := device(t).EPC
			e[1] ^= 0xe0
			c.Subject.SerialNumber = e.Hex()
			c.ExtraExtensions[0].Value = pki.EncodeEPC(e)
		}), now, pki.ErrMismatch, "the filter is 4"},
		{"EPC on a node", bad(issuing, node, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: pki.OIDEPC, Value: pki.EncodeEPC(lost.EPC)}}
		}), now, pki.ErrExtension, "only a device"},
		{"no group", extended(pki.OIDGroup, nil), now, pki.ErrGroup, ""},
		{"group that is none", extended(pki.OIDGroup, pki.EncodeGroup("icu-3")), now, pki.ErrExtension, "want site/floor/room/type"},
		{"rule cut short", extended(pki.OIDRule, []byte{4, 1, 0}), now, pki.ErrExtension, "rule: want 20 bytes"},
		{"group on a person", bad(people, staff, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: pki.OIDGroup, Value: pki.EncodeGroup(ecg)}}
		}), now, pki.ErrExtension, "a person's certificate"},
		{"critical and unknown", bad(issuing, node, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 9}, Critical: true, Value: []byte{5, 0}}}
		}), now, pki.ErrExtension, ""},

		{"device that serves", bad(issuing, device(t), func(c *x509.Certificate) { c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) }), now, pki.ErrUsage, "a device calls only"},
		{"node that only calls", bad(issuing, node, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[:1] }), now, pki.ErrUsage, "a node calls and serves"},
		{"no purpose", bad(issuing, node, func(c *x509.Certificate) { c.ExtKeyUsage = nil }), now, pki.ErrUsage, ""},
		{"any purpose", bad(issuing, device(t), func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), now, pki.ErrUsage, ""},
		{"patient's card that calls", bad(people, patient, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), now, pki.ErrUsage, "reading-sign"},
		{"staff that signs readings", bad(people, staff, func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 32473, 2, 1}}
		}), now, pki.ErrUsage, ""},
		{"purposes its authority lacks", bad(clientOnly, node, func(*x509.Certificate) {}), now, pki.ErrUsage, "its authority may not"},
	} {
		id, err := h.Verifier().Identify(tt.chain, tt.at)
		var r *pki.Refusal
		if !errors.As(err, &r) || r.Reason != tt.want || id.Known() {
			t.Errorf("%s: Identify = %v, %v, want %q", tt.name, id.URI, err, tt.want)
			continue
		}
		if !strings.Contains(err.Error(), tt.says) || len(tt.chain) > 0 && r.Who == "" {
			t.Errorf("%s: %q does not say %q of somebody", tt.name, err, tt.says)
		}
	}
	if n := h.Verifier().Remembered(); n != 0 {
		t.Errorf("%d of the refused are remembered", n)
	}
}

// spoiltByRoot is a node's certificate signed by the ministry itself.
func spoiltByRoot(t *testing.T, h *pkitest.Hospital, req pki.Request, now time.Time) []*x509.Certificate {
	t.Helper()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	req.Key = key.Public()
	tmpl, err := h.Authority.Issuing.Template(req, now)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := h.Authority.Root.Sign(tmpl, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return []*x509.Certificate{leaf}
}

// What was good is asked for again without being verified again, until it ends
// or is revoked.
func TestRemembers(t *testing.T) {
	h := pkitest.New(t)
	v, now := h.Verifier(), time.Now()
	s := h.Issue(device(t))
	if _, err := v.Identify(s.Chain, now); err != nil {
		t.Fatal(err)
	}
	// Without its authority the leaf can only be known from before.
	id, err := v.Identify(s.Chain[:1], now)
	if err != nil || id != s.ID {
		t.Fatalf("Identify = %+v, %v, want %+v", id, err, s.ID)
	}
	if err := v.Holds(id, now); err != nil {
		t.Errorf("Holds = %v", err)
	}
	for _, at := range []time.Time{now.Add(25 * time.Hour), now.Add(-time.Hour)} {
		if id, err := v.Identify(s.Chain, at); err == nil {
			t.Errorf("Identify at %v = %+v, want a refusal", at, id)
		}
	}
	if err := v.Holds(id, now.Add(25*time.Hour)); !errors.Is(err, pki.ErrExpired) {
		t.Errorf("Holds tomorrow = %v, want ErrExpired", err)
	}
	v.RevokeEPC(device(t).EPC)
	if _, err := v.Identify(s.Chain, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("Identify = %v, want ErrRevoked", err)
	}
	if err := v.Holds(id, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("Holds = %v, want ErrRevoked", err)
	}
	if err := v.Holds(flow.Identity{}, now); !errors.Is(err, pki.ErrNoCertificate) {
		t.Errorf("Holds of nobody = %v, want ErrNoCertificate", err)
	}
}

// However many come, the verifier remembers no more than its bound, and keeps
// those that keep coming.
func TestRemembersABoundedNumber(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	v.Remember(8)
	regular := h.Node("regular")
	for i := range 40 {
		if _, err := v.Identify(h.Node("n"+string(rune('a'+i%26))).Chain, time.Now()); err != nil {
			t.Fatal(err)
		}
		chain := regular.Chain
		if i > 0 {
			chain = chain[:1] // only a memory can tell
		}
		if _, err := v.Identify(chain, time.Now()); err != nil {
			t.Fatalf("after %d others: %v", i+1, err)
		}
	}
	if n := v.Remembered(); n != 8 {
		t.Errorf("remembers %d, want 8", n)
	}
}

// Revoking while others ask: whoever asks after Revoke has returned is refused.
func TestRevokeWhileOthersAsk(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	signers := []flow.Signer{h.Node("a"), h.Node("b"), h.Node("c"), h.Node("d")}
	var asking sync.WaitGroup
	for _, s := range signers {
		for range 2 {
			asking.Go(func() {
				for range 50 {
					if _, err := v.Identify(s.Chain, time.Now()); err != nil && !errors.Is(err, pki.ErrRevoked) {
						t.Errorf("Identify = %v", err)
					}
				}
			})
		}
		asking.Go(func() {
			v.RevokeLeaf(s.ID.Leaf)
			if _, err := v.Identify(s.Chain, time.Now()); !errors.Is(err, pki.ErrRevoked) {
				t.Errorf("Identify = %v, want ErrRevoked", err)
			}
		})
	}
	asking.Wait()
}

// The chain may come in any order behind its leaf, and with the root.
func TestChainInAnyOrder(t *testing.T) {
	h := pkitest.New(t)
	s := h.Patient("p-7f3a")
	chain := []*x509.Certificate{s.Chain[0], h.Authority.Root.Cert, h.Authority.Issuing.Cert, h.Authority.People.Cert}
	id, err := h.Verifier().Identify(chain, time.Now())
	if err != nil || id.Role != flow.RolePatient || id.Name != "p-7f3a" {
		t.Errorf("Identify = %+v, %v", id, err)
	}
}

// A revoked holder does not come back with his certificate in another form: the
// other signature of the same pair, or padding around it. Both please
// crypto/x509.
func TestRevokedInEveryForm(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	s := h.Issue(device(t))
	var cert struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	if _, err := asn1.Unmarshal(s.Chain[0].Raw, &cert); err != nil {
		t.Fatal(err)
	}
	written := func(sig asn1.BitString) []*x509.Certificate {
		t.Helper()
		cert := cert
		cert.Signature = sig
		der, err := asn1.Marshal(cert)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return []*x509.Certificate{leaf, s.Chain[1]}
	}
	padded := func(sig []byte) asn1.BitString {
		b := new(big.Int).Lsh(new(big.Int).SetBytes(sig), 1).Bytes() // 0x30… shifted keeps its length
		return asn1.BitString{Bytes: b, BitLength: 8*len(b) - 1}
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(cert.Signature.Bytes, &pair); err != nil {
		t.Fatal(err)
	}
	pair.S.Sub(elliptic.P256().Params().N, pair.S)
	other, err := asn1.Marshal(pair)
	if err != nil {
		t.Fatal(err)
	}
	list := revoke(t, h.Authority.Issuing, s, pki.KeyCompromise, now)
	for name, chain := range map[string][]*x509.Certificate{
		"as issued":       s.Chain,
		"other signature": written(asn1.BitString{Bytes: other, BitLength: 8 * len(other)}),
		"padded":          written(padded(cert.Signature.Bytes)),
		"both":            written(padded(other)),
	} {
		v := pki.NewVerifier(h.Authority.Trust())
		id, err := v.Identify(chain, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v.RevokeLeaf(s.ID.Leaf)
		if err := v.Holds(id, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Holds = %v, want ErrRevoked", name, err)
		}
		if _, err := v.Identify(chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Identify = %v, want ErrRevoked", name, err)
		}
		v = pki.NewVerifier(h.Authority.Trust())
		v.RevokeLeaf(s.ID.Leaf) // before it was ever seen
		if _, err := v.Identify(chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Identify of what was revoked before = %v, want ErrRevoked", name, err)
		}
		v = pki.NewVerifier(h.Authority.Trust())
		take(t, v, list, true)
		if _, err := v.Identify(chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Identify of what a list has = %v, want ErrRevoked", name, err)
		}
	}
}
