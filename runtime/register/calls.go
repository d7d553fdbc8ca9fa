package register

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What callers branch on.
var (
	// ErrNoLeader reports that nothing can be agreed now: no majority of the
	// voters can be reached. It wraps the error of the call's context.
	ErrNoLeader = errors.New("the register has no leader")
	// ErrClosed reports a call to a register that is closed.
	ErrClosed = errors.New("the register is closed")
	// ErrUnknownApp reports a plan for an application that is not deployed.
	ErrUnknownApp = errors.New("no such application")
	// ErrVersion reports a plan made for another version of the application:
	// read the View and plan again.
	ErrVersion = errors.New("another version of the application is deployed")
	// ErrElsewhere reports a claim of an actor that the plan does not place on
	// this node.
	ErrElsewhere = errors.New("the plan places the actor elsewhere")
)

// maxStep is what one actor may commit at once, as an entry of the log and as a
// question to the leader.
const maxStep = 3 << 20 // bytes

// PutApp deploys an application or a new version of it and returns it with its
// Version. The same content again changes nothing. Who may deploy is decided
// before: the register keeps Signature, it does not check it. When it returns,
// this node's View shows the application.
func (r *Register) PutApp(ctx context.Context, app App) (App, error) {
	res, err := r.applySeen(ctx, putApp{app})
	if err != nil {
		return App{}, fmt.Errorf("put application %s: %w", app.Name, err)
	}
	return *res.App, nil
}

// RemoveApp removes an application with its placements and checkpoints. It is
// no error if there is none of that name.
func (r *Register) RemoveApp(ctx context.Context, name string) error {
	if _, err := r.applySeen(ctx, removeApp{name}); err != nil {
		return fmt.Errorf("remove application %s: %w", name, err)
	}
	return nil
}

// PutPlan replaces all placements of an application. Their Epoch is not used:
// each actor keeps its own. Actors that are not in the plan any more lose their
// checkpoints. version is that of the application the plan was made for, or 0
// for any; if another one is deployed by now the error is [ErrVersion].
func (r *Register) PutPlan(ctx context.Context, app string, version uint64, plan []flow.Placement) error {
	if _, err := r.applySeen(ctx, putPlan{app, version, plan}); err != nil {
		return fmt.Errorf("put plan of application %s: %w", app, err)
	}
	return nil
}

// Claim begins a new epoch of an actor on this node and returns its newest
// checkpoint, whole, with Epoch set to the new one. Of an actor that never
// committed everything else is zero. From now on every older instance is
// refused. If the plan places the actor elsewhere the error is [ErrElsewhere];
// if the application is not at that version (0: any) it is [ErrVersion].
func (r *Register) Claim(ctx context.Context, actor flow.ActorID, version uint64) (flow.Checkpoint, error) {
	c := claim{Actor: actor, Node: r.cfg.Self, Version: version, Seen: r.View().Placements[actor].Epoch, Nonce: r.nonce()}
	for {
		res, err := r.apply(ctx, c)
		var seen *seenError
		if errors.As(err, &seen) && ctx.Err() == nil {
			c.Seen, c.Nonce = seen.epoch, r.nonce()
			continue
		}
		if err != nil {
			return flow.Checkpoint{}, fmt.Errorf("claim %s: %w", actor, err)
		}
		whole, _, err := flow.ReadCheckpoint(res.Checkpoint)
		if err != nil {
			return flow.Checkpoint{}, fmt.Errorf("claim %s: %w", actor, err)
		}
		return whole, nil
	}
}

// Commit puts steps of actors of this node on top of their checkpoints; see
// [flow.Checkpoint]. When it returns nil a majority of the voters has them on
// disk, except those of the actors in stale: of these a newer activation exists,
// or the step does not continue the checkpoint, and the instance must stop.
// On an error some steps may be kept; the same steps, or steps that repeat their
// tokens and go on, are committed again, and nothing is kept twice. An actor
// must not be in two commits at the same time, and must be claimed first.
//
// Up to 1 MiB of steps is one entry of the log. A single step beyond 3 MiB is
// an error.
func (r *Register) Commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error) {
	seq := r.seq.Add(1)
	for len(steps) > 0 {
		body, n, err := packCommit(r.cfg.Self, seq, steps)
		if err != nil {
			return nil, fmt.Errorf("commit: %w", err)
		}
		res, err := r.applyBytes(ctx, body)
		if err != nil {
			return nil, fmt.Errorf("commit: %w", err)
		}
		stale = append(stale, res.Stale...)
		steps = steps[n:]
	}
	return stale, nil
}

// PutCertificate keeps a device's certificate under the SHA-256 of its DER bytes.
func (r *Register) PutCertificate(ctx context.Context, der []byte) error {
	if _, err := r.applySeen(ctx, putCertificate{der}); err != nil {
		return fmt.Errorf("put certificate: %w", err)
	}
	return nil
}

// Certificate finds a certificate by the SHA-256 of its DER bytes. What this
// node has is returned at once; otherwise the leader is asked, so ok is false
// only if nobody had put it when the call began.
func (r *Register) Certificate(ctx context.Context, hash [32]byte) (der []byte, ok bool, err error) {
	if der, ok := r.certificate(hash); ok {
		return der, true, nil
	}
	if r.Leading() {
		return nil, false, nil
	}
	res, err := r.untilLed(ctx, kindCertificateAsk, hash[:], func() (result, error) {
		der, _ := r.certificate(hash)
		return result{DER: der}, nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("find certificate %x: %w", hash[:8], err)
	}
	if len(res.DER) == 0 {
		return nil, false, nil
	}
	if sha256.Sum256(res.DER) != hash {
		return nil, false, fmt.Errorf("find certificate %x: the leader sent another one", hash[:8])
	}
	if r.voter == nil {
		r.mu.Lock()
		r.known[hash] = res.DER
		r.mu.Unlock()
	}
	return res.DER, true, nil
}

func (r *Register) certificate(hash [32]byte) ([]byte, bool) {
	if r.voter != nil {
		return r.voter.machine.certificate(hash)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	der, ok := r.known[hash]
	return der, ok
}

// PutSetting keeps a value for the whole cluster, or with nil removes it.
func (r *Register) PutSetting(ctx context.Context, key string, value []byte) error {
	if _, err := r.applySeen(ctx, putSetting{key, value}); err != nil {
		return fmt.Errorf("put setting %s: %w", key, err)
	}
	return nil
}

// Sync waits until this node's View shows everything that was agreed before the
// call. It needs a leader.
func (r *Register) Sync(ctx context.Context) error {
	if _, err := r.applySeen(ctx, syncUp{}); err != nil {
		return fmt.Errorf("sync with the register: %w", err)
	}
	return nil
}
