package contracts_test

import (
	"crypto/elliptic"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
)

// proposeRefused are changes that cannot even be put forward by a rule admin.
func TestProposeRefused(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	good := h.parts(h.rule)
	bad := func(change func(p *build.Part)) []build.Part {
		p := good[0]
		change(&p)
		return []build.Part{p}
	}
	nobody := common.HexToAddress("0xdead")
	pointing := common.HexToAddress("0x7702")
	h.db.SetCode(pointing, append(common.FromHex("0xef0100"), h.rule.Bytes()...), 0)
	set := func(parts []build.Part) build.Change {
		return build.Change{Op: opSet, Group: "h1", Base: 1, Parts: parts}
	}
	for _, tt := range []struct {
		name, want string
		change     build.Change
	}{
		{"wrong code hash", "WrongCode(", set(bad(func(p *build.Part) { p.CodeHash[5] ^= 1 }))},
		{"wrong digest", "WrongDigest(", set(bad(func(p *build.Part) { p.Digest[0] ^= 1 }))},
		{"no contract", "NotARule(" + nobody.Hex(), set(bad(func(p *build.Part) { p.Rule = nobody }))},
		{"a contract that is no rule", "NotARule(" + h.anchor.Hex(), set([]build.Part{{Rule: h.anchor, CodeHash: h.db.GetCodeHash(h.anchor)}})},
		{"an account that points to code", "NotARule(" + pointing.Hex(), set([]build.Part{{Rule: pointing, CodeHash: h.db.GetCodeHash(pointing), Digest: good[0].Digest}})},
		{"no parts", "BadParts([0 0 0 0 0 0 0 0 0 0 0 0], h1, 0)", set(nil)},
		{"nine parts", "BadParts(", set([]build.Part{8: good[0]})},
		{"a mode that there is not", "BadMode(3)", build.Change{Op: opSet, Group: "h1", Base: 1, Mode: 3, Parts: good}},
		{"a group with an empty part", "BadGroup(h1//x, a part is empty)", build.Change{Op: opSet, Group: "h1//x", Parts: good}},
		{"a group that ends in a slash", "BadGroup(h1/, a part is empty)", build.Change{Op: opSet, Group: "h1/", Parts: good}},
		{"a group with a space", "BadGroup(h 1, not printable ASCII)", build.Change{Op: opSet, Group: "h 1", Parts: good}},
		{"a long group", "BadGroup(", build.Change{Op: opSet, Group: strings.Repeat("h", 129), Parts: good}},
		{"a device and a group", "BadGroup(h1, an entry is for a device or for a group)", build.Change{Op: opSet, Device: [12]byte{1}, Group: "h1", Parts: good}},
		{"another version", "Stale(", build.Change{Op: opSet, Group: "h1", Base: 0, Parts: good}},
		{"a new entry with a version", "Stale(", build.Change{Op: opSet, Group: "h2", Base: 1, Parts: good}},
		{"retire what is not", "NoSuchEntry(", build.Change{Op: opRetire, Group: "h1/3"}},
		{"retire a device that is not", "NoSuchEntry(", build.Change{Op: opRetire, Device: [12]byte{1}}},
		{"a role that there is not", "NoSuchRole(", build.Change{Op: opGrant, Who: h.carl.address()}},
		{"grant again", "AlreadyHas(", build.Change{Op: opGrant, Who: h.ben.address(), Role: roleAdmin}},
		{"withdraw what nobody has", "HasNot(", build.Change{Op: opWithdraw, Who: h.carl.address(), Role: rolePauser}},
		{"roles that have changed since", "Stale(", build.Change{Op: opGrant, Who: h.carl.address(), Role: rolePauser, Base: 1}},
		{"unpause without a pause", "ExpectedPause()", build.Change{Op: opUnpause}},
		{"a successor without code", "NotAContract(0x0", build.Change{Op: opSucceed}},
	} {
		_, err := h.propose(h.anne, tt.change)
		refusedWith(t, tt.name, err, tt.want)
	}
	_, err := h.propose(h.anne)
	refusedWith(t, "no changes", err, "BadChanges(0)")
	_, err = h.propose(h.anne, make([]build.Change, 33)...)
	refusedWith(t, "33 changes", err, "BadChanges(33)")
	if s := h.state(); s.Epoch != 1 || s.Proposals != 0 {
		t.Errorf("state %+v after refusals only", s)
	}
}

// What is signed is refused from the wrong person, changed, too late or twice.
func TestSignedRefused(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	set := build.Change{Op: opSet, Group: "h1", Base: 1, Parts: h.parts(h.rule)}

	_, err := h.propose(h.carl, set)
	refusedWith(t, "proposed by a stranger", err, "NotAdmin("+h.carl.address().Hex())
	_, err = h.propose(h.reg, set)
	refusedWith(t, "proposed by the registrar", err, "NotAdmin(")
	call, _ := h.proposing(h.anne, 0, h.now-1, set)
	_, err = h.send("propose", h.manager, call)
	refusedWith(t, "proposed too late", err, fmt.Sprintf("Expired(%d, %d)", h.now-1, h.now))
	call, _ = h.proposing(h.anne, 7, h.now+day, set)
	_, err = h.send("propose", h.manager, call)
	refusedWith(t, "another nonce", err, "WrongNonce("+h.anne.address().Hex()+", 0, 7)")

	call, id := h.proposing(h.anne, 0, h.now+day, set)
	for i := range len(call) {
		tampered := append([]byte{}, call...)
		tampered[i] ^= 1
		// What fills the last word of a text is no part of it.
		if out, err := h.view(h.manager, tampered); err == nil && [32]byte(out) != id {
			t.Fatalf("a proposal with byte %d changed was taken as another", i)
		}
	}
	h.must("propose", h.manager, call)
	_, err = h.send("propose", h.manager, call)
	refusedWith(t, "the same proposal again", err, "WrongNonce("+h.anne.address().Hex()+", 1, 0)")

	_, err = h.send("approve", h.manager, h.approving(h.anne, id, h.now+day))
	refusedWith(t, "approved by the proposer", err, "AlreadyApproved(")
	_, err = h.send("approve", h.manager, h.approving(h.carl, id, h.now+day))
	refusedWith(t, "approved by a stranger", err, "NotAdmin(")
	_, err = h.send("approve", h.manager, h.approving(h.ben, id, h.now-1))
	refusedWith(t, "approved too late", err, "Expired(")
	_, err = h.send("approve", h.manager, h.approving(h.ben, [32]byte{1}, h.now+day))
	refusedWith(t, "approved what is not", err, "NoSuchProposal(")
	_, err = h.send("execute", h.manager, manager.PackExecute([32]byte{1}))
	refusedWith(t, "carried out what is not", err, "NoSuchProposal(")
	_, err = h.view(h.manager, manager.PackProposal([32]byte{1}))
	refusedWith(t, "asked for what is not", err, "NoSuchProposal(")
	_, err = h.send("cancel", h.manager, h.cancelling(h.carl, id))
	refusedWith(t, "cancelled by a stranger", err, "NotAdmin(")

	approval := h.approving(h.ben, id, h.now+day)
	h.must("approve", h.manager, approval)
	_, err = h.send("approve", h.manager, approval)
	refusedWith(t, "approved twice", err, "AlreadyApproved(")
	h.must("execute", h.manager, manager.PackExecute(id))
	for name, call := range map[string][]byte{"execute": manager.PackExecute(id), "approve": approval, "cancel": h.cancelling(h.ben, id)} {
		_, err = h.send(name, h.manager, call)
		refusedWith(t, name+" what is done", err, "AlreadyDone(")
	}
	_, err = h.send("pause", h.manager, h.pausing(h.carl, 0))
	refusedWith(t, "paused by a stranger", err, "NotAdmin(")
	pause := h.pausing(h.ben, 0)
	h.must("pause", h.manager, pause)
	_, err = h.send("pause", h.manager, pause)
	refusedWith(t, "paused by a replay", err, "WrongNonce(")
	_, err = h.send("pause", h.manager, h.pausing(h.ben, 1))
	refusedWith(t, "paused twice", err, "EnforcedPause()")
}

// Of the two forms of a signature only that with the smaller s is taken, so
// that nobody can make another signature out of one.
func TestHighS(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	digest := typed(t, "RuleManager", h.manager, "Pause", map[string]any{"nonce": number(0), "deadline": number(h.now + day)})
	low := h.ben.sign(digest)
	for name, change := range map[string]func(s *build.Signature){
		"the larger s":     func(s *build.Signature) { new(big.Int).Sub(order, new(big.Int).SetBytes(s.S[:])).FillBytes(s.S[:]) },
		"r is 0":           func(s *build.Signature) { s.R = [32]byte{} },
		"s is 0":           func(s *build.Signature) { s.S = [32]byte{} },
		"r is the order":   func(s *build.Signature) { order.FillBytes(s.R[:]) },
		"x is too large":   func(s *build.Signature) { elliptic.P256().Params().P.FillBytes(s.X[:]) },
		"not on the curve": func(s *build.Signature) { s.Y[31] ^= 1 },
		"another's key":    func(s *build.Signature) { s.X, s.Y = h.anne.point() },
	} {
		sig := low
		change(&sig)
		_, err := h.send("pause", h.manager, manager.PackPause(0, h.now+day, sig))
		refusedWith(t, name, err, "BadSignature()")
	}
	h.must("pause", h.manager, manager.PackPause(0, h.now+day, low))
}

// A proposal must not surprise: it is good until its deadline, as long as what
// it was made for has not changed, and while those who approved are admins.
func TestProposalEnds(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	parts := h.parts(h.rule)
	set := build.Change{Op: opSet, Group: "h1", Base: 1, Parts: parts}
	retire := build.Change{Op: opRetire, Group: "h1", Base: 1}

	first, err := h.propose(h.anne, set)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.propose(h.ben, retire)
	if err != nil {
		t.Fatal(err)
	}
	h.must("approve", h.manager, h.approving(h.ben, first, h.now+day))
	h.must("approve", h.manager, h.approving(h.anne, second, h.now+day))
	h.must("execute", h.manager, manager.PackExecute(first))
	_, err = h.send("execute", h.manager, manager.PackExecute(second))
	refusedWith(t, "made for an older version", err, "Stale(")

	third, err := h.propose(h.ben, build.Change{Op: opRetire, Group: "h1", Base: 2})
	if err != nil {
		t.Fatal(err)
	}
	h.must("cancel", h.manager, h.cancelling(h.anne, third))
	_, err = h.send("approve", h.manager, h.approving(h.anne, third, h.now+day))
	refusedWith(t, "cancelled", err, "AlreadyDone(")

	late, err := h.propose(h.anne, build.Change{Op: opRetire, Group: "h1", Base: 2})
	if err != nil {
		t.Fatal(err)
	}
	h.must("approve", h.manager, h.approving(h.ben, late, h.now+2*day))
	h.now += day + 1
	_, err = h.send("execute", h.manager, manager.PackExecute(late))
	refusedWith(t, "carried out after its deadline", err, "Expired(")
	_, err = h.send("approve", h.manager, h.approving(h.ben, late, h.now+day))
	refusedWith(t, "approved after its deadline", err, "Expired(")

	h.mustAgree(build.Change{Op: opGrant, Who: h.carl.address(), Role: roleAdmin, Base: 0})
	gone, err := h.propose(h.carl, build.Change{Op: opRetire, Group: "h1", Base: 2})
	if err != nil {
		t.Fatal(err)
	}
	h.mustAgree(build.Change{Op: opWithdraw, Who: h.carl.address(), Role: roleAdmin, Base: 1})
	h.must("approve", h.manager, h.approving(h.ben, gone, h.now+day))
	_, err = h.send("execute", h.manager, manager.PackExecute(gone))
	refusedWith(t, "approved by one who is no admin any more", err, "NeedsApprovals(")
	_, err = h.agree(build.Change{Op: opWithdraw, Who: h.ben.address(), Role: roleAdmin, Base: 2})
	refusedWith(t, "one admin left", err, "TooFewAdmins(1, 2)")
}
