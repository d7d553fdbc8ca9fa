package contracts_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The device's entry decides, or else the longest beginning of its group; what
// is retired refuses and never falls through.
func TestResolve(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	device := [12]byte{0x30, 1}
	at := map[string]common.Address{"h1": h.rule}
	var changes []build.Change
	for _, scope := range []string{"", "h1/3", "h1/3/icu-1", "h1/3/icu-1/ecg", "device"} {
		l := heartRate
		l.Max -= int64(len(at)) // a rule of its own
		at[scope] = h.limits(l)
		c := build.Change{Op: opSet, Group: scope, Parts: h.parts(at[scope])}
		if scope == "device" {
			c.Group, c.Device = "", device
		}
		changes = append(changes, c)
	}
	h.mustAgree(changes...)

	decides := func(group string, dev [12]byte, want string) {
		t.Helper()
		r := h.reading()
		r.Group, r.Device = group, dev
		c := h.check(r)
		if c.Reason != 0 || c.Rule != at[want] {
			t.Errorf("group %q: reason %v by %v, want acceptance by the rule of %q, %v", group, flow.Reason(c.Reason), c.Rule, want, at[want])
		}
	}
	other := [12]byte{9}
	decides("h1/3/icu-1/ecg", device, "device")
	decides("h1/3/icu-1/ecg", other, "h1/3/icu-1/ecg")
	decides("h1/3/icu-1/ecg/more", other, "h1/3/icu-1/ecg")
	decides("h1/3/icu-1/spo2", other, "h1/3/icu-1")
	decides("h1/3/icu-12/ecg", other, "h1/3")
	decides("h1/4/x/y", other, "h1")
	decides("h12", other, "")
	decides("", other, "")

	refuses := func(group string, dev [12]byte, want flow.Reason) {
		t.Helper()
		r := h.reading()
		r.Group, r.Device = group, dev
		if c := h.check(r); flow.Reason(c.Reason) != want || c.Rule != h.manager {
			t.Errorf("group %q: reason %v by %v, want %v by the manager", group, flow.Reason(c.Reason), c.Rule, want)
		}
	}
	h.mustAgree(build.Change{Op: opRetire, Group: "h1/3/icu-1", Base: 1}, build.Change{Op: opRetire, Device: device, Base: 1})
	refuses("h1/3/icu-1/ecg", device, flow.Revoked)
	refuses("h1/3/icu-1/spo2", other, flow.Revoked)
	decides("h1/3/icu-1/ecg", other, "h1/3/icu-1/ecg")
	h.mustAgree(build.Change{Op: opSet, Device: device, Base: 2, Parts: h.parts(h.rule)})
	at["device"] = h.rule
	decides("h1/3/icu-1/ecg", device, "device")

	h.must("pause", h.manager, h.pausing(h.anne, h.nonce(h.anne)))
	refuses("h1", other, flow.Paused)
	h.mustAgree(build.Change{Op: opUnpause, Base: h.state().Authority})
	decides("h1", other, "h1")

	empty := h.mustCreate("RuleManager", build.RuleManagerMetaData.Bin, manager.PackConstructor(
		[]common.Address{h.anne.address(), h.ben.address()}, nil, 2, nil, h.anchor, h.mustCreate("r", build.DeviceRegistryMetaData.Bin, nil)))
	h.manager = empty
	refuses("h1", other, flow.NoRule)
}

// An entry of several parts needs them all; the first that refuses decides.
func TestParts(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	slope := h.slope(build.Slope{Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 20e6, Per: 10_000, Past: 1})
	h.mustAgree(build.Change{Op: opSet, Group: "h1", Base: 1, Parts: h.parts(h.rule, slope)})
	r := h.reading()
	if c := h.check(r); c.Reason != 0 || c.Rule != slope {
		t.Errorf("accepted by %v, want the last part %v", c.Rule, slope)
	}
	r.Past = []build.Past{{Taken: r.Taken - 1000, Ended: r.Taken - 1000, Low: 150e6, High: 150e6}}
	if c := h.check(r); flow.Reason(c.Reason) != flow.TooSteep || c.Rule != slope {
		t.Errorf("reason %v by %v, want too steep by %v", flow.Reason(c.Reason), c.Rule, slope)
	}
	r.High = bigOf(300e6)
	if c := h.check(r); flow.Reason(c.Reason) != flow.TooHigh || c.Rule != h.rule {
		t.Errorf("reason %v by %v, want too high by %v", flow.Reason(c.Reason), c.Rule, h.rule)
	}
}

// A rule that is not what was approved, or gives no answer that a rule may
// give, is BadRule; and who calls can't starve a good one of gas.
func TestBadRule(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	code := h.db.GetCode(h.rule)
	// Each: return the 32 bytes of one word, or what its name says.
	answer := func(n byte) []byte { return []byte{0x60, n, 0x60, 0, 0x52, 0x60, 0x20, 0x60, 0, 0xf3} }
	for _, tt := range []struct {
		name   string
		code   []byte
		pinned bool // whether the manager expects this code
		want   flow.Reason
	}{
		{"other code", answer(0), false, flow.BadRule},
		{"no code", nil, false, flow.BadRule},
		{"reverts", []byte{0x5f, 0x5f, 0xfd}, true, flow.BadRule},
		{"invalid instruction", []byte{0xfe}, true, flow.BadRule},
		{"stops without an answer", []byte{0x00}, true, flow.BadRule},
		{"half an answer", []byte{0x60, 0x10, 0x5f, 0xf3}, true, flow.BadRule},
		{"runs for ever", []byte{0x5b, 0x5f, 0x56}, true, flow.BadRule},
		{"no rule, says the rule", answer(1), true, flow.BadRule},
		{"bad signature, says the rule", answer(12), true, flow.BadRule},
		{"paused, says the rule", answer(14), true, flow.BadRule},
		{"bad rule, says the rule", answer(18), true, flow.BadRule},
		{"a reason that there is not", answer(200), true, flow.BadRule},
		{"a large number", []byte{0x5f, 0x19, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3}, true, flow.BadRule},
		{"accepts", answer(0), true, flow.Accepted},
		{"field missing", answer(11), true, flow.MissingField},
		{"disagrees", answer(17), true, flow.Disagrees},
	} {
		rule := common.BigToAddress(bigOf(1e6 + float64(len(tt.name))))
		h.db.SetCode(rule, code, 0)
		h.db.SetState(rule, common.Hash{}, h.db.GetState(h.rule, common.Hash{})) // the digest
		if tt.pinned {
			h.db.SetCode(rule, tt.code, 0)
		}
		// The entry is written as the contract would have it, for none of these
		// would pass as a rule when it is proposed.
		h.pin(rule)
		h.db.SetCode(rule, tt.code, 0)
		c := h.check(h.reading())
		if flow.Reason(c.Reason) != tt.want || c.Rule != rule || c.Version != 1 {
			t.Errorf("%s: reason %v by %v, want %v by %v", tt.name, flow.Reason(c.Reason), c.Rule, tt.want, rule)
		}
	}
	h.pin(h.rule)
	snap := h.db.Copy()
	for _, gas := range []uint64{30_000, 100_000, 300_000, 440_000} {
		h.db = snap.Copy()
		res, err := h.apply(&h.manager, manager.PackCheck(h.reading()), gas)
		if err == nil && res.Err == nil {
			c, err := manager.UnpackCheck(res.ReturnData)
			if err != nil || c.Reason != 0 {
				t.Errorf("with %d gas a good rule is said to refuse: %+v, %v", gas, c, err)
			}
		}
	}
	h.db = snap
	if res, err := h.apply(&h.manager, manager.PackCheck(h.reading()), 480_000); err != nil || res.Err != nil {
		t.Errorf("with 480,000 gas: %v, %v", err, res)
	}
}

// pin makes rule the only part of the hospital's first entry, behind the
// manager's back.
func (h *hospital) pin(rule common.Address) {
	h.t.Helper()
	slot := h.firstPart()
	h.db.SetState(h.manager, slot, common.BytesToHash(rule.Bytes()))
	next := common.BigToHash(new(big.Int).Add(slot.Big(), big.NewInt(1)))
	h.db.SetState(h.manager, next, h.db.GetCodeHash(rule))
}

// firstPart is the slot of the manager's storage where the first part of the
// first entry begins: the rule's address, then its code hash, then its digest.
func (h *hospital) firstPart() common.Hash {
	h.t.Helper()
	if h.part != (common.Hash{}) {
		return h.part
	}
	for i := range int64(32) {
		entry := crypto.Keccak256Hash(common.BigToHash(big.NewInt(i)).Bytes())
		parts := common.BigToHash(new(big.Int).Add(entry.Big(), big.NewInt(2)))
		first := crypto.Keccak256Hash(parts.Bytes())
		if common.BytesToAddress(h.db.GetState(h.manager, first).Bytes()) == h.rule {
			h.part = first
			return first
		}
	}
	h.t.Fatal("the entries are not in the first 32 slots of the manager")
	return common.Hash{}
}
