package rule

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// A Desk is where rule admins act: they sign, Relay brings it to the chain, and
// the contract judges who may. What it refuses is a [*Refusal]. Each act returns
// once it is in a final block.
type Desk struct {
	Chain   chain.Reader
	Manager chain.Address
	Relay   chain.Relay // nil: nothing can be changed

	seen uint64 // block of what was sent last: what is read is not older
}

// How long a signature may be on its way, and how long a proposal is open if
// nothing else is said.
const (
	signedFor  = 10 * time.Minute
	DefaultFor = 72 * time.Hour
)

// Rules reads all rules at the newest final block.
func (d *Desk) Rules(ctx context.Context) (*Set, chain.Head, error) {
	st, head, err := d.state(ctx)
	if err != nil {
		return nil, head, fmt.Errorf("read rules: %w", err)
	}
	set, err := LoadState(st, d.Manager)
	return set, head, err
}

// state is the newest that is final.
func (d *Desk) state(ctx context.Context) (chain.State, chain.Head, error) {
	return stateSince(ctx, d.Chain, d.seen)
}

// stateSince is the newest final state, as soon as it is that of a block or
// newer: who reads may not be who was sent a transaction.
func stateSince(ctx context.Context, c chain.Reader, block uint64) (chain.State, chain.Head, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		head, err := c.Head(ctx)
		if err != nil {
			return nil, head, err
		}
		if head.Number >= block {
			st, err := c.State(ctx, head.Hash)
			return st, head, err
		}
		select {
		case <-ctx.Done():
			return nil, head, fmt.Errorf("block %d has not come, the newest is %d: %w", block, head.Number, ctx.Err())
		case <-tick.C:
		}
	}
}

// Authority says who may change rules.
type Authority struct {
	Approvals  int             `json:"approvals"` // how many admins a change takes
	Admins     []chain.Address `json:"admins"`
	Pausers    []chain.Address `json:"pausers"`    // beside the admins
	Registrars []chain.Address `json:"registrars"` // may write the registry of devices
	Anchor     chain.Address   `json:"anchor"`     // contract with the heads of check logs
	Registry   chain.Address   `json:"registry"`   // contract with the devices' certificates
	Successor  chain.Address   `json:"successor"`  // manager to be asked from now on; zero: none
	Paused     bool            `json:"paused"`
	Epoch      uint64          `json:"epoch"`
}

// Authority reads who may change rules.
func (d *Desk) Authority(ctx context.Context) (*Authority, error) {
	st, _, err := d.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who may change rules: %w", err)
	}
	s, err := readManager(st, d.Manager)
	if err != nil {
		return nil, err
	}
	a := &Authority{Successor: s.Successor, Paused: s.Paused, Epoch: s.Epoch}
	for role, into := range map[chain.Hash]*[]chain.Address{roleAdmin: &a.Admins, rolePauser: &a.Pausers, roleRegistrar: &a.Registrars} {
		if *into, err = ask(st, d.Manager, managerABI().PackGetRoleMembers(role), managerABI().UnpackGetRoleMembers); err != nil {
			return nil, err
		}
	}
	if a.Anchor, err = ask(st, d.Manager, managerABI().PackAnchor(), managerABI().UnpackAnchor); err != nil {
		return nil, err
	}
	if a.Registry, err = ask(st, d.Manager, managerABI().PackRegistry(), managerABI().UnpackRegistry); err != nil {
		return nil, err
	}
	needed, err := ask(st, d.Manager, managerABI().PackApprovals(), managerABI().UnpackApprovals)
	a.Approvals = int(needed)
	return a, err
}

// Is reports whether a key is an admin's.
func (a *Authority) Is(key chain.Address) bool {
	for _, k := range a.Admins {
		if k == key {
			return true
		}
	}
	return false
}

// ask calls a view of a contract and reads its answer.
func ask[T any](st chain.State, of chain.Address, call []byte, unpack func([]byte) (T, error)) (v T, err error) {
	out, err := st.Call(of, call)
	if err != nil {
		return v, refusal(err)
	}
	if v, err = unpack(out); err != nil {
		return v, fmt.Errorf("rule manager %s: not a rule manager of this wardflow: %w", of, err)
	}
	return v, nil
}

// Propose puts changes forward, which counts as the approval of who signs. They
// are carried out all or none, as soon as enough admins have approved, until a
// time.
func (d *Desk) Propose(ctx context.Context, by crypto.Signer, changes []Change, until time.Time) (*Proposal, chain.Receipt, error) {
	packed := make([]build.Change, len(changes))
	for i, c := range changes {
		var err error
		if packed[i], err = c.packed(); err != nil {
			return nil, chain.Receipt{}, fmt.Errorf("propose: %w", err)
		}
	}
	key, nonce, err := d.nonce(ctx, by)
	if err != nil {
		return nil, chain.Receipt{}, fmt.Errorf("propose: %w", err)
	}
	deadline := uint64(until.Unix())
	id := proposalID(key, packed, nonce, deadline)
	sig, err := d.sign(ctx, by, id)
	if err != nil {
		return nil, chain.Receipt{}, fmt.Errorf("propose: %w", err)
	}
	r, err := d.act(ctx, "propose", managerABI().PackPropose(packed, nonce, deadline, sig))
	if err != nil {
		return nil, r, err
	}
	p, err := d.Proposal(ctx, id)
	return p, r, err
}

// Approve agrees to a proposal, and has it carried out if no further approval is
// needed: done says whether it was.
func (d *Desk) Approve(ctx context.Context, by crypto.Signer, id chain.Hash) (done bool, r chain.Receipt, err error) {
	p, err := d.Proposal(ctx, id)
	if err != nil {
		return false, r, fmt.Errorf("approve: %w", err)
	}
	a, err := d.Authority(ctx)
	if err != nil {
		return false, r, fmt.Errorf("approve: %w", err)
	}
	deadline := uint64(time.Now().Add(signedFor).Unix())
	sig, err := d.sign(ctx, by, approveStruct(id, deadline))
	if err != nil {
		return false, r, fmt.Errorf("approve: %w", err)
	}
	has := 1
	for _, key := range p.Approvers {
		if a.Is(key) {
			has++
		}
	}
	call := managerABI().PackApprove(id, deadline, sig)
	if has >= a.Approvals {
		done = true
		call = managerABI().PackMulticall([][]byte{call, managerABI().PackExecute(id)})
	}
	r, err = d.act(ctx, "approve", call)
	return done && err == nil, r, err
}

// Execute carries out a proposal that enough admins have approved. Nobody signs.
func (d *Desk) Execute(ctx context.Context, id chain.Hash) (chain.Receipt, error) {
	return d.act(ctx, "carry out", managerABI().PackExecute(id))
}

// Cancel ends a proposal. One admin is enough.
func (d *Desk) Cancel(ctx context.Context, by crypto.Signer, id chain.Hash) (chain.Receipt, error) {
	deadline := uint64(time.Now().Add(signedFor).Unix())
	sig, err := d.sign(ctx, by, cancelStruct(id, deadline))
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("cancel: %w", err)
	}
	return d.act(ctx, "cancel", managerABI().PackCancel(id, deadline, sig))
}

// Pause makes the manager refuse every reading until a proposal to go on is
// carried out. One admin is enough.
func (d *Desk) Pause(ctx context.Context, by crypto.Signer) (chain.Receipt, error) {
	_, nonce, err := d.nonce(ctx, by)
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("pause: %w", err)
	}
	deadline := uint64(time.Now().Add(signedFor).Unix())
	sig, err := d.sign(ctx, by, pauseStruct(nonce, deadline))
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("pause: %w", err)
	}
	return d.act(ctx, "pause", managerABI().PackPause(nonce, deadline, sig))
}

// nonce is the number that the signer's next numbered act has.
func (d *Desk) nonce(ctx context.Context, by crypto.Signer) (key chain.Address, nonce uint64, err error) {
	if key, err = eip712.KeyAddress(by.Public()); err != nil {
		return key, 0, err
	}
	st, _, err := d.state(ctx)
	if err != nil {
		return key, 0, err
	}
	nonce, err = ask(st, d.Manager, managerABI().PackNonces(key), managerABI().UnpackNonces)
	return key, nonce, err
}

func (d *Desk) sign(ctx context.Context, by crypto.Signer, structHash chain.Hash) (build.Signature, error) {
	id, err := d.Chain.ID(ctx)
	if err != nil {
		return build.Signature{}, err
	}
	return eip712.Sign(by, eip712.Digest(managerDomain, id, d.Manager, structHash))
}

var errNoRelay = errors.New("nobody brings it to the chain and pays")

// act has a call of the manager brought to the chain.
func (d *Desk) act(ctx context.Context, what string, call []byte) (chain.Receipt, error) {
	if d.Relay == nil {
		return chain.Receipt{}, fmt.Errorf("%s: %w", what, errNoRelay)
	}
	r, err := d.Relay.Pay(ctx, &d.Manager, call)
	if err != nil {
		return r, fmt.Errorf("%s: %w", what, refusal(err))
	}
	d.seen = max(d.seen, r.Block)
	return r, nil
}
