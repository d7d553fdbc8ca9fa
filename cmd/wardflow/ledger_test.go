package main

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/rule"
)

// The scripts of testdata/ledger reach a real chain through the control API of
// a node that does little else. Each finds wardflow-data/context.yaml, the
// certificates staff/admin, patient/p-1, stranger/admin and authority/rules-1 to
// rules-3 beside it, the first two of rule admins, wardflow-data/chain with its
// key, $NODE, $RPC and $MANAGER.
func TestLedgerScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/ledger",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return serveLedger(env, t) },
	})
}

// A ledgerWard is a ward whose chain is true.
type ledgerWard struct {
	*controltest.Ward
	self func() string // address of the control API
	desk *rule.Desk
}

func (w *ledgerWard) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	s, err := w.Ward.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s.Chain.Manager = w.desk.Manager.Hex()
	for i := range s.Nodes {
		if s.Nodes[i].ID == s.Chain.Node {
			s.Nodes[i].Control = w.self()
		}
	}
	return s, nil
}

func serveLedger(env *testscript.Env, t *testing.T) error {
	data := filepath.Join(env.WorkDir, "wardflow-data")
	dir := filepath.Join(data, "chain")
	w := &ledgerWard{Ward: controltest.New(time.Now)}
	f := rule.Founding{Rules: rule.Default()}
	s, err := servePeople(env, t, w, func(h *pkitest.Hospital) map[string]flow.Signer {
		signers := map[string]flow.Signer{"patient/p-1": h.Patient("p-1")}
		for _, name := range []string{"rules-1", "rules-2", "rules-3"} {
			admin := h.Staff(name)
			signers["authority/"+name] = admin
			f.Admins = append(f.Admins, admin.Key.Public())
		}
		f.Admins = f.Admins[:2]
		return signers
	})
	if err != nil {
		return err
	}
	info, err := rule.Init(t.Context(), dir, f)
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	key, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		return errors.Join(err, c.Close())
	}
	payer := chain.NewPayer(c, key, log)
	env.Defer(func() {
		if err := errors.Join(payer.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	})
	w.desk = &rule.Desk{Chain: c, Manager: info.Manager, Relay: payer}
	w.self = func() string { return s.Addr().String() }
	s.Mount("/chain/rpc", c.Handler(), flow.RoleNode, flow.RoleStaff)
	env.Setenv("RPC", "https://"+s.Addr().String()+"/chain/rpc")
	env.Setenv("MANAGER", info.Manager.Hex())
	return nil
}

// RelayRule pays, as a node does.
func (w *ledgerWard) RelayRule(ctx context.Context, _ flow.Identity, key crypto.PublicKey, call control.RuleCall) (*control.RulePaid, error) {
	return node.BringRule(ctx, w.desk, key, call)
}
