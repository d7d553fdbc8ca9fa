package register

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Lead is one time of this node at the head of the register, and the writes
// that are agreed in it or never. A leader decides by what it alone knows: who
// holds a lease ([Register.Heard]), who is dead. When its process was stopped for
// a while, another node leads and has renewed leases, and the calls of
// [Register] would bring it the plan of before, which it would agree to. Take the
// Lead first, then look and decide, then write by it:
//
//	lead, ok := r.Lead()
//	if !ok {
//		return // another node decides
//	}
//	plan := decide(r.View(), r.Heard)
//	err := lead.PutPlan(ctx, "ward", version, plan)
//
// When this node does not lead any more, or does so anew, the error of each
// write is [ErrNoLeader]: whoever leads now decides again. Only a write that was
// under way when the lead was lost may be agreed yet, before the next leader knows
// of any lease; see [agree.Group.ApplyHere]. A Lead may be copied, and used by any
// goroutine. The zero Lead leads nothing: its writes panic.
type Lead struct {
	r     *Register
	since time.Time
}

// Lead is that of now; ok is false when this node does not lead.
func (r *Register) Lead() (l Lead, ok bool) {
	since, ok := r.group.LeadingSince()
	return Lead{r, since}, ok
}

// Since is when it began, by this node's clock; see [Register.LeadingSince].
func (l Lead) Since() time.Time { return l.since }

// PutPlan is [Register.PutPlan] in this Lead.
func (l Lead) PutPlan(ctx context.Context, app string, version uint64, plan []flow.Placement) error {
	return l.r.putPlan(ctx, l.apply, app, version, plan)
}

// PutAppPlan is [Register.PutAppPlan] in this Lead.
func (l Lead) PutAppPlan(ctx context.Context, app App, base uint64, plan []flow.Placement) (App, error) {
	return l.r.putAppPlan(ctx, l.apply, app, base, plan)
}

// PutSetting is [Register.PutSetting] in this Lead.
func (l Lead) PutSetting(ctx context.Context, key string, value []byte) error {
	return l.r.putSetting(ctx, l.apply, key, value)
}

func (l Lead) apply(ctx context.Context, entry []byte) (agree.Answer, error) {
	return l.r.group.ApplyHere(ctx, l.since, entry)
}
