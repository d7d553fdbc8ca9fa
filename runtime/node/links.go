package node

import (
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/remote"
)

// A far is a link from an actor here to one on another node.
type far struct {
	link               flow.Link
	node               flow.NodeID
	fromEpoch, toEpoch uint64
	life               uint64
}

// links are the links to and from other nodes: the door asks them who may, and
// the engine has their ends.
type links struct {
	n *Node

	mu   sync.Mutex // guards what follows
	open map[flow.LinkID]far
	from map[flow.LinkID]activation // of the senders of links that come in
}

func newLinks(n *Node) *links { return &links{n: n, open: map[flow.LinkID]far{}} }

// keep opens the links that are wanted and closes the others. A link whose
// terms have changed is opened anew.
func (ls *links) keep(want map[flow.LinkID]far) {
	ls.mu.Lock()
	var gone []flow.LinkID
	for id := range ls.open {
		if _, ok := want[id]; !ok {
			gone = append(gone, id)
			delete(ls.open, id)
		}
	}
	var fresh []far
	for id, f := range want {
		if ls.open[id] != f {
			ls.open[id] = f
			fresh = append(fresh, f)
		}
	}
	ls.mu.Unlock()
	for _, id := range gone {
		ls.n.door.CloseLink(id)
	}
	for _, f := range fresh {
		ls.begin(f)
	}
	if len(fresh) > 0 {
		ls.n.door.Wake("")
	}
}

func (ls *links) begin(f far) {
	signer, ok := ls.n.engine.Signer(f.link.From.Actor)
	if !ok {
		return // it has stopped meanwhile
	}
	err := ls.n.door.OpenLink(remote.LinkEnd{Signer: signer, Terms: link.Terms{Link: f.link.ID(), Life: f.life,
		From: link.End{Actor: f.link.From.Actor, Node: ls.n.cfg.Node, Epoch: f.fromEpoch},
		To:   link.End{Actor: f.link.To.Actor, Node: f.node, Epoch: f.toEpoch}}})
	if err != nil && !errors.Is(err, remote.ErrClosed) {
		ls.n.log.Error("link could not be opened", "link", f.link.ID(), "err", err)
	}
}

// closeOf closes the links of an actor that stops here, out and in.
func (ls *links) closeOf(id flow.ActorID) {
	_, res, ok := ls.n.find(ls.n.view(), id)
	var closing []flow.LinkID
	ls.mu.Lock()
	for lid, f := range ls.open {
		if f.link.From.Actor == id {
			closing = append(closing, lid)
			delete(ls.open, lid)
		}
	}
	ls.mu.Unlock()
	if ok {
		for _, l := range res.in {
			closing = append(closing, l.ID())
		}
	}
	for _, lid := range closing {
		ls.n.door.CloseLink(lid)
	}
}

// Accept is what this node knows of a link that another node offers to open.
func (ls *links) Accept(id flow.LinkID) (remote.LinkEnd, error) {
	l, err := flow.ParseLinkID(id)
	if err != nil {
		return remote.LinkEnd{}, err
	}
	view := ls.n.view()
	w, ok := ls.n.wirings.of(view, l.From.Actor.App())
	if _, has := w.link(id); !ok || !has {
		return remote.LinkEnd{}, fmt.Errorf("no application here has the link %s (yet): %w", id, flow.ErrLater)
	}
	from, to := view.Placements[l.From.Actor], view.Placements[l.To.Actor]
	signer, running := ls.n.engine.Signer(l.To.Actor)
	if to.Node != ls.n.cfg.Node || !running {
		return remote.LinkEnd{}, fmt.Errorf("actor %s does not run on %s (yet): %w", l.To.Actor, ls.n.cfg.Node, flow.ErrLater)
	}
	return remote.LinkEnd{Signer: signer, Terms: link.Terms{Link: id, Life: w.app.Lives[id],
		From: link.End{Actor: l.From.Actor, Node: from.Node, Epoch: from.Epoch},
		To:   link.End{Actor: l.To.Actor, Node: to.Node, Epoch: ls.n.engine.Running()[l.To.Actor]}}}, nil
}

// Judge says who stands at the far end of a link, or why it may not.
func (ls *links) Judge(id flow.LinkID, end link.End, chain []*x509.Certificate) (flow.Identity, error) {
	l, err := flow.ParseLinkID(id)
	if err != nil {
		return flow.Identity{}, err
	}
	theirs, err := ls.n.speaks(end.Actor, end.Node, chain)
	if err != nil {
		return flow.Identity{}, err
	}
	near, other := l.To.Actor, false
	if end.Actor == l.To.Actor {
		near, other = l.From.Actor, true
	}
	signer, ok := ls.n.engine.Signer(near)
	if !ok {
		return flow.Identity{}, fmt.Errorf("actor %s does not run here any more: %w", near, flow.ErrLater)
	}
	ours, err := ls.n.speaks(near, ls.n.cfg.Node, signer.Chain)
	if err != nil {
		return flow.Identity{}, err
	}
	if other {
		return theirs, ls.n.mayLink(l, ours, theirs)
	}
	return theirs, ls.n.mayLink(l, theirs, ours)
}

// speaks verifies that a chain speaks for an actor that runs on a node: a
// certificate of the role that the actor's type asks for, or its node's own.
func (n *Node) speaks(actor flow.ActorID, node flow.NodeID, chain []*x509.Certificate) (flow.Identity, error) {
	id, err := n.verifier.Identify(chain, time.Now())
	if err != nil {
		return flow.Identity{}, fmt.Errorf("%s: %w", actor, err)
	}
	view := n.view()
	_, res, ok := n.find(view, actor)
	if !ok {
		return flow.Identity{}, fmt.Errorf("%s: no application has this actor (yet): %w", actor, flow.ErrLater)
	}
	if at := view.Placements[actor].Node; at != node {
		return flow.Identity{}, fmt.Errorf("%s runs on %q, not on %q: %w", actor, at, node, flow.ErrLater)
	}
	return id, n.maySpeak(res.node, node, id)
}

// maySpeak judges whether an identity is the one that an actor on a node speaks
// with: a certificate of the role that its type asks for, or of any role when
// it asks for none; its node's own when it names no other.
func (n *Node) maySpeak(actor flow.Node, at flow.NodeID, id flow.Identity) error {
	spec := n.types[actor.Type].Spec
	name, _ := actor.Args[spec.Identity].(string)
	switch {
	case id.Role != flow.RoleDevice && id.Role != flow.RoleCollector && n.ours(id) != nil:
		return fmt.Errorf("%s must not speak as %s: %w", actor.ID, id.URI, n.ours(id))
	case spec.Identity == "" || spec.Speaks == "" && name == "":
		if id.Role != flow.RoleNode || id.Name != string(at) {
			return fmt.Errorf("%s must speak as its node %s, not as %s", actor.ID, at, id.URI)
		}
	case spec.Speaks != "" && id.Role != spec.Speaks:
		return fmt.Errorf("%s must speak as a %s, not as %s", actor.ID, spec.Speaks, id.URI)
	case spec.Speaks == "" && id.Role == flow.RoleNode:
		return fmt.Errorf("%s must speak as %s, not as a node, %s", actor.ID, name, id.URI)
	}
	return nil
}

// judgeLocal is Judge for two actors of this node.
func (n *Node) judgeLocal(l flow.Link, from, to flow.Signer) (fromID, toID flow.Identity, err error) {
	if fromID, err = n.speaks(l.From.Actor, n.cfg.Node, from.Chain); err != nil {
		return
	}
	if toID, err = n.speaks(l.To.Actor, n.cfg.Node, to.Chain); err != nil {
		return
	}
	return fromID, toID, n.mayLink(l, fromID, toID)
}

// The door tells the engine.

func (ls *links) Up(id flow.LinkID, peer flow.Identity, send func(link.Message) bool) error {
	return ls.n.engine.Up(id, peer, send)
}

func (ls *links) Message(id flow.LinkID, m link.Message) error { return ls.n.engine.Receive(id, m) }

func (ls *links) Ready(id flow.LinkID) { ls.n.engine.Ready(id) }

func (ls *links) Down(id flow.LinkID, why error) {
	refusal := new(remote.RefusedError)
	refused := errors.As(why, &refusal) && !errors.Is(why, flow.ErrLater)
	ls.n.engine.Down(id, why.Error(), refused)
}
