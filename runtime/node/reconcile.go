package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file makes what runs here what the plan says should.

// A resident is an actor that this node runs or should run.
type resident struct {
	plan []byte      // what it was started from: a change starts it anew
	out  []flow.Link // its out-links
	why  string      // why it does not run yet; "" when it does
	wait time.Time   // not tried again before
	rest time.Duration
}

// A reconciler runs actors and keeps their links as the register's view says.
type reconciler struct {
	n *Node

	mu        sync.Mutex // guards residents; held while nothing is called
	residents map[flow.ActorID]*resident
}

// run makes it so after each change, and looks again each second, until ctx
// ends.
func (r *reconciler) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	// What a voter remembers from before it stopped is history until it has
	// caught up with the others: nothing is started or stopped by it.
	for r.n.register.Sync(ctx) != nil {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	for {
		changed := r.n.register.Changed()
		r.once(ctx)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

func (r *reconciler) once(ctx context.Context) {
	view := r.n.register.View()
	if view.Index == 0 {
		return // nothing is known yet: stop nothing, start nothing
	}
	wanted := map[flow.ActorID]*resident{}
	for _, p := range view.On(r.n.cfg.Node) {
		app, ok := view.Apps[p.Actor.App()]
		if !ok {
			continue
		}
		if res, err := describe(&app, p.Actor); err == nil {
			wanted[p.Actor] = res
		}
	}
	for id := range r.n.engine.Running() {
		if res, ok := wanted[id]; !ok || !bytes.Equal(res.plan, r.planOf(id)) {
			r.stop(ctx, id)
		}
	}
	r.forget(wanted)
	running := r.n.engine.Running()
	for id, res := range wanted {
		if _, ok := running[id]; !ok && ctx.Err() == nil {
			r.start(ctx, view, id, res)
		}
	}
	r.links(view)
}

// describe is what an actor is started from.
func describe(app *register.App, id flow.ActorID) (*resident, error) {
	node, ok := app.Graph.Actor(id)
	if !ok {
		return nil, fmt.Errorf("actor %s is not in its application's graph", id)
	}
	in, out := app.Graph.LinksOf(id)
	lives := map[flow.LinkID]uint64{}
	for _, l := range append(append([]flow.Link(nil), in...), out...) {
		lives[l.ID()] = app.Lives[l.ID()]
	}
	node.Rule = nil // where it may run does not change what it is
	plan, err := json.Marshal(struct {
		Node    flow.Node
		In, Out []flow.Link
		Lives   map[flow.LinkID]uint64
	}{node, in, out, lives})
	return &resident{plan: plan, out: out}, err
}

func (r *reconciler) planOf(id flow.ActorID) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if res := r.residents[id]; res != nil {
		return res.plan
	}
	return nil
}

// forget drops those that are not wanted any more.
func (r *reconciler) forget(wanted map[flow.ActorID]*resident) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.residents {
		if wanted[id] == nil {
			delete(r.residents, id)
		}
	}
}

// faults are the actors that should run here and do not, and why.
func (r *reconciler) faults() map[flow.ActorID]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := map[flow.ActorID]string{}
	for id, res := range r.residents {
		if res.why != "" {
			m[id] = res.why
		}
	}
	return m
}

func (r *reconciler) start(ctx context.Context, view *register.View, id flow.ActorID, res *resident) {
	r.mu.Lock()
	if old := r.residents[id]; old != nil && bytes.Equal(old.plan, res.plan) {
		res.wait, res.rest, res.why = old.wait, old.rest, old.why
	}
	r.residents[id] = res
	wait := time.Now().Before(res.wait)
	r.mu.Unlock()
	if wait {
		return
	}
	app := view.Apps[id.App()]
	err := r.n.activate(ctx, &app, id)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		res.why, res.rest = "", 0
		r.n.log.Info("actor started", "actor", id)
		r.n.events.add(control.ActorStarted, id, "", fmt.Sprintf("%s started on %s", id, r.n.cfg.Node))
	case ctx.Err() != nil || errors.Is(err, engine.ErrRunning):
	case errors.Is(err, register.ErrVersion) || errors.Is(err, register.ErrElsewhere):
		// The view is behind; the next one says what to do.
	default:
		if res.why != err.Error() {
			r.n.log.Info("actor could not start and is tried again", "actor", id, "err", err)
			r.n.events.add(control.ActorFault, id, "", fmt.Sprintf("%s could not start on %s: %v", id, r.n.cfg.Node, err))
		}
		res.why = err.Error()
		res.rest = min(max(2*res.rest, 250*time.Millisecond), 10*time.Second)
		res.wait = time.Now().Add(res.rest)
	}
}

// activate claims the actor's next epoch and starts it from its checkpoint.
func (n *Node) activate(ctx context.Context, app *register.App, id flow.ActorID) error {
	g := &app.Graph
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	node, _ := g.Actor(id)
	spec := n.types[node.Type].Spec
	signer, err := n.signerFor(&spec, node)
	if err != nil {
		return err
	}
	if spec.Identity != "" {
		if err := n.register.PutCertificate(ctx, signer.Chain[0].Raw); err != nil {
			return fmt.Errorf("make its certificate known: %w", err)
		}
	}
	ck, err := n.register.Claim(ctx, id, app.Version)
	if err != nil {
		return fmt.Errorf("claim its next epoch: %w", err)
	}
	in, out := g.LinksOf(id)
	return n.engine.Start(ctx, engine.Activation{Actor: node, Epoch: ck.Epoch, Checkpoint: ck,
		In: in, Out: out, Loop: engine.Loops(g), Lives: app.Lives, Signer: signer})
}

// signerFor is whom an actor speaks as: the certificate that its argument
// names, or its node's.
func (n *Node) signerFor(spec *flow.Spec, node flow.Node) (flow.Signer, error) {
	if spec.Identity == "" {
		return n.signer(), nil
	}
	name, _ := node.Args[spec.Identity].(string)
	s, ok := n.identities[name]
	if !ok {
		return flow.Signer{}, fmt.Errorf("argument %s=%q: this node has no certificate of that name in its identities", spec.Identity, name)
	}
	return s, nil
}

func (r *reconciler) stop(ctx context.Context, id flow.ActorID) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r.n.links.closeOf(id)
	if err := r.n.engine.Stop(ctx, id); err != nil {
		r.n.log.Info("actor stopped without its last checkpoint", "actor", id, "err", err)
	} else {
		r.n.log.Info("actor stopped", "actor", id)
	}
	r.n.events.add(control.ActorStopped, id, "", fmt.Sprintf("%s stopped on %s", id, r.n.cfg.Node))
}

// links joins what is here and opens what leads to other nodes.
func (r *reconciler) links(view *register.View) {
	running := r.n.engine.Running()
	want := map[flow.LinkID]far{}
	for id, epoch := range running {
		app, ok := view.Apps[id.App()]
		if !ok {
			continue
		}
		_, out := app.Graph.LinksOf(id)
		for _, l := range out {
			if _, here := running[l.To.Actor]; here {
				r.n.engine.Join(l.ID())
				continue
			}
			to := view.Placements[l.To.Actor]
			if to.Node != "" && to.Node != r.n.cfg.Node && to.Epoch > 0 {
				want[l.ID()] = far{link: l, node: to.Node, fromEpoch: epoch, toEpoch: to.Epoch}
			}
		}
	}
	r.n.links.keep(want)
}
