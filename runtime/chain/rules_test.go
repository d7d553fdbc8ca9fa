package chain_test

import (
	"fmt"
	"math/big"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// This file puts the contracts of the rules on a chain, whichever it is.

var managerABI = build.NewRuleManager()

// deployRules makes a rule manager with a limit of heart rates for the group h1;
// london is for chains that stopped there.
func deployRules(t testing.TB, c chain.Chain, payer *chain.Key, london bool) chain.Address {
	t.Helper()
	create := func(name, osaka string, args []byte) chain.Address {
		code := osaka
		if london {
			code = build.London(name)
		}
		r, err := chain.Transact(t.Context(), c, payer, nil, append(common.FromHex(code), args...))
		if err != nil {
			t.Fatalf("make %s: %v", name, err)
		}
		return r.Contract
	}
	anchor := create("AuditAnchor", build.AuditAnchorMetaData.Bin, nil)
	registry := create("DeviceRegistry", build.DeviceRegistryMetaData.Bin, nil)
	rule := create("LimitRule", build.LimitRuleMetaData.Bin, build.NewLimitRule().PackConstructor([]build.Limit{{
		Kind: code32("8867-4"), Unit: code32("/min"), Min: 20e6, Max: 250e6,
		MaxAge: 3_600_000, MaxAhead: 60_000, MaxSamples: 4}}))
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, err := c.State(t.Context(), head.Hash)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := state.CodeHash(rule)
	if err != nil {
		t.Fatal(err)
	}
	out, err := state.Call(rule, build.NewIRule().PackDigest())
	if err != nil {
		t.Fatal(err)
	}
	digest, err := build.NewIRule().UnpackDigest(out)
	if err != nil {
		t.Fatal(err)
	}
	return create("RuleManager", build.RuleManagerMetaData.Bin, managerABI.PackConstructor(
		[]chain.Address{{0xa1}, {0xa2}}, []chain.Address{{0xa3}}, 2,
		[]build.Draft{{Group: "h1", Parts: []build.Part{{Rule: rule, CodeHash: hash, Digest: digest}}}}, anchor, registry))
}

func code32(s string) (b [32]byte) {
	copy(b[:], s)
	return b
}

// heartRate is a reading of so many beats a minute.
func heartRate(rate int64) build.Reading {
	now := time.Now().UnixMilli()
	return build.Reading{Group: "h1/3/icu-3/hr", Device: [12]byte{7}, Kind: code32("8867-4"), Unit: code32("/min"),
		Low: big.NewInt(rate * 1e6), High: big.NewInt(rate * 1e6), Samples: 1, Taken: now, Judged: now, Size: 200, Since: -1,
		Past: []build.Past{}, Beside: []build.Beside{}}
}

// judges reports an error unless the manager accepts 70 and refuses 300.
func judges(s chain.State, manager chain.Address) error {
	for rate, accepted := range map[int64]bool{70: true, 300: false} {
		out, err := s.Call(manager, managerABI.PackCheck(heartRate(rate)))
		if err != nil {
			return err
		}
		a, err := managerABI.UnpackCheck(out)
		if err != nil {
			return err
		}
		if (a.Reason == 0) != accepted {
			return fmt.Errorf("%d a minute is judged %d", rate, a.Reason)
		}
	}
	return nil
}

func mustJudge(t testing.TB, c chain.Chain, manager chain.Address) {
	t.Helper()
	head, err := c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.State(t.Context(), head.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := judges(s, manager); err != nil {
		t.Error(err)
	}
}

// The whole check of the manager, in the EVM of this process over our own
// database.
func BenchmarkManagerCheck(b *testing.B) {
	dir, payer, _ := found(b)
	c := open(b, dir)
	defer closeChain(b, c)
	manager := deployRules(b, c, payer, false)
	mustJudge(b, c, manager)
	head, err := c.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.State(b.Context(), head.Hash)
	if err != nil {
		b.Fatal(err)
	}
	call := managerABI.PackCheck(heartRate(70))
	b.ReportAllocs()
	began := cpu(b)
	for b.Loop() {
		if _, err := s.Call(manager, call); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu(b)-began)/float64(b.N), "cpu-ns/op")
}

// cpu is what this process has computed so far: on a machine that does other
// things too, it tells more than the clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
