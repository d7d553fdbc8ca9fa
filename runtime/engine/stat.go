package engine

import (
	"cmp"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An ActorStat says how one actor is. Counts are since its start here, but for
// the letters in its box.
type ActorStat struct {
	ID        flow.ActorID
	Epoch     uint64
	State     State
	Why       string
	Firings   uint64
	Errors    uint64 // faults, and dead letters
	LastError string
	Identity  flow.Identity
	Letters   uint64   // dead letters written
	Boxed     int      // letters in its box, where those are that no link takes
	Newest    []Letter // of those, at most [StatLetters], oldest first
	// Empty says of an actor that is ending, a replica or one whose in-links all
	// are closing, that it holds nothing: no token waits here, all that it gave
	// is settled, its box is empty and it holds nothing of the world. It may still get what its senders hold: they are
	// done with it when the Out ends of all links to it are Closing with
	// Held 0. Both together mean that it can go and nothing is lost.
	Empty bool
}

// StatLetters is how many letters an [ActorStat] shows.
const StatLetters = 5

// A LinkStat says how one end of a link is. A link between two actors of this
// node has two.
type LinkStat struct {
	ID      flow.LinkID
	Out     bool // the sender's end
	Up      bool
	Peer    flow.Identity // verified, at the other end
	Refused string        // why the link may not be
	Why     string        // why it is down
	Tokens  uint64        // given (sender) or accepted (receiver) since the start here
	Bytes   uint64        // of the tokens given, about (sender)
	Held    int           // not settled yet (sender), or not taken yet (receiver)
	Resent  uint64        // tokens sent anew after a connection was lost, since the start here (sender)
	Oldest  time.Duration // age of the oldest token held, by the clocks of its maker and this node (sender)
	Letters uint64        // tokens that became dead letters instead of being used (receiver)
	Window  int           // tokens that Held may reach
	Closing bool          // it gets nothing new
	Ages    Ages          // of tokens when the receiver took them; the sender's end has none
}

// all are the actors that run here, in no order.
func (e *Engine) all() []*cell {
	e.mu.Lock()
	defer e.mu.Unlock()
	cells := make([]*cell, 0, len(e.cells))
	for _, c := range e.cells {
		cells = append(cells, c)
	}
	return cells
}

// Stats are the actors that run here, by name, and the ends of their links.
func (e *Engine) Stats() ([]ActorStat, []LinkStat) {
	var actors []ActorStat
	var links []LinkStat
	cells := e.all()
	slices.SortFunc(cells, func(a, b *cell) int { return cmp.Compare(a.id, b.id) })
	for _, c := range cells {
		actors = append(actors, c.stat())
		e.mu.Lock()
		outs, ins := c.outEnds, c.inEnds
		e.mu.Unlock()
		for _, o := range outs {
			links = append(links, o.stat(e.cfg.Window))
		}
		for _, i := range ins {
			links = append(links, i.stat(e.cfg.Window))
		}
	}
	return actors, links
}

func (c *cell) stat() ActorStat {
	newest, boxed := c.box.list(StatLetters)
	empty := c.empty()
	h := &c.health
	h.mu.Lock()
	defer h.mu.Unlock()
	return ActorStat{ID: c.id, Epoch: c.epoch, State: h.state, Why: h.why, Firings: h.firings, Errors: h.errors,
		LastError: h.lastErr, Identity: c.signer.Load().ID, Letters: h.letters, Boxed: boxed, Newest: newest, Empty: empty}
}

func (o *outEnd) stat(window int) LinkStat {
	o.mu.Lock()
	defer o.mu.Unlock()
	return LinkStat{ID: o.id, Out: true, Up: o.status.isUp, Peer: *o.status.peer, Refused: o.status.refused,
		Why: o.status.why, Tokens: o.given, Bytes: o.bytes, Held: o.out.Held(), Window: window, Closing: o.link.Closing,
		Resent: o.out.Resent(), Oldest: age(o.out.Oldest())}
}

func (i *inEnd) stat(window int) LinkStat {
	i.mu.Lock()
	defer i.mu.Unlock()
	return LinkStat{ID: i.id, Up: i.status.isUp, Peer: *i.status.peer, Refused: i.status.refused,
		Why: i.status.why, Tokens: i.got, Held: i.in.Len(), Window: window, Closing: i.link.Closing, Ages: i.ages,
		Letters: i.letters.Load()}
}

// age is how long ago a time is; 0 of none.
func age(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t))
}
