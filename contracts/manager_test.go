package contracts_test

import (
	"math/big"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/flow"
)

func bigOf(v float64) *big.Int { return big.NewInt(int64(v)) }

// What a hospital does from day to day: a rule changes when two admins agree,
// the change has a version and an epoch, and readings are judged by it at once.
func TestChange(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	c := h.check(h.reading())
	if c.Reason != 0 || c.Rule != h.rule || c.Version != 1 || c.CurrentEpoch != 1 {
		t.Fatalf("check at the start: %+v, want acceptance by %v, version 1, epoch 1", c, h.rule)
	}
	strict := heartRate
	strict.Max = 70e6
	rule := h.limits(strict)
	set := build.Change{Op: opSet, Group: "h1", Base: 1, Mode: 1, Parts: h.parts(rule)}
	id, err := h.propose(h.anne, set)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.send("execute", h.manager, manager.PackExecute(id))
	refusedWith(t, "a single approval", err, "NeedsApprovals(")
	both := manager.PackMulticall([][]byte{h.approving(h.ben, id, h.now+day), manager.PackExecute(id)})
	logs := h.must("approve and execute", h.manager, both)
	e := event(t, logs, manager.UnpackEntrySetEvent)
	if e.Proposal != id || e.Version != 2 || e.Epoch != 2 || e.Mode != 1 || len(e.Parts) != 1 || e.Parts[0].Rule != rule {
		t.Errorf("event %+v", e)
	}
	if c := h.check(h.reading()); flow.Reason(c.Reason) != flow.TooHigh || c.Rule != rule || c.Version != 2 || c.CurrentEpoch != 2 {
		t.Errorf("check after the change: %+v", c)
	}
	if _, err := h.agree(build.Change{Op: opRetire, Group: "h1", Base: 2}); err != nil {
		t.Fatal(err)
	}
	if c := h.check(h.reading()); flow.Reason(c.Reason) != flow.Revoked || c.Rule != h.manager || c.Version != 3 {
		t.Errorf("check after it was retired: %+v", c)
	}
	want := build.State{Epoch: 3, Authority: 0, Entries: 1, Proposals: 2}
	if s := h.state(); s != want {
		t.Errorf("state %+v, want %+v", s, want)
	}
}

// The same on a chain that stopped at London, where P-256 is computed in
// Solidity.
func TestLondon(t *testing.T) {
	t.Parallel()
	h := newHospitalAt(t, true)
	rule := h.limits(heartRate)
	h.mustAgree(build.Change{Op: opSet, Group: "h1", Base: 1, Parts: h.parts(rule)})
	if c := h.check(h.reading()); c.Reason != 0 || c.Rule != rule {
		t.Errorf("check %+v", c)
	}
	if name := build.Rules()[h.db.GetCodeHash(rule)]; name != "LimitRule" {
		t.Errorf("build.Rules() knows the code of london's LimitRule as %q", name)
	}
	digest := typed(t, "RuleManager", h.manager, "Pause", map[string]any{"nonce": number(1), "deadline": number(h.now)})
	_, err := h.send("pause", h.manager, manager.PackPause(0, h.now, h.anne.sign(digest)))
	refusedWith(t, "signed for another nonce", err, "BadSignature()")
	if build.London("SlopeRule") != "" {
		t.Error("London gives a contract that is not made for it")
	}
}

// One transaction a check: the verdict is an event of the chain.
func TestCheckAndLog(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	leaf := [32]byte{1, 2, 3}
	low := h.reading()
	low.Low = bigOf(1)
	low.Past = []build.Past{{Low: 5}}
	low.Beside = []build.Beside{{Kind: heartRate.Kind}}
	for _, r := range []build.Reading{h.reading(), low} {
		want := h.check(r)
		logs := h.must("checkAndLog", h.manager, manager.PackCheckAndLog(r, leaf))
		e := event(t, logs, manager.UnpackCheckedEvent)
		if e.Leaf != leaf || e.By != h.account || e.Reason != want.Reason || e.Rule != want.Rule || e.Version != 1 || e.Epoch != 1 ||
			e.GroupHash != [32]byte(crypto.Keccak256([]byte(r.Group))) {
			t.Errorf("event %+v, check says %+v", e, want)
		}
	}
}

// Who pauses needs nobody else; who ends the pause does.
func TestRoles(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	h.mustAgree(build.Change{Op: opGrant, Who: h.carl.address(), Role: rolePauser})
	_, err := h.propose(h.carl, build.Change{Op: opRetire, Group: "h1", Base: 1})
	refusedWith(t, "a pauser proposes", err, "NotAdmin(")
	h.must("pause", h.manager, h.pausing(h.carl, 0))
	if s := h.state(); !s.Paused || s.Epoch != 2 || s.Authority != 2 {
		t.Errorf("state %+v after the pause", s)
	}
	// Approved for one pause, it must not end the next.
	old, err := h.propose(h.anne, build.Change{Op: opUnpause, Base: 2})
	if err != nil {
		t.Fatal(err)
	}
	h.must("approve", h.manager, h.approving(h.ben, old, h.now+day))
	h.mustAgree(build.Change{Op: opUnpause, Base: 2})
	h.must("pause", h.manager, h.pausing(h.carl, 1))
	_, err = h.send("execute", h.manager, manager.PackExecute(old))
	refusedWith(t, "unpause of an earlier pause", err, "Stale(")

	// One admin gives way to another in one proposal.
	h.mustAgree(build.Change{Op: opGrant, Who: h.carl.address(), Role: roleAdmin, Base: 4},
		build.Change{Op: opWithdraw, Who: h.ben.address(), Role: roleAdmin, Base: 4})
	_, err = h.propose(h.ben, build.Change{Op: opUnpause, Base: 5})
	refusedWith(t, "no admin any more", err, "NotAdmin(")

	// Roles are given by proposals only: no sender can have one that gives.
	h.account = h.anne.address()
	for _, call := range [][]byte{manager.PackGrantRole(roleAdmin, h.ben.address()), manager.PackRevokeRole(rolePauser, h.carl.address())} {
		_, err = h.send("grant", h.manager, call)
		refusedWith(t, "given by a sender", err, "AccessControlUnauthorizedAccount(")
	}
	_, err = h.send("renounce", h.manager, manager.PackRenounceRole(rolePauser, h.carl.address()))
	refusedWith(t, "renounced for another", err, "AccessControlBadConfirmation()")
	out, err := h.view(h.manager, manager.PackGetRoleMembers(roleAdmin))
	if err != nil {
		t.Fatal(err)
	}
	if all, err := manager.UnpackGetRoleMembers(out); err != nil || len(all) != 2 || all[0] != h.anne.address() || all[1] != h.carl.address() {
		t.Errorf("admins %v, %v", all, err)
	}
}

// A manager announces the next one and goes on judging until nodes follow.
func TestSucceed(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	next := common.HexToAddress("0x5ecc")
	h.db.SetCode(next, []byte{0}, 0)
	h.mustAgree(build.Change{Op: opSucceed, Who: next})
	if s := h.state(); s.Successor != next || s.Epoch != 1 || s.Authority != 1 {
		t.Errorf("state %+v, want the successor %v", s, next)
	}
}

// What a manager must have before there is one.
func TestConstructorRefused(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	two := []common.Address{h.anne.address(), h.ben.address()}
	wrong := h.parts(h.rule)
	wrong[0].CodeHash = [32]byte{}
	draft := build.Draft{Group: "h1", Parts: h.parts(h.rule)}
	for _, tt := range []struct {
		name, want string
		admins     []common.Address
		needed     uint8
		first      []build.Draft
		taken      bool
	}{
		{"one admin", "TooFewAdmins(1, 2)", two[:1], 2, nil, false},
		{"one approval", "TooFewAdmins(2, 2)", two, 1, nil, false},
		{"more approvals than admins", "TooFewAdmins(2, 3)", two, 3, nil, false},
		{"one admin twice", "AlreadyHas(", []common.Address{two[0], two[0]}, 2, nil, false},
		{"another's registry", "AlreadyAdopted(", two, 2, nil, true},
		{"a rule with other code", "WrongCode(", two, 2, []build.Draft{{Group: "h1", Parts: wrong}}, false},
		{"an entry twice", "Stale(", two, 2, []build.Draft{draft, draft}, false},
	} {
		reg := h.registry
		if !tt.taken {
			reg = h.mustCreate("DeviceRegistry", build.DeviceRegistryMetaData.Bin, nil)
		}
		_, err := h.create("RuleManager", build.RuleManagerMetaData.Bin, manager.PackConstructor(tt.admins, nil, tt.needed, tt.first, h.anchor, reg))
		refusedWith(t, tt.name, err, tt.want)
	}
}

// What admins read before they agree, and a page of it.
func TestProposals(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	change := build.Change{Op: opSet, Group: "h1/3", Parts: h.parts(h.rule, h.rule), Mode: 2}
	var ids [][32]byte
	for range 3 {
		id, err := h.propose(h.anne, change)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	h.must("approve", h.manager, h.approving(h.ben, ids[1], h.now+day))
	out, err := h.view(h.manager, manager.PackProposals(big.NewInt(1), big.NewInt(5)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := manager.UnpackProposals(out)
	if err != nil || len(page) != 2 {
		t.Fatalf("%d proposals, %v, want 2", len(page), err)
	}
	want := build.Proposal{Id: ids[1], By: h.anne.address(), Deadline: h.now + day, Status: 1,
		Approvers: []common.Address{h.anne.address(), h.ben.address()}, Changes: []build.Change{change}}
	if !reflect.DeepEqual(page[0], want) {
		t.Errorf("proposal\n%+v, want\n%+v", page[0], want)
	}
}
