package pki_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A counted key counts its signatures.
type counted struct {
	*ecdsa.PrivateKey
	n atomic.Int64
}

func (c *counted) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	c.n.Add(1)
	return c.PrivateKey.Sign(r, digest, opts)
}

// An OCSP answer is signed once for all who ask, until something is revoked or it
// grows old.
func TestOCSPIsKept(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	key, now := &counted{PrivateKey: k}, time.Now()
	a, err := pki.NewAuthorityWith("h1.health.example", pki.Keys{Issuing: key}, now)
	must(t, err)
	enrol := func(name string) flow.Signer {
		s, err := a.Enroll(pki.Request{Role: flow.RoleNode, Name: name}, now)
		must(t, err)
		return s
	}
	ward, other := enrol("ward"), enrol("other")
	cost := func(what string, want int64, now time.Time, hash crypto.Hash) {
		t.Helper()
		before := key.n.Load()
		for range 100 {
			ask(t, a, ward.Chain[0], a.Issuing.Cert, hash, now)
		}
		if n := key.n.Load() - before; n != want {
			t.Errorf("%s: 100 answers cost %d signatures, want %d", what, n, want)
		}
	}
	cost("at first", 1, now, crypto.SHA256)
	cost("again", 0, now.Add(9*time.Minute), crypto.SHA256)
	cost("by another hash", 1, now, crypto.SHA1)
	cost("when it is old", 1, now.Add(11*time.Minute), crypto.SHA256)
	cost("by a clock that went back", 1, now, crypto.SHA256)
	must(t, a.Issuing.Revoke(other.ID.Serial, pki.KeyCompromise, now))
	cost("when another is revoked", 1, now, crypto.SHA256)
	must(t, a.Issuing.Revoke(ward.ID.Serial, pki.KeyCompromise, now))
	if r := ask(t, a, ward.Chain[0], a.Issuing.Cert, crypto.SHA256, now); r.Status != ocsp.Revoked {
		t.Errorf("revoked: %+v", r)
	}
	one, err := a.Staple(ward.Chain[0], now)
	must(t, err)
	two, err := a.Staple(ward.Chain[0], now)
	must(t, err)
	if !bytes.Equal(one, two) {
		t.Error("each staple is signed anew")
	}
}

// Many are revoked at once; a list that has no room for all leaves out what ended
// long ago, and one that has no room for what has not ended is not made.
func TestFullList(t *testing.T) {
	now := time.Now()
	a, err := pki.NewAuthority("h1.health.example", now.Add(-100*24*time.Hour))
	must(t, err)
	key, err := pki.NewKey()
	must(t, err)
	req := pki.Request{Role: flow.RoleNode, Name: "ward", Key: key.Public()}
	issue := func(n int, at time.Time) (serials []string) {
		for range n {
			serials = append(serials, a.Issuing.Pretend(req, at))
		}
		return serials
	}
	old := issue(25_000, now.Add(-90*24*time.Hour))
	fresh := issue(18_000, now)
	must(t, a.Issuing.RevokeEach(append(old, fresh...), pki.KeyCompromise, now))
	der, err := a.Issuing.Publish(now)
	must(t, err)
	if len(der) > pki.MaxList {
		t.Fatalf("the list has %d bytes", len(der))
	}
	l, err := pki.ReadList(der)
	must(t, err)
	on := map[string]bool{}
	for _, e := range l.Entries {
		on[e.Serial] = true
	}
	for _, s := range fresh {
		if !on[s] {
			t.Fatalf("%s has not ended and is not on the list", s)
		}
	}
	must(t, a.Issuing.RevokeEach(issue(25_000, now), pki.KeyCompromise, now))
	if _, err := a.Issuing.Publish(now); err == nil {
		t.Error("a list was made that has no room for all")
	}
}
