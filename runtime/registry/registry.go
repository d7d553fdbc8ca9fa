package registry

import (
	"context"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// Parsed when they are needed: every command of the command line has this
// package, and next to none asks the registry.
var (
	contract = sync.OnceValue(build.NewDeviceRegistry)
	manager  = sync.OnceValue(build.NewRuleManager)
)

// A Record is what a CA knows of a device's certificate that has not ended.
type Record struct {
	Certificate [32]byte // SHA-256 of its DER
	EPC         [12]byte
	Key         [64]byte // point on P-256: x, y, big-endian
	Group       string   // site/floor/room/type
	NotAfter    time.Time
	Revoked     bool // or suspended: it stands on the revocation list
}

// A Device is what a CA knows of the device itself.
type Device struct {
	EPC    [12]byte
	Barred bool // revoked or suspended: it gets no certificates
}

// Records are all that a CA has to say.
type Records struct {
	Certificates []Record
	Devices      []Device
}

// A Salt makes hashes of EPCs that nobody without it can guess. It is kept
// secret, and never changes.
type Salt [32]byte

// Device is how the contract names a device: Keccak-256 of salt and EPC.
func (s Salt) Device(epc [12]byte) [32]byte { return [32]byte(crypto.Keccak256(s[:], epc[:])) }

// A Registry is the contract on a chain.
type Registry struct {
	Chain    chain.Reader
	Contract chain.Address
	Relay    chain.Relay // brings acts to the chain; nil: it can only be read
	Salt     Salt
}

// Find is the registry of a rule manager.
func Find(ctx context.Context, c chain.Reader, of chain.Address, relay chain.Relay, salt Salt) (*Registry, error) {
	r := &Registry{Chain: c, Relay: relay, Salt: salt}
	st, _, err := r.state(ctx, 0)
	if err == nil {
		r.Contract, err = ask(st, of, manager().PackRegistry(), manager().UnpackRegistry)
	}
	if err != nil {
		return nil, fmt.Errorf("find the registry of rule manager %s: %w", of, err)
	}
	return r, nil
}

// A Listed is a certificate as the contract has it.
type Listed struct {
	Certificate [32]byte
	Device      [32]byte // see [Salt.Device]
	Key         [64]byte
	Group       [32]byte // Keccak-256 of the group
	NotAfter    time.Time
	BoundAt     time.Time // zero: the contract does not know it
	RevokedAt   time.Time // of it, or of its device; zero: it is not revoked
}

func listedOf(r build.Registered) Listed {
	l := Listed{Certificate: r.Binding.Certificate, Device: r.Binding.Device, Group: r.Binding.Group,
		NotAfter: timeOf(r.Binding.NotAfter), BoundAt: timeOf(r.BoundAt), RevokedAt: timeOf(r.RevokedAt)}
	copy(l.Key[:32], r.Binding.X[:])
	copy(l.Key[32:], r.Binding.Y[:])
	return l
}

// timeOf holds a time that Go can't at the latest that is sensible to print.
func timeOf(s uint64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	const last = 253_402_300_799 // the end of the year 9999
	return time.Unix(int64(min(s, last)), 0).UTC()
}

// state is the newest final state, as soon as it is that of a block or newer:
// who reads may not be who was sent a transaction.
func (r *Registry) state(ctx context.Context, block uint64) (chain.State, chain.Head, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		head, err := r.Chain.Head(ctx)
		if err != nil {
			return nil, head, err
		}
		if head.Number >= block {
			st, err := r.Chain.State(ctx, head.Hash)
			return st, head, err
		}
		select {
		case <-ctx.Done():
			return nil, head, fmt.Errorf("block %d has not come, the newest is %d: %w", block, head.Number, ctx.Err())
		case <-tick.C:
		}
	}
}

// ask calls a view of a contract and reads its answer.
func ask[T any](st chain.State, of chain.Address, call []byte, unpack func([]byte) (T, error)) (v T, err error) {
	out, err := st.Call(of, call)
	if err != nil {
		return v, err
	}
	if len(out) == 0 {
		return v, fmt.Errorf("contract %s: %w", of, chain.ErrNoContract)
	}
	if v, err = unpack(out); err != nil {
		return v, fmt.Errorf("contract %s: not what was expected of it: %w", of, err)
	}
	return v, nil
}

// pageSize is how many certificates one call reads.
const pageSize = 50

// longest is the most that a device's certificate is good for, and a little
// more: what was bound before that has ended.
const longest = 100 * 24 * time.Hour

// unended are the certificates in the contract that have not ended.
func (r *Registry) unended(st chain.State, now time.Time) (map[[32]byte]Listed, error) {
	count, err := ask(st, r.Contract, contract().PackCount(), contract().UnpackCount)
	if err != nil {
		return nil, err
	}
	if !count.IsUint64() {
		return nil, fmt.Errorf("contract %s: %v certificates", r.Contract, count)
	}
	found := map[[32]byte]Listed{}
	for end := count.Uint64(); end > 0; {
		first := end - min(end, pageSize)
		page, err := ask(st, r.Contract, contract().PackPage(new(big.Int).SetUint64(first), new(big.Int).SetUint64(end-first)), contract().UnpackPage)
		if err != nil {
			return nil, err
		}
		if uint64(len(page)) != end-first {
			return nil, fmt.Errorf("contract %s: gave %d certificates of the %d from %d on", r.Contract, len(page), end-first, first)
		}
		for _, p := range page {
			if l := listedOf(p); now.Before(l.NotAfter) {
				found[l.Certificate] = l
			}
		}
		if now.Sub(timeOf(page[0].BoundAt)) > longest {
			break
		}
		end = first
	}
	return found, nil
}
