package contracts_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
)

func (h *hospital) registryNonce(p *person) uint64 {
	h.t.Helper()
	out, err := h.view(h.registry, registry.PackNonces(p.address()))
	if err != nil {
		h.t.Fatal(err)
	}
	n, err := registry.UnpackNonces(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// binding is a certificate of p's key for a device, good for a day.
func (h *hospital) binding(p *person, certificate, device byte) build.Binding {
	b := build.Binding{Certificate: [32]byte{certificate}, Device: [32]byte{device}, Group: [32]byte{3}, NotAfter: h.now + day}
	b.X, b.Y = p.point()
	return b
}

func (h *hospital) bind(p *person, bindings ...build.Binding) error {
	h.t.Helper()
	list := []any{}
	for _, b := range bindings {
		list = append(list, map[string]any{"certificate": b.Certificate[:], "device": b.Device[:], "x": b.X[:], "y": b.Y[:],
			"group": b.Group[:], "notAfter": number(b.NotAfter)})
	}
	n := h.registryNonce(p)
	sig := p.sign(typed(h.t, "DeviceRegistry", h.registry, "Bind", map[string]any{"bindings": list, "nonce": number(n), "deadline": number(h.now)}))
	_, err := h.send("bind", h.registry, registry.PackBind(bindings, n, h.now, sig))
	return err
}

func words(list [][32]byte) []any {
	all := []any{}
	for _, w := range list {
		all = append(all, w[:])
	}
	return all
}

func (h *hospital) revoke(p *person, certificates, devices [][32]byte) error {
	h.t.Helper()
	n := h.registryNonce(p)
	sig := p.sign(typed(h.t, "DeviceRegistry", h.registry, "Revoke", map[string]any{"certificates": words(certificates),
		"devices": words(devices), "nonce": number(n), "deadline": number(h.now)}))
	_, err := h.send("revoke", h.registry, registry.PackRevoke(certificates, devices, n, h.now, sig))
	return err
}

func (h *hospital) readmit(p *person, devices ...[32]byte) error {
	h.t.Helper()
	n := h.registryNonce(p)
	sig := p.sign(typed(h.t, "DeviceRegistry", h.registry, "Readmit", map[string]any{"devices": words(devices), "nonce": number(n), "deadline": number(h.now)}))
	_, err := h.send("readmit", h.registry, registry.PackReadmit(devices, n, h.now, sig))
	return err
}

// What the registry says of a signature.
const (
	good = iota
	unknown
	expired
	revoked
	forged
)

func (h *hospital) verify(certificate byte, digest []byte, by *person) uint8 {
	h.t.Helper()
	sig := by.sign(digest)
	out, err := h.view(h.registry, registry.PackVerify([32]byte{certificate}, [32]byte(digest), sig.R, sig.S))
	if err != nil {
		h.t.Fatal(err)
	}
	v, err := registry.UnpackVerify(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// From the first certificate of a device to its revocation and its return.
func TestRegistry(t *testing.T) {
	t.Parallel()
	for _, london := range []bool{false, true} {
		h := newHospitalAt(t, london)
		monitor, thief := newPerson(t), newPerson(t)
		digest := crypto.Keccak256([]byte("a reading"))
		stands := func(what string, certificate byte, by *person, want uint8) {
			t.Helper()
			if got := h.verify(certificate, digest, by); got != want {
				t.Errorf("%s: standing %d, want %d", what, got, want)
			}
		}
		stands("before", 1, monitor, unknown)
		if err := h.bind(h.reg, h.binding(monitor, 1, 7), h.binding(monitor, 2, 7), h.binding(monitor, 3, 8)); err != nil {
			t.Fatal(err)
		}
		stands("bound", 1, monitor, good)
		stands("by another key", 1, thief, forged)
		if err := h.revoke(h.reg, [][32]byte{{1}}, nil); err != nil {
			t.Fatal(err)
		}
		stands("the certificate is revoked", 1, monitor, revoked)
		stands("the device's other one", 2, monitor, good)
		if err := h.revoke(h.reg, nil, [][32]byte{{7}}); err != nil {
			t.Fatal(err)
		}
		stands("the device is revoked", 2, monitor, revoked)
		stands("another device", 3, monitor, good)
		refusedWith(t, "a revoked device", h.bind(h.reg, h.binding(monitor, 4, 7)), "DeviceIsRevoked(")
		if err := h.readmit(h.reg, [32]byte{7}); err != nil {
			t.Fatal(err)
		}
		if err := h.bind(h.reg, h.binding(monitor, 4, 7)); err != nil {
			t.Fatal(err)
		}
		stands("bound after the return", 4, monitor, good)
		stands("bound before it", 2, monitor, revoked)
		h.now += day + 1
		stands("a day later", 4, monitor, expired)
		out, err := h.view(h.registry, registry.PackPage(bigOf(0), bigOf(10)))
		if err != nil {
			t.Fatal(err)
		}
		page, err := registry.UnpackPage(out)
		if err != nil || len(page) != 4 || page[0].RevokedAt == 0 || page[1].RevokedAt == 0 || page[2].RevokedAt != 0 || page[3].RevokedAt != 0 {
			t.Errorf("page %+v, %v", page, err)
		}
	}
}

func TestRegistryRefused(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	monitor := newPerson(t)
	b := h.binding(monitor, 1, 7)
	refusedWith(t, "by a rule admin", h.bind(h.anne, b), "NotRegistrar("+h.anne.address().Hex())
	refusedWith(t, "by a stranger", h.revoke(h.carl, [][32]byte{{1}}, nil), "NotRegistrar(")
	if err := h.bind(h.reg, b); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, "again", h.bind(h.reg, b), "AlreadyBound(")
	refusedWith(t, "none", h.bind(h.reg), "BadCount(0)")
	refusedWith(t, "too many", h.revoke(h.reg, make([][32]byte, 33), make([][32]byte, 32)), "BadCount(65)")
	refusedWith(t, "what is not bound", h.revoke(h.reg, [][32]byte{{9}}, nil), "NotBound(")
	refusedWith(t, "twice", h.revoke(h.reg, [][32]byte{{1}, {1}}, nil), "AlreadyRevoked(")
	refusedWith(t, "a device twice", h.revoke(h.reg, nil, [][32]byte{{7}, {7}}), "AlreadyRevoked(")
	refusedWith(t, "a device that is not revoked", h.readmit(h.reg, [32]byte{7}), "DeviceIsNotRevoked(")
	for want, change := range map[string]func(b *build.Binding){
		"certificate and device are missing": func(b *build.Binding) { b.Device = [32]byte{} },
		"the key is no point of P-256":       func(b *build.Binding) { b.Y[0] ^= 1 },
		"it has expired":                     func(b *build.Binding) { b.NotAfter = h.now - 1 },
	} {
		b := h.binding(monitor, 2, 7)
		change(&b)
		refusedWith(t, want, h.bind(h.reg, b), "BadBinding(")
	}
	_, err := h.send("adopt", h.registry, registry.PackAdopt())
	refusedWith(t, "adopted again", err, "AlreadyAdopted("+h.manager.Hex())
	n := h.registryNonce(h.reg)
	sig := h.reg.sign(typed(t, "DeviceRegistry", h.registry, "Readmit", map[string]any{"devices": []any{}, "nonce": number(n), "deadline": number(h.now)}))
	_, err = h.send("readmit", h.registry, registry.PackReadmit([][32]byte{{7}}, n, h.now, sig))
	refusedWith(t, "signed for something else", err, "BadSignature()")
	_, err = h.send("readmit", h.registry, registry.PackReadmit([][32]byte{{7}}, n, h.now-1, sig))
	refusedWith(t, "too late", err, "Expired(")

	// A registrar whose role is withdrawn writes no more.
	h.mustAgree(build.Change{Op: opWithdraw, Who: h.reg.address(), Role: roleRegistrar})
	refusedWith(t, "no registrar any more", h.revoke(h.reg, [][32]byte{{1}}, nil), "NotRegistrar(")
}
