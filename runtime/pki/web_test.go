package pki_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

const host = "bedside.h1.health.example"

func web(t *testing.T, a *pki.Authority) flow.Signer {
	t.Helper()
	s, err := a.EnrollWeb(pki.WebRequest{DNS: []string{host}, IPs: []net.IP{net.IPv4(127, 0, 0, 1).To4()}}, time.Now())
	must(t, err)
	return s
}

func shown(t *testing.T, a *pki.Authority, s flow.Signer) func() (*tls.Certificate, error) {
	t.Helper()
	staple, err := a.Staple(s.Chain[0], time.Now())
	must(t, err)
	return func() (*tls.Certificate, error) { return pki.Stapled(s, staple) }
}

// A certificate for the web names nobody: as a peer's it is refused, on
// whichever side, and a peer's is none for the web.
func TestWebIsNobody(t *testing.T) {
	h := pkitest.New(t)
	s, v := web(t, h.Authority), h.Verifier()
	if s.ID.Known() {
		t.Errorf("the signer says it is %+v", s.ID)
	}
	if id, err := v.Identify(s.Chain, time.Now()); !errors.Is(err, pki.ErrName) {
		t.Errorf("Identify = %+v, %v, want %v", id, err, pki.ErrName)
	}
	if err := v.CheckWeb(h.Node("bedside").Chain, host, time.Now()); !errors.Is(err, pki.ErrUsage) {
		t.Errorf("a node's: CheckWeb = %v, want %v", err, pki.ErrUsage)
	}
	if _, err := pki.NewSigner(s.Key, s.Chain); err == nil {
		t.Error("NewSigner took it")
	}
	node := h.Node("bedside")
	if _, err := pki.NewWebSigner(node.Key, node.Chain); err == nil {
		t.Error("NewWebSigner took a node's")
	}
	dir := t.TempDir()
	must(t, pki.SaveSigner(dir, s))
	if back, err := pki.LoadWebSigner(dir); err != nil || !back.Chain[0].Equal(s.Chain[0]) {
		t.Errorf("LoadWebSigner = %v", err)
	}
}

// The client knows the server by its host name, the server its client by his
// identity.
func TestWebHandshake(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	server := web(t, h.Authority)
	door := pki.WebTLS(shown(t, h.Authority, server), v, pki.Only(flow.RoleDevice), "http/1.1")
	open := pki.OpenWebTLS(shown(t, h.Authority, server), v, pki.Only(flow.RoleStaff), "http/1.1")
	call := func(s flow.Signer, host string) *tls.Config { return pki.WebClientTLS(own(s), v, host, "http/1.1") }
	device := h.Device(monitor, ecg)
	old := call(device, host)
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	lost := h.Staff("lost")
	h.Revoke(lost)
	rogue := h.Rogue().Authority
	for _, tt := range []struct {
		name           string
		server, client *tls.Config
		want           error // of either side; nil: it comes about
		fails          bool
	}{
		{name: "a device", server: door, client: call(device, host)},
		{name: "by its address", server: door, client: call(device, "127.0.0.1")},
		{name: "a stranger where one may", server: open, client: pki.WebClientTLS(nil, v, host, "http/1.1")},
		{name: "staff where one may", server: open, client: call(h.Staff("n-17"), host)},
		{name: "a stranger", server: door, client: pki.WebClientTLS(nil, v, host, "http/1.1"), fails: true},
		{name: "a node at the devices' door", server: door, client: call(h.Node("x"), host), want: pki.ErrNotAllowed},
		{name: "revoked staff where one may", server: open, client: call(lost, host), want: pki.ErrRevoked},
		{name: "a patient's card", server: open, client: call(h.Patient("p-7f3a"), host), want: pki.ErrDirection},
		{name: "the web's as a client's", server: open, client: call(server, host), want: pki.ErrName},
		{name: "another host", server: door, client: call(device, "other.h1.health.example"), want: pki.ErrName},
		{name: "another address", server: door, client: call(device, "127.0.0.2"), want: pki.ErrName},
		{name: "a rogue", server: pki.WebTLS(shown(t, rogue, web(t, rogue)), v, anyone, "http/1.1"), client: call(device, host), want: pki.ErrStranger},
		{name: "TLS 1.2", server: door, client: old, fails: true},
	} {
		_, serverErr, clientErr := handshake(t, tt.server, tt.client)
		err := errors.Join(serverErr, clientErr)
		switch {
		case tt.want == nil && !tt.fails && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.fails && err == nil || tt.want != nil && !errors.Is(err, tt.want):
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// A client needs no fresh list to reach a server for the web, as fresh lists
// come from there; but what it knows to be revoked it refuses.
func TestWebWithoutFreshList(t *testing.T) {
	h := pkitest.New(t)
	v := h.Verifier()
	s, other := web(t, h.Authority), web(t, h.Authority)
	now := time.Now()
	must(t, h.Authority.Issuing.Revoke(pki.Serial(other.Chain[0]), pki.KeyCompromise, now))
	take(t, v, publish(t, h.Authority.Issuing, now.Add(-pki.ListLife-time.Hour)), true)
	if len(v.Stale(now)) != 1 {
		t.Fatal("the list is fresh")
	}
	if err := v.CheckWeb(s.Chain, host, now); err != nil {
		t.Errorf("CheckWeb = %v", err)
	}
	if err := v.CheckWeb(other.Chain, host, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("revoked: CheckWeb = %v, want %v", err, pki.ErrRevoked)
	}
	nodes := pki.ServerTLS(own(h.Node("ward")), v, anyone, "h2")
	_, serverErr, clientErr := handshake(t, nodes, pki.ClientTLS(own(h.Node("bedside")), v, anyone, "h2"))
	if err := errors.Join(serverErr, clientErr); !errors.Is(err, pki.ErrStale) {
		t.Errorf("between nodes: %v, want %v", err, pki.ErrStale)
	}
}

// What is asked for must be a host of the hospital's, or an address.
func TestIssueWebRefuses(t *testing.T) {
	h := pkitest.New(t)
	key := p256(t).Public()
	dns := func(names ...string) pki.WebRequest { return pki.WebRequest{DNS: names, Key: key} }
	for name, req := range map[string]pki.WebRequest{
		"nothing":          dns(),
		"another hospital": dns("bedside.h2.health.example"),
		"the domain":       dns("h1.health.example"),
		"a lookalike":      dns("xh1.health.example"),
		"a wildcard":       dns("*.h1.health.example"),
		"big letters":      dns("Bedside.h1.health.example"),
		"an empty label":   dns("..h1.health.example"),
		"one of two":       dns(host, "example.org"),
		"no address":       {IPs: []net.IP{{1, 2, 3}}, Key: key},
		"every address":    {IPs: []net.IP{net.IPv4zero.To4()}, Key: key},
		"the Internet's":   {IPs: []net.IP{net.IPv4(198, 41, 0, 4)}, Key: key},
		"the Internet's 6": {IPs: []net.IP{net.ParseIP("2001:503:ba3e::2:30")}, Key: key},
		"no key":           {DNS: []string{host}},
		"too long a life":  {DNS: []string{host}, Key: key, Life: 91 * 24 * time.Hour},
	} {
		if _, err := h.Authority.Issuing.IssueWeb(req, time.Now()); err == nil {
			t.Errorf("%s: IssueWeb = nil", name)
		}
	}
	for _, ca := range []*pki.CA{h.Authority.People, h.Authority.Root} {
		if _, err := ca.IssueWeb(dns(host), time.Now()); err == nil {
			t.Errorf("%s: IssueWeb = nil", ca.Name())
		}
	}
	req := dns(host)
	if _, err := h.Authority.IssueWebCSR(csr(t, p256(t), x509.CertificateRequest{DNSNames: []string{host}}), req, time.Now()); err != nil {
		t.Errorf("IssueWebCSR = %v", err)
	}
	if _, err := h.Authority.IssueWebCSR(csr(t, p256(t), x509.CertificateRequest{DNSNames: []string{"other." + host}}), req, time.Now()); !errors.Is(err, pki.ErrCSR) {
		t.Errorf("another name: IssueWebCSR = %v, want %v", err, pki.ErrCSR)
	}
}

// Even with its key nobody makes an authority of ours speak for another host or
// for an address on the Internet: its constraints forbid it, to us and to
// openssl.
func TestWebConstraints(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "trust.pem"), pki.Trust{Roots: h.Authority.Trust().Roots}))
	for _, tt := range []struct {
		host string
		good bool
	}{{host, true}, {"10.1.2.3", true}, {"fd00::7", true}, {"portal.example.org", false}, {"198.41.0.4", false}, {"2001:503:ba3e::2:30", false}} {
		tmpl := &x509.Certificate{
			Subject: pkix.Name{CommonName: "web server"}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		if ip := net.ParseIP(tt.host); ip != nil {
			tmpl.IPAddresses = []net.IP{ip}
		} else {
			tmpl.DNSNames = []string{tt.host}
		}
		key := p256(t)
		leaf, err := h.Authority.Issuing.Sign(tmpl, key.Public())
		must(t, err)
		chain := []*x509.Certificate{leaf, h.Authority.Issuing.Cert}
		if err := h.Verifier().CheckWeb(chain, tt.host, time.Now()); (err == nil) != tt.good || !tt.good && !errors.Is(err, pki.ErrConstraint) {
			t.Errorf("%s: CheckWeb = %v", tt.host, err)
		}
		must(t, pki.SaveSigner(s.Dir, flow.Signer{Key: key, Chain: chain}))
		if out, err := s.Try("verify -CAfile trust.pem -untrusted cert.pem -purpose sslserver cert.pem"); (err == nil) != tt.good {
			t.Errorf("%s: openssl verify: %v, %s", tt.host, err, out)
		}
	}
}

// curl and openssl, which know trust.pem and nothing else of us, take the
// server for what it is, and openssl sees the staple.
func TestOutsidersReachTheWeb(t *testing.T) {
	pkitest.Need(t, "curl")
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "trust.pem"), h.Authority.Trust()))
	must(t, pki.SaveSigner(s.Dir, h.Device(monitor, ecg)))
	conf := pki.WebTLS(shown(t, h.Authority, web(t, h.Authority)), h.Verifier(), pki.Only(flow.RoleDevice), "h2", "http/1.1")
	l, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	must(t, err)
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, err := pki.PeerIdentity(*r.TLS, h.Verifier())
		if err != nil {
			t.Error(err)
		}
		w.Write([]byte(id.URI))
	})}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	defer serving.Wait()
	defer server.Close()
	addr := l.Addr().String()
	_, port, err := net.SplitHostPort(addr)
	must(t, err)
	curl := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "curl", append([]string{"-sS", "--cacert", "trust.pem", "--max-time", "20"}, args...)...)
		cmd.Dir = s.Dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	at := "https://" + host + ":" + port
	resolve := []string{"--resolve", host + ":" + port + ":127.0.0.1", "--noproxy", "*"}
	for _, url := range []string{at, "https://" + addr} {
		if out, err := curl(append(resolve, "--cert", "cert.pem", "--key", "key.pem", url)...); err != nil || out != "spiffe://h1.health.example/device/giai/0614141.5678" {
			t.Errorf("curl %s: %v, %s", url, err, out)
		}
	}
	if out, err := curl(append(resolve, at)...); err == nil {
		t.Errorf("curl without a certificate gets %s", out)
	}
	cmd := exec.CommandContext(t.Context(), "openssl", "s_client", "-connect", addr, "-servername", host, "-verify_hostname", host,
		"-CAfile", "trust.pem", "-cert", "cert.pem", "-key", "key.pem", "-status", "-tls1_3", "-verify_return_error")
	cmd.Dir, cmd.Stdin = s.Dir, strings.NewReader("")
	out, err := cmd.CombinedOutput()
	for _, want := range []string{"OCSP Response Status: successful", "Cert Status: good", "Verification: OK"} {
		if err != nil || !bytes.Contains(out, []byte(want)) {
			t.Fatalf("openssl s_client: %v, wants %q\n%s", err, want, out)
		}
	}
}
