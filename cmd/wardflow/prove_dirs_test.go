package main

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal"
)

// The scripts of testdata/prove find what a hospital leaves on its disks: chain,
// store.db, ward/checks and records/checks, and the certificate of a third node in
// bedside. $DEVICE is a device with eight readings.
func TestProveScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/prove", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error { return leaveHospital(t, env) }})
}

func leaveHospital(t *testing.T, env *testscript.Env) error {
	h := pkitest.New(t)
	dev := h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg")
	w := &prooftest.Ward{Patient: "p-0017", Card: h.Patient("p-0017"), Collector: h.Collector("bed-1", "h1/3/icu-3/collector"), Judge: h.Node("ward"), Devices: []flow.Signer{dev}}
	readings := w.Readings(t, 8)
	windows, _ := storetest.Window(t, w, w.Window(t, readings))
	env.Setenv("DEVICE", dev.ID.EPC)
	st, err := sqlite.Open(filepath.Join(env.WorkDir, "store.db"))
	if err == nil {
		err = errors.Join(st.Commit(t.Context(), store.Batch{Waiting: storetest.Chunks(w, readings), Windows: windows}), st.Close())
	}
	var admins []crypto.PublicKey
	for _, name := range []string{"rules-1", "rules-2"} {
		admins = append(admins, h.Staff(name).Key.Public())
	}
	dir := filepath.Join(env.WorkDir, "chain")
	info, e := rule.Init(t.Context(), dir, rule.Founding{Admins: admins})
	err = errors.Join(err, e, pki.SaveTrust(filepath.Join(env.WorkDir, "trust.pem"), h.Authority.Trust()), pki.SaveSigner(filepath.Join(env.WorkDir, "bedside"), h.Node("bedside")))
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
	for place, node := range map[proof.Place]flow.Signer{proof.AtCollector: w.Judge, proof.AtStorage: h.Node("records")} {
		err = errors.Join(err, leaveChecks(t.Context(), filepath.Join(env.WorkDir, node.ID.Name, "checks"), node, place, readings, c, relay, info.Manager))
	}
	return errors.Join(err, relay.Close(), c.Close())
}

// leaveChecks judges readings as a node does, and anchors that.
func leaveChecks(ctx context.Context, dir string, node flow.Signer, place proof.Place, readings []*proof.Reading, c chain.Chain, relay chain.Relay, manager chain.Address) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := chain.NewKey()
	if err == nil {
		err = key.Save(filepath.Join(dir, "log.key"), "")
	}
	if err != nil {
		return err
	}
	l, err := tlog.Open(tlog.Config{Dir: filepath.Join(dir, "log")})
	if err != nil {
		return err
	}
	for _, r := range readings {
		k := proof.Check{Leaf: r.Leaf, Device: r.Device, Stream: r.Stream, Seq: r.Seq, Place: place, Actor: "ward:check", At: time.Now(), Manager: manager.Hex(),
			Verdict: flow.Verdict{Group: "h1/3/icu-3/ecg", Rule: manager.Hex(), Version: 1, Epoch: 1, Block: 1}}
		b, err := k.Encode()
		if err == nil {
			_, err = l.Append(b)
		}
		if err != nil {
			return errors.Join(err, l.Close())
		}
	}
	size, err := l.Sync()
	folder, e := wal.OpenFolder(filepath.Join(dir, "heads"))
	if err = errors.Join(err, e); err != nil {
		return errors.Join(err, l.Close())
	}
	of := func(ctx context.Context) (anchor.Contract, error) { return anchor.Of(ctx, c, manager) }
	a, err := anchor.Start(anchor.Config{Log: l, Key: key, Chain: c, Manager: manager, Sender: anchor.NewGatherer(relay, of),
		Signer: func() flow.Signer { return node }, Disk: folder, Slog: slog.New(slog.DiscardHandler), Every: 10 * time.Millisecond})
	if err == nil {
		if err = a.Wait(ctx, size); err == nil {
			_, err = a.Covering(ctx, size-1)
		}
		err = errors.Join(err, a.Close())
	}
	return errors.Join(err, folder.Close(), l.Close())
}
