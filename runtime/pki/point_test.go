package pki_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// The log keeps the point of each device's key, where it has one, so that a
// contract can know the device by it.
func TestIssuedPoint(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a, err := pki.NewAuthority("h1.health.example", now)
	if err != nil {
		t.Fatal(err)
	}
	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg"}, now)
	if err != nil {
		t.Fatal(err)
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range []pki.Request{
		{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg", Key: edwards},
		{Role: flow.RoleNode, Name: "bedside", Key: a.People.Cert.PublicKey},
	} {
		if _, err := a.Issuing.Issue(req, now); err != nil {
			t.Fatal(err)
		}
	}
	all, err := a.Issuing.Issued()
	if err != nil || len(all) != 3 {
		t.Fatalf("%d certificates on record, %v, want 3", len(all), err)
	}
	key, err := s.Chain[0].PublicKey.(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if want := hex.EncodeToString(key[1:]); all[0].Key != want {
		t.Errorf("point %q of the device's key, want %q", all[0].Key, want)
	}
	if all[1].Key != "" || all[2].Key != "" {
		t.Errorf("points %q and %q of keys that have none or are no device's", all[1].Key, all[2].Key)
	}
}
