package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// The scripts of testdata/checks ask a node that says it has some checks, and
// find wardflow-data/chain, which has two heads of the log in wardflow-data/whole;
// in wardflow-data/changed, cut and more are logs that were made from it.
func TestChecksScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/checks",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			if _, err := servePeople(env, t, &checkWard{controltest.New(time.Now)}, func(*pkitest.Hospital) map[string]flow.Signer {
				return map[string]flow.Signer{}
			}); err != nil {
				return err
			}
			return layChecks(t.Context(), filepath.Join(env.WorkDir, "wardflow-data"), env)
		},
	})
}

// A checkWard is a ward with some checks.
type checkWard struct{ *controltest.Ward }

func (w *checkWard) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	s, err := w.Ward.Snapshot(ctx)
	if err == nil {
		s.Checks = []control.ChecksState{{Node: "ward", Log: "0x00000000000000000000000000000000000000aa", Size: 12, Anchored: 10, Block: 7, Since: s.At.Add(-1500 * time.Millisecond)},
			{Node: "store", Log: "0x00000000000000000000000000000000000000bb", Size: 3, Problem: "no node can pay"}}
	}
	return s, err
}

func (w *checkWard) Checks(_ context.Context, _ flow.Identity, q control.CheckQuery) ([]control.CheckEntry, error) {
	e := control.CheckEntry{Index: 11, At: time.Unix(0, 0), Place: "collector", Device: "3474257BF40000000000162E", Stream: "Temp", Seq: 5, Reason: "too low", Clause: "1.1 Cel is below 25 Cel", Version: 2, Block: 6}
	if q.From >= 0 {
		e.Index, e.Anchored = uint64(q.From), true
	}
	return []control.CheckEntry{e}, nil
}

// layChecks makes a chain, and logs with and without what it has heads over.
func layChecks(ctx context.Context, data string, env *testscript.Env) error {
	var admins []crypto.PublicKey
	for range 2 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		admins = append(admins, key.Public())
	}
	dir := filepath.Join(data, "chain")
	info, err := rule.Init(ctx, dir, rule.Founding{Admins: admins})
	if err != nil {
		return err
	}
	c, err := chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	payer, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		return errors.Join(err, c.Close())
	}
	relay := chain.NewPayer(c, payer, slog.New(slog.DiscardHandler))
	err = anchorSome(ctx, data, c, relay, info.Manager, env)
	return errors.Join(err, relay.Close(), c.Close())
}

func anchorSome(ctx context.Context, data string, c chain.Chain, relay chain.Relay, manager chain.Address, env *testscript.Env) error {
	key, err := chain.NewKey()
	if err != nil {
		return err
	}
	env.Setenv("LOG", key.Address().Hex())
	found, err := anchor.Of(ctx, c, manager)
	if err != nil {
		return err
	}
	gather := anchor.NewGatherer(relay, func(context.Context) (anchor.Contract, error) { return found, nil })
	id, err := c.ID(ctx)
	if err != nil {
		return err
	}
	var entries [][]byte
	var tree tlog.Tree
	for n := range uint64(6) {
		k := proof.Check{Leaf: [32]byte{byte(n)}, Place: proof.AtCollector, At: time.Unix(int64(n), 0)}
		b, err := k.Encode()
		if err != nil {
			return err
		}
		entries = append(entries, b)
		tree.Add(tlog.Leaf(b))
		if tree.Size()%3 != 0 {
			continue
		}
		h := anchor.Head{Log: key.Address(), From: tree.Size() - 3, To: tree.Size(), Root: tree.Root(), At: time.Unix(1, 0)}
		s, err := h.Sign(key, id, found.Address)
		if err != nil {
			return err
		}
		if err := gather.Anchor(ctx, s); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(data, "whole"), 0o700); err != nil {
		return err
	}
	if err := key.Save(filepath.Join(data, "whole", "log.key"), ""); err != nil {
		return err
	}
	for name, list := range map[string][][]byte{"whole": entries, "cut": entries[:4],
		"more": append(entries[:6:6], entries[2]), "changed": {entries[0], entries[2], entries[1], entries[3], entries[4], entries[5]}} {
		l, err := tlog.Open(tlog.Config{Dir: filepath.Join(data, name, "log")})
		if err != nil {
			return err
		}
		for _, b := range list {
			if _, err := l.Append(b); err != nil {
				return errors.Join(err, l.Close())
			}
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}
