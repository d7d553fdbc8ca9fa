package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// An oximeter is a device of another maker: it runs no node and knows nothing of
// actors. It brings its pulse rates over HTTPS with its certificate, and keeps
// each until it is told that it is stored.
type oximeter struct {
	file   string // what it remembers
	client *ingest.Client
	renew  *enroll.Renewer
	told   *atomic.Uint64 // readings that the hospital has acknowledged

	memory struct {
		Seq     uint64            `json:"seq"`
		Pending []json.RawMessage `json:"pending,omitempty"` // brought, and not answered yet
	}
}

// outsiders makes the ward's devices outside.
func outsiders(l layout, at string, ca string, w *hospital.Ward, told *atomic.Uint64) ([]*oximeter, error) {
	var all []*oximeter
	for _, bed := range w.Beds {
		for _, d := range bed.Devices {
			if !d.Outside {
				continue
			}
			o, err := newOximeter(l, d.Name, at, ca, told)
			if err != nil {
				return nil, fmt.Errorf("device %s: %w", d.Name, err)
			}
			all = append(all, o)
		}
	}
	return all, nil
}

func newOximeter(l layout, name, at, ca string, told *atomic.Uint64) (*oximeter, error) {
	first, err := pki.LoadSigner(l.outside(name))
	if err != nil {
		return nil, err
	}
	trust, err := pki.LoadTrust(l.outsideTrust())
	if err != nil {
		return nil, err
	}
	var now atomic.Pointer[flow.Signer]
	now.Store(&first)
	own := func() flow.Signer { return *now.Load() }
	v := pki.NewVerifier(trust)
	o := &oximeter{file: filepath.Join(l.outside(name), "memory.json"), told: told}
	if o.client, err = ingest.NewClient(ingest.ClientConfig{URL: at, Own: own, Verifier: v}); err != nil {
		return nil, err
	}
	o.renew, err = enroll.NewRenewer(enroll.RenewerConfig{CA: ca, Verifier: v, Own: own,
		Trust:   func(t pki.Trust) error { return pki.SaveTrust(l.outsideTrust(), t) },
		Folders: []enroll.Folder{{Dir: l.outside(name), Renewed: func(_ context.Context, s flow.Signer) error { now.Store(&s); return nil }}}})
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(o.file)
	if err == nil {
		err = json.Unmarshal(b, &o.memory)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return o, nil
}

// run measures each second and brings what it has, until ctx ends. What has no
// answer then is brought again by the next run.
func (o *oximeter) run(ctx context.Context) error {
	var renewing sync.WaitGroup
	defer renewing.Wait()
	renewing.Go(func() { o.renew.Run(ctx) })
	defer o.client.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := o.bring(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := o.measure(time.Now()); err != nil {
			return err
		}
	}
}

// measure makes a reading as the device's own firmware would: plain JSON.
func (o *oximeter) measure(at time.Time) error {
	o.memory.Seq++
	rate := 72 + 4*math.Sin(float64(o.memory.Seq)/7)
	reading, err := json.Marshal(map[string]any{"stream": "pulse", "seq": o.memory.Seq, "kind": "8889-8", "unit": "/min",
		"at": at.UTC().Format(time.RFC3339Nano), "value": strconv.FormatFloat(rate, 'f', 1, 64)})
	if err != nil {
		return err
	}
	o.memory.Pending = append(o.memory.Pending, reading)
	return o.remember()
}

// bring sends what is pending and forgets what was answered.
func (o *oximeter) bring(ctx context.Context) error {
	n := min(len(o.memory.Pending), ingest.MaxItems)
	if n == 0 {
		return nil
	}
	body, err := json.Marshal(o.memory.Pending[:n])
	if err != nil {
		return err
	}
	outcomes, err := o.client.Send(ctx, ingest.JSON, body)
	if err != nil {
		return err
	}
	for _, out := range outcomes {
		if out.Outcome == ingest.Refused {
			return fmt.Errorf("reading %d was refused: %s: %s", out.Seq, out.Reason, out.Clause)
		}
	}
	o.told.Add(uint64(len(outcomes)))
	o.memory.Pending = o.memory.Pending[n:]
	return o.remember()
}

// remember writes down what must not be forgotten when the power goes.
func (o *oximeter) remember() error {
	b, err := json.Marshal(o.memory)
	if err != nil {
		return err
	}
	return durable.Replace(o.file, b, 0o600)
}
