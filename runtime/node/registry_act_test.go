package node_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/registry"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

// A node pays for what a registrar has signed for the registry of devices, and
// for nothing else that is sent there.
func TestBringDevices(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "chain")
	keys := ruletest.Admins(3)
	founding := ruletest.Founding(keys[:2])
	founding.Registrars = append(founding.Registrars, keys[2].Public())
	info, err := rule.Init(t.Context(), dir, founding)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	key, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		t.Fatal(err)
	}
	payer := chain.NewPayer(c, key, log)
	defer func() {
		if err := errors.Join(payer.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	}()
	desk := &rule.Desk{Chain: c, Manager: info.Manager, Relay: payer}
	reg, err := registry.Find(t.Context(), c, info.Manager, nil, registry.Salt{})
	if err != nil {
		t.Fatal(err)
	}
	d := build.NewDeviceRegistry()
	bring := func(to chain.Address, data []byte) error {
		_, err := node.BringRule(t.Context(), desk, keys[0].Public(), control.RuleCall{To: to.Hex(), Data: data})
		return err
	}
	for _, tt := range []struct {
		name string
		to   chain.Address
		data []byte
		want error
	}{
		{"another call", reg.Contract, d.PackAdopt(), control.ErrInvalid},
		{"several calls", reg.Contract, d.PackMulticall([][]byte{d.PackAdopt()}), control.ErrInvalid},
		{"another contract", chain.Address{1}, d.PackBind(nil, 0, 0, build.Signature{}), control.ErrInvalid},
		{"what nobody signed", reg.Contract, d.PackRevoke([][32]byte{{1}}, nil, 0, 1<<40, build.Signature{}), control.ErrConflict},
	} {
		if err := bring(tt.to, tt.data); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}

	// And a good one: the registrar's own.
	reg.Relay = brought(func(to *chain.Address, data []byte) (chain.Receipt, error) {
		paid, err := node.BringRule(t.Context(), desk, keys[0].Public(), control.RuleCall{To: to.Hex(), Data: data})
		if err != nil {
			return chain.Receipt{}, err
		}
		return chain.Receipt{Block: paid.Block, OK: true}, nil
	})
	device := registry.Device{EPC: [12]byte{0x30}, Barred: true}
	records := func() (registry.Records, error) { return registry.Records{Devices: []registry.Device{device}}, nil }
	diff, err := reg.Compare(t.Context(), records, 0, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	done, err := reg.Publish(t.Context(), keys[2], diff, false)
	if err != nil || done.Barred != 1 {
		t.Fatalf("barred %d devices, %v, want 1", done.Barred, err)
	}
	if diff, err = reg.Compare(t.Context(), records, done.Block, time.Now()); err != nil || !diff.Same() {
		t.Errorf("afterwards: %+v, %v", diff, err)
	}
}

// brought is a relay that is a function.
type brought func(to *chain.Address, data []byte) (chain.Receipt, error)

func (b brought) Pay(_ context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	return b(to, data)
}
