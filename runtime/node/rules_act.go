package node

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// relayWithin bounds how long a change of the rules may be on its way.
const relayWithin = 20 * time.Second

// RelayRule implements [control.RuleRelay]: this node pays for what a rule admin
// has signed. Whether it holds, the contract judges.
func (n *Node) RelayRule(ctx context.Context, by flow.Identity, key crypto.PublicKey, call control.RuleCall) (*control.RulePaid, error) {
	if n.ruling == nil {
		return nil, fmt.Errorf("this node follows no rules: %w", control.ErrNotFound)
	}
	manager, err := chain.ParseAddress(n.cfg.Chain.Manager)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, relayWithin)
	defer cancel()
	return BringRule(ctx, &rule.Desk{Chain: n.ruling.chain, Manager: manager, Relay: n.checks.relay}, key, call)
}

// BringRule has a desk pay for a transaction that somebody with a key has sent,
// and says what went wrong as the control API wants it.
func BringRule(ctx context.Context, d *rule.Desk, key crypto.PublicKey, call control.RuleCall) (*control.RulePaid, error) {
	var to *chain.Address
	if call.To != "" {
		a, err := chain.ParseAddress(call.To)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
		}
		to = &a
	}
	r, devices, err := bringDevices(ctx, d, to, call.Data)
	if !devices {
		r, err = d.Bring(ctx, key, to, call.Data)
	}
	var refusal *rule.Refusal
	switch {
	case devices && err != nil:
		return nil, err
	case errors.As(err, &refusal):
		return nil, fmt.Errorf("%w: %w", refusal, control.ErrConflict)
	case errors.Is(err, rule.ErrNoAdmin):
		return nil, fmt.Errorf("%w: %w", control.ErrDenied, err)
	case errors.Is(err, rule.ErrNotPaid):
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", control.ErrUnavailable, err)
	}
	paid := &control.RulePaid{Tx: r.Tx.Hex(), Block: r.Block, Gas: r.Gas}
	if r.Contract != (chain.Address{}) {
		paid.Contract = r.Contract.Hex()
	}
	return paid, nil
}
