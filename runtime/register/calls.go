package register

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What callers branch on.
var (
	// ErrNoLeader reports that nothing can be agreed now: no majority of the
	// voters can be reached. It wraps the error of the call's context, but for
	// those of a [Lead]: there this node does not lead any more.
	ErrNoLeader = agree.ErrNoLeader
	// ErrClosed reports a call to a register that is closed.
	ErrClosed = agree.ErrClosed
	// ErrUnknownApp reports a plan for an application that is not deployed.
	ErrUnknownApp = errors.New("no such application")
	// ErrVersion reports a plan made for another version of the application:
	// read the View and plan again.
	ErrVersion = errors.New("another version of the application is deployed")
	// ErrElsewhere reports a claim of an actor that the plan does not place on
	// this node.
	ErrElsewhere = errors.New("the plan places the actor elsewhere")
)

// PutApp deploys an application or a new version of it and returns it with its
// Version. The same content again changes nothing. Who may deploy is decided
// before: the register keeps Signature, it does not check it. When it returns,
// this node's View shows the application.
func (r *Register) PutApp(ctx context.Context, app App) (App, error) {
	res, err := r.applySeen(ctx, r.group.Apply, putApp{app})
	if err != nil {
		return App{}, fmt.Errorf("put application %s: %w", app.Name, err)
	}
	return r.deployed(app, res)
}

// PutAppPlan is [Register.PutApp] and [Register.PutPlan] in one: nobody sees the
// new version with the old plan. base is the version that app is to replace, or
// 0 for any; if another one is deployed by now, or an actor to be moved has
// begun anew, the error is [ErrVersion] and nothing has changed.
func (r *Register) PutAppPlan(ctx context.Context, app App, base uint64, plan []flow.Placement) (App, error) {
	return r.putAppPlan(ctx, r.group.Apply, app, base, plan)
}

func (r *Register) putAppPlan(ctx context.Context, by way, app App, base uint64, plan []flow.Placement) (App, error) {
	res, err := r.applySeen(ctx, by, putAppPlan{app, base, plan})
	if err != nil {
		return App{}, fmt.Errorf("put application %s with its plan: %w", app.Name, err)
	}
	return r.deployed(app, res)
}

// deployed is the application as the register has it. One that was too large
// for the answer is in the View, or has been replaced meanwhile.
func (r *Register) deployed(app App, res result) (App, error) {
	if res.App != nil {
		return *res.App, nil
	}
	if now, ok := r.View().Apps[app.Name]; ok && now.Version == res.Version {
		return now, nil
	}
	return App{}, fmt.Errorf("application %s was put as version %d and is another by now: %w", app.Name, res.Version, ErrVersion)
}

// RemoveApp removes an application with its placements and checkpoints. It is
// no error if there is none of that name.
func (r *Register) RemoveApp(ctx context.Context, name string) error {
	if _, err := r.applySeen(ctx, r.group.Apply, removeApp{name}); err != nil {
		return fmt.Errorf("remove application %s: %w", name, err)
	}
	return nil
}

// PutPlan replaces all placements of an application. Each actor keeps its epoch;
// of one that gets another node, Epoch must be the one it has, as in the View
// that the plan was made from. Actors that are not in the plan any more lose
// their checkpoints. version is that of the application the plan was made for,
// or 0 for any. If another one is deployed by now, or an actor to be moved has
// begun anew, the error is [ErrVersion] and nothing has changed.
func (r *Register) PutPlan(ctx context.Context, app string, version uint64, plan []flow.Placement) error {
	return r.putPlan(ctx, r.group.Apply, app, version, plan)
}

func (r *Register) putPlan(ctx context.Context, by way, app string, version uint64, plan []flow.Placement) error {
	if _, err := r.applySeen(ctx, by, putPlanAt{app, version, plan}); err != nil {
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
		var whole flow.Checkpoint
		if err == nil {
			whole, err = r.claimed(ctx, actor, res)
		}
		if err != nil {
			return flow.Checkpoint{}, fmt.Errorf("claim %s: %w", actor, err)
		}
		return whole, nil
	}
}

// claimed is the checkpoint that a claim has found.
func (r *Register) claimed(ctx context.Context, actor flow.ActorID, res result) (flow.Checkpoint, error) {
	if res.Size > 0 {
		return r.fetchWhole(ctx, actor, res.Epoch)
	}
	whole, _, err := flow.ReadCheckpoint(res.Checkpoint)
	return whole, err
}

// ClaimAll is [Register.Claim] of many actors of one application in few entries
// of the log. Each stands for itself: those claimed are in the first map, those
// refused with their errors in the second. err is that of the way to the leader;
// what was claimed before it is in the map all the same.
func (r *Register) ClaimAll(ctx context.Context, actors []flow.ActorID, version uint64) (map[flow.ActorID]flow.Checkpoint, map[flow.ActorID]error, error) {
	const most = 2000 // in one entry
	claimed, refused := map[flow.ActorID]flow.Checkpoint{}, map[flow.ActorID]error{}
	seen := make(map[flow.ActorID]uint64, len(actors))
	view := r.View()
	for _, a := range actors {
		seen[a] = view.Placements[a].Epoch
	}
	for todo := slices.Clone(actors); len(todo) > 0; {
		c := claimAll{Node: r.cfg.Self, Nonce: r.nonce(), Version: version, Actors: todo[:min(len(todo), most)]}
		for _, a := range c.Actors {
			c.Seen = append(c.Seen, seen[a])
		}
		res, err := r.apply(ctx, c)
		if err == nil && len(res.Claims) == 0 {
			err = errors.New("the leader has answered nothing")
		}
		if err != nil {
			return claimed, refused, fmt.Errorf("claim %d actors: %w", len(todo), err)
		}
		var again []flow.ActorID
		for i, one := range res.Claims[:min(len(res.Claims), len(c.Actors))] {
			actor := c.Actors[i]
			if one.Fault == faultSeen {
				seen[actor], again = one.Epoch, append(again, actor)
				continue
			}
			err := one.err()
			if err == nil {
				claimed[actor], err = r.claimed(ctx, actor, one)
			}
			if err != nil {
				delete(claimed, actor)
				refused[actor] = fmt.Errorf("claim %s: %w", actor, err)
			}
		}
		todo = append(todo[min(len(res.Claims), len(c.Actors)):], again...)
	}
	return claimed, refused, nil
}

// Adopt replaces an actor's checkpoint by whole, which was kept elsewhere so far;
// whole.Epoch is the one this node has claimed for it. Its next step goes on top
// of that. If a newer activation exists the error is [flow.ErrStale].
func (r *Register) Adopt(ctx context.Context, whole flow.Checkpoint) error {
	b, err := flow.AppendCheckpoint(nil, whole)
	if err == nil {
		_, err = r.apply(ctx, adopt{r.cfg.Self, r.seq.Add(1), b})
	}
	if err != nil {
		return fmt.Errorf("bring checkpoint of %s: %w", whole.Actor, err)
	}
	return nil
}

// Commit puts steps of actors of this node on top of their checkpoints; see
// [flow.Checkpoint]. When it returns nil a majority of the voters has them on
// disk, except those of the actors in stale: of these a newer activation exists,
// or the step does not continue the checkpoint, and the instance must stop.
// On an error some steps may be kept; the same steps, or steps that repeat their
// tokens and go on, are committed again, and nothing is kept twice. An actor
// must not be in two commits at the same time, and must be claimed first.
//
// Up to 1 MiB of steps is one entry of the log; a single larger step is several,
// which count together. One beyond 64 MiB is an error.
func (r *Register) Commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error) {
	seq := r.seq.Add(1)
	room, _ := r.rooms.Get().(*scratch)
	if room == nil {
		room = new(scratch)
	}
	defer r.rooms.Put(room)
	for len(steps) > 0 {
		body, n, err := packCommit(room, r.cfg.Self, seq, steps)
		if err != nil {
			return nil, fmt.Errorf("commit: %w", err)
		}
		res, err := r.putCommit(ctx, seq, body)
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
	if _, err := r.applySeen(ctx, r.group.Apply, putCertificate{der}); err != nil {
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
	der, err = r.group.AskLeader(ctx, askCertificate, hash[:])
	if err != nil {
		return nil, false, fmt.Errorf("find certificate %x: %w", hash[:8], err)
	}
	if len(der) == 0 {
		return nil, false, nil
	}
	if sha256.Sum256(der) != hash {
		return nil, false, fmt.Errorf("find certificate %x: the leader sent another one", hash[:8])
	}
	r.learn(hash, der)
	return der, true, nil
}

func (r *Register) certificate(hash [32]byte) ([]byte, bool) {
	if der, ok := r.machine.certificate(hash); ok {
		return der, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	der, ok := r.known[hash]
	return der, ok
}

// PutSetting keeps a value for the whole cluster, or with nil removes it.
func (r *Register) PutSetting(ctx context.Context, key string, value []byte) error {
	return r.putSetting(ctx, r.group.Apply, key, value)
}

func (r *Register) putSetting(ctx context.Context, by way, key string, value []byte) error {
	if _, err := r.applySeen(ctx, by, putSetting{key, value}); err != nil {
		return fmt.Errorf("put setting %s: %w", key, err)
	}
	return nil
}

// Sync waits until this node's View shows everything that was agreed before the
// call. It needs a leader.
func (r *Register) Sync(ctx context.Context) error {
	if _, err := r.applySeen(ctx, r.group.Apply, syncUp{}); err != nil {
		return fmt.Errorf("sync with the register: %w", err)
	}
	return nil
}
