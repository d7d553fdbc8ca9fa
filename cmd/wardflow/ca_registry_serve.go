package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/enroll"
)

// A deviceKeeper brings the registry of devices in step while a CA service runs.
type deviceKeeper struct {
	registryDesk
	on    bool
	every time.Duration

	log  *slog.Logger
	said string // the error that was logged last
	done sync.WaitGroup
}

// flags are those of the ledger, without the folder's, which the service has.
func (k *deviceKeeper) flags(cmd *cobra.Command) {
	k.ledger.flags(cmd)
	k.payerFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&k.on, "device-registry", false, "keep the registry of devices on the chain in step: reach it by --node, or by --rpc and --payer-key")
	f.DurationVar(&k.every, "device-registry-every", 10*time.Second, "between two looks whether it still is")
}

// run starts looking after the registry until ctx ends; wait ends with it.
func (k *deviceKeeper) run(ctx context.Context, folder string, o *enroll.Office, log *slog.Logger) {
	if !k.on {
		return
	}
	k.log = log
	k.done.Go(func() {
		tick := time.NewTicker(max(k.every, time.Second))
		defer tick.Stop()
		for {
			k.tell(ctx, k.step(ctx, folder, o))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

func (k *deviceKeeper) wait() { k.done.Wait() }

// step compares once, and mends what differs.
func (k *deviceKeeper) step(ctx context.Context, folder string, o *enroll.Office) (err error) {
	ctx, cancel := context.WithTimeout(ctx, ledgerPatience)
	defer cancel()
	at, err := k.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close()) }()
	r, err := registryAt(ctx, at, folder)
	if err != nil {
		return err
	}
	v, err := publishDevices(ctx, r, o, false)
	if err != nil {
		return err
	}
	if v.Bound+v.Revoked+v.Barred+v.Readmitted > 0 {
		k.log.Info("device registry changed", "bound", v.Bound, "revoked", v.Revoked, "barred", v.Barred, "readmitted", v.Readmitted, "block", v.Block)
	}
	if n := len(v.Strangers) + len(v.Altered); n > 0 {
		return errors.New("the device registry has certificates that no record knows, or knows otherwise: wardflow ca registry check names them")
	}
	return nil
}

// tell logs an error once for as long as it stays the same.
func (k *deviceKeeper) tell(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	text := ""
	if err != nil {
		text = err.Error()
	}
	switch {
	case text == k.said:
	case err != nil:
		k.log.Error("the device registry can't be brought in step", "err", err)
	default:
		k.log.Info("the device registry is in step again")
	}
	k.said = text
}
