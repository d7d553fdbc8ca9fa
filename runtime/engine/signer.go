package engine

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file keeps what actors speak with up to date while they run: their
// certificates, which are renewed, and who may be at the other end of a link.

// ErrSomebodyElse reports a certificate that is not of the identity that an
// actor speaks as.
var ErrSomebodyElse = errors.New("it is of somebody else")

// SetSigner gives an actor that runs here a renewed certificate: of the same
// SPIFFE ID, role, EPC and group as before, else the error is [ErrSomebodyElse]
// and nothing has changed; [ErrNotRunning] when the actor is not here. From
// then on it signs and links with the new one. Its links to actors of this node
// are judged again at once, without being cut; those to other nodes keep the
// session they have until whoever carries them opens the next.
func (e *Engine) SetSigner(actor flow.ActorID, s flow.Signer) error {
	fail := func(err error) error { return fmt.Errorf("renew the certificate of %s: %w", actor, err) }
	e.mu.Lock()
	c, ok := e.cells[actor]
	e.mu.Unlock()
	if !ok {
		return fail(ErrNotRunning)
	}
	was := c.signer.Load()
	if !sameHolder(was.ID, s.ID) {
		return fail(fmt.Errorf("%w: %s %s of group %q, and it speaks as %s %s of group %q",
			ErrSomebodyElse, s.ID.Role, s.ID.URI, s.ID.Group, was.ID.Role, was.ID.URI, was.ID.Group))
	}
	c.signer.Store(e.names.signer(&s))
	e.rejudge(c)
	return nil
}

func sameHolder(a, b flow.Identity) bool {
	return a.URI == b.URI && a.Role == b.Role && a.Name == b.Name && a.EPC == b.EPC && a.Group == b.Group
}

// Rejudge asks the judge again about every link between two actors of this
// node: what it allows goes on, what it allows no more is cut, and what it had
// refused and allows now is joined. Whoever has changed whom to believe or who
// may link to whom calls it.
func (e *Engine) Rejudge() {
	for _, c := range e.all() {
		e.rejudge(c)
	}
}

// rejudge judges the local links of one actor again.
func (e *Engine) rejudge(c *cell) {
	e.mu.Lock()
	ids := make([]flow.LinkID, 0, len(c.outEnds)+len(c.inEnds))
	for _, o := range c.outEnds {
		ids = append(ids, o.id)
	}
	for _, i := range c.inEnds {
		ids = append(ids, i.id)
	}
	e.mu.Unlock()
	for _, id := range ids {
		e.confirm(id)
	}
}

// confirm judges a link again that is up, and joins one that is not.
func (e *Engine) confirm(id flow.LinkID) {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	if out == nil || in == nil {
		return
	}
	if out.local() != in {
		e.Join(id)
		return
	}
	fromID, toID, err := e.cfg.Judge(out.joins(), *out.cell.signer.Load(), *in.cell.signer.Load())
	if err != nil {
		e.part(out, in, err)
		return
	}
	out.heard(toID, in)
	in.heard(fromID, out)
}

// part cuts a link between two actors of this node that may not be.
func (e *Engine) part(out *outEnd, in *inEnd, why error) {
	if out.refuse(why.Error()) {
		e.cfg.Event(Event{Actor: out.cell.id, Link: out.id, What: "link refused", Why: why.Error()})
	}
	in.refuse(why.Error())
}

// heard says who the other end is now, if it is still the same end.
func (o *outEnd) heard(peer flow.Identity, at *inEnd) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if in, ok := o.to.(*inEnd); ok && in == at && o.status.isUp {
		o.status.peer = o.cell.eng.names.identity(&peer)
	}
}

// heard says who the other end is now, if it is still the same end.
func (i *inEnd) heard(peer flow.Identity, at *outEnd) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if b, ok := i.from.(localBack); ok && b.o == at && i.status.isUp {
		i.status.peer = i.cell.eng.names.identity(&peer)
		i.turned.Store(true)
	}
}
