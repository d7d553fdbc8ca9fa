package pki_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// The hierarchy is that of security.md, section 3.1.
func TestHierarchy(t *testing.T) {
	now := time.Now()
	a, err := pki.NewAuthority(pkitest.Name, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		ca       *pki.CA
		pathLen  int
		uris     []string
		dns      []string
		usages   int
		ours     int
		years    int
		chainLen int
	}{
		{"root", a.Root, 1, nil, nil, 0, 0, 20, 1},
		{"issuing", a.Issuing, 0, []string{"h1.health.example"}, []string{".h1.health.example"}, 2, 0, 5, 2},
		{"people", a.People, 0, []string{"people.h1.health.example"}, nil, 1, 1, 5, 2},
	} {
		c := tt.ca.Cert
		switch {
		case !c.IsCA || !c.BasicConstraintsValid || c.MaxPathLen != tt.pathLen || tt.pathLen == 0 && !c.MaxPathLenZero:
			t.Errorf("%s: IsCA %v, MaxPathLen %d, want %d", tt.name, c.IsCA, c.MaxPathLen, tt.pathLen)
		case c.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign:
			t.Errorf("%s: KeyUsage %b", tt.name, c.KeyUsage)
		case !slices.Equal(c.PermittedURIDomains, tt.uris) || !slices.Equal(c.PermittedDNSDomains, tt.dns) || c.PermittedDNSDomainsCritical != (tt.uris != nil):
			t.Errorf("%s: permits %v, %v, critical %v", tt.name, c.PermittedURIDomains, c.PermittedDNSDomains, c.PermittedDNSDomainsCritical)
		case len(c.ExtKeyUsage) != tt.usages || len(c.UnknownExtKeyUsage) != tt.ours:
			t.Errorf("%s: key purposes %v, %v", tt.name, c.ExtKeyUsage, c.UnknownExtKeyUsage)
		case c.NotAfter.Sub(now).Round(24*time.Hour) != time.Duration(tt.years)*365*24*time.Hour:
			t.Errorf("%s: ends %v", tt.name, c.NotAfter)
		case len(tt.ca.Chain()) != tt.chainLen:
			t.Errorf("%s: chain of %d", tt.name, len(tt.ca.Chain()))
		case c.PublicKey.(*ecdsa.PublicKey).Curve != elliptic.P256():
			t.Errorf("%s: not a P-256 key", tt.name)
		}
	}
}

// A certificate of each role has the fields of security.md, section 3.2.
func TestProfiles(t *testing.T) {
	h := pkitest.New(t)
	pin := &pki.RulePin{Address: [20]byte{0xab}, Version: 3}
	req := device(t)
	req.Rule = pin
	client, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth
	for _, tt := range []struct {
		s      flow.Signer
		uri    string
		name   string
		usages []x509.ExtKeyUsage
		life   time.Duration
		chain  *pki.CA
	}{
		{h.Node("bedside"), "spiffe://h1.health.example/node/bedside", "bedside", []x509.ExtKeyUsage{client, server}, 24 * time.Hour, h.Authority.Issuing},
		{h.Issue(req), "spiffe://h1.health.example/device/giai/0614141.5678", "0614141.5678", []x509.ExtKeyUsage{client}, 24 * time.Hour, h.Authority.Issuing},
		{h.Collector("bed-1", ecg), "spiffe://h1.health.example/collector/bed-1", "bed-1", []x509.ExtKeyUsage{client, server}, 24 * time.Hour, h.Authority.Issuing},
		{h.Storage("records"), "spiffe://h1.health.example/storage/records", "records", []x509.ExtKeyUsage{client, server}, 24 * time.Hour, h.Authority.Issuing},
		{h.Staff("n-17"), "spiffe://people.h1.health.example/staff/n-17", "n-17", []x509.ExtKeyUsage{client}, 2 * 365 * 24 * time.Hour, h.Authority.People},
		{h.Patient("p-7f3a"), "spiffe://people.h1.health.example/patient/p-7f3a", "p-7f3a", nil, 2 * 365 * 24 * time.Hour, h.Authority.People},
	} {
		leaf := tt.s.Chain[0]
		if len(tt.s.Chain) != 2 || !tt.s.Chain[1].Equal(tt.chain.Cert) {
			t.Errorf("%s: chain of %d", tt.uri, len(tt.s.Chain))
		}
		if tt.s.ID.URI != tt.uri || tt.s.ID.Name != tt.name {
			t.Errorf("%s: identity %+v", tt.uri, tt.s.ID)
		}
		if !slices.Equal(leaf.ExtKeyUsage, tt.usages) || (len(leaf.UnknownExtKeyUsage) == 1) != (tt.s.ID.Role == flow.RolePatient) {
			t.Errorf("%s: key purposes %v, %v", tt.uri, leaf.ExtKeyUsage, leaf.UnknownExtKeyUsage)
		}
		if leaf.IsCA || !leaf.BasicConstraintsValid || leaf.KeyUsage != x509.KeyUsageDigitalSignature {
			t.Errorf("%s: IsCA %v, KeyUsage %b", tt.uri, leaf.IsCA, leaf.KeyUsage)
		}
		if life := leaf.NotAfter.Sub(leaf.NotBefore).Round(time.Hour); life != tt.life {
			t.Errorf("%s: lives %v, want %v", tt.uri, life, tt.life)
		}
		if len(leaf.SubjectKeyId) != 20 || leaf.SerialNumber.Sign() <= 0 || leaf.SerialNumber.BitLen() > 128 {
			t.Errorf("%s: key id %x, serial %x", tt.uri, leaf.SubjectKeyId, leaf.SerialNumber)
		}
	}
	got, err := pki.Read(h.Issue(req).Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	if got.EPC != req.EPC || got.Group != ecg || got.Rule == nil || *got.Rule != *pin || got.Domain != pkitest.Name {
		t.Errorf("Read = %+v", got)
	}
	if sn := h.Issue(req).Chain[0].Subject.SerialNumber; sn != "3474257BF40000000000162E" {
		t.Errorf("subject serial number %q", sn)
	}
}

// A tag's filter is not part of who the device is.
func TestFilterIsForgotten(t *testing.T) {
	h := pkitest.New(t)
	if s := h.Device("urn:epc:tag:giai-96:1.0614141.5678", ecg); s.ID.EPC != "3474257BF40000000000162E" {
		t.Errorf("EPC %s, want that of filter 3", s.ID.EPC)
	}
}

func TestIssueRefuses(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issuing, people, root := h.Authority.Issuing, h.Authority.People, h.Authority.Root
	epc := device(t).EPC
	for _, tt := range []struct {
		name string
		ca   *pki.CA
		req  pki.Request
		want string // "": issued
	}{
		{"no role", issuing, pki.Request{Name: "x"}, "want one of the roles"},
		{"by the root", root, pki.Request{Role: flow.RoleNode, Name: "x"}, "a root issues authorities only"},
		{"person by the machines' CA", issuing, pki.Request{Role: flow.RoleStaff, Name: "x"}, "does not issue for this role"},
		{"machine by the people's CA", people, pki.Request{Role: flow.RoleNode, Name: "x"}, "does not issue for this role"},
		{"device by name", issuing, pki.Request{Role: flow.RoleDevice, Name: "x", Group: ecg}, "named by its EPC"},
		{"device without an EPC", issuing, pki.Request{Role: flow.RoleDevice, Group: ecg}, "not an EPC"},
		{"device without a group", issuing, pki.Request{Role: flow.RoleDevice, EPC: epc}, "a group is needed"},
		{"device with a group that is none", issuing, pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "icu-3"}, "want site/floor/room/type"},
		{"node with an EPC", issuing, pki.Request{Role: flow.RoleNode, Name: "x", EPC: epc}, "only a device has an EPC"},
		{"node without a name", issuing, pki.Request{Role: flow.RoleNode}, "want 1 to 48 letters"},
		{"node with a path", issuing, pki.Request{Role: flow.RoleNode, Name: "a/b"}, "want 1 to 48 letters"},
		{"person with a group", people, pki.Request{Role: flow.RoleStaff, Name: "x", Group: ecg}, "roles change faster"},
		{"machine for a year", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Life: 365 * 24 * time.Hour}, "want at most 2160h"},
		{"card for four years", people, pki.Request{Role: flow.RolePatient, Name: "x", Life: 4 * 365 * 24 * time.Hour}, "want at most 26280h"},
		{"a life of less than nothing", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Life: -1}, "want at most"},
		{"no key", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Key: 7}, "want a P-256 key, not int"},
		{"another curve", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Key: p384.Public()}, "want a P-256 key"},
		{"Ed25519 for a node", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Key: edwards}, "Ed25519 is for devices only"},
		{"Ed25519 for a device", issuing, pki.Request{Role: flow.RoleDevice, EPC: epc, Group: ecg, Key: edwards}, ""},
		{"node with a group", issuing, pki.Request{Role: flow.RoleNode, Name: "x", Group: ecg}, ""},
	} {
		if tt.req.Key == nil {
			tt.req.Key = key.Public()
		}
		chain, err := tt.ca.Issue(tt.req, now)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			} else if _, err := h.Verifier().Identify(chain, now); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(chain) > 0 {
			t.Errorf("%s: Issue = %d certificates, %v, want an error with %q", tt.name, len(chain), err, tt.want)
		}
	}
}

// No certificate outlives its CA.
func TestLifeEndsWithTheCA(t *testing.T) {
	now := time.Now()
	a, err := pki.NewAuthority(pkitest.Name, now.Add(-(5*365-1)*24*time.Hour)) // one day is left
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Enroll(pki.Request{Role: flow.RoleStaff, Name: "n-17"}, now)
	if err != nil || !s.Chain[0].NotAfter.Equal(a.People.Cert.NotAfter) {
		t.Errorf("ends %v, %v, want %v", s.ID.NotAfter, err, a.People.Cert.NotAfter)
	}
	if _, err := a.Enroll(pki.Request{Role: flow.RoleStaff, Name: "n-17", Life: 48 * time.Hour}, now); err == nil || !strings.Contains(err.Error(), "would outlast the CA") {
		t.Errorf("Enroll = %v, want an error", err)
	}
	if _, err := a.Enroll(pki.Request{Role: flow.RoleStaff, Name: "n-17"}, now.Add(48*time.Hour)); err == nil || !strings.Contains(err.Error(), "the CA is valid from") {
		t.Errorf("Enroll = %v, want an error", err)
	}
}

func TestHospitalNames(t *testing.T) {
	root, err := pki.NewRoot(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "h1", "H1.health.example", "h1..example", "-h1.example", "h1.health.example/x", "h1.health.example:443", strings.Repeat("a.", 29) + "example"} {
		if _, err := root.Hospital(name, time.Now()); err == nil {
			t.Errorf("Hospital(%q) was made", name)
		}
	}
}
