package pki_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// revoke takes a signer's certificate back and publishes that.
func revoke(t *testing.T, ca *pki.CA, s flow.Signer, why pki.Reason, now time.Time) []byte {
	t.Helper()
	if err := ca.Revoke(s.ID.Serial, why, now); err != nil {
		t.Fatal(err)
	}
	return publish(t, ca, now)
}

func publish(t *testing.T, ca *pki.CA, now time.Time) []byte {
	t.Helper()
	list, err := ca.Publish(now)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func take(t *testing.T, v *pki.Verifier, list []byte, changes bool) {
	t.Helper()
	if changed, err := v.Revoke(list); err != nil || changed != changes {
		t.Fatalf("Revoke = %v, %v, want %v", changed, err, changes)
	}
}

// A list refuses whom it names, and nobody else, wherever the identity is asked
// about: at a handshake, on an open connection, in a certificate never seen.
func TestRevoke(t *testing.T) {
	h := pkitest.New(t)
	v, now := h.Verifier(), time.Now()
	lost, unseen, good := h.Device(monitor, ecg), h.Node("gone"), h.Node("bedside")
	if _, err := v.Identify(lost.Chain, now); err != nil {
		t.Fatal(err)
	}
	before := v.Changed()
	if err := h.Authority.Issuing.Revoke(unseen.ID.Serial, pki.Superseded, now); err != nil {
		t.Fatal(err)
	}
	list := revoke(t, h.Authority.Issuing, lost, pki.KeyCompromise, now)
	take(t, v, list, true)
	select {
	case <-before:
	default:
		t.Error("nobody was told of the change")
	}
	take(t, v, list, false)
	take(t, v, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list}), false)
	for _, s := range []flow.Signer{lost, unseen} {
		if _, err := v.Identify(s.Chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Identify = %v, want %v", s.ID.URI, err, pki.ErrRevoked)
		}
		if err := v.Holds(s.ID, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("%s: Holds = %v, want %v", s.ID.URI, err, pki.ErrRevoked)
		}
	}
	if _, err := v.Identify(good.Chain, now); err != nil {
		t.Errorf("good: Identify = %v", err)
	}
	if r, ok := v.Revoked(lost.ID); !ok || r.Reason != pki.KeyCompromise || r.At.After(now) {
		t.Errorf("Revoked = %+v, %v", r, ok)
	}
	if _, ok := v.Revoked(good.ID); ok {
		t.Error("the good one is listed")
	}
	// A verifier that starts anew is told by another one's lists.
	fresh := pki.NewVerifier(h.Authority.Trust())
	for _, l := range v.Lists() {
		take(t, fresh, l, true)
	}
	if _, err := fresh.Identify(lost.Chain, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("from the lists: Identify = %v, want %v", err, pki.ErrRevoked)
	}
}

// A hold is lifted by the next list; every other reason stays.
func TestReinstate(t *testing.T) {
	h := pkitest.New(t)
	v, ca, now := h.Verifier(), h.Authority.Issuing, time.Now()
	held, lost := h.Node("held"), h.Node("lost")
	take(t, v, revoke(t, ca, held, pki.CertificateHold, now), true)
	take(t, v, revoke(t, ca, lost, pki.KeyCompromise, now), true)
	if err := v.Holds(held.ID, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("held: Holds = %v, want %v", err, pki.ErrRevoked)
	}
	if err := ca.Reinstate(held.ID.Serial, now); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{ca.Reinstate(lost.ID.Serial, now), ca.Revoke(lost.ID.Serial, pki.CertificateHold, now)} {
		if !errors.Is(err, pki.ErrRevokedForGood) {
			t.Errorf("reinstate the lost one: %v, want %v", err, pki.ErrRevokedForGood)
		}
	}
	take(t, v, publish(t, ca, now), true)
	if _, err := v.Identify(held.Chain, now); err != nil {
		t.Errorf("reinstated: Identify = %v", err)
	}
	if err := v.Holds(lost.ID, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("lost: Holds = %v, want %v", err, pki.ErrRevoked)
	}
	if err := h.Authority.People.Reinstate(held.ID.Serial, now); !errors.Is(err, pki.ErrNotIssued) {
		t.Errorf("at another CA: Reinstate = %v, want %v", err, pki.ErrNotIssued)
	}
	// A hold may become final.
	if err := errors.Join(ca.Revoke(held.ID.Serial, pki.CertificateHold, now), ca.Revoke(held.ID.Serial, pki.KeyCompromise, now)); err != nil {
		t.Fatal(err)
	}
	if err := ca.Reinstate(held.ID.Serial, now); !errors.Is(err, pki.ErrRevokedForGood) {
		t.Errorf("Reinstate = %v, want %v", err, pki.ErrRevokedForGood)
	}
}

// Lists that must not be believed, or not any more.
func TestRevokeRefuses(t *testing.T) {
	h := pkitest.New(t)
	v, ca, now := h.Verifier(), h.Authority.Issuing, time.Now()
	good := h.Node("bedside")
	older := publish(t, ca, now)
	newer := publish(t, ca, now)
	take(t, v, newer, true)
	number := number(t, newer)
	all := []pki.Revocation{{Serial: good.ID.Serial, At: now, Reason: pki.KeyCompromise}}
	made := func(ca *pki.CA, number uint64) []byte {
		list, err := ca.RevocationList(all, number, now)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	altered := slices.Clone(made(ca, number+1))
	altered[len(altered)-1] ^= 1
	critical := func(oid ...int) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: oid, Critical: true, Value: []byte{2, 1, 1}}}
		}
	}
	for _, tt := range []struct {
		name string
		list []byte
		want error // nil: any
	}{
		{"older", older, pki.ErrOldList},
		{"same number, other content", made(ca, number), pki.ErrOldList},
		{"of a rogue with the same names", made(h.Rogue().Authority.Issuing, number+1), pki.ErrStranger},
		{"of the neighbour", made(h.Neighbour().Authority.Issuing, number+1), pki.ErrStranger},
		{"altered", altered, pki.ErrStranger},
		{"signed by a node", madeList(t, h, good, number+1), pki.ErrStranger},
		{"delta", ownList(t, ca, number+1, critical(2, 5, 29, 27)), nil},
		{"of a part", ownList(t, ca, number+1, critical(2, 5, 29, 28)), nil},
		{"unknown and critical", ownList(t, ca, number+1, critical(1, 2, 3)), nil},
		{"without end", endless(t, ca, number+1), nil},
		{"huge number", ownList(t, ca, 0, func(l *x509.RevocationList) { l.Number = new(big.Int).Lsh(big.NewInt(1), 64) }), nil},
		{"cut short", newer[:len(newer)-1], nil},
		{"more behind it", append(slices.Clone(newer), 0), nil},
		{"nothing", nil, nil},
		{"too large", make([]byte, pki.MaxList+1), nil},
	} {
		changed, err := v.Revoke(tt.list)
		if changed || err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: Revoke = %v, %v, want %v", tt.name, changed, err, tt.want)
		}
	}
	if err := v.Holds(good.ID, now); err != nil {
		t.Errorf("Holds = %v", err)
	}
	// The other authority of the hospital can't speak about the issuing CA's.
	take(t, v, made(h.Authority.People, number+1), true)
	if err := v.Holds(good.ID, now); err != nil {
		t.Errorf("after the people CA's list: Holds = %v", err)
	}
}

func number(t *testing.T, list []byte) uint64 {
	t.Helper()
	l, err := pki.ReadList(list)
	if err != nil {
		t.Fatal(err)
	}
	return l.Number
}

// ownList is a list of a CA with something in it that we would not write.
func ownList(t *testing.T, ca *pki.CA, number uint64, spoil func(*x509.RevocationList)) []byte {
	t.Helper()
	tmpl := &x509.RevocationList{Number: new(big.Int).SetUint64(number), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour)}
	spoil(tmpl)
	list, err := x509.CreateRevocationList(rand.Reader, tmpl, ca.Cert, ca.Key())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// madeList is what a holder signs who is no authority but gives himself out for
// one.
func madeList(t *testing.T, h *pkitest.Hospital, s flow.Signer, number uint64) []byte {
	t.Helper()
	posing := *h.Authority.Issuing.Cert
	posing.PublicKey = s.Key.Public()
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: new(big.Int).SetUint64(number), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour),
	}, &posing, s.Key)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// endless is a list that does not say when the next one comes; crypto/x509 does
// not write such.
func endless(t *testing.T, ca *pki.CA, number uint64) []byte {
	t.Helper()
	var list struct {
		TBS struct {
			Version    int
			Algorithm  pkix.AlgorithmIdentifier
			Issuer     asn1.RawValue
			This, Next time.Time
			Extensions asn1.RawValue
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	der := ownList(t, ca, number, func(*x509.RevocationList) {})
	if _, err := asn1.Unmarshal(der, &list); err != nil {
		t.Fatal(err)
	}
	tbs, err := asn1.Marshal(struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     asn1.RawValue
		This       time.Time
		Extensions asn1.RawValue
	}{list.TBS.Version, list.TBS.Algorithm, list.TBS.Issuer, list.TBS.This, list.TBS.Extensions})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(tbs)
	sig, err := ca.Key().Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	b, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, list.Algorithm, asn1.BitString{Bytes: sig, BitLength: 8 * len(sig)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x509.ParseRevocationList(b); err != nil {
		t.Fatalf("it was to be readable: %v", err)
	}
	return b
}

// Nobody new is let in when the newest list is out of date; who is in stays.
// Before there ever was a list, none is waited for.
func TestStale(t *testing.T) {
	h := pkitest.New(t)
	v, ca, now := h.Verifier(), h.Authority.Issuing, time.Now()
	id := h.Node("bedside").ID
	late := now.Add(pki.ListLife + time.Second)
	if err := v.Fresh(id, late); err != nil || len(v.Stale(late)) > 0 {
		t.Errorf("no list yet: Fresh = %v, Stale = %v", err, v.Stale(late))
	}
	take(t, v, publish(t, ca, now), true)
	take(t, v, publish(t, h.Authority.Root, now), true) // is good for a year
	if err := v.Fresh(id, now); err != nil || len(v.Stale(now)) > 0 {
		t.Errorf("fresh list: Fresh = %v, Stale = %v", err, v.Stale(now))
	}
	if err := v.Fresh(id, late); !errors.Is(err, pki.ErrStale) {
		t.Errorf("a day later: Fresh = %v, want %v", err, pki.ErrStale)
	}
	if stale := v.Stale(late); len(stale) != 1 || !errors.Is(stale[0], pki.ErrStale) {
		t.Errorf("a day later: Stale = %v, want one", stale)
	}
	if err := v.Holds(id, now.Add(23*time.Hour)); err != nil {
		t.Errorf("Holds = %v", err)
	}
	if err := v.Fresh(h.Staff("n-17").ID, late); err != nil {
		t.Errorf("another authority's: Fresh = %v", err)
	}
	take(t, v, publish(t, ca, late), true)
	if err := v.Fresh(id, late); err != nil {
		t.Errorf("a new list: Fresh = %v", err)
	}
}

// The ministry takes a hospital's authority back: all below it is refused.
func TestRevokeAuthority(t *testing.T) {
	h := pkitest.New(t)
	v, now := h.Verifier(), time.Now()
	node, nurse := h.Node("bedside"), h.Staff("n-17")
	if _, err := v.Identify(node.Chain, now); err != nil {
		t.Fatal(err)
	}
	if err := h.Authority.Root.Revoke(pki.Serial(h.Authority.Issuing.Cert), pki.CACompromise, now); err != nil {
		t.Fatal(err)
	}
	take(t, v, publish(t, h.Authority.Root, now), true)
	if err := v.Holds(node.ID, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("Holds = %v, want %v", err, pki.ErrRevoked)
	}
	for _, s := range []flow.Signer{node, h.Node("other")} {
		if _, err := v.Identify(s.Chain, now); !errors.Is(err, pki.ErrRevoked) {
			t.Errorf("Identify = %v, want %v", err, pki.ErrRevoked)
		}
	}
	if _, err := v.Identify(nurse.Chain, now); err != nil {
		t.Errorf("the people CA's: Identify = %v", err)
	}
}

// Ten thousand revocations are taken in and asked about in no time.
func BenchmarkRevoke(b *testing.B) {
	h := pkitest.New(b)
	now := time.Now()
	entries := make([]pki.Revocation, 10_000)
	for i := range entries {
		serial := make([]byte, 16)
		rand.Read(serial)
		entries[i] = pki.Revocation{Serial: pki.SerialText(new(big.Int).SetBytes(serial)), At: now, Reason: pki.KeyCompromise}
	}
	list, err := h.Authority.Issuing.RevocationList(entries, 1, now)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := pki.NewVerifier(h.Authority.Trust()).Revoke(list); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(list)), "bytes")
}
