package sim

import (
	"bytes"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A judge sees all hosts at once and remembers what each of them must not
// forget. It learns what is kept from the logs, not from who says so.
type judge struct {
	w *world

	tracks  map[flow.LinkID]*track // by the link's name in checkpoints
	places  map[flow.LinkID]uint64 // taken, as kept
	owners  map[flow.ActorID]owner
	last    map[flow.ActorID]lastStep
	tallies map[place]*tally // of stores and pumps
	acted   map[flow.ActorID]uint64

	dead    map[flow.LinkID]time.Duration // links that are no more, since when
	seen    map[*council]uint64
	answers map[*council]map[uint64][]byte // of the newest entries

	planning                          // of placement
	sent, activations, commits, stale int
}

type place struct {
	actor  flow.ActorID
	device int
}

// An owner is the newest activation of an actor, as granted.
type owner struct {
	epoch uint64
	node  flow.NodeID
	boot  uint64
	nonce uint64
}

type lastStep struct{ epoch, seq uint64 }

// A track is what is kept of a link's tokens, from base+1 on.
type track struct {
	base   uint64
	values []int64
	judged uint64 // settled, and found to be so
	free   uint64 // settled, as kept by the sender
}

func (t *track) top() uint64 { return t.base + uint64(len(t.values)) }

func (t *track) at(n uint64) (int64, bool) {
	if n <= t.base || n > t.top() {
		return 0, false
	}
	return t.values[n-t.base-1], true
}

func (t *track) prune() {
	if upto := min(t.judged, t.free); upto > t.base+64 && upto <= t.top() {
		t.values = append(t.values[:0], t.values[upto-t.base:]...)
		t.base = upto
	}
}

func newJudge(w *world) *judge {
	return &judge{w: w, tracks: map[flow.LinkID]*track{}, places: map[flow.LinkID]uint64{},
		owners: map[flow.ActorID]owner{}, last: map[flow.ActorID]lastStep{}, tallies: map[place]*tally{},
		acted: map[flow.ActorID]uint64{}, dead: map[flow.LinkID]time.Duration{}, seen: map[*council]uint64{}, answers: map[*council]map[uint64][]byte{}}
}

func (j *judge) tally(actor flow.ActorID, device int) *tally {
	t := j.tallies[place{actor, device}]
	if t == nil {
		t = &tally{}
		for _, ends := range j.w.ends {
			for _, e := range ends {
				t.filtered = t.filtered || e.actor == actor && e.filtered
			}
		}
		j.tallies[place{actor, device}] = t
	}
	return t
}

// forget lets go of links that have not been there for an hour.
func (j *judge) forget(v *register.View) {
	lives := map[flow.LinkID]bool{}
	for _, app := range v.Apps {
		for _, l := range app.Graph.Links {
			lives[capsule.Key(l.ID(), app.Lives[l.ID()])] = true
		}
	}
	for key := range j.places {
		switch since, known := j.dead[key]; {
		case lives[key]:
			delete(j.dead, key)
		case !known:
			j.dead[key] = j.w.now
		case j.w.now-since > time.Hour:
			delete(j.places, key)
			delete(j.tracks, key)
			delete(j.dead, key)
		}
	}
}

// A claimNote says what a claim in the log is.
type claimNote struct {
	actor flow.ActorID
	node  flow.NodeID
	boot  uint64
	nonce uint64
}

// A commitNote says what a commit in the log is.
type commitNote struct {
	node  flow.NodeID
	boot  uint64
	seq   uint64
	steps []stepNote
}

// A stepNote is one step with what the actor did in it.
type stepNote struct {
	actor   flow.ActorID
	epoch   uint64
	took    []taken
	out     []flow.OutToken
	settled map[flow.LinkID]uint64
	touched []origin
}

// carriedOut hears of every entry that a voter has carried out, from each voter.
func (j *judge) carriedOut(c *council, index uint64, e entry, answer []byte) {
	known := j.answers[c]
	if known == nil {
		known = map[uint64][]byte{}
		j.answers[c] = known
	}
	if index <= j.seen[c] {
		if was, ok := known[index]; ok && !bytes.Equal(was, answer) {
			j.w.breach("voters agree", "%s: entry %d was answered %q and %q", c.name, index, was, answer)
		}
		return
	}
	j.seen[c] = index
	known[index] = answer
	delete(known, index-256)
	switch note := e.note.(type) {
	case claimNote:
		j.claimed(note, answer)
	case commitNote:
		j.committed(note, answer)
	case fenceNote:
		j.fenced(note.actor, note.epoch, answer[0] == 1)
	case storeNote:
		if answer[0] == 1 {
			j.stored(note.stepNote)
		}
	}
}

func (j *judge) claimed(n claimNote, answer []byte) {
	ck, ok := granted(answer)
	if !ok {
		return
	}
	epoch := ck.Epoch
	for key, taken := range ck.Taken {
		if taken != j.places[key] {
			j.w.breach("what is kept is given back", "epoch %d of %s begins at token %d of %s, but %d are kept as taken", epoch, n.actor, taken, key, j.places[key])
		}
	}
	old := j.owners[n.actor]
	switch {
	case epoch > old.epoch:
		j.owners[n.actor] = owner{epoch, n.node, n.boot, n.nonce}
		j.w.tell("register: %s of %s gets epoch %d", n.node, n.actor, epoch)
	case epoch < old.epoch || old != owner{epoch, n.node, n.boot, n.nonce}:
		j.w.breach("one activation", "epoch %d of %s is granted to %s (boot %d), after epoch %d was to %s (boot %d)",
			epoch, n.actor, n.node, n.boot, old.epoch, old.node, old.boot)
	}
}

func (j *judge) committed(n commitNote, answer []byte) {
	stale := staleOf(answer)
	for _, s := range n.steps {
		if stale[s.actor] {
			j.stale++
			continue
		}
		o := j.owners[s.actor]
		if s.epoch != o.epoch || n.node != o.node || n.boot != o.boot {
			j.w.breach("one activation", "a step of %s in epoch %d by %s (boot %d) is kept, but epoch %d is of %s (boot %d)",
				s.actor, s.epoch, n.node, n.boot, o.epoch, o.node, o.boot)
		}
		was := j.last[s.actor]
		if was.epoch == s.epoch && n.seq <= was.seq {
			continue // a repeat: nothing is kept twice
		}
		j.last[s.actor] = lastStep{s.epoch, n.seq}
		j.keep(s)
	}
}

// keep takes a step that is kept into what must not be forgotten.
func (j *judge) keep(s stepNote) {
	j.commits++
	for _, t := range s.took {
		if at := j.places[t.key]; t.seq != at+1 {
			j.w.breach("once, in order", "%s of epoch %d keeps token %d of %s as taken after %d", s.actor, s.epoch, t.seq, t.key, at)
		}
		j.places[t.key] = t.seq
	}
	for _, o := range s.out {
		t := j.tracks[o.Link]
		if t == nil {
			t = &track{}
			j.tracks[o.Link] = t
		}
		value := o.Token.Value.(int64)
		switch kept, ok := t.at(o.Token.Seq); {
		case ok && kept != value:
			j.w.breach("commit first", "%s of epoch %d keeps token %d of %s as %x, but it was %x", s.actor, s.epoch, o.Token.Seq, o.Link, value, kept)
		case o.Token.Seq > t.top()+1:
			j.w.breach("once, in order", "%s of epoch %d keeps token %d of %s after %d", s.actor, s.epoch, o.Token.Seq, o.Link, t.top())
		case o.Token.Seq == t.top()+1:
			t.values = append(t.values, value)
		}
	}
	for key, upto := range s.settled {
		if t := j.tracks[key]; t != nil {
			t.free = max(t.free, upto)
		}
	}
	for _, from := range s.touched {
		j.tally(s.actor, from.device).add(from.reading)
	}
}

// fenced hears that a store refuses older epochs of an actor from now on.
func (j *judge) fenced(actor flow.ActorID, epoch uint64, ok bool) {
	if ok && epoch > j.last[actor].epoch {
		j.last[actor] = lastStep{epoch: epoch}
	}
}

// stored hears that a store has kept a step with its rows.
func (j *judge) stored(s stepNote) {
	if was := j.last[s.actor]; s.epoch < was.epoch {
		j.w.breach("one activation", "the store keeps a step of %s in epoch %d, after epoch %d took over", s.actor, s.epoch, was.epoch)
	}
	for _, t := range s.took {
		from := unpack(t.value)
		had := j.tally(s.actor, from.device)
		if had.has(from.reading) {
			j.w.breach("stored once", "%s stores reading %d of device %d again (token %d of %s)", s.actor, from.reading, from.device, t.seq, t.key)
		}
		had.add(from.reading)
	}
	j.keep(s)
}
