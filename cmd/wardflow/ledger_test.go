package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/rule"
)

// The scripts of testdata/ledger reach a real chain through the control API of
// a node that does little else. Each finds wardflow-data/context.yaml, the
// certificates staff/admin, patient/p-1 and stranger/admin beside it,
// wardflow-data/chain with its keys, $NODE, $RPC and $MANAGER.
func TestLedgerScripts(t *testing.T) {
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
	self    func() string // address of the control API
	manager string
}

func (w *ledgerWard) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	s, err := w.Ward.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s.Chain.Manager = w.manager
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
	log := slog.New(slog.DiscardHandler)
	info, err := rule.Init(t.Context(), dir, "", "", rule.Default(), log)
	if err != nil {
		return err
	}
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		return err
	}
	env.Defer(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &ledgerWard{Ward: controltest.New(time.Now), manager: info.Manager.Hex()}
	s, err := servePeople(env, t, w, func(h *pkitest.Hospital) map[string]flow.Signer {
		return map[string]flow.Signer{"patient/p-1": h.Patient("p-1")}
	})
	if err != nil {
		return err
	}
	w.self = func() string { return s.Addr().String() }
	s.Mount("/chain/rpc", c.Handler(), flow.RoleNode, flow.RoleStaff)
	env.Setenv("RPC", "https://"+s.Addr().String()+"/chain/rpc")
	env.Setenv("MANAGER", info.Manager.Hex())
	return nil
}
