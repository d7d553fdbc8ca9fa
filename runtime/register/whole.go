package register

import (
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A whole is the newest checkpoint of an actor, all steps put together. It is a
// value: step makes a new one, and who holds the old one, such as a snapshot
// being written, goes on reading it. Token lists share memory, which is safe
// because each is only ever appended to by the newest whole.
type whole struct {
	epoch   uint64 // of the activation that made the last step; 0: none yet
	seq     uint64 // of the commit that brought the last step
	version int
	state   []byte
	taken   map[flow.LinkID]uint64
	made    map[flow.LinkID]uint64
	settled map[flow.LinkID]uint64
	out     map[flow.LinkID][]flow.Token
}

// step is w with c put on top. A step of the same epoch whose seq is not newer
// than the last one is a repeat or came late, and changes nothing. Tokens that
// w has already, from a step whose answer was lost and whose successor repeats
// them, are passed over. A step that would leave a hole in a link, or take back
// numbers already given, was not made on top of w: ok is false.
func (w whole) step(c flow.Checkpoint, seq uint64) (next whole, ok bool) {
	if c.Epoch == w.epoch && seq <= w.seq {
		return w, true
	}
	last := make(map[flow.LinkID]uint64, len(c.Made))
	for l := range c.Made {
		last[l] = w.made[l]
	}
	next = whole{epoch: c.Epoch, seq: seq, version: c.Version, state: c.State,
		taken: thin(c.Taken), made: thin(c.Made), settled: thin(c.Settled), out: maps.Clone(w.out)}
	if next.out == nil {
		next.out = map[flow.LinkID][]flow.Token{}
	}
	for _, o := range c.Out {
		at, known := last[o.Link]
		switch n := o.Token.Seq; {
		case !known || n > at+1:
			return w, false
		case n == at+1:
			last[o.Link] = n
			next.out[o.Link] = append(next.out[o.Link], o.Token)
		}
	}
	for l, n := range last {
		if n != c.Made[l] {
			return w, false
		}
	}
	for l, toks := range next.out {
		settled := c.Settled[l]
		from := slices.IndexFunc(toks, func(t flow.Token) bool { return t.Seq > settled })
		if _, lives := c.Made[l]; from < 0 || !lives {
			delete(next.out, l)
			continue
		}
		next.out[l] = toks[from:]
	}
	return next, true
}

// thin is m, or nil if there is nothing in it: ten thousand idle actors have
// three such maps each.
func thin(m map[flow.LinkID]uint64) map[flow.LinkID]uint64 {
	if len(m) == 0 {
		return nil
	}
	return m
}

// letters is w without anything but the actor's box of dead letters, which is a
// link that nobody receives.
func (w whole) letters(actor flow.ActorID) whole {
	box := flow.BoxOf(actor)
	if len(w.out[box]) == 0 {
		return whole{}
	}
	return whole{epoch: w.epoch, seq: w.seq, made: map[flow.LinkID]uint64{box: w.made[box]},
		settled: map[flow.LinkID]uint64{box: w.settled[box]}, out: map[flow.LinkID][]flow.Token{box: w.out[box]}}
}

// checkpoint is w as others read it.
func (w whole) checkpoint(actor flow.ActorID) flow.Checkpoint {
	c := flow.Checkpoint{Actor: actor, Epoch: w.epoch, Version: w.version, State: w.state,
		Taken: w.taken, Made: w.made, Settled: w.settled}
	for _, l := range slices.Sorted(maps.Keys(w.out)) {
		for _, t := range w.out[l] {
			c.Out = append(c.Out, flow.OutToken{Link: l, Token: t})
		}
	}
	return c
}

// wholeOf undoes checkpoint.
func wholeOf(c flow.Checkpoint, seq uint64) whole {
	w := whole{epoch: c.Epoch, seq: seq, version: c.Version, state: c.State,
		taken: thin(c.Taken), made: thin(c.Made), settled: thin(c.Settled), out: map[flow.LinkID][]flow.Token{}}
	for _, o := range c.Out {
		w.out[o.Link] = append(w.out[o.Link], o.Token)
	}
	return w
}
