package enroll_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A guest is somebody with a certificate in a folder that a renewer looks after.
type guest struct {
	h        *hall
	dir      string
	verifier *pki.Verifier
	renewed  chan flow.Signer
	renewer  *enroll.Renewer // since start

	mu     sync.Mutex // guards what follows
	own    flow.Signer
	trust  pki.Trust
	events []flow.AuditEvent
	refuse int // so many new certificates are not put into use
}

func (h *hall) guest(inv enroll.Invitation) *guest {
	h.t.Helper()
	e, err := enroll.Enroll(h.t.Context(), h.invite(inv))
	if err != nil {
		h.t.Fatal(err)
	}
	g := &guest{h: h, dir: filepath.Join(h.t.TempDir(), "own"), verifier: pki.NewVerifier(e.Trust), own: e.Signer, trust: e.Trust, renewed: make(chan flow.Signer, 100)}
	if err := pki.SaveSigner(g.dir, e.Signer); err != nil {
		h.t.Fatal(err)
	}
	return g
}

func (g *guest) signer() flow.Signer {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.own
}

func (g *guest) take(_ context.Context, s flow.Signer) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refuse > 0 {
		g.refuse--
		return errors.New("not now")
	}
	g.own = s
	g.renewed <- s
	return nil
}

func (g *guest) hear(e flow.AuditEvent) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
}

// start runs a renewer until the test ends.
func (g *guest) start() {
	t := g.h.t
	t.Helper()
	r, err := enroll.NewRenewer(enroll.RenewerConfig{CA: g.h.server.URL(), Verifier: g.verifier, Own: g.signer,
		Folders: []enroll.Folder{{Dir: g.dir, Renewed: g.take}}, Audit: g.hear,
		Trust: func(tr pki.Trust) error {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.trust = tr
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	g.renewer = r
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

// stands waits until the renewer stands so with the folder.
func (g *guest) stands(what string, ok func(enroll.Standing) bool) {
	g.h.t.Helper()
	g.soon(what, func() bool { return ok(g.renewer.Standings()[g.dir]) })
}

// next is the next certificate that is put into use.
func (g *guest) next() flow.Signer {
	g.h.t.Helper()
	select {
	case s := <-g.renewed:
		return s
	case <-time.After(5 * time.Minute):
		g.h.t.Fatal("no new certificate for five minutes")
		return flow.Signer{}
	}
}

// soon waits until ok.
func (g *guest) soon(what string, ok func() bool) {
	g.h.t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			g.h.t.Fatalf("not within five minutes: %s", what)
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-g.h.t.Context().Done():
		}
	}
}

func (g *guest) told(what, why string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.events {
		if strings.Contains(e.What, what) && strings.Contains(e.Why, why) {
			return true
		}
	}
	return false
}

// A certificate is renewed again and again, each time for a new key; one that
// could not be put into use is offered again; what is on disk is the newest.
func TestRenewer(t *testing.T) {
	h := newHall(t)
	h.serve()
	g := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Life: 8 * time.Second})
	g.refuse = 2
	g.start()
	last := g.signer()
	g.stands("the renewer says when", func(s enroll.Standing) bool { return s.Failed == "" && !s.Due.IsZero() })
	for range 3 {
		s := g.next()
		if s.ID.URI != last.ID.URI || s.ID.Serial == last.ID.Serial {
			t.Errorf("renewed from %+v to %+v", last.ID, s.ID)
		}
		if s.Chain[0].PublicKey.(*ecdsa.PublicKey).Equal(last.Chain[0].PublicKey) {
			t.Error("the key is the old one")
		}
		if now := time.Now(); now.After(last.Chain[0].NotAfter) {
			t.Errorf("renewed at %v, after the end %v", now, last.Chain[0].NotAfter)
		}
		disk, err := pki.LoadSigner(g.dir)
		if err != nil || disk.ID.Serial != s.ID.Serial {
			t.Errorf("on disk is %+v, %v", disk.ID, err)
		}
		last = s
	}
	if !g.told("renew the certificate of spiffe://h1.health.example/node/ward", "") {
		t.Error("renewals are not on record")
	}
}

// While the service is away the renewer says so, late, and at the end says what
// to do; what somebody puts into the folder then is taken.
func TestRenewerWithoutService(t *testing.T) {
	h := newHall(t)
	h.serve()
	g := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Life: 4 * time.Second})
	h.stop()
	g.start()
	g.soon("it is said that the certificate is old", func() bool { return g.told("renew the certificate", "CA service") })
	if now, end := time.Now(), g.signer().Chain[0].NotAfter; now.Before(end.Add(-3 * time.Second)) {
		t.Errorf("it was said too early: %v before the end", end.Sub(now))
	}
	g.stands("it stands so", func(s enroll.Standing) bool { return strings.Contains(s.Failed, "CA service") && !s.At.IsZero() })
	g.soon("it is said that the certificate has ended", func() bool { return g.told("keep its certificate", "enrol again with a token") })
	h.serve(func(c *enroll.Config) { c.Listen = strings.TrimPrefix(h.server.URL(), "https://") })
	e, err := enroll.Enroll(t.Context(), h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Life: 8 * time.Second})) // as at first
	if err != nil {
		t.Fatal(err)
	}
	if err := pki.SaveSigner(g.dir, e.Signer); err != nil {
		t.Fatal(err)
	}
	if s := g.next(); s.ID.Serial != e.Signer.ID.Serial {
		t.Errorf("took %+v, want what was put into the folder", s.ID)
	}
	if s := g.next(); s.ID.URI != e.Signer.ID.URI {
		t.Errorf("renewed to %+v", s.ID)
	}
	g.stands("nothing fails any more", func(s enroll.Standing) bool { return s.Failed == "" })
}

// stop closes the service.
func (h *hall) stop() {
	h.t.Helper()
	if h.closed {
		return
	}
	h.closed = true
	if err := h.server.Close(); err != nil {
		h.t.Error(err)
	}
}

// What is revoked is in force with the renewer in a moment.
func TestRenewerHearsOfRevocations(t *testing.T) {
	h := newHall(t)
	h.serve()
	g := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "ward"})
	g.start()
	id := h.guest(device()).own.ID
	if err := g.verifier.Holds(id, time.Now()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, _, err := h.open().Revoke(monitorID, pki.KeyCompromise, desk, start); err != nil {
		t.Fatal(err)
	}
	g.soon("the device is revoked", func() bool { return errors.Is(g.verifier.Holds(id, time.Now()), pki.ErrRevoked) })
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// The root is rolled over while everybody works: who renews follows, old and new
// believe each other, and then the old root goes.
func TestRollOver(t *testing.T) {
	h := newHall(t)
	h.serve()
	ward := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "ward", Life: 40 * time.Second})
	away := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "away"}) // hears of nothing
	ward.start()
	old := ward.signer()

	roll := func() (was [32]byte) {
		t.Helper()
		a, err := pki.LoadAuthority(h.dir)
		if err != nil {
			t.Fatal(err)
		}
		next, err := a.Roll(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := next.SaveBeside(h.dir, pki.Unsealed()); err != nil {
			t.Fatal(err)
		}
		chain := a.Issuing.Chain()
		return sha(chain[len(chain)-1].Raw)
	}
	was := roll()
	ward.soon("both roots are believed", func() bool { return len(ward.verifier.Trust().Roots) == 2 })
	fresh := h.guest(enroll.Invitation{Role: flow.RoleNode, Name: "fresh"})
	now := time.Now()
	for _, tt := range []struct {
		name string
		by   *pki.Verifier
		who  flow.Signer
	}{
		{"who followed, of a new one", ward.verifier, fresh.own}, {"a new one, of an old one", fresh.verifier, old},
		{"who has not heard, of a new one", away.verifier, fresh.own}, {"a new one, of who has not heard", fresh.verifier, away.own},
	} {
		if _, err := tt.by.Identify(tt.who.Chain, now); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// It renews below the new root without waiting for half of its life.
	below := ward.next()
	if _, err := fresh.verifier.Identify(below.Chain, time.Now()); err != nil || time.Now().After(part(old, 0.5)) {
		t.Errorf("renewed at %v: %v", time.Now(), err)
	}
	if err := pki.Withdraw(h.dir, was); err != nil {
		t.Fatal(err)
	}
	ward.soon("the old root is not believed", func() bool { return len(ward.verifier.Trust().Roots) == 1 })
	if _, err := ward.verifier.Identify(away.own.Chain, time.Now()); err == nil {
		t.Error("who stayed below the old root is believed")
	}
	if _, err := ward.verifier.Identify(fresh.own.Chain, time.Now()); err != nil {
		t.Error(err)
	}
	if !ward.told("change whom this node trusts", "") {
		t.Error("the change of trust is not on record")
	}
}

func part(s flow.Signer, of float64) time.Time {
	c := s.Chain[0]
	from := c.NotBefore.Add(time.Minute)
	return from.Add(time.Duration(of * float64(c.NotAfter.Sub(from))))
}
