package contracts_test

import (
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
)

func logKey(t testing.TB) (*ecdsa.PrivateKey, common.Address) {
	t.Helper()
	k, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k, crypto.PubkeyToAddress(k.PublicKey)
}

// signHead signs as the log would, in the 65 bytes that ecrecover takes.
func (h *hospital) signHead(k *ecdsa.PrivateKey, head build.Head) []byte {
	h.t.Helper()
	digest := typed(h.t, "AuditAnchor", h.anchor, "Head", map[string]any{"log": head.Log.Hex(), "from": number(head.From), "to": number(head.To),
		"root": head.Root[:], "epoch": number(head.Epoch), "madeAt": number(head.MadeAt)})
	sig, err := crypto.Sign(digest, k)
	if err != nil {
		h.t.Fatal(err)
	}
	sig[64] += 27
	return sig
}

// A log has one history on the chain: each head continues where the last ended.
func TestAnchor(t *testing.T) {
	t.Parallel()
	for _, london := range []bool{false, true} {
		h := newHospitalAt(t, london)
		key, log := logKey(t)
		other, otherLog := logKey(t)
		one := build.Head{Log: log, From: 0, To: 10, Root: [32]byte{1}, Epoch: 1, MadeAt: 5}
		two := build.Head{Log: log, From: 10, To: 11, Root: [32]byte{2}, Epoch: 1, MadeAt: 6}
		three := build.Head{Log: otherLog, From: 0, To: 7, Root: [32]byte{3}, Epoch: 1, MadeAt: 7}

		logs := h.must("anchor", h.anchor, anchors.PackAnchor([]build.Head{one}, [][]byte{h.signHead(key, one)}))
		if e := event(t, logs, anchors.UnpackAnchoredEvent); e.Log != log || e.To != 10 || e.Root != one.Root || e.Prev != [32]byte{} {
			t.Errorf("event %+v", e)
		}
		refused := func(what, want string, head build.Head, sig []byte) {
			t.Helper()
			_, err := h.send("anchor", h.anchor, anchors.PackAnchor([]build.Head{head}, [][]byte{sig}))
			refusedWith(t, what, err, want)
		}
		refused("the same again", "NotContiguous("+log.Hex()+", 10, 0)", one, h.signHead(key, one))
		gap := two
		gap.From, gap.To = 11, 12
		refused("a gap", "NotContiguous("+log.Hex()+", 10, 11)", gap, h.signHead(key, gap))
		empty := two
		empty.To = 10
		refused("no checks", "EmptyRange(", empty, h.signHead(key, empty))
		refused("another's signature", "BadSignature("+log.Hex(), two, h.signHead(other, two))
		tampered := two
		tampered.Root[0] = 9
		refused("another root", "BadSignature(", tampered, h.signHead(key, two))
		refused("no signature", "BadSignature(", two, nil)
		high := h.signHead(key, two)
		new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(high[32:64])).FillBytes(high[32:64])
		high[64] ^= 27 ^ 28
		refused("the larger s", "BadSignature(", two, high)
		zero := build.Head{To: 1}
		refused("the log of nobody", "BadSignature(", zero, make([]byte, 65))
		_, err := h.send("anchor", h.anchor, anchors.PackAnchor([]build.Head{two}, nil))
		refusedWith(t, "one signature too few", err, "WrongCount(1, 0)")

		h.must("anchors", h.anchor, anchors.PackAnchor([]build.Head{two, three}, [][]byte{h.signHead(key, two), h.signHead(other, three)}))
		out, err := h.view(h.anchor, anchors.PackHeads(log))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := anchors.UnpackHeads(out); err != nil || a.Size != 11 || a.Root != two.Root || a.SetAt != h.number || a.MadeAt != 6 {
			t.Errorf("newest head %+v, %v", a, err)
		}
		out, err = h.view(h.anchor, anchors.PackLogs(big.NewInt(0), big.NewInt(9)))
		if err != nil {
			t.Fatal(err)
		}
		if all, err := anchors.UnpackLogs(out); err != nil || len(all) != 2 || all[0] != log || all[1] != otherLog {
			t.Errorf("logs %v, %v, want %v and %v", all, err, log, otherLog)
		}
	}
}
