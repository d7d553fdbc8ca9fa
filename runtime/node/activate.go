package node

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// How long the register may take for the claims of one activation, and how many
// actors are started at a time.
const (
	claimWithin = 10 * time.Second
	atATime     = 8
)

// activate claims the next epoch of each of the actors and starts them from
// their checkpoints. done hears how it went, once for each, from any goroutine,
// before activate returns.
func (n *Node) activate(ctx context.Context, w *wiring, ids []flow.ActorID, done func(flow.ActorID, error)) {
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	signers := map[flow.ActorID]flow.Signer{}
	for _, id := range ids {
		s, err := n.admit(ctx, w.actors[id])
		if err != nil {
			done(id, err)
			continue
		}
		signers[id] = s
	}
	claims := n.claim(ctx, w, signers)
	var wg sync.WaitGroup
	places := make(chan struct{}, atATime)
	for id, signer := range signers {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			c := claims[id]
			if c.err != nil {
				done(id, fmt.Errorf("claim its next epoch: %w", c.err))
				return
			}
			done(id, n.begin(ctx, w, w.actors[id], c.checkpoint, signer))
		})
	}
	wg.Wait()
}

// admit finds whom an actor will speak as, makes its certificate known, and
// sees that it may run now.
func (n *Node) admit(ctx context.Context, res *resident) (flow.Signer, error) {
	spec := n.types[res.node.Type].Spec
	if spec.Exclusive && !n.tenure.begin(res.node.ID) {
		return flow.Signer{}, errNoLease
	}
	signer, err := n.signerFor(&spec, res.node)
	if err != nil || len(signer.Chain) == 0 || signer.Chain[0].Equal(n.own.Chain[0]) {
		return signer, err
	}
	if err := n.publish(ctx, signer); err != nil {
		return signer, fmt.Errorf("make its certificate known: %w", err)
	}
	return signer, nil
}

// publish puts a certificate into the register, once.
func (n *Node) publish(ctx context.Context, s flow.Signer) error {
	leaf := s.Chain[0].Raw
	if _, done := n.published.Load(string(leaf)); done {
		return nil
	}
	if err := n.register.PutCertificate(ctx, leaf); err != nil {
		return err
	}
	n.published.Store(string(leaf), true)
	return nil
}

// A claimed is what came of a claim.
type claimed struct {
	checkpoint flow.Checkpoint
	err        error
}

// claim takes over all of them: the register says from which checkpoint, or for
// local actors this node's journal.
func (n *Node) claim(ctx context.Context, w *wiring, ids map[flow.ActorID]flow.Signer) map[flow.ActorID]claimed {
	all := make(map[flow.ActorID]claimed, len(ids))
	var near, far []flow.ActorID
	for id := range ids {
		if w.actors[id].node.Local {
			near = append(near, id)
		} else {
			far = append(far, id)
		}
	}
	n.claimAll(ctx, w, far, all, n.bringBack)
	alone, cancel := context.WithTimeout(ctx, claimAlone)
	defer cancel()
	n.claimAll(alone, w, near, all, func(_ context.Context, c claimed) claimed { return n.takeLocal(ctx, c) })
	return all
}

// claimAll claims some of them and lets then see to each checkpoint.
func (n *Node) claimAll(ctx context.Context, w *wiring, ids []flow.ActorID, all map[flow.ActorID]claimed, then func(context.Context, claimed) claimed) {
	if len(ids) == 0 {
		return
	}
	cks, errs, err := n.register.ClaimAll(ctx, ids, w.app.Version)
	for _, id := range ids {
		c := claimed{cks[id], cmp.Or(errs[id], err)}
		c.checkpoint.Actor = id
		all[id] = then(ctx, c)
	}
}

// begin starts an actor that is claimed.
func (n *Node) begin(ctx context.Context, w *wiring, res *resident, ck flow.Checkpoint, signer flow.Signer) error {
	return n.engine.Start(ctx, engine.Activation{Actor: res.node, Epoch: ck.Epoch, Checkpoint: ck,
		In: res.in, Out: res.out, Loop: w.loops, Lives: w.app.Lives, Signer: signer})
}

// signerFor is whom an actor speaks as: the certificate that its argument
// names, or its node's when it names none.
func (n *Node) signerFor(spec *flow.Spec, node flow.Node) (flow.Signer, error) {
	if spec.Identity == "" {
		return n.signer(), nil
	}
	name, _ := node.Args[spec.Identity].(string)
	if name == "" && spec.Speaks == "" {
		return n.signer(), nil
	}
	s, ok := n.identities[name]
	if !ok {
		return flow.Signer{}, fmt.Errorf("argument %s=%q: this node has no certificate of that name in its identities", spec.Identity, name)
	}
	return s, nil
}
