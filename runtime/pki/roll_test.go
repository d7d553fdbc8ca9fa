package pki_test

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

func roll(t *testing.T, a *pki.Authority) *pki.Authority {
	t.Helper()
	next, err := a.Roll(time.Now())
	must(t, err)
	return next
}

func enroll(t *testing.T, a *pki.Authority, name string) flow.Signer {
	t.Helper()
	s, err := a.Enroll(pki.Request{Role: flow.RoleNode, Name: name}, time.Now())
	must(t, err)
	return s
}

// A node whose certificate and trust are old, one that has heard of the new
// root, and one that was renewed below it: each speaks to each, both ways. Then
// the old root is withdrawn, and what is below it is refused.
func TestRoll(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	old := h.Authority
	next := roll(t, old)
	nodes := []struct {
		name string
		own  flow.Signer
		v    *pki.Verifier
	}{
		{"not told", enroll(t, old, "a"), pki.NewVerifier(old.Trust())},
		{"told", enroll(t, old, "b"), pki.NewVerifier(next.Trust())},
		{"renewed", enroll(t, next, "c"), pki.NewVerifier(next.Trust())},
	}
	for _, server := range nodes {
		for _, client := range nodes {
			_, serverErr, clientErr := handshake(t,
				pki.ServerTLS(own(server.own), server.v, pki.Only(flow.RoleNode), "h2"), pki.ClientTLS(own(client.own), client.v, pki.Only(flow.RoleNode), "h2"))
			if err := errors.Join(serverErr, clientErr); err != nil {
				t.Errorf("%s calls %s: %v", client.name, server.name, err)
			}
		}
	}

	without := next.Trust().Without(old.Root.Cert)
	if len(without.Roots) != 1 || len(without.Issuers) != 2 || len(without.Cross) != 0 || !without.Root().Equal(next.Root.Cert) {
		t.Fatalf("without the old root: %d roots, %d issuers, %d cross-certificates", len(without.Roots), len(without.Issuers), len(without.Cross))
	}
	for _, n := range nodes[1:] {
		id, err := n.v.Identify(nodes[0].own.Chain, now)
		must(t, err)
		changed := n.v.Changed()
		n.v.SetTrust(without)
		select {
		case <-changed:
		default:
			t.Errorf("%s: nobody was told of the change", n.name)
		}
		if err := n.v.Holds(id, now); !errors.Is(err, pki.ErrStranger) {
			t.Errorf("%s: who was good holds: %v, want %v", n.name, err, pki.ErrStranger)
		}
		if _, err := n.v.Identify(nodes[0].own.Chain, now); !errors.Is(err, pki.ErrStranger) {
			t.Errorf("%s: Identify = %v, want %v", n.name, err, pki.ErrStranger)
		}
		if _, err := n.v.Identify(nodes[2].own.Chain, now); err != nil {
			t.Errorf("%s: the renewed one: Identify = %v", n.name, err)
		}
	}
	if _, err := onlyNew(t, next).Identify(enroll(t, roll(t, next), "d").Chain, now); err != nil {
		t.Errorf("after a second roll-over: %v", err)
	}
}

// onlyNew believes the new root only.
func onlyNew(t *testing.T, a *pki.Authority) *pki.Verifier {
	t.Helper()
	return pki.NewVerifier(a.Trust().Without(a.Old[0].Root.Cert))
}

// A cross-certificate carries only as far as it should: it must be our root's,
// good now, and not revoked, and what follows it must be for our hospital.
func TestCrossRefuses(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	next := roll(t, h.Authority)
	good := enroll(t, next, "a")
	id, err := h.Verifier().Identify(good.Chain, now)
	must(t, err)
	if id != good.ID {
		t.Errorf("Identify = %+v, want %+v", id, good.ID)
	}
	if _, err := pki.NewVerifier(h.Authority.Trust()).Identify(good.Chain[:2], now); !errors.Is(err, pki.ErrStranger) {
		t.Errorf("without the cross-certificate: %v, want %v", err, pki.ErrStranger)
	}
	// A rogue shows our cross-certificate above his own.
	rogue := enroll(t, roll(t, h.Rogue().Authority), "a")
	for name, chain := range map[string][]*x509.Certificate{"his own": rogue.Chain, "ours": {rogue.Chain[0], rogue.Chain[1], good.Chain[2]}} {
		if _, err := h.Verifier().Identify(chain, now); !errors.Is(err, pki.ErrStranger) {
			t.Errorf("a rogue with %s: %v, want %v", name, err, pki.ErrStranger)
		}
	}
	neighbour, err := next.Root.Hospital("h2.health.example", now)
	must(t, err)
	other := enroll(t, neighbour, "a")
	if _, err := h.Verifier().Identify(append(other.Chain, good.Chain[2]), now); !errors.Is(err, pki.ErrDomain) {
		t.Errorf("the neighbour below the new root: %v, want %v", err, pki.ErrDomain)
	}
	// Below an issuing CA of the old root nobody passes for a root.
	posing, err := h.Authority.Issuing.SubCA(&x509.Certificate{Subject: h.Authority.Root.Cert.Subject, NotAfter: now.Add(time.Hour), MaxPathLen: 1}, now)
	must(t, err)
	below, err := posing.Hospital(pkitest.Name, now)
	must(t, err)
	if _, err := h.Verifier().Identify(append(enroll(t, below, "a").Chain, posing.Cert), now); err == nil {
		t.Error("an authority that calls itself the root passed")
	}
	cross := next.Trust().Cross[0]
	if _, err := pki.NewVerifier(h.Authority.Trust()).Identify(good.Chain, cross.NotBefore.Add(-time.Second)); err == nil {
		t.Error("it passed before its time")
	}
	must(t, h.Authority.Root.Revoke(pki.Serial(cross), pki.Superseded, now))
	v, list := pki.NewVerifier(h.Authority.Trust()), publish(t, h.Authority.Root, now)
	take(t, v, list, true)
	take(t, h.Verifier(), list, true)
	if err := h.Verifier().Holds(id, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("with the cross-certificate revoked: Holds = %v, want %v", err, pki.ErrRevoked)
	}
	if _, err := v.Identify(good.Chain, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("with the cross-certificate revoked: %v, want %v", err, pki.ErrRevoked)
	}
}

// What a node may believe of a trust it is offered.
func TestAdopt(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	first := h.Authority
	second := roll(t, first)
	third := roll(t, second)
	thief := roll(t, first) // who has the first root's key
	rogue := roll(t, h.Rogue().Authority)
	neighbour, err := first.Root.Hospital("h2.health.example", now)
	must(t, err)
	all := func(ts ...pki.Trust) []*x509.Certificate {
		var all []*x509.Certificate
		for _, tr := range ts {
			all = append(all, tr.Certificates()...)
		}
		return all
	}
	newest := third.Trust().Without(first.Root.Cert).Without(second.Root.Cert)
	for _, tt := range []struct {
		name    string
		have    pki.Trust
		offered []*x509.Certificate
		want    *x509.Certificate // the newest root after it; nil: refused
		roots   int
	}{
		{"the same", first.Trust(), all(first.Trust()), first.Root.Cert, 1},
		{"the next", first.Trust(), all(second.Trust()), second.Root.Cert, 2},
		{"the one after it", second.Trust(), all(third.Trust()), third.Root.Cert, 3},
		{"two steps at once", first.Trust(), all(third.Trust()), third.Root.Cert, 3},
		{"the old one withdrawn", second.Trust(), all(second.Trust().Without(first.Root.Cert)), second.Root.Cert, 1},
		{"the new one withdrawn", second.Trust(), all(first.Trust()), nil, 0},
		{"a stranger's", first.Trust(), all(h.Rogue().Authority.Trust()), nil, 0},
		{"ours and a stranger's", first.Trust(), all(first.Trust(), rogue.Trust()), nil, 0},
		{"a thief's of the old key, before the roll-over", first.Trust(), all(thief.Trust()), thief.Root.Cert, 2}, // whom we can't tell from it
		{"a thief's of the old key, after", second.Trust(), all(second.Trust(), thief.Trust()), nil, 0},
		{"a thief's alone, after", second.Trust(), all(thief.Trust()), nil, 0},
		{"the newest with no path to it", first.Trust(), all(newest), nil, 0},
		{"another hospital's too", first.Trust(), append(all(first.Trust()), neighbour.Issuing.Cert), nil, 0},
		{"nothing", first.Trust(), nil, nil, 0},
		{"too much", first.Trust(), make([]*x509.Certificate, 100), nil, 0},
		{"to nobody", pki.Trust{}, all(first.Trust()), nil, 0},
	} {
		got, err := pki.Adopt(tt.have, tt.offered, now)
		switch {
		case tt.want == nil && !errors.Is(err, pki.ErrAdopt):
			t.Errorf("%s: Adopt = %v, want %v", tt.name, err, pki.ErrAdopt)
		case tt.want != nil && (err != nil || !got.Root().Equal(tt.want) || len(got.Roots) != tt.roots):
			t.Errorf("%s: Adopt = %d roots, %v, want %d", tt.name, len(got.Roots), err, tt.roots)
		}
	}
}

// Whatever the order in which a file has them, the newest root is the last.
func TestTrustOrder(t *testing.T) {
	h := pkitest.New(t)
	second := roll(t, h.Authority)
	third := roll(t, second)
	certs := third.Trust().Certificates()
	for range len(certs) {
		certs = append(certs[1:], certs[0])
		slices.Reverse(certs[:len(certs)/2])
		trust, err := pki.NewTrust(certs)
		must(t, err)
		for i, want := range []*x509.Certificate{h.Authority.Root.Cert, second.Root.Cert, third.Root.Cert} {
			if !trust.Roots[i].Equal(want) {
				t.Errorf("root %d of %d is another", i+1, len(trust.Roots))
			}
		}
	}
}

// On disk, too: before, in between and after; and both go on publishing whom
// they have revoked.
func TestRollOnDisk(t *testing.T) {
	a, dir := saved(t)
	now := time.Now()
	lost, early := enroll(t, a, "lost"), enroll(t, a, "early")
	enroll(t, a, "renewed")
	next := roll(t, load(t, dir))
	must(t, next.SaveBeside(dir, pki.Unsealed()))
	if err := roll(t, a).SaveBeside(dir, pki.Unsealed()); !errors.Is(err, pki.ErrExists) {
		t.Errorf("a second time: %v, want %v", err, pki.ErrExists)
	}
	both := load(t, dir)
	if len(both.Old) != 1 || len(both.All()) != 6 || !both.Root.Cert.Equal(next.Root.Cert) {
		t.Fatalf("loaded: %d old, %d CAs", len(both.Old), len(both.All()))
	}
	trust, err := pki.LoadTrust(filepath.Join(dir, "trust.pem"))
	must(t, err)
	if len(trust.Roots) != 2 || len(trust.Issuers) != 4 || len(trust.Cross) != 1 || !trust.Root().Equal(next.Root.Cert) {
		t.Errorf("trust.pem has %d roots, %d issuers, %d cross-certificates", len(trust.Roots), len(trust.Issuers), len(trust.Cross))
	}
	names := make(map[string]bool)
	for _, ca := range both.All() {
		names[ca.Name()] = true
	}
	if len(names) != 6 || !names["issuing"] || !names["issuing-2"] {
		t.Errorf("names %v", names)
	}
	v := pki.NewVerifier(trust)
	must(t, both.Old[0].Issuing.Revoke(lost.ID.Serial, pki.KeyCompromise, now))
	for _, ca := range both.All() {
		take(t, v, publish(t, ca, now), true)
	}
	if _, err := v.Identify(lost.Chain, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("lost: %v, want %v", err, pki.ErrRevoked)
	}
	renewed := enroll(t, both, "renewed")
	if _, err := pki.NewVerifier(a.Trust()).Identify(renewed.Chain, now); err != nil {
		t.Errorf("a node that was not told: %v", err)
	}
	// As a node keeps it on disk.
	must(t, pki.SaveSigner(filepath.Join(dir, "node"), renewed))
	if _, err := pki.LoadSigner(filepath.Join(dir, "node")); err != nil {
		t.Error(err)
	}

	if err := pki.Withdraw(dir, sha256.Sum256(next.Root.Cert.Raw)); err == nil {
		t.Error("the newest root was withdrawn")
	}
	was := sha256.Sum256(a.Root.Cert.Raw)
	if left, err := both.Below(was, now); err != nil || !below(left, early.ID.URI) || below(left, lost.ID.URI) || below(left, renewed.ID.URI) {
		t.Errorf("below the old root still: %v, %v", left, err)
	}
	must(t, pki.Withdraw(dir, was))
	after := load(t, dir)
	if ever, err := pki.LoadTrust(filepath.Join(dir, pki.ArchiveFile)); err != nil {
		t.Error(err)
	} else if _, err := pki.NewVerifier(ever).Identify(early.Chain, now); err != nil || len(ever.Roots) != 2 || !ever.Root().Equal(next.Root.Cert) {
		t.Errorf("by the archive of %d roots, who stayed below the old one: %v", len(ever.Roots), err)
	}
	if len(after.Old) != 0 || len(enroll(t, after, "later").Chain) != 2 {
		t.Errorf("after the withdrawal: %d old, a chain of %d", len(after.Old), len(enroll(t, after, "later").Chain))
	}
	trust, err = pki.LoadTrust(filepath.Join(dir, "trust.pem"))
	must(t, err)
	if len(trust.Roots) != 1 || len(trust.Cross) != 0 {
		t.Errorf("trust.pem has %d roots, %d cross-certificates", len(trust.Roots), len(trust.Cross))
	}
	third := roll(t, after)
	must(t, third.SaveBeside(dir, pki.Unsealed()))
	if again := load(t, dir); len(again.Old) != 1 || again.Issuing.Name() != "issuing-3" {
		t.Errorf("a third: %d old, %s", len(again.Old), again.Issuing.Name())
	}
}

func below(all []pki.Issuance, uri string) bool {
	return slices.ContainsFunc(all, func(i pki.Issuance) bool { return i.URI == uri })
}

// A roll-over that is cut short leaves the old authority.
func TestRollCutShort(t *testing.T) {
	_, dir := saved(t)
	must(t, os.Mkdir(filepath.Join(dir, "draft.123"), 0o700))
	if a := load(t, dir); len(a.Old) != 0 {
		t.Errorf("%d old", len(a.Old))
	}
	must(t, os.RemoveAll(filepath.Join(dir, "root")))
	if _, err := load(t, dir).Roll(time.Now()); err == nil {
		t.Error("rolled over without the old root's key")
	}
}

// openssl follows the cross-certificate from the old root, too.
func TestOpenSSLFollowsTheRoll(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	next := roll(t, h.Authority)
	must(t, pki.SaveSigner(s.Dir, enroll(t, next, "renewed")))
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "old.pem"), pki.Trust{Roots: h.Authority.Trust().Roots}))
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "new.pem"), pki.Trust{Roots: []*x509.Certificate{next.Root.Cert}}))
	for _, root := range []string{"old.pem", "new.pem"} {
		s.Run("verify -x509_strict -CAfile %s -untrusted cert.pem -purpose sslserver cert.pem", root)
	}
	if out, err := s.Try("verify -CAfile %s -untrusted cert.pem cert.pem", "cert.pem"); err == nil {
		t.Errorf("openssl takes anything: %s", out)
	}
}
