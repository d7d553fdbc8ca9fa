package enroll_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// curl runs in the shop and gives the body, and the status of the answer.
func curl(t *testing.T, s pkitest.Shop, args ...string) (body []byte, status string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "curl", append([]string{"-sS", "--max-time", "20", "-w", "\n%{http_code}"}, args...)...)
	cmd.Dir = s.Dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("curl %v: %v", args, err)
	}
	i := bytes.LastIndexByte(out, '\n')
	return out[:i], string(out[i+1:])
}

// openssl makes a key and a request of EST for it, KEY.key and KEY.b64.
func estRequest(t *testing.T, s pkitest.Shop, key, more string) {
	t.Helper()
	if out, err := s.Try("ecparam -name prime256v1 -genkey -noout -out %s.key", key); err != nil {
		t.Fatal(out)
	}
	if out, err := s.Try("req -new -config openssl.cnf -key %s.key -subj / -outform DER -out %s.der %s", key, key, more); err != nil {
		t.Fatal(out)
	}
	s.Write(key+".b64", []byte(base64.StdEncoding.EncodeToString(s.Read(key+".der"))))
}

// opened is the certificates in an answer of EST, as openssl reads them.
func opened(t *testing.T, s pkitest.Shop, body []byte, file string) {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(body), "\r\n", ""))
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	s.Write("answer.p7", der)
	out, err := s.Try("pkcs7 -inform DER -in answer.p7 -print_certs -out %s", file)
	if err != nil {
		t.Fatal(out)
	}
}

// A device of another maker enrols and renews by EST, with curl and openssl and
// nothing of ours.
func TestEST(t *testing.T) {
	s := pkitest.OpenShop(t)
	pkitest.Need(t, "curl")
	h := newHall(t)
	est := h.serve().URL() + "/.well-known/est/"
	s.Write("trust.pem", []byte(pemOf(h.office.Authority().Trust().Certificates()...)))
	tls := []string{"--cacert", "trust.pem", "--tlsv1.3"}
	post := func(to, key string, more ...string) ([]byte, string) {
		t.Helper()
		args := append(append(append([]string{}, tls...), more...), "-H", "Content-Type: application/pkcs10", "--data-binary", "@"+key+".b64", est+to)
		return curl(t, s, args...)
	}

	body, status := curl(t, s, append(tls, est+"cacerts")...)
	if status != "200" {
		t.Fatalf("cacerts: %s %s", status, body)
	}
	opened(t, s, body, "cas.pem")
	if n := strings.Count(string(s.Read("cas.pem")), "BEGIN CERTIFICATE"); n != 3 {
		t.Errorf("cacerts gives %d certificates, want the root and the two authorities", n)
	}
	if body, status := curl(t, s, append(tls, est+"csrattrs")...); status != "204" {
		t.Errorf("csrattrs: %s %s", status, body)
	}

	tok := h.invite(device())
	estRequest(t, s, "one", "")
	if body, status := post("simpleenroll", "one", "-u", "monitor:wrong"); status != "403" {
		t.Errorf("with a wrong token: %s %s", status, body)
	}
	body, status = post("simpleenroll", "one", "-u", "monitor:"+tok.String())
	if status != "200" {
		t.Fatalf("simpleenroll: %s %s", status, body)
	}
	opened(t, s, body, "one.pem")
	if out, err := s.Try("verify -CAfile trust.pem -purpose sslclient one.pem"); err != nil {
		t.Error(out)
	}
	if out, _ := s.Try("x509 -in one.pem -noout -ext subjectAltName"); !strings.Contains(out, monitorID) {
		t.Errorf("openssl reads %s", out)
	}
	if body, status := post("simpleenroll", "one", "-u", "monitor:"+tok.String()); status != "403" {
		t.Errorf("with a used token: %s %s", status, body)
	}

	if body, status := post("simplereenroll", "one"); status != "401" {
		t.Errorf("renew without a certificate: %s %s", status, body)
	}
	own := []string{"--cert", "one.pem", "--key", "one.key"}
	if body, status := post("simplereenroll", "one", own...); status != "400" || !strings.Contains(string(body), "make a new key") {
		t.Errorf("renew with the old key: %s %s", status, body)
	}
	estRequest(t, s, "evil", "-addext subjectAltName=URI:spiffe://h1.health.example/node/ward")
	if body, status := post("simplereenroll", "evil", own...); status != "400" {
		t.Errorf("renew as somebody else: %s %s", status, body)
	}
	estRequest(t, s, "two", "-addext subjectAltName=URI:"+monitorID)
	if body, status := post("simplereenroll", "two", own...); status != "429" {
		t.Errorf("renew at once: %s %s", status, body)
	}
	// When half of its life is over it may be renewed.
	estRequest(t, s, "aged", "")
	epc, err := pki.ParseEPC(monitor)
	if err != nil {
		t.Fatal(err)
	}
	aged, err := h.office.Authority().IssueCSR(s.Read("aged.der"), pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg"}, time.Now().Add(-13*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s.Write("aged.pem", []byte(pemOf(aged...)))
	body, status = post("simplereenroll", "two", "--cert", "aged.pem", "--key", "aged.key")
	if status != "200" {
		t.Fatalf("simplereenroll: %s %s", status, body)
	}
	opened(t, s, body, "two.pem")
	if out, err := s.Try("verify -CAfile trust.pem -purpose sslclient two.pem"); err != nil {
		t.Error(out)
	}
	// Below a revoked certificate nothing is renewed.
	if _, lists, err := h.office.Revoke(monitorID, pki.KeyCompromise, desk, time.Now()); err != nil {
		t.Fatal(err)
	} else {
		h.settled(lists)
	}
	estRequest(t, s, "three", "")
	if body, status := post("simplereenroll", "three", "--cert", "two.pem", "--key", "two.key"); status != "403" {
		t.Errorf("renew when revoked: %s %s", status, body)
	}
}

// Strangers read lists, OCSP and authorities without TLS, and openssl agrees
// with what they say.
func TestPublic(t *testing.T) {
	s := pkitest.OpenShop(t)
	pkitest.Need(t, "curl")
	h := newHall(t)
	public := "http://" + h.serve().Addrs()[1].String()
	a := h.office.Authority()
	s.Write("trust.pem", []byte(pemOf(a.Trust().Certificates()...)))
	chain, err := h.office.Enrol(h.invite(device()).Secret, csr(t, ""), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.Write("leaf.pem", []byte(pemOf(chain[0])))
	fetch := func(path, file string) {
		t.Helper()
		body, status := curl(t, s, public+path)
		if status != "200" {
			t.Fatalf("%s: %s %s", path, status, body)
		}
		s.Write(file, body)
	}
	fetch("/ca/issuing.cer", "issuing.der")
	s.Write("issuing.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Read("issuing.der")}))
	says := func(want string) {
		t.Helper()
		out, _ := s.Try("ocsp -issuer issuing.pem -cert leaf.pem -url %s/ocsp -CAfile trust.pem -no_nonce", public)
		if !strings.Contains(out, "leaf.pem: "+want) || !strings.Contains(out, "Response verify OK") {
			t.Errorf("OCSP by POST: %s, want %s", out, want)
		}
		if out, err := s.Try("ocsp -issuer issuing.pem -cert leaf.pem -no_nonce -reqout request.der"); err != nil {
			t.Fatal(out)
		}
		for _, path := range []string{url.PathEscape(base64.StdEncoding.EncodeToString(s.Read("request.der"))), base64.StdEncoding.EncodeToString(s.Read("request.der"))} {
			fetch("/ocsp/"+path, "response.der")
			out, _ = s.Try("ocsp -issuer issuing.pem -cert leaf.pem -respin response.der -CAfile trust.pem -no_nonce")
			if !strings.Contains(out, "leaf.pem: "+want) {
				t.Errorf("OCSP by GET: %s, want %s", out, want)
			}
		}
		fetch("/crl/issuing.crl", "crl.der")
		if out, err := s.Try("crl -inform DER -in crl.der -out crl.pem"); err != nil {
			t.Fatal(out)
		}
		out, err := s.Try("verify -CAfile trust.pem -CRLfile crl.pem -crl_check leaf.pem")
		if (err == nil) != (want == "good") {
			t.Errorf("openssl verify with the list: %s, want %s", out, want)
		}
	}
	says("good")
	if _, _, err := h.office.Revoke(monitorID, pki.KeyCompromise, desk, time.Now()); err != nil {
		t.Fatal(err)
	}
	says("revoked")
	fetch("/crl/"+pki.KeyID(a.Issuing.Cert)+".crl", "same.der")
	if !bytes.Equal(s.Read("same.der"), s.Read("crl.der")) {
		t.Error("by its key identifier the authority has another list")
	}
}
