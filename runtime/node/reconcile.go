package node

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file makes what runs here what the plan says should.

// A standing is how it is with an actor that this node runs or should run.
type standing struct {
	plan [sha256.Size]byte // what it was started from
	why  string            // why it does not run yet; "" when it does
	wait time.Time         // not tried again before
	rest time.Duration
}

// A reconciler runs actors and keeps their links as the register's view says.
type reconciler struct {
	n    *Node
	kick chan struct{} // holds one: look again now
	owes bool          // certificates are not known to the others yet; of run alone
	done atomic.Uint64 // index of the last view that was carried out

	mu       sync.Mutex // guards standings; held while nothing is called
	standing map[flow.ActorID]*standing
}

func newReconciler(n *Node) *reconciler {
	return &reconciler{n: n, kick: make(chan struct{}, 1), standing: map[flow.ActorID]*standing{}}
}

// again makes it look again soon.
func (r *reconciler) again() {
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// Looks at what nothing has changed: each second while something could not be
// started, and else much more seldom, since 10,000 idle actors are to cost
// nothing.
const (
	lookAgain  = time.Second
	lookAnyway = 15 * time.Second
)

// rewireWithin is how long an actor may take before it is started anew instead.
const rewireWithin = 2 * time.Second

// run makes it so after each change, and looks again now and then, until ctx
// ends.
func (r *reconciler) run(ctx context.Context) {
	if !r.sync(ctx) {
		return
	}
	for {
		changed := r.n.register.Changed()
		r.once(ctx)
		wait := time.NewTimer(r.patience())
		select {
		case <-ctx.Done():
		case <-changed:
		case <-r.kick:
		case <-wait.C:
		}
		wait.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// patience is when to look again though nothing is heard.
func (r *reconciler) patience() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.standing {
		if s.why != "" {
			return lookAgain
		}
	}
	if r.owes {
		return lookAgain
	}
	return lookAnyway
}

// sync waits until the register shows what is agreed; false when ctx ended.
// What a voter remembers from before it stopped is history until then: nothing
// is started or stopped by it. Local actors are bound to this node, so they
// begin meanwhile.
func (r *reconciler) sync(ctx context.Context) bool {
	for {
		trying, cancel := context.WithTimeout(ctx, claimAlone)
		err := r.n.register.Sync(trying)
		cancel()
		switch {
		case err == nil:
			r.n.history.end(r.n.register.View())
			r.n.synced.Store(true)
			return true
		case ctx.Err() != nil:
			return false
		}
		r.alone(ctx)
	}
}

// alone starts the local actors that ran here, while the register can't be
// reached.
func (r *reconciler) alone(ctx context.Context) {
	view := r.n.kept.Load()
	if view == nil {
		return
	}
	wanted := r.wanted(view)
	for id, res := range wanted {
		if !res.node.Local {
			delete(wanted, id)
		}
	}
	r.startMissing(ctx, view, wanted)
	r.links(view)
}

func (r *reconciler) once(ctx context.Context) {
	view := r.n.register.View()
	if view.Index == 0 {
		return // nothing is known yet: stop nothing, start nothing
	}
	wanted := r.wanted(view)
	r.stopOthers(ctx, view, wanted)
	r.done.Store(view.Index) // what it takes away has stopped, and what an older one started has started
	r.forget(wanted)
	r.links(view)
	r.startMissing(ctx, view, wanted)
	r.links(view)
	r.owes = !r.n.payOwed(ctx)
	r.n.keep(ctx, view)
	r.n.tidy(ctx, view)
}

// wanted are the actors that the plan places here.
func (r *reconciler) wanted(view *register.View) map[flow.ActorID]*resident {
	wanted := map[flow.ActorID]*resident{}
	for _, p := range view.On(r.n.cfg.Node) {
		if _, res, ok := r.n.find(view, p.Actor); ok {
			wanted[p.Actor] = res
		}
	}
	return wanted
}

// stopOthers ends what should not run here, or not as it does.
func (r *reconciler) stopOthers(ctx context.Context, view *register.View, wanted map[flow.ActorID]*resident) {
	var wg sync.WaitGroup
	for id, epoch := range r.n.engine.Running() {
		res, ok := wanted[id]
		switch {
		case epoch < view.Placements[id].Epoch:
			// It was elsewhere since, or is: nothing of it counts any more.
			wg.Go(func() { r.end(ctx, id, r.n.engine.StopNow) })
		case !ok:
			wg.Go(func() { r.end(ctx, id, r.n.engine.Stop) })
		case res.plan != r.planOf(id):
			wg.Go(func() {
				if !r.rewire(ctx, view, id, res, epoch) {
					r.end(ctx, id, r.n.engine.Stop)
				}
			})
		}
	}
	wg.Wait()
}

// rewire gives a running actor the links that it has now, without a restart;
// false when it must be started anew.
func (r *reconciler) rewire(ctx context.Context, view *register.View, id flow.ActorID, res *resident, epoch uint64) bool {
	w, ok := r.n.wirings.of(view, id.App())
	signer, runs := r.n.engine.Signer(id)
	if !ok || !runs {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, rewireWithin) // a firing may hang, and a step wait for the register
	defer cancel()
	err := r.n.engine.Rewire(ctx, engine.Activation{Actor: res.node, Epoch: epoch,
		In: res.in, Out: res.out, Loop: w.loops, Lives: w.app.Lives, Signer: signer})
	if err != nil {
		r.n.log.Debug("actor is started anew for its links", "actor", id, "err", err)
		return false
	}
	r.n.log.Info("actor has other links", "actor", id)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.standing[id]; s != nil {
		s.plan = res.plan
	}
	return true
}

func (r *reconciler) planOf(id flow.ActorID) (plan [sha256.Size]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.standing[id]; s != nil {
		return s.plan
	}
	return plan
}

// forget drops those that are not wanted any more.
func (r *reconciler) forget(wanted map[flow.ActorID]*resident) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.standing {
		if wanted[id] == nil {
			delete(r.standing, id)
		}
	}
}

// faults are the actors that should run here and do not, and why.
func (r *reconciler) faults() map[flow.ActorID]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := map[flow.ActorID]string{}
	for id, s := range r.standing {
		if s.why != "" {
			m[id] = s.why
		}
	}
	return m
}

// startMissing starts what should run here and does not, an application at a
// time.
func (r *reconciler) startMissing(ctx context.Context, view *register.View, wanted map[flow.ActorID]*resident) {
	running := r.n.engine.Running()
	missing := map[string][]flow.ActorID{}
	for id, res := range wanted {
		if _, ok := running[id]; !ok && r.due(id, res) {
			missing[id.App()] = append(missing[id.App()], id)
		}
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for app, ids := range missing {
		if w, ok := r.n.wirings.of(view, app); ok && ctx.Err() == nil {
			wg.Go(func() {
				r.n.activate(ctx, w, ids, func(id flow.ActorID, err error) { r.started(ctx, id, err) })
			})
		}
	}
}

// due reports whether it is time to start an actor, and notes what from.
func (r *reconciler) due(id flow.ActorID, res *resident) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.standing[id]
	if s == nil || s.plan != res.plan {
		s = &standing{plan: res.plan}
		r.standing[id] = s
	}
	return !time.Now().Before(s.wait)
}

// started notes how the start of an actor went.
func (r *reconciler) started(ctx context.Context, id flow.ActorID, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.standing[id]
	switch {
	case s == nil:
	case err == nil:
		s.why, s.rest = "", 0
		r.n.log.Info("actor started", "actor", id)
		r.n.events.add(control.ActorStarted, id, "", fmt.Sprintf("%s started on %s", id, r.n.cfg.Node))
	case ctx.Err() != nil || errors.Is(err, engine.ErrRunning):
	case errors.Is(err, register.ErrVersion) || errors.Is(err, register.ErrElsewhere):
		// The view is behind; the next one says what to do.
	case errors.Is(err, errNoLease):
		s.why, s.wait = err.Error(), time.Time{}
	default:
		if s.why != err.Error() {
			r.n.log.Info("actor could not start and is tried again", "actor", id, "err", err)
			r.n.events.add(control.ActorFault, id, "", fmt.Sprintf("%s could not start on %s: %v", id, r.n.cfg.Node, err))
		}
		s.why = err.Error()
		s.rest = min(max(2*s.rest, 250*time.Millisecond), 10*time.Second)
		s.wait = time.Now().Add(s.rest)
	}
}

// end stops an actor with its links.
func (r *reconciler) end(ctx context.Context, id flow.ActorID, stop func(context.Context, flow.ActorID) error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r.n.links.closeOf(id)
	if err := stop(ctx, id); err != nil {
		r.n.log.Info("actor stopped without its last checkpoint", "actor", id, "err", err)
	} else {
		r.n.log.Info("actor stopped", "actor", id)
	}
	r.n.events.add(control.ActorStopped, id, "", fmt.Sprintf("%s stopped on %s", id, r.n.cfg.Node))
}

// links joins what is here and opens what leads to other nodes.
func (r *reconciler) links(view *register.View) {
	running := r.n.engine.Running()
	want, from := map[flow.LinkID]far{}, map[flow.LinkID]activation{}
	for id, epoch := range running {
		w, res, ok := r.n.find(view, id)
		if !ok {
			continue
		}
		for _, l := range res.in {
			if p := view.Placements[l.From.Actor]; p.Node != r.n.cfg.Node {
				from[l.ID()] = activation{p.Node, p.Epoch}
			}
		}
		for _, l := range res.out {
			if _, here := running[l.To.Actor]; here {
				r.n.engine.Join(l.ID())
				continue
			}
			to := view.Placements[l.To.Actor]
			if to.Node != "" && to.Node != r.n.cfg.Node && to.Epoch > 0 {
				want[l.ID()] = far{link: l, node: to.Node, fromEpoch: epoch, toEpoch: to.Epoch, life: w.app.Lives[l.ID()]}
			}
		}
	}
	r.n.links.keep(want)
	r.n.links.follow(from)
}
