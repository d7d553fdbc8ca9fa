package node

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// Holds tells whether a link to or from another node that is up may still be:
// the applications have it, in the same life, its actors are placed as its terms
// say, and whoever stands at the other end may still link to whom we speak for.
func (ls *links) Holds(t link.Terms, peer flow.Identity) error {
	view := ls.n.view()
	w, ok := ls.n.wirings.of(view, t.From.Actor.App())
	if _, has := w.link(t.Link); !ok || !has || w.app.Lives[t.Link] != t.Life {
		return fmt.Errorf("no application here has the link %s any more: %w", t.Link, flow.ErrLater)
	}
	for _, end := range []link.End{t.From, t.To} {
		switch at := view.Placements[end.Actor]; {
		case at.Node != end.Node:
			return fmt.Errorf("actor %s runs on %q now, not on %s: %w", end.Actor, at.Node, end.Node, flow.ErrStale)
		case at.Epoch > end.Epoch:
			return fmt.Errorf("actor %s runs in epoch %d now, not in %d: %w", end.Actor, at.Epoch, end.Epoch, flow.ErrStale)
		}
	}
	return ls.mayStay(t, peer)
}

// mayStay asks the policy again about a link that is up.
func (ls *links) mayStay(t link.Terms, peer flow.Identity) error {
	l, err := flow.ParseLinkID(t.Link)
	if err != nil {
		return err
	}
	near, out := t.To.Actor, false
	if t.From.Node == ls.n.cfg.Node {
		near, out = t.From.Actor, true
	}
	signer, ok := ls.n.engine.Signer(near)
	if !ok {
		return fmt.Errorf("actor %s does not run here any more: %w", near, flow.ErrLater)
	}
	ours, err := ls.n.speaks(near, ls.n.cfg.Node, signer.Chain)
	if err != nil {
		return err
	}
	if out {
		return ls.n.mayLink(l, ours, peer)
	}
	return ls.n.mayLink(l, peer, ours)
}

// An activation is where an actor is placed and under which epoch.
type activation struct {
	node  flow.NodeID
	epoch uint64
}

// follow has the links that come in judged again whose senders are placed
// elsewhere by now, or in another epoch: whoever had them must not speak for
// them any more, even if it would.
func (ls *links) follow(from map[flow.LinkID]activation) {
	ls.mu.Lock()
	var moved []flow.LinkID
	for id, was := range ls.from {
		if is, ok := from[id]; !ok || is != was {
			moved = append(moved, id)
		}
	}
	ls.from = from
	ls.mu.Unlock()
	ls.n.door.RecheckLinks(moved...)
}
