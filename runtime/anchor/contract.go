package anchor

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A Contract is the AuditAnchor of a chain, read at final blocks.
type Contract struct {
	Chain   chain.Reader
	Address chain.Address
}

// Of finds the contract of a rule manager.
func Of(ctx context.Context, c chain.Reader, manager chain.Address) (Contract, error) {
	head, err := c.Head(ctx)
	if err != nil {
		return Contract{}, fmt.Errorf("find the anchors' contract: %w", err)
	}
	m := build.NewRuleManager()
	out, err := c.Call(ctx, head.Hash, manager, m.PackAnchor())
	if err != nil {
		return Contract{}, fmt.Errorf("find the anchors' contract of manager %s: %w", manager, err)
	}
	at, err := m.UnpackAnchor(out)
	if err != nil {
		return Contract{}, fmt.Errorf("find the anchors' contract of manager %s: %w", manager, errors.Join(chain.ErrNoContract, err))
	}
	return Contract{c, at}, nil
}

// Contracts are the rule manager and the contracts that belong to it: the anchors'
// and the registry of devices.
func Contracts(ctx context.Context, c chain.Reader, manager chain.Address) ([]chain.Address, error) {
	found, err := Of(ctx, c, manager)
	if err != nil {
		return nil, err
	}
	head, err := c.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the registry of devices: %w", err)
	}
	m := build.NewRuleManager()
	out, err := c.Call(ctx, head.Hash, manager, m.PackRegistry())
	if err != nil {
		return nil, fmt.Errorf("find the registry of devices of manager %s: %w", manager, err)
	}
	registry, err := m.UnpackRegistry(out)
	if err != nil {
		return nil, fmt.Errorf("find the registry of devices of manager %s: %w", manager, errors.Join(chain.ErrNoContract, err))
	}
	return []chain.Address{manager, found.Address, registry}, nil
}

// A State is what the contract has of a log: the newest head; Size 0 is none.
type State struct {
	Size  uint64
	Root  tlog.Hash
	Block uint64 // that it was anchored in
	Now   uint64 // number of the block that was read
}

// State reads what the contract has of a log.
func (c Contract) State(ctx context.Context, log chain.Address) (State, error) {
	head, err := c.Chain.Head(ctx)
	if err != nil {
		return State{}, fmt.Errorf("read the anchor of log %s: %w", log, err)
	}
	out, err := c.Chain.Call(ctx, head.Hash, c.Address, binding().PackHeads(log))
	if err != nil {
		return State{}, fmt.Errorf("read the anchor of log %s: %w", log, err)
	}
	a, err := binding().UnpackHeads(out)
	if err != nil {
		return State{}, fmt.Errorf("read the anchor of log %s at %s: %w", log, c.Address, errors.Join(chain.ErrNoContract, err))
	}
	return State{a.Size, a.Root, a.SetAt, head.Number}, nil
}

// An Anchored is a head that the contract has kept.
type Anchored struct {
	From, To uint64
	Root     tlog.Hash
	Block    uint64
	Tx       chain.Hash
}

// Anchored are all heads of a log that are in final blocks, in order, without a
// gap: a list that has one is an error.
func (c Contract) Anchored(ctx context.Context, log chain.Address) ([]Anchored, error) {
	list, err := c.between(ctx, log, 0, 0)
	if err != nil {
		return nil, err
	}
	size := uint64(0)
	for _, e := range list {
		if e.From != size {
			return nil, fmt.Errorf("read the anchors of log %s: those from %d to %d are missing: ask another endpoint", log, size, e.From)
		}
		size = e.To
	}
	return list, nil
}

// between are the heads that were kept in some blocks; to 0 is the last final one.
func (c Contract) between(ctx context.Context, log chain.Address, from, to uint64) ([]Anchored, error) {
	event := binding().GetABI().Events[build.AuditAnchorAnchoredEventName].ID
	logs, err := c.Chain.Logs(ctx, chain.Query{Address: c.Address, Topics: [][]chain.Hash{{event}, {chain.Hash(word(log[:]))}}, From: from, To: to})
	if err != nil {
		return nil, fmt.Errorf("read the anchors of log %s: %w", log, err)
	}
	var list []Anchored
	for _, l := range logs {
		e, err := binding().UnpackAnchoredEvent(&types.Log{Address: l.Address, Topics: l.Topics, Data: l.Data})
		if err != nil {
			return nil, fmt.Errorf("read the anchors of log %s: block %d: %w", log, l.Block, err)
		}
		list = append(list, Anchored{e.From, e.To, e.Root, l.Block, l.Tx})
	}
	return list, nil
}
