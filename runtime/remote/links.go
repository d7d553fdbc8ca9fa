package remote

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// A LinkEnd is what this node knows of its end of a link to another node.
type LinkEnd struct {
	Terms  link.Terms  // the register's: who runs where, under which epochs
	Signer flow.Signer // of the actor at our end: its own certificate or its node's
}

// Links has the ends of links that are on this node. The door calls its methods
// one at a time for one link and in this order: Judge, Up, any number of
// Message, Ready and Holds, Down. While a link is up Judge may be called for the
// session that is to take its place; then come Down and Up. Calls for different links come at the same time. No
// method may block, and none may call [Door.OpenLink] or [Door.CloseLink];
// send may be called from within.
type Links interface {
	// Accept says what this node knows of a link whose sender, on another
	// node, offers to open it. An error refuses: flow.ErrLater in it makes the
	// sender try again soon.
	Accept(id flow.LinkID) (LinkEnd, error)
	// Judge decides whether a chain of certificates (leaf first), whose key
	// the other node will have to prove, speaks for the actor at the far end.
	// The error refuses the link; both sides are told why.
	Judge(id flow.LinkID, far link.End, chain []*x509.Certificate) (flow.Identity, error)
	// Up says that the link is authenticated and sealed; peer is who stands at
	// the other end. send takes a message without blocking; false means that
	// it was not taken: again after Ready, or never if Down comes. An error
	// ends the link.
	Up(id flow.LinkID, peer flow.Identity, send func(link.Message) bool) error
	// Message is what the other end says. It is only lent: the tokens of its
	// frame are overwritten after the call. An error ends the link.
	Message(id flow.LinkID, m link.Message) error
	// Holds tells whether a link that is up on these terms may still be, with
	// peer at the other end: the policy allows it, and both actors are where
	// the terms say, in these epochs. The door asks now and then and in
	// [Door.Recheck]. An error ends the link, as one of Judge refuses it.
	Holds(terms link.Terms, peer flow.Identity) error
	// Ready says that send, having answered false, has room again.
	Ready(id flow.LinkID)
	// Down says that the link is not up, or still not, and why. A
	// [RefusedError] in why means that one side will not have it; anything else
	// passes by itself: the sender's door tries again until CloseLink. While
	// the link stays down it is called again only for another reason.
	Down(id flow.LinkID, why error)
}

// Carry says who has the ends of links. Before it, offers of other nodes are
// put off. It is called once, before [Door.OpenLink].
func (d *Door) Carry(l Links) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.carried = l
}

// OpenLink brings a link up whose sender is on this node, and keeps it up:
// after a lost connection or a refusal it tries again, with growing pauses. For
// a link that is open on other terms it closes that first. On the same terms, a
// renewed certificate of the actor is taken for a new handshake at once, and the
// link stays up meanwhile.
func (d *Door) OpenLink(end LinkEnd) error {
	id := end.Terms.Link
	fail := func(err error) error { return fmt.Errorf("open link %s: %w", id, err) }
	if d.ends() == nil {
		return fail(errors.New("nobody has its ends: call Carry first"))
	}
	if end.Terms.From.Node != d.cfg.Self || end.Terms.To.Node == d.cfg.Self {
		return fail(fmt.Errorf("it goes from node %q to %q, and this is %q", end.Terms.From.Node, end.Terms.To.Node, d.cfg.Self))
	}
	if t := d.known(id); t != nil {
		if t.renew(end) {
			if p, err := d.peer(end.Terms.To.Node); err == nil {
				p.kick()
			}
			return nil
		}
		d.CloseLink(id)
	}
	p, err := d.peer(end.Terms.To.Node)
	if err != nil {
		return fail(err)
	}
	t := d.track(id)
	if t == nil {
		return fail(ErrClosed)
	}
	t.want(end)
	p.add(t)
	return nil
}

// CloseLink ends a link, whichever end is here: it stops trying, and unless the
// link is down already, Down is called with [ErrClosed] before CloseLink
// returns. After that nothing is called for the link until it is opened again,
// from here or from the other side.
func (d *Door) CloseLink(id flow.LinkID) {
	d.mu.Lock()
	t := d.links[id]
	delete(d.links, id)
	d.mu.Unlock()
	if t == nil {
		return
	}
	node, left := t.kill()
	if node != "" {
		if p, err := d.peer(node); err == nil {
			p.remove(t)
		}
	}
	for _, s := range left {
		t.end(s, ErrClosed)
	}
}

// Wake says that something has changed: a node is up (its name) or the register
// says something new (""). What waits to try again tries now.
func (d *Door) Wake(node flow.NodeID) {
	d.mu.Lock()
	var ps []*peer
	for id, p := range d.peers {
		if node == "" || node == id {
			ps = append(ps, p)
		}
	}
	d.mu.Unlock()
	for _, p := range ps {
		p.wakeAll()
	}
}

func (d *Door) ends() Links {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.carried
}

// known is a link's track if there is one.
func (d *Door) known(id flow.LinkID) *track {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.links[id]
}

// track is a link's track, made if need be; nil when the door is closing.
func (d *Door) track(id flow.LinkID) *track {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return nil
	}
	t := d.links[id]
	if t == nil {
		t = &track{door: d, id: id}
		d.links[id] = t
	}
	return t
}

func (d *Door) isClosing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closing
}
