package enroll_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// enrolled is somebody who enrolled a while ago.
func (h *hall) enrolled(inv enroll.Invitation, ago time.Duration) *enroll.Enrolled {
	h.t.Helper()
	then := time.Now().Add(-ago)
	tok, err := h.office.Invite(inv, "https://127.0.0.1:7480", desk, then)
	if err != nil {
		h.t.Fatal(err)
	}
	key, err := pki.NewKey()
	if err != nil {
		h.t.Fatal(err)
	}
	req, err := pki.NewCSR(key)
	if err != nil {
		h.t.Fatal(err)
	}
	chain, err := h.office.Enrol(tok.Secret, req, "", then)
	if err != nil {
		h.t.Fatal(err)
	}
	e := &enroll.Enrolled{Trust: h.office.Authority().Trust()}
	if e.Signer, err = pki.NewSigner(key, chain); err != nil {
		h.t.Fatal(err)
	}
	if e.Signer.ID, err = pki.NewVerifier(e.Trust).Identify(chain, then); err != nil {
		h.t.Fatal(err)
	}
	return e
}

// renewed renews with a new key at a time, as somebody with the old one does.
func renewed(t *testing.T, o *enroll.Office, s flow.Signer, now time.Time) (flow.Signer, error) {
	t.Helper()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	req, err := pki.NewCSR(key)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := o.Renew(s.ID, s.Chain[0], req, "", now)
	if err != nil {
		return flow.Signer{}, err
	}
	next, err := pki.NewSigner(key, chain)
	if err != nil {
		t.Fatal(err)
	}
	if next.ID, err = pki.NewVerifier(o.Authority().Trust()).Identify(chain, now); err != nil {
		t.Fatal(err)
	}
	return next, nil
}

// Whoever has stolen a device's key and renews as often as it can has a handful of
// certificates at the end of a day, and all are revoked at once.
func TestRenewalsAreBounded(t *testing.T) {
	h := newHall(t)
	e, now := h.enrolled(device(), 0), time.Now()
	if _, err := renewed(t, h.office, e.Signer, now.Add(9*time.Hour)); !errors.Is(err, enroll.ErrEarly) {
		t.Errorf("before half of its life: %v, want ErrEarly", err)
	}
	// A lost answer comes again, and an honest holder may start anew.
	req := csr(t, monitorID)
	noon := now.Add(12 * time.Hour)
	first, err := h.office.Renew(e.Signer.ID, e.Signer.Chain[0], req, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		same, err := h.office.Renew(e.Signer.ID, e.Signer.Chain[0], req, "", noon)
		if err != nil || !same[0].Equal(first[0]) {
			t.Fatalf("the same request again: %v", err)
		}
	}
	all := []flow.Signer{e.Signer}
	for round := range 40 { // as it goes on for some days
		at := noon.Add(time.Duration(round) * time.Hour)
		for _, s := range all {
			for range 10 {
				if at.After(s.Chain[0].NotAfter) {
					break
				}
				next, err := renewed(t, h.office, s, at)
				if err == nil {
					all = append(all, next)
				} else if !errors.Is(err, enroll.ErrEarly) && !errors.Is(err, enroll.ErrEnough) {
					t.Fatal(err)
				}
			}
		}
		live := 0
		for _, s := range all {
			if at.Before(s.Chain[0].NotAfter) {
				live++
			}
		}
		if live > 4 {
			t.Fatalf("%v later %d certificates are good", at.Sub(now), live)
		}
	}
	if len(all) > 15 {
		t.Errorf("%d certificates in two days", len(all))
	}
	_, lists, err := h.office.Revoke(monitor, pki.KeyCompromise, desk, noon.Add(40*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	l, err := pki.ReadList(lists[0])
	if err != nil || len(l.Entries) != len(all)+1 { // and the one whose answer was lost
		t.Errorf("%d are revoked of %d, %v", len(l.Entries), len(all)+1, err)
	}
}

// Who enrols anew has the place to itself: what was issued to whoever has the old
// key renews no more from that moment on, not even by a process that has not heard
// of it, and is on the list.
func TestAgainEvictsTheThief(t *testing.T) {
	h := newHall(t)
	inv := enroll.Invitation{Role: flow.RoleNode, Name: "ward", Hosts: []string{"10.0.0.7"}}
	old := h.enrolled(inv, 13*time.Hour).Signer
	now := time.Now()
	thief, err := renewed(t, h.office, old, now)
	if err != nil {
		t.Fatal(err)
	}
	web, err := h.office.Web(old.ID, old.Chain[0], csr(t, ""), "", now)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := h.open()
	inv.Again = true
	fresh := h.enrolled(inv, 0).Signer
	v := pki.NewVerifier(h.office.Authority().Trust())
	lists, err := h.office.Lists() // signed already
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		if _, err := v.Revoke(l); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range map[string]flow.Signer{"the old": old, "the thief's": thief} {
		if _, err := renewed(t, elsewhere, s, now.Add(12*time.Hour)); !errors.Is(err, enroll.ErrRevoked) {
			t.Errorf("%s certificate: Renew = %v, want ErrRevoked", name, err)
		}
		if _, err := elsewhere.Web(s.ID, s.Chain[0], csr(t, ""), "", now); !errors.Is(err, enroll.ErrRevoked) {
			t.Errorf("%s certificate: Web = %v, want ErrRevoked", name, err)
		}
		if err := v.Holds(s.ID, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s certificate holds: %v", name, err)
		}
	}
	if err := v.CheckWeb(web, "10.0.0.7", now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("the certificate for browsers holds: %v", err)
	}
	if err := v.Holds(fresh.ID, now); err != nil {
		t.Error(err)
	}
	if _, err := renewed(t, elsewhere, fresh, now.Add(12*time.Hour)); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

// One serial number is revoked by one process: by another nothing is exchanged
// for it from then on.
func TestRevokedSerialRenewsNothing(t *testing.T) {
	h := newHall(t)
	own := h.enrolled(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Hosts: []string{"10.0.0.7"}}, 13*time.Hour).Signer
	other := h.open()
	if _, err := h.office.RevokeSerial(own.ID.Serial, pki.KeyCompromise, desk, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := renewed(t, other, own, time.Now()); !errors.Is(err, enroll.ErrRevoked) {
		t.Errorf("Renew = %v, want ErrRevoked", err)
	}
	if _, err := other.Web(own.ID, own.Chain[0], csr(t, ""), "", time.Now()); !errors.Is(err, enroll.ErrRevoked) {
		t.Errorf("Web = %v, want ErrRevoked", err)
	}
}

// However many certificates for browsers a node has had, all go with the node; and
// it has not many.
func TestAllWebCertificatesGo(t *testing.T) {
	h := newHall(t)
	own := h.enrolled(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Hosts: []string{"10.0.0.7"}}, 13*time.Hour).Signer
	now, n := time.Now(), 0
	for range 20 {
		_, err := h.office.Web(own.ID, own.Chain[0], csr(t, ""), "", now)
		switch {
		case err == nil:
			n++
		case !errors.Is(err, enroll.ErrEnough):
			t.Fatal(err)
		}
	}
	if n == 0 || n > 4 {
		t.Errorf("%d certificates for browsers at once", n)
	}
	_, lists, err := h.office.Revoke("node/ward", pki.KeyCompromise, desk, now)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := pki.ReadList(lists[0]); err != nil || len(l.Entries) != n+1 {
		t.Errorf("%d are revoked of %d, %v", len(l.Entries), n+1, err)
	}
}

// A patient's card signs and opens no connection: the service neither renews it
// nor tells it the news.
func TestPatientsDoNotCall(t *testing.T) {
	h := newHall(t)
	h.serve()
	card, err := h.office.Authority().Enroll(pki.Request{Role: flow.RolePatient, Name: "p-7f3a"}, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	c := h.client(&enroll.Enrolled{Signer: card, Trust: h.office.Authority().Trust()})
	_, newsErr := c.News(t.Context(), "")
	_, _, renewErr := c.Renew(t.Context())
	for what, err := range map[string]error{"GET /v1/crl": newsErr, "POST /v1/renew": renewErr} {
		if err == nil || !strings.Contains(err.Error(), pki.ErrDirection.Error()) {
			t.Errorf("%s: %v, want %v", what, err, pki.ErrDirection)
		}
		if ev := h.heard(what + " at the CA service"); !ev.Refused() || ev.Who != card.ID.URI {
			t.Errorf("%s: on record: %+v", what, ev)
		}
	}
}

// Whatever is refused is on record, and one caller does not fill it.
func TestRefusalsAreOnRecord(t *testing.T) {
	h := newHall(t)
	s := h.serve(func(c *enroll.Config) { c.Gate.Rate, c.Gate.All = 1e6, 1e6 })
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	send := func(method, path, kind, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for _, tt := range []struct{ method, path, kind, body, why string }{
		{"POST", "/v1/tokens", "application/json", "{}", "show a certificate"},
		{"POST", "/v1/revoke", "application/json", "{}", "show a certificate"},
		{"POST", "/v1/reinstate", "application/json", "{}", "show a certificate"},
		{"POST", "/v1/renew", "application/json", "{}", "show a certificate"},
		{"GET", "/v1/holders", "", "", "show a certificate"},
		{"POST", "/v1/enroll", "application/json", "{", "body"},
		{"POST", "/.well-known/est/simpleenroll", "application/pkcs10", "AAAA", "token"},
		{"GET", "/v1/elsewhere", "", "", "Not Found"},
	} {
		send(tt.method, tt.path, tt.kind, tt.body)
		if ev := h.heard(tt.method + " " + tt.path + " at the CA service"); !ev.Refused() || ev.Proven || ev.From == "" || !strings.Contains(ev.Why, tt.why) {
			t.Errorf("%s %s is on record as %+v", tt.method, tt.path, ev)
		}
	}
	for range 200 {
		send("GET", "/v1/holders", "", "")
	}
	h.mu.Lock()
	n := len(h.events)
	h.mu.Unlock()
	if n > 40 {
		t.Errorf("%d events of one caller", n)
	}
}

// Questions of OCSP are bounded by address.
func TestOCSPIsBounded(t *testing.T) {
	h := newHall(t)
	_, public := h.serve().Handlers()
	last := 0
	for range 700 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/ocsp", bytes.NewReader([]byte{1}))
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = "192.0.2.7:1234"
		w := &code{header: http.Header{}}
		public.ServeHTTP(w, r)
		last = w.status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after 700 questions: %d", last)
	}
}

// A code is an answer of which the status is kept.
type code struct {
	header http.Header
	status int
}

func (c *code) Header() http.Header         { return c.header }
func (c *code) Write(b []byte) (int, error) { return len(b), nil }
func (c *code) WriteHeader(status int)      { c.status = status }
