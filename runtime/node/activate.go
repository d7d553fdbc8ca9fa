package node

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// How long the register may take for the claims of one activation, and how many
// actors are started at a time.
const (
	claimWithin = 10 * time.Second
	atATime     = 8
)

// activate claims the next epoch of each of the actors and starts them from
// their checkpoints. done hears how it went, once for each, from any goroutine,
// before activate returns. Local actors wait for nobody but this node, and the
// others not for them.
func (n *Node) activate(ctx context.Context, w *wiring, ids []flow.ActorID, done func(flow.ActorID, error)) {
	var near, far []flow.ActorID
	for _, id := range ids {
		if w.actors[id].node.Local {
			near = append(near, id)
		} else {
			far = append(far, id)
		}
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { n.activateSome(ctx, w, far, claimWithin, n.bringBack, done) })
	wg.Go(func() { n.activateSome(ctx, w, near, claimAlone, n.takeLocal, done) })
}

// activateSome is activate for actors whose claims may take that long, and whose
// checkpoints then sees to.
func (n *Node) activateSome(ctx context.Context, w *wiring, ids []flow.ActorID, within time.Duration,
	then func(context.Context, claimed) claimed, done func(flow.ActorID, error)) {
	claiming, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	signers := map[flow.ActorID]flow.Signer{}
	for _, id := range ids {
		s, err := n.admit(claiming, w.actors[id])
		if err != nil {
			done(id, err)
			continue
		}
		signers[id] = s
	}
	claims := n.claim(claiming, w, slices.Collect(maps.Keys(signers)))
	starting, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	places := make(chan struct{}, atATime)
	for id, signer := range signers {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			c := then(starting, claims[id])
			if c.err != nil {
				done(id, fmt.Errorf("claim its next epoch: %w", c.err))
				return
			}
			done(id, n.begin(starting, w, w.actors[id], c.checkpoint, signer))
		})
	}
}

// admit finds whom an actor will speak as, makes its certificate known, and
// sees that it may run now.
func (n *Node) admit(ctx context.Context, res *resident) (flow.Signer, error) {
	spec := n.types[res.node.Type].Spec
	if spec.Exclusive && !n.tenure.begin(res.node.ID) {
		return flow.Signer{}, errNoLease
	}
	signer, err := n.signerFor(&spec, res.node)
	if err != nil || len(signer.Chain) == 0 || signer.Chain[0].Equal(n.signer().Chain[0]) {
		return signer, err
	}
	err = n.publish(ctx, signer)
	switch {
	case err == nil:
	case res.node.Local:
		n.owed.Store(string(signer.Chain[0].Raw), signer) // it goes on alone; who takes from it waits until it is known
	default:
		return signer, fmt.Errorf("make its certificate known: %w", err)
	}
	return signer, nil
}

// payOwed makes the certificates known that could not be before; false when some
// are still owed.
func (n *Node) payOwed(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, claimAlone)
	defer cancel()
	paid := true
	n.owed.Range(func(leaf, signer any) bool {
		if paid = n.publish(ctx, signer.(flow.Signer)) == nil; paid {
			n.owed.Delete(leaf)
		}
		return paid
	})
	return paid
}

// publish puts a certificate into the register, once. One by which nothing is
// believed any more is not put, and is what [sweep] has the register forget.
func (n *Node) publish(ctx context.Context, s flow.Signer) error {
	leaf := s.Chain[0]
	if _, done := n.published.Load(string(leaf.Raw)); done || time.Since(leaf.NotAfter) > pki.Late {
		return nil
	}
	if err := n.register.PutCertificate(ctx, leaf.Raw); err != nil {
		return err
	}
	n.published.Range(func(der, end any) bool {
		if time.Since(end.(time.Time)) > pki.Late {
			n.published.Delete(der)
		}
		return true
	})
	n.published.Store(string(leaf.Raw), leaf.NotAfter)
	return nil
}

// A claimed is what came of a claim.
type claimed struct {
	checkpoint flow.Checkpoint
	err        error
}

// claim begins the next epoch of all of them; the register says from which
// checkpoint.
func (n *Node) claim(ctx context.Context, w *wiring, ids []flow.ActorID) map[flow.ActorID]claimed {
	all := make(map[flow.ActorID]claimed, len(ids))
	if len(ids) == 0 {
		return all
	}
	cks, errs, err := n.register.ClaimAll(ctx, ids, w.app.Version)
	for _, id := range ids {
		c := claimed{cks[id], cmp.Or(errs[id], err)}
		c.checkpoint.Actor = id
		all[id] = c
	}
	return all
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
	s, ok := n.keys.identity(name)
	if !ok {
		return flow.Signer{}, fmt.Errorf("argument %s=%q: this node has no certificate of that name in its identities", spec.Identity, name)
	}
	return s, nil
}
