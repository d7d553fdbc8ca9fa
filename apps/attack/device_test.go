package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A device is a client of HTTPS with a certificate, honest or not.
type device struct {
	t    *testing.T
	who  flow.Signer
	http *http.Client
	made atomic.Int32 // connections
}

// newDevice makes a client that shows a certificate and believes any server: what
// matters here is what the server believes.
func newDevice(t *testing.T, who flow.Signer) *device {
	d := &device{t: t, who: who}
	d.http = &http.Client{Timeout: 4 * patience, Transport: &http.Transport{TLSClientConfig: shows(who), ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			d.made.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		}}}
	t.Cleanup(d.http.CloseIdleConnections)
	return d
}

// says is what an ingest port answers.
type says struct {
	Status    int
	Detail    string
	After     string // Retry-After
	Elsewhere string
	Outcomes  []struct {
		Stream, Outcome, Reason, Clause string
		Seq                             uint64
	}
	again bool // it had been sent before, and was not answered for good
}

// post posts a body to a listener.
func (d *device) post(addr, path, kind string, body []byte) (s says, err error) {
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, "https://"+addr+path, bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	r.Header.Set("Content-Type", kind)
	resp, err := d.http.Do(r)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return s, err
	}
	_ = json.Unmarshal(b, &s) // what is no JSON says nothing
	s.Status, s.After = resp.StatusCode, resp.Header.Get("Retry-After")
	if s.Detail == "" {
		s.Detail = string(b[:min(len(b), 300)])
	}
	return s, nil
}

// get fetches something.
func (d *device) get(addr, path string) (status int, body string, err error) {
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, "https://"+addr+path, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := d.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, string(b), err
}

// A reading is one, as a device writes it in JSON.
type reading struct {
	Device string    `json:"device,omitempty"`
	Group  string    `json:"group,omitempty"`
	Stream string    `json:"stream"`
	Seq    uint64    `json:"seq"`
	Kind   string    `json:"kind"`
	Unit   string    `json:"unit"`
	At     time.Time `json:"at"`
	Value  string    `json:"value"`
}

// temperature is one of the thermometer's readings. The numbers of a stream go on
// through all attacks.
func temperature(seq uint64, value string) reading {
	return reading{Stream: "temp", Seq: seq, Kind: "8310-5", Unit: "Cel", At: time.Now().UTC(), Value: value}
}

// send posts readings; later ones are tried again while the node says "later".
func (d *device) send(addr string, rs ...reading) (s says, err error) {
	var v any = rs
	if len(rs) == 1 {
		v = rs[0]
	}
	b, err := json.Marshal(v)
	if err != nil {
		return s, err
	}
	again := false
	for deadline := time.Now().Add(6 * patience); ; again = true {
		s, err = d.post(addr, "/v1/readings", "application/json", b)
		s.again = again
		if err != nil || s.Status != http.StatusServiceUnavailable && s.Status != http.StatusTooManyRequests || time.Now().After(deadline) {
			return s, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-d.t.Context().Done():
			return s, context.Cause(d.t.Context())
		}
	}
}

// outcome is that of one reading that was sent.
func (s says) outcome() string {
	if len(s.Outcomes) != 1 {
		return fmt.Sprintf("status %d: %s", s.Status, s.Detail)
	}
	return s.Outcomes[0].Outcome
}

// stored reports whether a reading that was sent is stored now: at once, or while
// its device was told to send it once more.
func (s says) stored() bool {
	return s.outcome() == "accepted" || s.again && s.outcome() == "already"
}

// mustSend sends one reading that must come to be stored.
func (d *device) mustSend(addr string, r reading) {
	d.t.Helper()
	s, err := d.send(addr, r)
	if err != nil || !s.stored() {
		d.t.Fatalf("the honest reading %d of %s was not accepted: %d %s %v %v", r.Seq, r.Stream, s.Status, s.Detail, s.Outcomes, err)
	}
}

// mustNot sends a reading that must not be accepted, and says what became of it.
func (d *device) mustNot(addr string, r reading) string {
	d.t.Helper()
	s, err := d.send(addr, r)
	if err != nil {
		return err.Error()
	}
	if o := s.outcome(); s.Status < 300 || o == "accepted" {
		d.t.Fatalf("reading %d of %s was accepted: %d %v", r.Seq, r.Stream, s.Status, s.Outcomes)
	}
	return fmt.Sprintf("%d %s", s.Status, s.Detail)
}

// refusedHTTPS is why a listener of HTTPS refuses a client that shows a
// certificate, in the handshake or with a status; "" when it does not.
func refusedHTTPS(t *testing.T, addr, path string, cert *tls.Certificate) string {
	conf := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
	if cert != nil {
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
	tr := &http.Transport{TLSClientConfig: conf}
	defer tr.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: tr, Timeout: 2 * patience}).Do(r)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			t.Fatal(err)
		}
		return err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return fmt.Sprintf("%d %s", resp.StatusCode, b)
	}
	return ""
}

func now() time.Time { return time.Now().UTC() }

// certOf is a signer as crypto/tls wants it.
func certOf(s flow.Signer) *tls.Certificate {
	c := &tls.Certificate{PrivateKey: s.Key}
	for _, x := range s.Chain {
		c.Certificate = append(c.Certificate, x.Raw)
	}
	return c
}
