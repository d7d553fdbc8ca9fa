package enroll_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A server with another root is found out before it is shown the token, also
// when it hands out the right root's certificate.
func TestWrongRoot(t *testing.T) {
	h := newHall(t)
	right := h.serve()
	tok := h.invite(device())
	rogue := pkitest.New(t).Rogue()
	trustOf := func(o *enroll.Office) string {
		var b strings.Builder
		for _, c := range o.Authority().Trust().Certificates() {
			b.WriteString(pemOf(c))
		}
		return b.String()
	}
	for _, tt := range []struct {
		name  string
		trust string
		own   pki.WebRequest
	}{
		{"its own root", pemOf(rogue.Authority.Trust().Certificates()...), pki.WebRequest{DNS: []string{"ca.h1.health.example"}}},
		{"the right root handed out", trustOf(h.office), pki.WebRequest{DNS: []string{"ca.h1.health.example"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var shown atomic.Bool
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				if strings.Contains(string(b), tok.Secret) {
					shown.Store(true)
				}
				io.WriteString(w, tt.trust)
			}))
			own, err := rogue.Authority.EnrollWeb(tt.own, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			cert, err := pki.Certificate(own)
			if err != nil {
				t.Fatal(err)
			}
			s.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
			s.Config.ErrorLog = nil
			s.StartTLS()
			defer s.Close()
			bad := tok
			bad.CA = s.URL
			if _, err := enroll.Enroll(t.Context(), bad); err == nil {
				t.Fatal("enrolled with a wrong server")
			} else if tt.name == "its own root" && !errors.Is(err, enroll.ErrRoot) {
				t.Errorf("%v, want ErrRoot", err)
			}
			if shown.Load() {
				t.Error("the token was shown to a wrong server")
			}
		})
	}
	// A node of the hospital, with a certificate for browsers of its own, is not
	// the CA service either.
	node, err := h.office.Authority().EnrollWeb(pki.WebRequest{DNS: []string{"ward.h1.health.example"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	err = pki.NewVerifier(h.office.Authority().Trust()).CheckWeb(node.Chain, "ca.h1.health.example", time.Now())
	if err == nil {
		t.Error("a node passes for the CA service")
	}
	if tok.CA != right.URL() {
		t.Errorf("the token is for %s, the service at %s", tok.CA, right.URL())
	}
	if _, err := enroll.Enroll(t.Context(), tok); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// Who is revoked does not get in by what was signed before, either: certificates
// that have ended, but count for what comes late, are on the list with the newest.
func TestRevokeWhatHasEnded(t *testing.T) {
	now := time.Now()
	h := newHallSince(t, now.Add(-60*24*time.Hour))
	epc, err := pki.ParseEPC(monitor)
	if err != nil {
		t.Fatal(err)
	}
	req := pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg", Life: time.Hour}
	var all []flow.Identity
	for _, ended := range []time.Duration{-time.Hour, time.Hour, pki.Late - time.Hour, pki.Late + time.Hour} {
		s, err := h.office.Authority().Enroll(req, now.Add(-time.Hour-ended))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s.ID)
	}
	v := pki.NewVerifier(h.office.Authority().Trust())
	on := func(what string, lists [][]byte, err error, want ...bool) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lists {
			if _, err := v.Revoke(l); err != nil {
				t.Fatal(err)
			}
		}
		for i, id := range all {
			if _, is := v.Revoked(id); is != want[i] {
				t.Errorf("%s: certificate %d is on the list: %v", what, i, is)
			}
		}
	}
	_, lists, err := h.office.Revoke(monitorID, pki.CertificateHold, desk, now)
	on("suspended", lists, err, true, true, true, false)
	_, lists, err = h.office.Reinstate(monitorID, desk, now)
	on("reinstated", lists, err, false, false, false, false)
	_, lists, err = h.office.Revoke(monitorID, pki.KeyCompromise, desk, now)
	on("revoked", lists, err, true, true, true, false)
}

// Whoever is suspended or revoked gets nothing renewed, and is on the list;
// whoever is reinstated does.
func TestRevoke(t *testing.T) {
	h := newHall(t)
	h.serve()
	e := h.enrolled(device(), 13*time.Hour)
	c := h.client(e)
	v := pki.NewVerifier(e.Trust)
	refused := func(what string, want bool, lists [][]byte) {
		t.Helper()
		for _, l := range lists {
			if _, err := v.Revoke(l); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if err := v.Holds(e.Signer.ID, time.Now()); errors.Is(err, pki.ErrRevoked) != want {
			t.Errorf("%s: Holds = %v", what, err)
		}
		h.settled(lists)
		_, _, err := c.Renew(t.Context())
		if (err != nil) != want {
			t.Errorf("%s: Renew = %v", what, err)
		}
	}
	_, lists, err := h.office.Revoke(monitor, pki.CertificateHold, desk, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	refused("suspended", true, lists)
	_, lists, err = h.office.Reinstate("device/giai/0614141.5678", desk, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	refused("reinstated", false, lists)
	// In another process, which the service hears of by its folder.
	if _, _, err := h.open().Revoke("0614141.5678x", pki.KeyCompromise, desk, time.Now()); err == nil {
		t.Error("a device was found by what is not its name")
	}
	if _, lists, err = h.open().Revoke(monitorID, pki.KeyCompromise, desk, time.Now()); err != nil {
		t.Fatal(err)
	}
	refused("revoked", true, lists)
	if _, _, err := h.office.Reinstate(monitorID, desk, time.Now()); !errors.Is(err, enroll.ErrRevoked) {
		t.Errorf("reinstate a revoked one: %v", err)
	}
	if ev := h.heard("POST /v1/renew at the CA service"); ev.Who != monitorID || !ev.Refused() || ev.From == "" {
		t.Errorf("on record: %+v", ev)
	}
	holders, err := h.office.Holders(time.Now())
	if err != nil || len(holders) != 1 || holders[0].State != enroll.Revoked || holders[0].Reason != "keyCompromise" || len(holders[0].Certificates) != 2 {
		t.Errorf("registered: %+v, %v", holders, err)
	}
}

// settled waits until the service has these lists in force.
func (h *hall) settled(lists [][]byte) {
	h.t.Helper()
	e := h.client(&enroll.Enrolled{Signer: h.staff("look"), Trust: h.office.Authority().Trust()})
	for deadline := time.Now().Add(5 * time.Minute); ; {
		n, err := e.News(h.t.Context(), "")
		if err == nil && len(n.Lists) > 0 {
			have := map[string]uint64{}
			for _, der := range n.Lists {
				l, err := pki.ReadList(der)
				if err != nil {
					h.t.Fatal(err)
				}
				have[l.Issuer] = l.Number
			}
			late := false
			for _, der := range lists {
				l, _ := pki.ReadList(der)
				late = late || have[l.Issuer] < l.Number
			}
			if !late {
				return
			}
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("the service has not heard of the lists: %v", err)
		}
	}
}

// staff makes the card of a member of staff.
func (h *hall) staff(name string) flow.Signer {
	h.t.Helper()
	s, err := h.office.Authority().Enroll(pki.Request{Role: flow.RoleStaff, Name: name}, time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// Registrars may invite and revoke over the network; a nurse, a device and a
// stranger may not, and are on record.
func TestRegistrars(t *testing.T) {
	h := newHall(t)
	h.serve()
	trust := h.office.Authority().Trust()
	as := func(s flow.Signer) *enroll.Client { return h.client(&enroll.Enrolled{Signer: s, Trust: trust}) }
	ada := as(h.staff("ada"))
	tok, err := ada.Invite(t.Context(), device())
	if err != nil {
		t.Fatal(err)
	}
	mon, err := enroll.Enroll(t.Context(), tok)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.Invite(t.Context(), device()); !errors.Is(err, enroll.ErrExists) {
		t.Errorf("twice: %v, want ErrExists", err)
	}
	stranger := pkitest.New(t).Rogue().Staff("ada")
	for name, c := range map[string]*enroll.Client{"nurse": as(h.staff("n-17")), "device": as(mon.Signer)} {
		for what, try := range map[string]func() error{
			"POST /v1/tokens": func() error {
				_, err := c.Invite(t.Context(), enroll.Invitation{Role: flow.RoleNode, Name: "evil"})
				return err
			},
			"POST /v1/revoke":    func() error { _, err := c.Revoke(t.Context(), enroll.Change{Who: monitorID}); return err },
			"POST /v1/reinstate": func() error { _, err := c.Reinstate(t.Context(), monitorID); return err },
			"GET /v1/holders":    func() error { _, err := c.Holders(t.Context()); return err },
		} {
			if err := try(); !errors.Is(err, enroll.ErrMayNot) {
				t.Errorf("%s: %s: %v, want ErrMayNot", name, what, err)
			}
			if ev := h.heard(what + " at the CA service"); !ev.Refused() || !ev.Proven || ev.Who == "" {
				t.Errorf("%s: %s: on record: %+v", name, what, ev)
			}
		}
	}
	if _, err := as(stranger).Holders(t.Context()); err == nil {
		t.Error("somebody of another root may see who is registered")
	}
	if ev := h.heard("GET /v1/holders at the CA service"); ev.Proven || ev.Who != stranger.ID.URI {
		t.Errorf("the stranger is on record as %+v", ev)
	}
	if _, err := as(flow.Signer{}).News(t.Context(), ""); err == nil {
		t.Error("somebody without a certificate hears the news")
	}
	got, err := ada.Revoke(t.Context(), enroll.Change{Who: monitor, Reason: "certificateHold"})
	if err != nil || got.Holder.State != enroll.Suspended || len(got.Lists) == 0 {
		t.Errorf("revoke: %+v, %v", got, err)
	}
	if got, err := ada.Reinstate(t.Context(), monitor); err != nil || got.Holder.State != enroll.Active {
		t.Errorf("reinstate: %+v, %v", got, err)
	}
	if got, err := ada.Revoke(t.Context(), enroll.Change{Serial: mon.Signer.ID.Serial}); err != nil || len(got.Lists) == 0 {
		t.Errorf("revoke one certificate: %+v, %v", got, err)
	}
	if all, err := ada.Holders(t.Context()); err != nil || len(all) != 1 || all[0].State != enroll.Active {
		t.Errorf("holders: %+v, %v", all, err)
	}
}

// A renewal takes a new key, the same name, and the present certificate.
func TestRenewalRefused(t *testing.T) {
	h := newHall(t)
	now := time.Now()
	e, err := h.office.Authority().Enroll(pki.Request{Role: flow.RoleNode, Name: "ward", Rule: rule(t), Life: time.Hour}, now.Add(-30*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	same, err := pki.NewCSR(e.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.office.Renew(e.ID, e.Chain[0], same, "", now); !errors.Is(err, pki.ErrCSR) || !strings.Contains(err.Error(), "the key in use") {
		t.Errorf("with the old key: %v", err)
	}
	if _, err := h.office.Renew(e.ID, e.Chain[0], csr(t, "spiffe://h1.health.example/node/other"), "", now); !errors.Is(err, pki.ErrCSR) {
		t.Errorf("for another name: %v", err)
	}
	stranger := pkitest.New(t).Node("tower")
	if _, err := h.office.Renew(stranger.ID, stranger.Chain[0], csr(t, ""), "", now); !errors.Is(err, enroll.ErrUnknown) {
		t.Errorf("of another authority: %v", err)
	}
	chain, err := h.office.Renew(e.ID, e.Chain[0], csr(t, e.ID.URI), "", now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pki.Read(chain[0])
	if err != nil || got.Rule == nil || *got.Rule != *rule(t) || chain[0].NotAfter.Sub(now.Add(time.Hour)).Abs() > 2*time.Second {
		t.Errorf("renewed to %+v until %v, %v; want the same rule and life", got, chain[0].NotAfter, err)
	}
}

func rule(t *testing.T) *pki.RulePin {
	t.Helper()
	pin, err := pki.ParseRulePin("0x00112233445566778899aabbccddeeff00112233@7")
	if err != nil {
		t.Fatal(err)
	}
	return &pin
}

// A node with host names gets a certificate for browsers, which goes when the
// node is revoked.
func TestWeb(t *testing.T) {
	h := newHall(t)
	h.serve()
	e, err := enroll.Enroll(t.Context(), h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Hosts: []string{"10.0.0.7"}}))
	if err != nil {
		t.Fatal(err)
	}
	web, err := h.client(e).Web(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := web.Chain[0].VerifyHostname("10.0.0.7"); err != nil || len(web.Chain[0].DNSNames) > 0 {
		t.Errorf("%v %v", web.Chain[0].DNSNames, err)
	}
	v := pki.NewVerifier(e.Trust)
	if err := v.CheckWeb(web.Chain, "10.0.0.7", time.Now()); err != nil {
		t.Error(err)
	}
	plain, err := enroll.Enroll(t.Context(), h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "plain"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.client(plain).Web(t.Context()); !errors.Is(err, enroll.ErrNoHosts) {
		t.Errorf("without hosts: %v", err)
	}
	_, lists, err := h.office.Revoke("node/ward", pki.KeyCompromise, desk, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		if _, err := v.Revoke(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.CheckWeb(web.Chain, "10.0.0.7", time.Now()); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("of a revoked node: %v", err)
	}
}

// Whoever waits for news has them when something is revoked, and not before.
func TestNews(t *testing.T) {
	h := newHall(t)
	h.serve()
	e, err := enroll.Enroll(t.Context(), h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward"}))
	if err != nil {
		t.Fatal(err)
	}
	other := h.enrolled(device(), 0)
	c := h.client(e)
	first, err := c.News(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan enroll.News)
	go func() {
		n, err := c.News(context.WithoutCancel(t.Context()), first.Cursor)
		if err != nil {
			t.Error(err)
		}
		heard <- n
	}()
	select {
	case n := <-heard:
		t.Fatalf("news before there are any: %+v", n)
	default:
	}
	if _, _, err := h.office.Revoke(other.Signer.ID.URI, pki.CertificateHold, desk, time.Now()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	n := <-heard
	if n.Cursor == first.Cursor || time.Since(start) > 5*time.Second {
		t.Errorf("after %v: %s", time.Since(start), n.Cursor)
	}
}

// What strangers send is bounded and refused in words.
func TestHostileRequests(t *testing.T) {
	h := newHall(t)
	s := h.serve()
	conf := &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}
	for _, tt := range []struct {
		name, method, path, kind, body string
		want                           int
	}{
		{"no body", "POST", "/v1/enroll", "application/json", "", 400},
		{"another type", "POST", "/v1/enroll", "text/plain", "{}", 400},
		{"unknown fields", "POST", "/v1/enroll", "application/json", `{"token":"x","csr":"","admin":true}`, 400},
		{"two values", "POST", "/v1/enroll", "application/json", `{}{}`, 400},
		{"too much", "POST", "/v1/enroll", "application/json", `{"token":"` + strings.Repeat("x", 1<<20) + `"}`, 400},
		{"a bad token", "POST", "/v1/enroll", "application/json", `{"token":"x","csr":"AAAA"}`, 403},
		{"renew as nobody", "POST", "/v1/renew", "application/json", `{"csr":"AAAA"}`, 401},
		{"web as nobody", "POST", "/v1/web", "application/json", `{"csr":"AAAA"}`, 401},
		{"token as nobody", "POST", "/v1/tokens", "application/json", `{}`, 401},
		{"revoke as nobody", "POST", "/v1/revoke", "application/json", `{}`, 401},
		{"holders as nobody", "GET", "/v1/holders", "", "", 401},
		{"news as nobody", "GET", "/v1/crl", "", "", 401},
		{"elsewhere", "GET", "/../../etc/passwd", "", "", 404},
		{"another method", "GET", "/v1/enroll", "", "", 405},
		{"EST without a token", "POST", "/.well-known/est/simpleenroll", "application/pkcs10", "AAAA", 401},
		{"EST as nobody", "POST", "/.well-known/est/simplereenroll", "application/pkcs10", "AAAA", 401},
		{"EST with another type", "POST", "/.well-known/est/simpleenroll", "text/plain", "AAAA", 400},
		{"EST with too much", "POST", "/.well-known/est/simpleenroll", "application/pkcs10", strings.Repeat("A", 1<<20), 400},
		{"a list that is none", "GET", "/crl/evil.crl", "", "", 404},
		{"a list's key", "GET", "/crl/key.pem", "", "", 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL()+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", tt.kind)
			resp, err := client.Do(r)
			if len(tt.body) >= 1<<20 && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) {
				return // cut off while it was still talking: refused as well
			}
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.want {
				t.Errorf("%d %s, want %d", resp.StatusCode, b, tt.want)
			}
		})
	}
	if resp, err := http.Get("http://" + s.Addrs()[0].String() + "/v1/trust"); err == nil {
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS: %s", resp.Status)
		}
	}
	old := &tls.Config{MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	if c, err := tls.Dial("tcp", s.Addrs()[0].String(), old); err == nil {
		c.Close()
		t.Error("TLS 1.2 is spoken")
	}
	for _, path := range []string{"/v1/trust", "/v1/enroll", "/.well-known/est/cacerts"} {
		resp, err := http.Get("http://" + s.Addrs()[1].String() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("on the public listener %s answers %s", path, resp.Status)
		}
	}
}
