package rule

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	build "github.com/wardflow/wardflow/contracts/retired"
	"github.com/wardflow/wardflow/runtime/chain"
)

// An Admin changes the rules of a manager. Its methods return once the change
// is in a finalized block. What the contract refuses is a [*Refusal].
type Admin struct {
	Chain   chain.Chain
	Manager chain.Address
	Key     *chain.Key // of an account with the role of rule admin
}

// Deploy makes a new manager without rules. Admin may give and take roles,
// ruleAdmin may change rules.
func Deploy(ctx context.Context, c chain.Chain, key *chain.Key, admin, ruleAdmin chain.Address) (chain.Address, error) {
	code := common.FromHex(build.RuleManagerMetaData.Bin)
	r, err := chain.Transact(ctx, c, key, nil, append(code, binding.PackConstructor(admin, ruleAdmin)...))
	if err != nil {
		return chain.Address{}, fmt.Errorf("deploy rule manager: %w", refused(err))
	}
	return r.Contract, nil
}

// A transaction may use 2²⁴ gas (EIP-7825). A limit that is new costs about
// 105,000, a rule that is new as much again, or three times that if its group
// is long.
const (
	batchCost = 120 // limits
	ruleCost  = 3   // limits
)

// Set replaces the limits of some groups. A revoked rule is in force again.
// Rules that fit into one transaction, about a hundred limits, are set all or
// none; more are set in several, and the receipt is that of the last.
func (a *Admin) Set(ctx context.Context, rules ...Rule) (chain.Receipt, error) {
	drafts := make([]build.RuleManagerDraft, len(rules))
	for i, r := range rules {
		var err error
		if drafts[i], err = draftOf(r); err != nil {
			return chain.Receipt{}, fmt.Errorf("set rules: %w", err)
		}
	}
	var last chain.Receipt
	for len(drafts) > 0 {
		n, cost := 0, 0
		for n < len(drafts) && (n == 0 || cost+ruleCost+len(drafts[n].Limits) <= batchCost) {
			cost += ruleCost + len(drafts[n].Limits)
			n++
		}
		call, err := binding.TryPackSetRules(drafts[:n])
		if err != nil {
			return last, fmt.Errorf("set rules: %w", err)
		}
		if last, err = a.transact(ctx, "set rules", call); err != nil {
			return last, err
		}
		drafts = drafts[n:]
	}
	return last, nil
}

// SetLimit adds or replaces the limit of one kind. The group's rule must not
// be revoked.
func (a *Admin) SetLimit(ctx context.Context, group string, l Limit) (chain.Receipt, error) {
	in, err := limitOf(l)
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("set limit: %w", err)
	}
	call, err := binding.TryPackSetLimit(group, in)
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("set limit: %w", err)
	}
	return a.transact(ctx, "set limit", call)
}

// Revoke withdraws a group's rule: its readings are refused until it is set again.
func (a *Admin) Revoke(ctx context.Context, group string) (chain.Receipt, error) {
	return a.transact(ctx, "revoke rule", binding.PackRevoke(group))
}

// RevokeLimit withdraws the limit of one kind.
func (a *Admin) RevokeLimit(ctx context.Context, group, kind string) (chain.Receipt, error) {
	k, ok := bytesOf(kind)
	if !ok {
		return chain.Receipt{}, fmt.Errorf("revoke limit: kind %q: want a LOINC code of at most 32 bytes", kind)
	}
	return a.transact(ctx, "revoke limit", binding.PackRevokeLimit(group, k))
}

// Pause makes the manager refuse everything until Unpause.
func (a *Admin) Pause(ctx context.Context) (chain.Receipt, error) {
	return a.transact(ctx, "pause", binding.PackPause())
}

// Unpause ends a pause.
func (a *Admin) Unpause(ctx context.Context) (chain.Receipt, error) {
	return a.transact(ctx, "unpause", binding.PackUnpause())
}

// Rules reads all rules at the newest finalized block.
func (a *Admin) Rules(ctx context.Context) (*Set, chain.Head, error) {
	head, err := a.Chain.Head(ctx)
	if err != nil {
		return nil, chain.Head{}, fmt.Errorf("load rules: %w", err)
	}
	s, err := Load(ctx, a.Chain, a.Manager, head.Hash)
	return s, head, err
}

func (a *Admin) transact(ctx context.Context, what string, call []byte) (chain.Receipt, error) {
	r, err := chain.Transact(ctx, a.Chain, a.Key, &a.Manager, call)
	if err != nil {
		return r, fmt.Errorf("%s: %w", what, refused(err))
	}
	return r, nil
}
