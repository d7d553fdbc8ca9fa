package contracts_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
)

var (
	manager   = build.NewRuleManager()
	registry  = build.NewDeviceRegistry()
	anchors   = build.NewAuditAnchor()
	rules     = build.NewIRule()
	limitRule = build.NewLimitRule()
	slopeRule = build.NewSlopeRule()
	agreeRule = build.NewAgreementRule()
)

var bindings = []*bind.MetaData{&build.RuleManagerMetaData, &build.DeviceRegistryMetaData, &build.AuditAnchorMetaData,
	&build.LimitRuleMetaData, &build.SlopeRuleMetaData, &build.AgreementRuleMetaData}

// The ops of a change, as Proposals.sol numbers them.
const (
	opSet = iota
	opRetire
	opGrant
	opWithdraw
	opUnpause
	opSucceed
)

var (
	roleAdmin     = [32]byte(crypto.Keccak256([]byte("RULE_ADMIN_ROLE")))
	rolePauser    = [32]byte(crypto.Keccak256([]byte("PAUSER_ROLE")))
	roleRegistrar = [32]byte(crypto.Keccak256([]byte("REGISTRAR_ROLE")))
)

// A hospital has a manager with two admins of whom both must agree, one
// registrar, and a rule for heart rates at h1.
type hospital struct {
	*machine
	anne, ben, carl, reg *person // carl has no role
	manager              common.Address
	registry             common.Address
	anchor               common.Address
	rule                 common.Address
	part                 common.Hash // see firstPart
}

func newHospital(t testing.TB) *hospital { return newHospitalAt(t, false) }

func newHospitalAt(t testing.TB, london bool) *hospital {
	t.Helper()
	h := &hospital{machine: machineAt(t, london), anne: newPerson(t), ben: newPerson(t), carl: newPerson(t), reg: newPerson(t)}
	h.anchor = h.mustCreate("AuditAnchor", h.code("AuditAnchor", build.AuditAnchorMetaData.Bin), nil)
	h.registry = h.mustCreate("DeviceRegistry", h.code("DeviceRegistry", build.DeviceRegistryMetaData.Bin), nil)
	h.rule = h.limits(heartRate)
	h.manager = h.mustCreate("RuleManager", h.code("RuleManager", build.RuleManagerMetaData.Bin), manager.PackConstructor(
		[]common.Address{h.anne.address(), h.ben.address()}, []common.Address{h.reg.address()}, 2,
		[]build.Draft{{Group: "h1", Parts: h.parts(h.rule)}}, h.anchor, h.registry))
	return h
}

func (m *machine) code(name, osaka string) string {
	if m.london {
		return build.London(name)
	}
	return osaka
}

func addressOf(m *machine) common.Address {
	return crypto.CreateAddress(m.account, m.db.GetNonce(m.account))
}

func code32(s string) (b [32]byte) {
	copy(b[:], s)
	return b
}

// heartRate is 20 to 250 a minute, one reading of one sample each second at most.
var heartRate = build.Limit{Kind: code32("8867-4"), Unit: code32("/min"), Min: 20e6, Max: 250e6,
	MaxAge: 60_000, MaxAhead: 2_000, MaxRate: 1, MaxSamples: 4, MaxBytes: 1000, Fields: 1 << 6}

func (m *machine) limits(limits ...build.Limit) common.Address {
	m.t.Helper()
	return m.mustCreate("LimitRule", m.code("LimitRule", build.LimitRuleMetaData.Bin), limitRule.PackConstructor(limits))
}

// parts are rule contracts as they are now.
func (m *machine) parts(at ...common.Address) (parts []build.Part) {
	m.t.Helper()
	for _, a := range at {
		out, err := m.view(a, rules.PackDigest())
		if err != nil {
			m.t.Fatal(err)
		}
		digest, err := rules.UnpackDigest(out)
		if err != nil {
			m.t.Fatal(err)
		}
		parts = append(parts, build.Part{Rule: a, CodeHash: m.db.GetCodeHash(a), Digest: digest})
	}
	return parts
}

func (h *hospital) state() build.State {
	h.t.Helper()
	out, err := h.view(h.manager, manager.PackState())
	if err != nil {
		h.t.Fatal(err)
	}
	s, err := manager.UnpackState(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *hospital) nonce(p *person) uint64 {
	h.t.Helper()
	out, err := h.view(h.manager, manager.PackNonces(p.address()))
	if err != nil {
		h.t.Fatal(err)
	}
	n, err := manager.UnpackNonces(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

const day = 86_400 // s

// proposing is the call by which p puts changes forward, and the id they get.
func (h *hospital) proposing(p *person, nonce, deadline uint64, changes ...build.Change) (call []byte, id [32]byte) {
	h.t.Helper()
	digest := typed(h.t, "RuleManager", h.manager, "Propose", map[string]any{"by": p.address().Hex(), "changes": changesOf(changes),
		"nonce": number(nonce), "deadline": number(deadline)})
	out, err := h.view(h.manager, manager.PackProposalId(p.address(), changes, nonce, deadline))
	if err != nil {
		h.t.Fatal(err)
	}
	id, err = manager.UnpackProposalId(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return manager.PackPropose(changes, nonce, deadline, p.sign(digest)), id
}

func (h *hospital) approving(p *person, id [32]byte, deadline uint64) []byte {
	h.t.Helper()
	return manager.PackApprove(id, deadline, p.sign(typed(h.t, "RuleManager", h.manager, "Approve",
		map[string]any{"id": id[:], "deadline": number(deadline)})))
}

func (h *hospital) cancelling(p *person, id [32]byte) []byte {
	h.t.Helper()
	return manager.PackCancel(id, h.now+day, p.sign(typed(h.t, "RuleManager", h.manager, "Cancel",
		map[string]any{"id": id[:], "deadline": number(h.now + day)})))
}

func (h *hospital) pausing(p *person, nonce uint64) []byte {
	h.t.Helper()
	return manager.PackPause(nonce, h.now+day, p.sign(typed(h.t, "RuleManager", h.manager, "Pause",
		map[string]any{"nonce": number(nonce), "deadline": number(h.now + day)})))
}

// propose has p put changes forward, or says why the contract would not.
func (h *hospital) propose(p *person, changes ...build.Change) ([32]byte, error) {
	h.t.Helper()
	call, id := h.proposing(p, h.nonce(p), h.now+day, changes...)
	_, err := h.send("propose", h.manager, call)
	return id, err
}

// agree has anne propose, ben approve, and anyone carry it out.
func (h *hospital) agree(changes ...build.Change) ([]*types.Log, error) {
	h.t.Helper()
	id, err := h.propose(h.anne, changes...)
	if err != nil {
		return nil, err
	}
	h.must("approve", h.manager, h.approving(h.ben, id, h.now+day))
	return h.send("execute", h.manager, manager.PackExecute(id))
}

func (h *hospital) mustAgree(changes ...build.Change) []*types.Log {
	h.t.Helper()
	logs, err := h.agree(changes...)
	if err != nil {
		h.t.Fatal(err)
	}
	return logs
}

// reading is a heart rate that the rule of the hospital accepts.
func (h *hospital) reading() build.Reading {
	ms := int64(h.now) * 1000
	return build.Reading{Group: "h1/3/icu-1/ecg", Device: [12]byte{0x30, 1}, Kind: heartRate.Kind, Unit: heartRate.Unit,
		Low: bigOf(72e6), High: bigOf(72e6), Samples: 1, Taken: ms - 100, Judged: ms, Size: 200, Fields: 0xff, Since: -1}
}

func (h *hospital) check(r build.Reading) build.CheckOutput {
	h.t.Helper()
	out, err := h.view(h.manager, manager.PackCheck(r))
	if err != nil {
		h.t.Fatalf("check: %v", err)
	}
	c, err := manager.UnpackCheck(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}
