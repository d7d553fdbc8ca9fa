package control_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A relay is a ward that takes changes of the rules.
type relay struct {
	*controltest.Ward
	by   flow.Identity
	key  crypto.PublicKey
	call control.RuleCall
}

func (r *relay) RelayRule(_ context.Context, by flow.Identity, key crypto.PublicKey, call control.RuleCall) (*control.RulePaid, error) {
	if call.To == "" && by.Name != "admin" {
		return nil, fmt.Errorf("%w: not a rule admin", control.ErrDenied)
	}
	r.by, r.key, r.call = by, key, call
	return &control.RulePaid{Tx: "0x12", Block: 7, Gas: 21000}, nil
}

// The node gets what was sent, and the key of who sent it.
func TestRelayRule(t *testing.T) {
	var r *relay
	b := newBench(t, func(cfg *control.Config) {
		r = &relay{Ward: cfg.Backend.(*controltest.Ward)}
		cfg.Backend = r
	})
	admin := b.h.Staff("admin")
	paid, err := b.client(admin, b.h.Verifier()).RelayRule(t.Context(), control.RuleCall{To: "0x34", Data: []byte{1, 2}})
	if err != nil || paid.Block != 7 || paid.APIVersion != control.APIVersion {
		t.Fatalf("RelayRule = %+v, %v", paid, err)
	}
	own, ok := r.key.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !own.Equal(admin.Key.Public()) || r.by.Name != "admin" || r.call.To != "0x34" || string(r.call.Data) != "\x01\x02" {
		t.Errorf("the node was told %+v by %s with %v", r.call, r.by.Name, r.key)
	}
	if _, err := b.client(b.h.Staff("nurse"), b.h.Verifier()).RelayRule(t.Context(), control.RuleCall{Data: []byte{1}}); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a contract by who is no admin: %v, want ErrDenied", err)
	}
}

// A node without a chain says so.
func TestRelayRuleWithoutChain(t *testing.T) {
	b := newBench(t)
	if _, err := b.client(b.h.Staff("admin"), b.h.Verifier()).RelayRule(t.Context(), control.RuleCall{}); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("RelayRule = %v, want ErrNotFound", err)
	}
}
