package contracts_test

import (
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

// FuzzP256 holds the contracts' idea of a good signature, by the precompile and
// by OpenZeppelin's Solidity on older chains, against Go's crypto/ecdsa. They
// differ in one thing: of the two forms of a signature the contracts take that
// with the smaller s only.
func FuzzP256(f *testing.F) {
	now, old := newHospitalAt(f, false), newHospitalAt(f, true)
	monitor := newPerson(f)
	for _, h := range []*hospital{now, old} {
		if err := h.bind(h.reg, h.binding(monitor, 1, 7)); err != nil {
			f.Fatal(err)
		}
	}
	sig := monitor.sign(crypto.Keccak256([]byte("a")))
	f.Add([]byte("a"), sig.R[:], sig.S[:], uint8(0))      // as it is
	f.Add([]byte("b"), sig.R[:], sig.S[:], uint8(0))      // of something else
	f.Add([]byte("a"), sig.R[:], sig.S[:], uint8(1))      // the larger s
	f.Add([]byte("a"), sig.S[:], sig.R[:], uint8(0))      // the wrong way round
	f.Add([]byte("a"), order.Bytes(), sig.S[:], uint8(0)) // at the border
	f.Add([]byte("a"), sig.R[:], []byte{}, uint8(0))
	f.Add([]byte("a"), sig.R[:], sig.S[:], uint8(2)) // made for what is signed
	half := new(big.Int).Rsh(order, 1)
	f.Fuzz(func(t *testing.T, text, rBytes, sBytes []byte, how uint8) {
		digest := crypto.Keccak256(text)
		r, s := new(big.Int).SetBytes(rBytes), new(big.Int).SetBytes(sBytes)
		if how%3 == 2 { // a good one, for the fuzzer seldom finds one
			right := (&person{t, monitor.key}).sign(digest)
			r, s = r.SetBytes(right.R[:]), s.SetBytes(right.S[:])
		}
		if how%3 == 1 && s.Cmp(order) < 0 {
			s.Sub(order, s)
		}
		if r.BitLen() > 256 || s.BitLen() > 256 {
			t.Skip("no number of 32 bytes")
		}
		want := uint8(forged)
		if s.Cmp(half) <= 0 && ecdsa.Verify(&monitor.key.PublicKey, digest, r, s) {
			want = good
		}
		for _, h := range []*hospital{now, old} {
			out, err := h.view(h.registry, registry.PackVerify([32]byte{1}, [32]byte(digest), [32]byte(r.FillBytes(make([]byte, 32))), [32]byte(s.FillBytes(make([]byte, 32)))))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := registry.UnpackVerify(out); err != nil || got != want {
				t.Errorf("london %v: digest %x, r %x, s %x: standing %d, %v, want %d", h.london, digest, r, s, got, err, want)
			}
		}
	})
}
