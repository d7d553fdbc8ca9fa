package registry

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// Published says what was brought to the chain.
type Published struct {
	Bound    int // certificates
	Revoked  int // certificates
	Barred   int // devices
	Readmit  int // devices
	Block    uint64
	Receipts []chain.Receipt
}

// most is how many items one act has: 190,000 gas each, of the 2²⁴ that a
// transaction may use.
const most = 50

// signedFor is how long an act may be on its way.
const signedFor = 10 * time.Minute

// Publish mends what differs, in acts that by signs: what is revoked first. Each
// is in a final block before the next is signed. Strangers are revoked only if
// that is said: a CA that lost its newest records knows none of its own any more.
// What the contract refuses is a [*Refusal]. When it fails half-way, compare anew
// and go on.
func (r *Registry) Publish(ctx context.Context, by crypto.Signer, c *Comparison, strangers bool) (Published, error) {
	var done Published
	if !c.mendable() && !(strangers && len(c.Strangers) > 0) {
		return done, nil
	}
	if r.Relay == nil {
		return done, errors.New("publish: nobody pays for what is sent to the chain")
	}
	w, err := r.writer(ctx, by, strangers)
	if err != nil {
		return done, fmt.Errorf("publish: %w", err)
	}
	for _, step := range []func(context.Context, *Comparison, *Published) error{w.revoke, w.readmit, w.bind} {
		if err := step(ctx, c, &done); err != nil {
			return done, fmt.Errorf("publish: %w", err)
		}
	}
	return done, nil
}

// A writer signs one act after the other.
type writer struct {
	*Registry
	by    crypto.Signer
	chain uint64
	nonce uint64

	strangers bool // are revoked too
}

func (r *Registry) writer(ctx context.Context, by crypto.Signer, strangers bool) (*writer, error) {
	key, err := eip712.KeyAddress(by.Public())
	if err != nil {
		return nil, err
	}
	id, err := r.Chain.ID(ctx)
	if err != nil {
		return nil, err
	}
	st, _, err := r.state(ctx, 0)
	if err != nil {
		return nil, err
	}
	nonce, err := ask(st, r.Contract, contract().PackNonces(key), contract().UnpackNonces)
	return &writer{r, by, id, nonce, strangers}, err
}

// revoke has certificates and devices revoked.
func (w *writer) revoke(ctx context.Context, c *Comparison, done *Published) error {
	var certificates, devices [][32]byte
	for _, rec := range c.Unrevoked {
		certificates = append(certificates, rec.Certificate)
	}
	if w.strangers {
		for _, l := range c.Strangers {
			certificates = append(certificates, l.Certificate)
		}
	}
	for _, d := range c.Unbarred {
		devices = append(devices, w.Salt.Device(d.EPC))
	}
	for len(certificates)+len(devices) > 0 {
		n := min(len(certificates), most)
		m := min(len(devices), most-n)
		err := w.act(ctx, done, func(deadline uint64) (chain.Hash, func(build.Signature) []byte) {
			return revokeStruct(certificates[:n], devices[:m], w.nonce, deadline), func(s build.Signature) []byte {
				return contract().PackRevoke(certificates[:n], devices[:m], w.nonce, deadline, s)
			}
		})
		if err != nil {
			return err
		}
		certificates, devices = certificates[n:], devices[m:]
		done.Revoked += n
		done.Barred += m
	}
	return nil
}

func (w *writer) readmit(ctx context.Context, c *Comparison, done *Published) error {
	var devices [][32]byte
	for _, d := range c.Barred {
		devices = append(devices, w.Salt.Device(d.EPC))
	}
	for len(devices) > 0 {
		n := min(len(devices), most)
		err := w.act(ctx, done, func(deadline uint64) (chain.Hash, func(build.Signature) []byte) {
			return readmitStruct(devices[:n], w.nonce, deadline), func(s build.Signature) []byte {
				return contract().PackReadmit(devices[:n], w.nonce, deadline, s)
			}
		})
		if err != nil {
			return err
		}
		devices = devices[n:]
		done.Readmit += n
	}
	return nil
}

func (w *writer) bind(ctx context.Context, c *Comparison, done *Published) error {
	for left := c.Unbound; len(left) > 0; {
		n := min(len(left), most)
		bindings := make([]build.Binding, n)
		for i, rec := range left[:n] {
			bindings[i] = w.binding(rec)
		}
		err := w.act(ctx, done, func(deadline uint64) (chain.Hash, func(build.Signature) []byte) {
			return bindStruct(bindings, w.nonce, deadline), func(s build.Signature) []byte {
				return contract().PackBind(bindings, w.nonce, deadline, s)
			}
		})
		if err != nil {
			return err
		}
		left = left[n:]
		done.Bound += n
	}
	return nil
}

// act signs one act and has it brought to the chain.
func (w *writer) act(ctx context.Context, done *Published, form func(deadline uint64) (chain.Hash, func(build.Signature) []byte)) error {
	hash, pack := form(uint64(time.Now().Add(signedFor).Unix()))
	sig, err := eip712.Sign(w.by, eip712.Digest(domain, w.chain, w.Contract, hash))
	if err != nil {
		return err
	}
	receipt, err := w.Relay.Pay(ctx, &w.Contract, pack(sig))
	if err != nil {
		return Refused(err)
	}
	w.nonce++
	done.Block = receipt.Block
	done.Receipts = append(done.Receipts, receipt)
	return nil
}

// acts are the calls of the contract that a registrar signs.
var acts = []string{"bind", "revoke", "readmit"}

// IsAct reports whether a call of the contract is one that proves itself by a
// registrar's signature, so that it may be paid for whoever brings it.
func IsAct(data []byte) bool {
	if len(data) < 4 {
		return false
	}
	parsed, err := build.DeviceRegistryMetaData.ParseABI()
	if err != nil {
		return false
	}
	method, err := parsed.MethodById(data[:4])
	for _, name := range acts {
		if err == nil && method.Name == name {
			return true
		}
	}
	return false
}
