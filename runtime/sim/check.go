package sim

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// This file and judge.go hold the world to what must hold, whatever happens:
//
//	one activation     an epoch is granted once; what is kept was done by the
//	                   newest activation, of a process that claimed it
//	commit first       a token leaves its actor only when it is kept, and the
//	                   number of a token on a link has one content for ever
//	once, in order     what an actor has taken, as kept, has no gap and no repeat
//	settled is stored  when a sender hears that a token is settled, every store it
//	                   leads to has what came of it, and every pump has acted
//	stored once        a store has each reading at most once
//	not two at once    no two activations of an exclusive actor may act at a time
//	nothing is lost    once the faults stop, every reading that the device was
//	                   answered for is stored everywhere, and everything is settled
//	voters agree       every voter answers an entry of the log alike

// A Violation is something that must hold and did not.
type Violation struct {
	Law  string
	Text string
	At   time.Duration // since the world began
}

// Error says what was broken, where and when.
func (v *Violation) Error() string {
	return fmt.Sprintf("after %.4f s: %s: %s", v.At.Seconds(), v.Law, v.Text)
}

// hears judges an error of a link's end: a broken connection is what the ends
// answer a bad network with; to lose track of each other they must not.
func (j *judge) hears(s *session, err error) {
	switch {
	case errors.Is(err, link.ErrAstray):
		j.w.breach("the ends of a link agree", "%s: %v", s.from.Key, err)
	case errors.Is(err, link.ErrOverrun):
		j.w.breach("no one sends beyond the credit", "%s: %v", s.from.Key, err)
	}
	j.w.tell("%s: %v", s.from.Key, err)
}

// sends judges a frame that leaves its actor.
func (j *judge) sends(o *outEnd, f *link.Frame) {
	t := j.tracks[o.Key]
	for n := range f.Tokens {
		seq, value := f.First+uint64(n), f.Tokens[n].Value.(int64)
		if t == nil || seq > t.top() {
			j.w.breach("commit first", "%s of epoch %d sends token %d of %s, which no kept checkpoint holds", o.c.id, o.c.epoch, seq, o.Key)
			return
		}
		if kept, ok := t.at(seq); ok && kept != value {
			j.w.breach("commit first", "%s of epoch %d sends token %d of %s as %x, but %x was kept", o.c.id, o.c.epoch, seq, o.Key, value, kept)
		}
	}
	j.sent += len(f.Tokens)
}

// take judges a token that is taken.
func (j *judge) take(c *cell, i *inEnd, seq uint64, value int64) {
	if t := j.tracks[i.Key]; t != nil {
		if kept, ok := t.at(seq); ok && kept != value {
			j.w.breach("commit first", "%s takes token %d of %s as %x, but %x was kept", c.id, seq, i.Key, value, kept)
		}
	}
}

// settles judges an in-end that says settled.
func (j *judge) settles(i *inEnd, upto uint64) {
	if place := j.places[i.Key]; upto > place {
		j.w.breach("settled is stored", "%s of epoch %d settles %s up to %d, but only %d are kept as taken", i.c.id, i.c.epoch, i.Key, upto, place)
	}
}

// settled judges what a sender has heard: all up to there has taken effect.
func (j *judge) settled(o *outEnd) {
	t := j.tracks[o.Key]
	if t == nil {
		return
	}
	for n := t.judged + 1; n <= o.SettledTo(); n++ {
		if value, ok := t.at(n); ok && !o.loop {
			j.effects(o, value)
		}
		t.judged = n
	}
	t.prune()
}

func (j *judge) effects(o *outEnd, value int64) {
	from := unpack(value)
	for _, end := range j.w.leads[inScript(o.link)] {
		switch {
		case end.filtered && dropped(value):
		case !j.tally(end.actor, from.device).has(from.reading):
			j.w.breach("settled is stored", "%s of epoch %d hears that reading %d of device %d is settled on %s, but %s has nothing of it",
				o.c.id, o.c.epoch, from.reading, from.device, o.Key, end.actor)
		}
	}
}

// act judges an exclusive actor that acts on the world.
func (j *judge) act(c *cell, value int64) {
	last := j.acted[c.id]
	if c.epoch < last {
		j.w.breach("not two at once", "%s of epoch %d acts on %s after epoch %d did", c.id, c.epoch, c.n.h.id, last)
	}
	j.acted[c.id] = max(last, c.epoch)
	from := unpack(value)
	c.touched = append(c.touched, from)
}

// began judges an activation that begins to run.
func (j *judge) began(c *cell) {
	j.activations++
	if c.device != nil && c.now.count < c.device.acked && c.epoch == j.owners[c.id].epoch {
		j.w.breach("what was answered for is remembered", "%s of epoch %d goes on from reading %d, but %d were answered for", c.id, c.epoch, c.now.count, c.device.acked)
	}
	j.allowed(c)
}

// allowed judges an activation that may act from now on, if it is exclusive.
func (j *judge) allowed(c *cell) {
	if c.kind != pump || c.stopping || !c.may() {
		return
	}
	for _, h := range j.w.hosts {
		n := j.w.nodes[h.id]
		other := n.cells[c.id]
		if other == nil || other == c || other.gone || h.run == nil {
			continue
		}
		if !other.stopping && other.may() {
			j.w.breach("not two at once", "%s of epoch %d may act on %s while epoch %d may on %s until %v of its clock, which shows %v",
				c.id, c.epoch, c.n.h.id, other.epoch, h.id, n.holder.Until(), h.clock())
		}
	}
}

// atRest judges the end of a world that had peace: everything has arrived.
func (j *judge) atRest() {
	w := j.w
	for _, id := range sortedKeys(w.devices) {
		d := w.devices[id]
		if d.acked < d.made {
			w.breach("nothing is lost", "%s: %d of %d readings are not answered for: %s", id, d.made-d.acked, d.made, w.standing(id))
			return
		}
		for _, end := range w.ends[id] {
			for n := uint64(1); n <= d.made; n++ {
				if end.filtered && n%5 == 0 || j.tally(end.actor, d.number).has(n) {
					continue
				}
				w.breach("nothing is lost", "reading %d of %s was answered for and is not at %s: %s", n, id, end.actor, w.standing(end.actor))
				return
			}
		}
	}
	for _, h := range w.hosts {
		for _, id := range sortedKeys(w.nodes[h.id].cells) {
			for _, o := range w.nodes[h.id].cells[id].out {
				if o.Held() > 0 && !o.loop {
					w.breach("nothing is lost", "%d tokens of %s are not settled: %s", o.Held(), o.Key, w.standing(id))
				}
			}
		}
	}
}

// standing says in a few words where an actor runs.
func (w *world) standing(id flow.ActorID) string {
	for _, h := range w.hosts {
		if h.run == nil {
			continue
		}
		if c := w.nodes[h.id].cells[id]; c != nil {
			return fmt.Sprintf("it runs on %s in epoch %d", h.id, c.epoch)
		}
	}
	return "it runs nowhere"
}
