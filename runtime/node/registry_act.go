package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/registry"
	"github.com/wardflow/wardflow/runtime/rule"
)

// bringDevices pays for what a registrar has signed for the manager's registry of
// devices. It is ours to pay if mine is true. The signature is the contract's to
// judge.
func bringDevices(ctx context.Context, d *rule.Desk, to *chain.Address, data []byte) (r chain.Receipt, mine bool, err error) {
	if to == nil || *to == d.Manager || !registry.IsAct(data) {
		return r, false, nil
	}
	a, err := d.Authority(ctx)
	if err != nil {
		return r, true, fmt.Errorf("%w: %w", control.ErrUnavailable, err)
	}
	if a.Registry != *to {
		return r, false, nil
	}
	if d.Relay == nil {
		return r, true, fmt.Errorf("nobody pays here: %w", control.ErrUnavailable)
	}
	r, err = d.Relay.Pay(ctx, to, data)
	if err == nil {
		return r, true, nil
	}
	err = registry.Refused(err)
	if refusal := new(registry.Refusal); errors.As(err, &refusal) {
		return r, true, fmt.Errorf("%w: %w", refusal, control.ErrConflict)
	}
	return r, true, fmt.Errorf("%w: %w", control.ErrUnavailable, err)
}
