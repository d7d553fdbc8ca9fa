package journal

import (
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A whole is the newest checkpoint of an actor, all steps put together. It is a
// value: step makes a new one and leaves the old one as it was, so a step whose
// writing fails has not happened. Token lists share memory, which is safe since
// what is appended to an old one again is the same token.
type whole struct {
	fence   uint64 // the epoch that may commit
	epoch   uint64 // of the activation that made the last step; 0: none yet
	version int
	state   []byte
	taken   map[flow.LinkID]uint64
	made    map[flow.LinkID]uint64
	settled map[flow.LinkID]uint64
	out     map[flow.LinkID][]flow.Token
	ran     bool // has taken a step since the journal was opened or an epoch began
}

// step is w with c put on top, and what of c is new, to be written. Tokens that
// w has already, from a step that was kept though its answer was an error, are
// passed over. A step that would leave a hole in a link, or take back numbers
// already given, was not made on top of w: ok is false.
func (w whole) step(c flow.Checkpoint) (next whole, news flow.Checkpoint, ok bool) {
	if c.Epoch != w.fence {
		return w, news, false
	}
	last := make(map[flow.LinkID]uint64, len(c.Made))
	for l := range c.Made {
		last[l] = w.made[l]
	}
	next = whole{ran: true, fence: w.fence, epoch: c.Epoch, version: c.Version, state: c.State,
		taken: maps.Clone(c.Taken), made: maps.Clone(c.Made), settled: maps.Clone(c.Settled), out: maps.Clone(w.out)}
	if next.out == nil {
		next.out = map[flow.LinkID][]flow.Token{}
	}
	news, news.Out = c, nil
	for _, o := range c.Out {
		at, known := last[o.Link]
		switch n := o.Token.Seq; {
		case !known || n > at+1:
			return w, news, false
		case n == at+1:
			last[o.Link] = n
			next.out[o.Link] = append(next.out[o.Link], o.Token)
			news.Out = append(news.Out, o)
		}
	}
	for l, n := range last {
		if n != c.Made[l] {
			return w, news, false
		}
	}
	next.settle()
	return next, news, true
}

// settle lets go of the tokens that took effect, and of links that are no more.
func (w *whole) settle() {
	for l, toks := range w.out {
		upto := w.settled[l]
		from := slices.IndexFunc(toks, func(t flow.Token) bool { return t.Seq > upto })
		if _, lives := w.made[l]; from < 0 || !lives {
			delete(w.out, l)
			continue
		}
		w.out[l] = toks[from:]
	}
}

// holds is how many tokens are not settled.
func (w whole) holds() (n int) {
	for _, toks := range w.out {
		n += len(toks)
	}
	return n
}

// checkpoint is w as others read it. Its maps are the caller's.
func (w whole) checkpoint(actor flow.ActorID) flow.Checkpoint {
	c := flow.Checkpoint{Actor: actor, Epoch: w.epoch, Version: w.version, State: slices.Clone(w.state),
		Taken: maps.Clone(w.taken), Made: maps.Clone(w.made), Settled: maps.Clone(w.settled)}
	for _, l := range slices.Sorted(maps.Keys(w.out)) {
		for _, t := range w.out[l] {
			c.Out = append(c.Out, flow.OutToken{Link: l, Token: t})
		}
	}
	return c
}

// wholeOf undoes checkpoint.
func wholeOf(c flow.Checkpoint, fence uint64) whole {
	w := whole{fence: fence, epoch: c.Epoch, version: c.Version, state: slices.Clone(c.State),
		taken: maps.Clone(c.Taken), made: maps.Clone(c.Made), settled: maps.Clone(c.Settled), out: map[flow.LinkID][]flow.Token{}}
	for _, o := range c.Out {
		w.out[o.Link] = append(w.out[o.Link], o.Token)
	}
	w.settle()
	return w
}
