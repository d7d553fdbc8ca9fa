package registry_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/registry"
)

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A town has a chain with a rule manager, of which ca is a registrar.
type town struct {
	t       *testing.T
	payer   *chain.Payer
	reg     *registry.Registry
	ca      *ecdsa.PrivateKey
	device  *ecdsa.PrivateKey
	records registry.Records
	now     time.Time
}

func newTown(t *testing.T) *town {
	t.Helper()
	account, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := chain.Init(dir, account.Address()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, payer: chain.NewPayer(c, account, log), ca: key(t), device: key(t), now: time.Now()}
	t.Cleanup(func() {
		if err := errors.Join(w.payer.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	})
	anchor, at := w.create(build.AuditAnchorMetaData.Bin, nil), w.create(build.DeviceRegistryMetaData.Bin, nil)
	var keys []chain.Address
	for _, k := range []*ecdsa.PrivateKey{key(t), key(t), w.ca} {
		a, err := eip712.KeyAddress(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, a)
	}
	manager := w.create(build.RuleManagerMetaData.Bin, build.NewRuleManager().PackConstructor(keys[:2], keys[2:], 2, nil, anchor, at))
	if w.reg, err = registry.Find(t.Context(), c, manager, w.payer, registry.Salt{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if w.reg.Contract != at {
		t.Fatalf("found the registry at %v, want %v", w.reg.Contract, at)
	}
	return w
}

func (w *town) create(code string, args []byte) chain.Address {
	w.t.Helper()
	r, err := w.payer.Pay(w.t.Context(), nil, append(common.FromHex(code), args...))
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Contract
}

// issue puts n certificates of a device on record.
func (w *town) issue(device byte, n int) {
	w.t.Helper()
	p, err := eip712.Point(w.device.Public())
	if err != nil {
		w.t.Fatal(err)
	}
	for range n {
		r := registry.Record{EPC: [12]byte{0x30, device}, Key: p, Group: "h1/3/icu-1/ecg", NotAfter: w.now.Add(24 * time.Hour)}
		_, _ = rand.Read(r.Certificate[:]) // never fails
		w.records.Certificates = append(w.records.Certificates, r)
	}
	if d := (registry.Device{EPC: [12]byte{0x30, device}}); !slices.Contains(w.records.Devices, d) {
		w.records.Devices = append(w.records.Devices, d)
	}
}

func (w *town) compare(since uint64) *registry.Comparison {
	w.t.Helper()
	c, err := w.reg.Compare(w.t.Context(), func() (registry.Records, error) { return w.records, nil }, since, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// publish brings the contract in step and compares again.
func (w *town) publish(strangers bool) (registry.Published, *registry.Comparison) {
	w.t.Helper()
	done, err := w.reg.Publish(w.t.Context(), w.ca, w.compare(0), strangers)
	if err != nil {
		w.t.Fatal(err)
	}
	return done, w.compare(done.Block)
}

// A CA issues, renews, revokes and reinstates; the contract follows.
func TestPublish(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.issue(1, 2)
	w.issue(2, 51) // with those before more than a page, and than an act
	if c := w.compare(0); len(c.Unbound) != 53 || c.Same() {
		t.Fatalf("before: %d unbound, want 53", len(c.Unbound))
	}
	done, c := w.publish(false)
	if done.Bound != 53 || len(done.Receipts) != 2 || !c.Same() || c.Agree != 53 {
		t.Fatalf("bound %d in %d acts, then %d agree, want 53 in 2, 53", done.Bound, len(done.Receipts), c.Agree)
	}

	w.records.Certificates[0].Revoked = true
	w.records.Devices[1].Barred = true
	for i := range w.records.Certificates[2:] {
		w.records.Certificates[2+i].Revoked = true
	}
	late := w.records.Certificates[40]
	late.Certificate[0]++ // issued and revoked before it was ever bound
	w.records.Certificates = append(w.records.Certificates, late)
	done, c = w.publish(false)
	if done.Revoked != 52 || done.Barred != 1 || !c.Same() || c.Agree != 54 {
		t.Errorf("revoked %d and barred %d, then %d agree, want 52, 1, 54", done.Revoked, done.Barred, c.Agree)
	}

	// Reinstated: readmitted at once, with the next certificate.
	w.records.Devices[1].Barred = false
	w.records.Certificates[5].Revoked = false
	w.issue(2, 1)
	if c := w.compare(0); len(c.Barred) != 1 || len(c.Held) != 1 || len(c.Unbound) != 1 {
		t.Errorf("reinstated: %d barred, %d held, %d unbound, want 1 each", len(c.Barred), len(c.Held), len(c.Unbound))
	}
	done, c = w.publish(false)
	if done.Readmit != 1 || done.Bound != 1 || !c.Same() || len(c.Held) != 1 {
		t.Errorf("readmitted %d, bound %d, then %+v", done.Readmit, done.Bound, c)
	}

	// What the CA does not know, or knows otherwise, is seen.
	lost := w.records.Certificates[1]
	w.records.Certificates = slices.Delete(w.records.Certificates, 1, 2)
	last := &w.records.Certificates[len(w.records.Certificates)-1]
	last.Group = "h1/4"
	c = w.compare(0)
	if len(c.Strangers) != 1 || c.Strangers[0].Certificate != lost.Certificate || len(c.Altered) != 1 || c.Same() {
		t.Errorf("%d strangers, %d altered, want 1 each", len(c.Strangers), len(c.Altered))
	}
	if done, err := w.reg.Publish(t.Context(), w.ca, c, false); err != nil || done.Revoked != 0 {
		t.Errorf("revoked %d strangers, %v: nobody asked for it", done.Revoked, err)
	}
	last.Group = "h1/3/icu-1/ecg"
	if done, c = w.publish(true); done.Revoked != 1 || !c.Same() {
		t.Errorf("revoked %d strangers, want 1", done.Revoked)
	}
}

// Who is no registrar writes nothing, and is told how to become one; a
// comparison that is out of date does no harm.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.issue(1, 1)
	c := w.compare(0)
	_, err := w.reg.Publish(t.Context(), key(t), c, false)
	var refusal *registry.Refusal
	if !errors.As(err, &refusal) || refusal.Name != "NotRegistrar" || !strings.Contains(err.Error(), "--role registrar") {
		t.Errorf("published by a stranger: %v", err)
	}
	if _, err := w.reg.Publish(t.Context(), w.ca, c, false); err != nil {
		t.Fatal(err)
	}
	_, err = w.reg.Publish(t.Context(), w.ca, c, false)
	if !errors.As(err, &refusal) || refusal.Name != "AlreadyBound" {
		t.Errorf("published twice: %v", err)
	}
	unpaid := *w.reg
	unpaid.Relay = nil
	if _, err := unpaid.Publish(t.Context(), w.ca, c, false); err == nil {
		t.Error("published though nobody pays")
	}
	if _, err := w.reg.Compare(t.Context(), func() (registry.Records, error) { return w.records, context.Canceled }, 0, w.now); !errors.Is(err, context.Canceled) {
		t.Errorf("compared without records: %v", err)
	}
	if _, err := registry.Find(t.Context(), w.reg.Chain, chain.Address{1}, nil, registry.Salt{}); !errors.Is(err, chain.ErrNoContract) {
		t.Errorf("found a registry where there is no manager: %v", err)
	}
}

// Only acts that prove themselves are paid for.
func TestIsAct(t *testing.T) {
	t.Parallel()
	d := build.NewDeviceRegistry()
	for name, call := range map[string][]byte{"adopt": d.PackAdopt(), "multicall": d.PackMulticall(nil), "nothing": nil, "three bytes": {1, 2, 3}, "another": {1, 2, 3, 4}} {
		if registry.IsAct(call) {
			t.Errorf("%s is an act", name)
		}
	}
	for name, call := range map[string][]byte{"bind": d.PackBind(nil, 0, 0, build.Signature{}), "revoke": d.PackRevoke(nil, nil, 0, 0, build.Signature{}),
		"readmit": d.PackReadmit(nil, 0, 0, build.Signature{})} {
		if !registry.IsAct(call) {
			t.Errorf("%s is no act", name)
		}
	}
}

// Whatever the contract answers, it is read or refused.
func FuzzRefused(f *testing.F) {
	f.Add([]byte{})
	for _, call := range [][]byte{build.NewDeviceRegistry().PackCount()} {
		f.Add(call)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := registry.Refused(&chain.RevertError{Msg: "reverted", Data: data})
		var refusal *registry.Refusal
		if !errors.As(err, &refusal) || refusal.Msg == "" {
			t.Errorf("Refused(%x) = %v, want a refusal", data, err)
		}
		_ = registry.IsAct(data)
	})
}
