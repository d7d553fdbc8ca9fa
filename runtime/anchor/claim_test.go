package anchor

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/wal"
)

// claimed opens a kept head and checks what its log's account says of its signer.
func (b *bench) claimed(t *testing.T, k Kept) error {
	t.Helper()
	h, err := proof.OpenLogHead(k.Signed)
	if err != nil {
		t.Fatal(err)
	}
	return Claimed(k.Claim, b.key.Address(), h.Chain, b.court.Address, h.Cert)
}

// Each head comes with the account's word for the certificate that has signed it,
// also after that was renewed and after a restart.
func TestClaimRenewed(t *testing.T) {
	b := newBench(t)
	h := pkitest.New(t)
	first, renewed := h.Node("ward"), h.Node("ward")
	b.config.Signer = signerOf(first)
	l, a, end := b.open(t)
	before := add(t, l, 3)
	wait(t, a, before)
	if k, err := a.Covering(t.Context(), 0); err != nil || k.Cert != sha256.Sum256(first.Chain[0].Raw) || b.claimed(t, k) != nil {
		t.Fatalf("the first head: %v, %v", err, b.claimed(t, k))
	}
	end()
	b.config.Signer = signerOf(renewed)
	l, a, end = b.open(t)
	defer end()
	after := add(t, l, 2)
	wait(t, a, after)
	for i, by := range map[uint64]*[32]byte{0: sum(first.Chain[0].Raw), after - 1: sum(renewed.Chain[0].Raw)} {
		k, err := a.Covering(t.Context(), i)
		if err != nil || k.Cert != *by {
			t.Fatalf("the head over %d: %v, of another certificate: %v", i, err, k.Cert != *by)
		}
		if err := b.claimed(t, k); err != nil {
			t.Errorf("the head over %d: %v", i, err)
		}
	}
}

func sum(b []byte) *[32]byte {
	s := sha256.Sum256(b)
	return &s
}

// No claim is good for another log, chain, contract or certificate.
func TestClaimed(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	contract, cert := chain.Address{7}, [32]byte{8}
	claim, err := signClaim(key, 5, contract, cert)
	if err != nil {
		t.Fatal(err)
	}
	if err := Claimed(claim, key.Address(), 5, contract, cert); err != nil || len(claim) != Claim {
		t.Errorf("%d bytes: %v", len(claim), err)
	}
	for name, err := range map[string]error{
		"another log":         Claimed(claim, other.Address(), 5, contract, cert),
		"another chain":       Claimed(claim, key.Address(), 6, contract, cert),
		"another contract":    Claimed(claim, key.Address(), 5, chain.Address{9}, cert),
		"another certificate": Claimed(claim, key.Address(), 5, contract, [32]byte{9}),
		"none":                Claimed(nil, key.Address(), 5, contract, cert),
	} {
		if !errors.Is(err, ErrClaim) {
			t.Errorf("for %s: %v, want ErrClaim", name, err)
		}
	}
}

// Heads of folders from before there were claims are not used; the node signs one
// over the same checks, with a claim, without anything new to anchor.
func TestHeadsBeforeClaims(t *testing.T) {
	b := newBench(t)
	l, a, end := b.open(t)
	size := add(t, l, 4)
	wait(t, a, size)
	k, err := a.Covering(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	end()
	forget(t, b, k)
	l, a, end = b.open(t)
	defer end()
	var again Kept
	until(t, "a head with a claim", func() bool {
		again, err = a.Covering(t.Context(), 0)
		return err == nil
	})
	if err := b.claimed(t, again); err != nil || again.Size != l.Size() {
		t.Errorf("over %d checks: %v", again.Size, err)
	}
}

// forget writes the file of heads as it was before there were claims.
func forget(t *testing.T, b *bench, k Kept) {
	t.Helper()
	f, err := wal.Open(b.heads, keptName, func(int64, []byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	k.Claim = nil
	err = f.Replace(func(add func([]byte) error) error {
		for _, r := range []record{{Certificates: k.Chain}, {Head: &k}} {
			line, err := json.Marshal(r)
			if err == nil {
				err = add(line)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
