package listeners_test

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/apps/trial/listeners"
)

const patience = 2 * time.Minute

var update = flag.Bool("update", false, "write the golden list anew")

// A door is one listener by its name.
type door struct {
	name, addr string
	mutual     bool // lets nobody in without a certificate
	plain      bool // has no TLS: what it gives proves itself
}

func doors(h *housetest.House) []door {
	all := []door{{name: "ca service", addr: h.CA.Addrs()[0].String()}, {name: "ca public", addr: h.CA.Addrs()[1].String(), plain: true}}
	for _, n := range housetest.Nodes {
		c := h.Configs[n]
		all = append(all, door{name: string(n) + " door", addr: c.Door, mutual: true}, door{name: string(n) + " control", addr: c.Control})
		if c.Ingest.HTTPS != "" {
			all = append(all, door{name: string(n) + " ingest https", addr: c.Ingest.HTTPS, mutual: true}, door{name: string(n) + " ingest mqtt", addr: c.Ingest.MQTT, mutual: true})
		}
	}
	return all
}

func open(t *testing.T) *housetest.House {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	return housetest.Open(t, housetest.Config{})
}

// What strangers meet: exactly the listeners of the list, none of them without
// TLS 1.3 but for the one that gives out revocation lists, and behind it nothing
// without a certificate.
func TestStrangers(t *testing.T) {
	if _, err := os.Stat("/proc/self/net/tcp"); err != nil {
		t.Skipf("sockets can't be listed here: %v", err)
	}
	h := open(t)
	all := doors(h)
	t.Run("list", func(t *testing.T) { golden(t, all) })
	for _, d := range all {
		if d.plain {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			plain(t, d)
			oldTLS(t, d)
			if d.mutual {
				nobody(t, d)
			}
		})
	}
	for _, n := range housetest.Nodes {
		t.Run(string(n)+" API", func(t *testing.T) { api(t, "https://"+h.Configs[n].Control) })
	}
	t.Run("CA API", func(t *testing.T) { authority(t, "https://"+h.CA.Addrs()[0].String()) })
	t.Run("CA's word", func(t *testing.T) { named(t, all[0]) })
	t.Run("CA public", func(t *testing.T) { public(t, "http://"+h.CA.Addrs()[1].String()) })
}

// golden holds the sockets of this process to the list.
func golden(t *testing.T, all []door) {
	names := map[netip.AddrPort]string{}
	for _, d := range all {
		names[netip.MustParseAddrPort(d.addr)] = d.name
	}
	sockets, err := listeners.Listening()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sockets {
		name, ok := names[s.Addr]
		if !ok || s.Net != "tcp" {
			name = "nobody knows " + s.String()
		}
		got = append(got, name)
	}
	slices.Sort(got)
	text := strings.Join(got, "\n") + "\n"
	const file = "testdata/listeners.txt"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("this process listens at\n%s\nand should at\n%s", text, want)
	}
}

// plain speaks HTTP and MQTT without TLS.
func plain(t *testing.T, d door) {
	for what, say := range map[string]string{
		"HTTP": "GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n",
		"MQTT": "\x10\x0e\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x01m",
		"h2":   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
	} {
		c, err := net.Dial("tcp", d.addr)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		c.Write([]byte(say))
		got, err := io.ReadAll(c)
		c.Close()
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Errorf("%s: plain %s keeps the connection", d.name, what)
		}
		// An alert of TLS at most, or net/http's word that this is not for it.
		if len(got) > 0 && got[0] != 21 && !strings.HasPrefix(string(got), "HTTP/1.0 400 ") {
			t.Errorf("%s: plain %s was answered with %.200q", d.name, what, got)
		}
	}
}

// oldTLS offers TLS 1.2 at most.
func oldTLS(t *testing.T, d door) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", d.addr, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version})
		if err == nil {
			c.Close()
			t.Errorf("%s speaks %s", d.name, tls.VersionName(version))
		}
	}
}

// nobody does a handshake without a certificate, and asks all the same.
func nobody(t *testing.T, d door) {
	for _, protos := range [][]string{nil, {"h2"}, {"http/1.1"}, {"mqtt"}} {
		c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", d.addr, &tls.Config{InsecureSkipVerify: true, NextProtos: protos})
		if err != nil {
			continue
		}
		c.SetDeadline(time.Now().Add(patience))
		c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		got, err := io.ReadAll(c)
		c.Close()
		if timeout, ok := err.(net.Error); len(got) > 0 || err == nil || ok && timeout.Timeout() {
			t.Errorf("%s: with %q nobody was answered %.200q, %v", d.name, protos, got, err)
		}
	}
}

// stranger is an HTTP client without a certificate.
func stranger(t *testing.T) *http.Client {
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

func ask(t *testing.T, c *http.Client, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// api asks everything of the control API that is written down anywhere.
func api(t *testing.T, at string) {
	c := stranger(t)
	for _, path := range []string{"/api/v1/status", "/api/v1/apps", "/api/v1/apps/ward", "/api/v1/nodes", "/api/v1/actors", "/api/v1/links", "/api/v1/audit", "/api/v1/refusals",
		"/api/v1/events", "/api/v1/session", "/api/v1/register", "/api/v1/revocations", "/api/v1/policy", "/api/v1/none", "/api/", "/chain/rpc"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			if method == http.MethodPost && path == "/api/v1/session" {
				continue // where a login link is handed in: see below
			}
			code, body := ask(t, c, method, at+path, "{}")
			if code != http.StatusUnauthorized && code != http.StatusForbidden && code != http.StatusMethodNotAllowed && code != http.StatusNotFound {
				t.Errorf("%s %s: a stranger was answered %d: %.200s", method, path, code, body)
			}
			if code == http.StatusNotFound && strings.HasPrefix(path, "/api") {
				t.Errorf("%s %s: a stranger hears what there is not", method, path)
			}
		}
	}
	if code, body := ask(t, c, http.MethodPost, at+"/api/v1/session", `{"code":"0000"}`); code < 400 {
		t.Errorf("a login that was never given out: %d: %s", code, body)
	}
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/metrics", "/.git/config", "/../../etc/passwd"} {
		if code, body := ask(t, c, http.MethodGet, at+path, ""); code == http.StatusOK && !strings.Contains(body, "<!doctype html>") && !strings.Contains(body, "<!DOCTYPE html>") {
			t.Errorf("%s: a stranger was answered %d: %.200s", path, code, body)
		}
	}
}

// authority asks the CA service for what only others may have.
func authority(t *testing.T, at string) {
	c := stranger(t)
	for _, r := range []struct{ method, path string }{
		{http.MethodPost, "/v1/enroll"}, {http.MethodPost, "/v1/renew"}, {http.MethodPost, "/v1/tokens"}, {http.MethodPost, "/v1/web"}, {http.MethodGet, "/v1/holders"},
		{http.MethodPost, "/v1/revoke"}, {http.MethodPost, "/v1/reinstate"},
		{http.MethodPost, "/.well-known/est/simpleenroll"}, {http.MethodPost, "/.well-known/est/simplereenroll"}, {http.MethodGet, "/debug/pprof/"}, {http.MethodGet, "/"},
	} {
		if code, body := ask(t, c, r.method, at+r.path, "{}"); code < 400 || code >= 500 {
			t.Errorf("%s %s: a stranger was answered %d: %.200s", r.method, r.path, code, body)
		}
	}
}

// public asks the listener without TLS for more than lists.
func public(t *testing.T, at string) {
	c := stranger(t)
	for _, path := range []string{"/v1/enroll", "/v1/renew", "/v1/tokens", "/v1/holders", "/.well-known/est/simpleenroll", "/.well-known/est/cacerts", "/v1/trust", "/", "/debug/pprof/"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if code, body := ask(t, c, method, at+path, "{}"); code != http.StatusNotFound && code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s without TLS: %d: %.200s", method, path, code, body)
			}
		}
	}
}

// named asks for what a listener's certificate says may be asked about it.
func named(t *testing.T, d door) {
	c, err := tls.Dial("tcp", d.addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	leaf := c.ConnectionState().PeerCertificates[0]
	if len(leaf.CRLDistributionPoints) != 1 || len(leaf.IssuingCertificateURL) != 1 || len(leaf.OCSPServer) != 1 {
		t.Fatalf("the certificate names lists at %q, its issuer at %q, OCSP at %q: want one of each", leaf.CRLDistributionPoints, leaf.IssuingCertificateURL, leaf.OCSPServer)
	}
	_, list := ask(t, stranger(t), http.MethodGet, leaf.CRLDistributionPoints[0], "")
	if _, err := x509.ParseRevocationList([]byte(list)); err != nil {
		t.Errorf("%s: %v", leaf.CRLDistributionPoints[0], err)
	}
	_, issuer := ask(t, stranger(t), http.MethodGet, leaf.IssuingCertificateURL[0], "")
	if ca, err := x509.ParseCertificate([]byte(issuer)); err != nil || leaf.CheckSignatureFrom(ca) != nil {
		t.Errorf("%s is not the issuer: %v", leaf.IssuingCertificateURL[0], err)
	}
}

// The list has eyes: it sees a socket that was just opened.
func TestListening(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	defer udp.Close()
	all, err := listeners.Listening()
	if err != nil {
		t.Skipf("sockets can't be listed here: %v", err)
	}
	for _, want := range []string{"tcp " + tcp.Addr().String(), "udp6 " + udp.LocalAddr().String()} {
		if !slices.ContainsFunc(all, func(s listeners.Socket) bool { return s.String() == want }) {
			t.Errorf("%s is not among %v", want, fmt.Sprint(all))
		}
	}
}
