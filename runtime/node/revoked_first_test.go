package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/register"
)

// With a CA service, an authority of which no list ever comes is believed for a
// day and no longer, also by a node that is restarted again and again; without
// one, as ever.
func TestRevokedUnheard(t *testing.T) {
	h := pkitest.New(t)
	id, day := h.Node("bedside").ID, time.Now().Add(pki.ListLife+time.Minute)
	dir := t.TempDir()
	start := func(ca string) *Node {
		t.Helper()
		n := hearing(t, h, dir)
		n.cfg.CA = ca
		if err := n.requireLists(); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := start("").verifier.Fresh(id, day); err != nil {
		t.Errorf("without a CA service: Fresh = %v", err)
	}
	first := start("https://127.0.0.1:7480").verifier.FirstBelieved()
	if len(first) != 2 {
		t.Fatalf("believed since %v, want both authorities", first)
	}
	for issuer := range first {
		first[issuer] = first[issuer].Add(-pki.ListLife - time.Hour)
	}
	b, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "revoked", firstFile), b, 0o600); err != nil {
		t.Fatal(err)
	}
	n := start("https://127.0.0.1:7480")
	if err := n.verifier.Fresh(id, time.Now()); !errors.Is(err, pki.ErrStale) {
		t.Errorf("a day and a restart later: Fresh = %v, want %v", err, pki.ErrStale)
	}
	if _, err := n.takeCRL(h.Revoke(h.Node("other")), ""); err != nil {
		t.Fatal(err)
	}
	if err := n.verifier.Fresh(id, time.Now()); err != nil {
		t.Errorf("a list has come: Fresh = %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "revoked", firstFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	n = hearing(t, h, dir)
	n.cfg.CA = "https://127.0.0.1:7480"
	if err := n.requireLists(); err == nil {
		t.Error("a damaged file is taken for none")
	}
}

// The largest list that an authority makes gets through to another node and has
// room in the register.
func TestRevokedLargestList(t *testing.T) {
	h := pkitest.New(t)
	var all []pki.Revocation
	now := time.Now()
	for i := range 38_000 {
		all = append(all, pki.Revocation{Serial: fmt.Sprintf("ff%030x", i), At: now, Reason: pki.KeyCompromise})
	}
	crl, err := h.Authority.Issuing.RevocationList(all, uint64(now.Unix()), now)
	if err != nil || len(crl) > pki.MaxList || len(crl) < pki.MaxList*8/10 {
		t.Fatalf("%d bytes, %v: want nearly %d", len(crl), err, pki.MaxList)
	}
	a, b := hearing(t, h, t.TempDir()), hearing(t, h, t.TempDir())
	if _, err := a.takeCRL(crl, ""); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(a.pack([]string{pki.KeyID(h.Authority.Issuing.Cert)}))
	if err != nil || len(body) > 4<<20 {
		t.Fatalf("%d bytes in one question, %v", len(body), err)
	}
	if _, err := b.unpack(body, "node a"); err != nil {
		t.Fatal(err)
	}
	if len(b.numbers()) != 1 {
		t.Error("the list did not get through")
	}
	if n := len(register.RisingValue(1, make([]byte, pki.MaxList))); n > 2<<20 {
		t.Errorf("%d bytes in the register", n)
	}
}
