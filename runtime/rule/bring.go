package rule

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// ErrNotPaid reports a transaction that is none of a rule admin's acts.
var ErrNotPaid = errors.New("only acts of rule admins are brought to the chain")

// ErrNoAdmin reports somebody who asks for what only rule admins get.
var ErrNoAdmin = errors.New("not a rule admin: `wardflow rule admins` lists them, and with --grant proposes another")

// Bring pays for what somebody has signed, or for a rule contract that somebody
// wants made, as a node does for whoever asks. A call of the manager proves
// itself: any but the acts of admins is [ErrNotPaid]. A contract is made of our
// own code only, and for the key of a rule admin, else [ErrNoAdmin]. To is nil
// for a contract. What the manager refuses is a [*Refusal].
func (d *Desk) Bring(ctx context.Context, key crypto.PublicKey, to *chain.Address, data []byte) (chain.Receipt, error) {
	if to != nil {
		if *to != d.Manager || !isAct(data, true) {
			return chain.Receipt{}, ErrNotPaid
		}
		return d.act(ctx, "bring", data)
	}
	if !Creates(data) {
		return chain.Receipt{}, fmt.Errorf("%w, and wardflow's own rule contracts made", ErrNotPaid)
	}
	if err := d.admits(ctx, key); err != nil {
		return chain.Receipt{}, err
	}
	if d.Relay == nil {
		return chain.Receipt{}, errNoRelay
	}
	r, err := d.Relay.Pay(ctx, nil, data)
	if err != nil {
		return r, fmt.Errorf("make a rule contract: %w", refusal(err))
	}
	return r, nil
}

// admits is nil for the key of a rule admin.
func (d *Desk) admits(ctx context.Context, key crypto.PublicKey) error {
	who, err := eip712.KeyAddress(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoAdmin, err)
	}
	a, err := d.Authority(ctx)
	if err != nil {
		return err
	}
	if !a.Is(who) {
		return fmt.Errorf("key %s: %w", who, ErrNoAdmin)
	}
	return nil
}

// acts are the calls of the manager that somebody signs, or that need no
// signature.
var acts = []string{"propose", "approve", "execute", "cancel", "pause"}

// isAct reports whether a call is an act, or several in one.
func isAct(data []byte, several bool) bool {
	if len(data) < 4 {
		return false
	}
	abi := managerABI().GetABI()
	method, err := abi.MethodById(data[:4])
	if err != nil {
		return false
	}
	for _, name := range acts {
		if method.Name == name {
			return true
		}
	}
	if !several || method.Name != "multicall" {
		return false
	}
	in, err := method.Inputs.Unpack(data[4:])
	if err != nil || len(in) != 1 {
		return false
	}
	calls, ok := in[0].([][]byte)
	for _, c := range calls {
		ok = ok && isAct(c, false)
	}
	return ok && len(calls) > 0
}
