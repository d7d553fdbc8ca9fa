package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/registry"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

// While a CA serves, the registry on the chain follows what it issues and revokes.
func TestDeviceKeeper(t *testing.T) {
	t.Parallel()
	folder, dir := filepath.Join(t.TempDir(), "ca"), filepath.Join(t.TempDir(), "chain")
	a, err := pki.NewAuthority("h1.health.example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Save(folder, pki.Unsealed()); err != nil {
		t.Fatal(err)
	}
	founding := ruletest.Founding(ruletest.Admins(2))
	founding.Registrars = append(founding.Registrars, a.Issuing.Cert.PublicKey)
	info, err := rule.Init(t.Context(), dir, founding)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(c.Handler())
	o, err := enroll.OpenOffice(folder, func() (*pki.Authority, error) { return pki.LoadAuthority(folder) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := &deviceKeeper{on: true, every: time.Second}
	k.rpc, k.manager, k.payer = srv.URL, info.Manager.Hex(), filepath.Join(dir, rule.CollectorKeyFile)
	ctx, stop := context.WithCancel(t.Context())
	k.run(ctx, folder, o, log)
	defer func() {
		stop()
		k.wait()
		srv.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	r, err := registry.Find(t.Context(), c, info.Manager, nil, registry.Salt{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Salt, err = saltIn(folder); err != nil {
		t.Fatal(err)
	}

	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		t.Fatal(err)
	}
	device, err := o.Authority().Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	follows(t, r, o)
	if _, _, err := o.Revoke(device.ID.URI, pki.KeyCompromise, enroll.Caller{Who: "test"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	follows(t, r, o)
}

// follows waits until the registry is in step.
func follows(t *testing.T, r *registry.Registry, o *enroll.Office) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c, _, err := compareDevices(ctx, r, o, 0)
		if err == nil && c.Same() && c.Agree == 1 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(errors.Join(err, ctx.Err()))
		}
	}
}
