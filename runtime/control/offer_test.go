package control_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
)

// Browsers are told which authorities' certificates to offer, also when those
// change; our own clients are told nothing, and a caller without any gets in as
// far as the log-in.
func TestBrowsersOfferTheRightCertificates(t *testing.T) {
	var mu sync.Mutex
	var callers []*x509.Certificate
	b := newBench(t, func(c *control.Config) {
		c.Callers = func() []*x509.Certificate {
			mu.Lock()
			defer mu.Unlock()
			return callers
		}
	})
	first, second := b.h.Staff("admin").Chain[1], b.h.Rogue().Staff("admin").Chain[1]
	offered := func(protos ...string) [][]byte {
		var got [][]byte
		conf := &tls.Config{InsecureSkipVerify: true, NextProtos: protos, GetClientCertificate: func(cri *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			got = cri.AcceptableCAs
			return &tls.Certificate{}, nil
		}}
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}
		resp, err := c.Get(b.url + "/api/v1/session")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("without a certificate: %s, %v", resp.Status, err)
		}
		return got
	}
	for _, c := range []*x509.Certificate{first, second} {
		mu.Lock()
		callers = []*x509.Certificate{c}
		mu.Unlock()
		if got := offered("http/1.1"); len(got) != 1 || !bytes.Equal(got[0], c.RawSubject) {
			t.Errorf("a browser is told %q, want %q", got, c.RawSubject)
		}
		if got := offered("http/1.1", control.ClientProto); len(got) != 0 {
			t.Errorf("our own client is told %q", got)
		}
	}
	if status, _, body := b.do(b.browser(b.h.Staff("admin")), "GET", "/api/v1/session", ""); status != http.StatusOK {
		t.Errorf("who has one: %d %s", status, body)
	}
}
