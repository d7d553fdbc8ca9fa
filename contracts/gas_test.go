package contracts_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
)

var update = flag.Bool("update", false, "rewrite testdata/gas.txt")

// What each action costs, in gas, is recorded: a change of it is to be seen in
// a diff. Signatures have as many zero bytes as chance gives them, each 12 gas
// cheaper in calldata, so figures may differ by a few hundred.
func TestGas(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, london := range []bool{false, true} {
		h := newHospitalAt(t, london)
		fork := "osaka"
		if london {
			fork = "london"
		}
		h.spend()
		for _, action := range []string{"AuditAnchor", "DeviceRegistry", "LimitRule", "LimitRule of 20", "RuleManager", "SlopeRule", "AgreementRule",
			"propose", "approve", "execute", "approve and execute", "pause", "cancel", "anchor first", "anchor", "anchor of 10", "bind", "bind 10", "revoke",
			"checkAndLog", "checkAndLog by a device's entry", "checkAndLog by 3 parts"} {
			if used, ok := h.gas[action]; ok {
				lines = append(lines, fmt.Sprintf("%-8s %-32s %9d", fork, action, used))
			}
		}
	}
	got := strings.Join(lines, "\n") + "\n"
	const file = "testdata/gas.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Split(strings.TrimSpace(string(readFile(t, file))), "\n")
	if len(want) != len(lines) {
		t.Fatalf("%s has %d lines, want %d: go test -run TestGas -update", file, len(want), len(lines))
	}
	for i, line := range lines {
		if !near(line, want[i]) {
			t.Errorf("gas\n %s, recorded is\n %s\nIf that is meant: go test -run TestGas -update", line, want[i])
		}
	}
}

// near reports whether two lines name the same action and cost the same but
// for the zero bytes of signatures.
func near(a, b string) bool {
	var forks, names [2]string
	var used [2]int
	for i, line := range []string{a, b} {
		if len(line) < 42 {
			return false
		}
		forks[i], names[i] = line[:8], line[9:41]
		if _, err := fmt.Sscan(line[42:], &used[i]); err != nil {
			return false
		}
	}
	slack := 1000 // of a few signatures
	if strings.HasPrefix(forks[0], "london") {
		slack = 25_000 // the bits of a signature decide how many points are added
	}
	d := used[0] - used[1]
	return forks[0] == forks[1] && names[0] == names[1] && max(d, -d) <= slack
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// spend does what a hospital does, for its cost.
func (h *hospital) spend() {
	t := h.t
	t.Helper()
	var twenty []build.Limit
	for i := range 20 {
		l := heartRate
		l.Kind = code32(fmt.Sprintf("%05d-0", i))
		twenty = append(twenty, l)
	}
	single := h.gas["LimitRule"]
	h.limits(twenty...)
	h.gas["LimitRule of 20"], h.gas["LimitRule"] = h.gas["LimitRule"], single

	id, err := h.propose(h.anne, build.Change{Op: opSet, Group: "h1/3/icu-1", Parts: h.parts(h.rule)})
	if err != nil {
		t.Fatal(err)
	}
	first := h.gas["propose"]
	h.must("approve", h.manager, h.approving(h.ben, id, h.now+day))
	h.must("execute", h.manager, manager.PackExecute(id))
	id, err = h.propose(h.anne, build.Change{Op: opSet, Group: "h1/3/icu-1", Base: 1, Parts: h.parts(h.rule)})
	if err != nil {
		t.Fatal(err)
	}
	h.must("approve and execute", h.manager, manager.PackMulticall([][]byte{h.approving(h.ben, id, h.now+day), manager.PackExecute(id)}))
	r := h.reading()
	h.must("checkAndLog", h.manager, manager.PackCheckAndLog(r, [32]byte{1}))
	if !h.london {
		h.spendOnParts(r)
	}
	id, err = h.propose(h.anne, build.Change{Op: opRetire, Group: "h1", Base: h.versionOf("h1")})
	if err != nil {
		t.Fatal(err)
	}
	h.gas["propose"] = first
	h.must("cancel", h.manager, h.cancelling(h.anne, id))
	h.must("pause", h.manager, h.pausing(h.anne, h.nonce(h.anne)))
	h.spendOnHeads()

	monitor := newPerson(t)
	var ten []build.Binding
	for i := range byte(10) {
		ten = append(ten, h.binding(monitor, 100+i, 100+i))
	}
	if err := h.bind(h.reg, ten...); err != nil {
		t.Fatal(err)
	}
	h.gas["bind 10"] = h.gas["bind"]
	if err := h.bind(h.reg, h.binding(monitor, 1, 7)); err != nil {
		t.Fatal(err)
	}
	if err := h.revoke(h.reg, [][32]byte{{1}}, nil); err != nil {
		t.Fatal(err)
	}
}

func (h *hospital) spendOnParts(r build.Reading) {
	slope := h.slope(build.Slope{Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 20e6, Per: 10_000, StuckFor: 60_000, Past: 16})
	agree := h.agreement(build.Agreement{Kind: heartRate.Kind, Other: code32("8889-8"), Unit: heartRate.Unit, Least: -10e6, Most: 20e6, Within: 5000})
	kept := []uint64{h.gas["propose"], h.gas["approve"], h.gas["execute"]}
	h.mustAgree(build.Change{Op: opSet, Group: "h1", Base: 1, Parts: h.parts(h.rule, slope, agree)},
		build.Change{Op: opSet, Device: [12]byte{7}, Parts: h.parts(h.rule)})
	h.gas["propose"], h.gas["approve"], h.gas["execute"] = kept[0], kept[1], kept[2]
	own := r
	own.Device = [12]byte{7}
	h.must("checkAndLog by a device's entry", h.manager, manager.PackCheckAndLog(own, [32]byte{1}))
	r.Group = "h1/4/icu-2/ecg"
	for i := range int64(16) {
		at := r.Taken - 1000*(i+1)
		r.Past = append(r.Past, build.Past{Taken: at, Ended: at, Low: 71e6 + i%2*1e6, High: 71e6 + i%2*1e6})
	}
	for range 16 {
		r.Beside = append(r.Beside, build.Beside{Kind: code32("8889-8"), Unit: heartRate.Unit, Past: r.Past[0]})
	}
	h.must("checkAndLog by 3 parts", h.manager, manager.PackCheckAndLog(r, [32]byte{1}))
}

func (h *hospital) spendOnHeads() {
	var heads []build.Head
	var sigs [][]byte
	key, log := logKey(h.t)
	for i := range uint64(10) {
		head := build.Head{Log: log, From: i * 1000, To: (i + 1) * 1000, Root: crypto.Keccak256Hash([]byte{byte(i)}), Epoch: 1, MadeAt: start * 1000}
		heads, sigs = append(heads, head), append(sigs, h.signHead(key, head))
	}
	h.must("anchor first", h.anchor, anchors.PackAnchor(heads[:1], sigs[:1]))
	h.must("anchor", h.anchor, anchors.PackAnchor(heads[1:2], sigs[1:2]))
	heads, sigs = nil, nil
	for i := range 10 {
		key, log := logKey(h.t)
		head := build.Head{Log: log, To: 1000, Root: [32]byte{byte(i)}, Epoch: 1, MadeAt: start * 1000}
		heads, sigs = append(heads, head), append(sigs, h.signHead(key, head))
	}
	h.must("anchor of 10", h.anchor, anchors.PackAnchor(heads, sigs))
}

func (h *hospital) versionOf(group string) uint64 {
	h.t.Helper()
	out, err := h.view(h.manager, manager.PackVersionOf([12]byte{}, group))
	if err != nil {
		h.t.Fatal(err)
	}
	v, err := manager.UnpackVersionOf(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// processor is the time this process has had of it, which other processes make
// no longer.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // never fails
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What a check costs the machine: the manager with the rules of one room, in
// go-ethereum's EVM, without the packing.
func BenchmarkCheck(b *testing.B) {
	h := newHospital(b)
	slope := h.slope(build.Slope{Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 20e6, Per: 10_000, StuckFor: 60_000, Past: 16})
	h.mustAgree(build.Change{Op: opSet, Group: "h1/3", Parts: h.parts(h.rule, slope)})
	for name, group := range map[string]string{"limits": "h1/4/icu-1/ecg", "limits and slope": "h1/3/icu-1/ecg"} {
		b.Run(name, func(b *testing.B) {
			r := h.reading()
			r.Group = group
			call := manager.PackCheck(r)
			evm := h.evm()
			before := processor()
			for b.Loop() {
				out, _, err := evm.StaticCall(common.Address{}, h.manager, call, vm.NewGasBudget(plenty, 0))
				if err != nil || len(out) != 128 || out[31] != 0 {
					b.Fatalf("%x, %v", out, err)
				}
			}
			b.ReportMetric(float64(processor()-before)/float64(b.N), "cpu-ns/op")
		})
	}
}
