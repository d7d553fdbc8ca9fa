package enroll_test

import (
	"crypto/ecdsa"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

const monitor = "urn:epc:id:giai:0614141.5678"

var desk = enroll.Caller{Who: "ada"}

// A hall is a CA service with its folder, and what it put on record.
type hall struct {
	t      *testing.T
	dir    string
	office *enroll.Office
	server *enroll.Server
	closed bool // server is

	mu     sync.Mutex // guards events
	events []flow.AuditEvent
}

// newHall makes the office of h1.health.example on disk, a day ago.
func newHall(t *testing.T) *hall {
	t.Helper()
	return newHallSince(t, time.Now().Add(-24*time.Hour))
}

// newHallSince is newHall with authorities made then.
func newHallSince(t *testing.T, then time.Time) *hall {
	t.Helper()
	h := &hall{t: t, dir: filepath.Join(t.TempDir(), "ca")}
	a, err := pki.NewAuthority(pkitest.Name, then)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Save(h.dir, pki.Unsealed()); err != nil {
		t.Fatal(err)
	}
	h.office = h.open()
	return h
}

// open is another process at the same folder.
func (h *hall) open() *enroll.Office {
	h.t.Helper()
	o, err := enroll.OpenOffice(h.dir, func() (*pki.Authority, error) { return pki.LoadAuthority(h.dir, nil) }, h.hear)
	if err != nil {
		h.t.Fatal(err)
	}
	return o
}

func (h *hall) hear(e flow.AuditEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// heard is the newest event about what.
func (h *hall) heard(what string) flow.AuditEvent {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.events) - 1; i >= 0; i-- {
		if h.events[i].What == what {
			return h.events[i]
		}
	}
	return flow.AuditEvent{}
}

// serve opens the office to the network.
func (h *hall) serve(edit ...func(*enroll.Config)) *enroll.Server {
	h.t.Helper()
	cfg := enroll.Config{Office: h.office, Listen: "127.0.0.1:0", Public: "127.0.0.1:0", Names: []string{"127.0.0.1"},
		Registrars: []string{"ada"}, Look: 20 * time.Millisecond}
	for _, f := range edit {
		f(&cfg)
	}
	s, err := enroll.Serve(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.closed = false
	h.t.Cleanup(h.stop)
	h.server = s
	return s
}

func (h *hall) invite(inv enroll.Invitation) enroll.Token {
	h.t.Helper()
	ca := "https://127.0.0.1:7480"
	if h.server != nil {
		ca = h.server.URL()
	}
	tok, err := h.office.Invite(inv, ca, desk, time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return tok
}

func device() enroll.Invitation {
	return enroll.Invitation{Role: flow.RoleDevice, EPC: monitor, Group: "h1/3/icu-3/ecg"}
}

// A token is all that a device needs: it gets a certificate with its EPC and
// its group, and the trust that others are judged by.
func TestEnroll(t *testing.T) {
	h := newHall(t)
	h.serve()
	e, err := enroll.Enroll(t.Context(), h.invite(device()))
	if err != nil {
		t.Fatal(err)
	}
	id := e.Signer.ID
	if id.URI != "spiffe://h1.health.example/device/giai/0614141.5678" || id.Group != "h1/3/icu-3/ecg" || id.Role != flow.RoleDevice {
		t.Errorf("enrolled as %+v", id)
	}
	if len(e.Lists) != 2 {
		t.Errorf("%d revocation lists, want those of the issuing CA and the people CA", len(e.Lists))
	}
	if ev := h.heard("enrol with a token"); ev.Who != id.URI || !ev.Proven || ev.Refused() || ev.From == "" {
		t.Errorf("on record: %+v", ev)
	}
}

// A token is good once.
func TestTokenTwice(t *testing.T) {
	h := newHall(t)
	h.serve()
	tok := h.invite(device())
	if _, err := enroll.Enroll(t.Context(), tok); err != nil {
		t.Fatal(err)
	}
	_, err := enroll.Enroll(t.Context(), tok)
	if !errors.Is(err, enroll.ErrToken) {
		t.Errorf("second use: %v, want ErrToken", err)
	}
	if ev := h.heard("enrol with a token"); !ev.Refused() || ev.Who != tok.Holder || ev.Proven {
		t.Errorf("on record: %+v", ev)
	}
}

// Renewal keeps name and group, and takes a new key.
func TestRenew(t *testing.T) {
	h := newHall(t)
	h.serve()
	e := h.enrolled(device(), 13*time.Hour)
	c := h.client(e)
	next, a, err := c.Renew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if next.ID.URI != e.Signer.ID.URI || next.ID.Group != e.Signer.ID.Group || next.ID.Serial == e.Signer.ID.Serial {
		t.Errorf("renewed %+v to %+v", e.Signer.ID, next.ID)
	}
	if next.Chain[0].PublicKey.(*ecdsa.PublicKey).Equal(e.Signer.Chain[0].PublicKey) || a.Trust == "" {
		t.Error("the key is the old one, or there is no trust in the answer")
	}
}

func (h *hall) client(e *enroll.Enrolled) *enroll.Client {
	h.t.Helper()
	c, err := enroll.NewClient(h.server.URL(), func() flow.Signer { return e.Signer }, pki.NewVerifier(e.Trust))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(c.Close)
	return c
}
