package rule

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"math"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// A Court is a rule manager with two admins on a chain of its own.
type Court struct {
	t       testing.TB
	Chain   *chaintest.Sim
	Payer   *chain.Key
	Manager chain.Address
	Admins  [2]*ecdsa.PrivateKey
	nonce   uint64 // of the first admin
}

// NewCourt makes a manager whose rules these are.
func NewCourt(t testing.TB, rules ...Rule) *Court {
	t.Helper()
	c := &Court{t: t}
	c.Chain, c.Payer = chaintest.NewSim(t, time.Now)
	var keys []common.Address
	for i := range c.Admins {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		at, err := eip712.KeyAddress(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		c.Admins[i], keys = key, append(keys, at)
	}
	anchor := c.make(common.FromHex(build.AuditAnchorMetaData.Bin))
	registry := c.make(common.FromHex(build.DeviceRegistryMetaData.Bin))
	var first []build.Draft
	for _, r := range rules {
		first = append(first, build.Draft{Device: epcOf(r.Device), Group: r.Group, Mode: uint8(r.Mode), Parts: c.Parts(r)})
	}
	code := common.FromHex(build.RuleManagerMetaData.Bin)
	c.Manager = c.make(append(code, managerABI().PackConstructor(keys, nil, 2, first, anchor, registry)...))
	return c
}

func epcOf(device string) [12]byte {
	d, _ := deviceOf(device)
	return d
}

// make makes a contract.
func (c *Court) make(code []byte) chain.Address {
	c.t.Helper()
	r, err := chain.Transact(context.Background(), c.Chain, c.Payer, nil, code)
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Contract
}

// Parts makes the contracts of a rule.
func (c *Court) Parts(r Rule) (all []build.Part) {
	c.t.Helper()
	pieces, err := r.pieces()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range pieces {
		at := p.at
		if p.code != nil {
			at = c.make(p.code)
		}
		all = append(all, c.part(at))
	}
	return all
}

// part is a contract as it is now.
func (c *Court) part(at chain.Address) build.Part {
	c.t.Helper()
	st := c.State()
	code, err := st.CodeHash(at)
	if err != nil {
		c.t.Fatal(err)
	}
	l := loader{st: st}
	digest, err := l.word(at, ruleABI().PackDigest())
	if err != nil {
		c.t.Fatal(err)
	}
	return build.Part{Rule: at, CodeHash: code, Digest: digest}
}

// State is that of the newest block.
func (c *Court) State() chain.State {
	c.t.Helper()
	head, err := c.Chain.Head(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	st, err := c.Chain.State(context.Background(), head.Hash)
	if err != nil {
		c.t.Fatal(err)
	}
	return st
}

// Set has rules replaced, Retire one withdrawn.
func (c *Court) Set(rules ...Rule) {
	c.t.Helper()
	var changes []build.Change
	for _, r := range rules {
		changes = append(changes, build.Change{Op: 0, Device: epcOf(r.Device), Group: r.Group, Base: c.version(r), Mode: uint8(r.Mode), Parts: c.Parts(r)})
	}
	c.decide(changes...)
}

func (c *Court) Retire(r Rule) {
	c.t.Helper()
	c.decide(build.Change{Op: 1, Device: epcOf(r.Device), Group: r.Group, Base: c.version(r)})
}

func (c *Court) version(r Rule) uint64 {
	c.t.Helper()
	out, err := c.State().Call(c.Manager, managerABI().PackVersionOf(epcOf(r.Device), r.Group))
	if err != nil {
		c.t.Fatal(err)
	}
	v, err := managerABI().UnpackVersionOf(out)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// Pause stops the manager, Unpause ends that.
func (c *Court) Pause() {
	c.t.Helper()
	c.send(managerABI().PackPause(c.nonce, math.MaxInt64, c.signed(0, pauseStruct(c.nonce, math.MaxInt64))))
	c.nonce++
}

func (c *Court) Unpause() {
	c.t.Helper()
	s, err := readManager(c.State(), c.Manager)
	if err != nil {
		c.t.Fatal(err)
	}
	c.decide(build.Change{Op: 4, Base: s.Authority})
}

// decide has changes proposed, approved and carried out.
func (c *Court) decide(changes ...build.Change) {
	c.t.Helper()
	by, _ := eip712.KeyAddress(c.Admins[0].Public())
	id := proposalID(by, changes, c.nonce, math.MaxInt64)
	c.send(managerABI().PackPropose(changes, c.nonce, math.MaxInt64, c.signed(0, id)))
	c.nonce++
	approve := managerABI().PackApprove(id, math.MaxInt64, c.signed(1, approveStruct(id, math.MaxInt64)))
	c.send(managerABI().PackMulticall([][]byte{approve, managerABI().PackExecute(id)}))
}

func (c *Court) signed(admin int, structHash chain.Hash) build.Signature {
	c.t.Helper()
	id, err := c.Chain.ID(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	s, err := eip712.Sign(c.Admins[admin], eip712.Digest(managerDomain, id, c.Manager, structHash))
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *Court) send(call []byte) {
	c.t.Helper()
	if _, err := chain.Transact(context.Background(), c.Chain, c.Payer, &c.Manager, call); err != nil {
		c.t.Fatal(err)
	}
}

// Rules are the rules at the newest block.
func (c *Court) Rules() *Set {
	c.t.Helper()
	set, err := LoadState(c.State(), c.Manager)
	if err != nil {
		c.t.Fatal(err)
	}
	return set
}

// forged is the creation code of a rule contract that is not ours: its getters
// kind and digest say what they are told, and to all else it answers by the
// code that answer gives for where it will stand.
func forged(kind string, digest chain.Hash, answer func(at int) []byte) []byte {
	body := []byte{0x5f, 0x35, 0x60, 0xe0, 0x1c} // the selector on the stack: PUSH0 CALLDATALOAD PUSH1 e0 SHR
	k, _ := bytesOf(kind)
	for _, getter := range []struct {
		call []byte
		word [word]byte
	}{{ruleABI().PackKind(), k}, {ruleABI().PackDigest(), digest}} {
		body = append(body, 0x80, 0x63) // DUP1 PUSH4
		body = append(body, getter.call[:4]...)
		over := len(body) + 7 + word + 6
		body = append(body, 0x14, 0x15, 0x61, byte(over>>8), byte(over), 0x57, 0x7f) // EQ ISZERO PUSH2 over JUMPI PUSH32
		body = append(body, getter.word[:]...)
		body = append(body, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, 0x5b) // PUSH0 MSTORE, return the word, JUMPDEST
	}
	over := len(body)
	body = append(body, answer(over)...)
	n := len(body)
	return append([]byte{0x61, byte(n >> 8), byte(n), 0x60, 12, 0x5f, 0x39, 0x61, byte(n >> 8), byte(n), 0x5f, 0xf3}, body...) // CODECOPY RETURN
}

// What forged rules answer.
func saying(reason byte) func(int) []byte {
	return func(int) []byte { return []byte{0x60, reason, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3} }
}

func reverting(int) []byte { return []byte{0x5f, 0x5f, 0xfd} }

func mute(int) []byte { return []byte{0x00} }

// spending never ends: JUMPDEST PUSH2 at JUMP.
func spending(at int) []byte { return []byte{0x5b, 0x61, byte(at >> 8), byte(at), 0x56} }
