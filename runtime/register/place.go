package register

import (
	"github.com/wardflow/wardflow/runtime/flow"
)

// claim begins a new epoch of an actor. It is refused unless the plan places
// the actor on that node, and unless the claimant knows the newest epoch and
// version: a request that arrives late must not fence the instance that runs by
// then, nor one start with links that are no more.
func (s *state) claim(index uint64, c claim) result {
	a, ok := s.actors[c.Actor]
	version := s.apps[c.Actor.App()].Version
	switch {
	case c.Version != 0 && c.Version != version:
		return refuse(faultVersion, "actor %s of version %d of its application, which is at version %d", c.Actor, c.Version, version)
	case !ok:
		return refuse(faultElsewhere, "actor %s is in no plan", c.Actor)
	case a.place.Node != c.Node:
		return refuse(faultElsewhere, "actor %s is placed on node %q, not on %q", c.Actor, a.place.Node, c.Node)
	}
	repeated := a.holder == c.Node && a.nonce == c.Nonce && c.Nonce != 0
	if !repeated {
		if a.place.Epoch != c.Seen {
			r := refuse(faultSeen, "actor %s is at epoch %d, not %d", c.Actor, a.place.Epoch, c.Seen)
			r.Epoch = a.place.Epoch
			return r
		}
		a.place.Epoch = max(a.place.Epoch, s.floor) + 1
		a.holder, a.nonce = c.Node, c.Nonce
		s.actors[c.Actor] = a
		s.changed = index
	}
	whole := a.whole.checkpoint(c.Actor)
	whole.Epoch = a.place.Epoch
	b, err := flow.AppendCheckpoint(nil, whole)
	if err != nil {
		return refuse(faultBad, "checkpoint of actor %s can't be written: %v", c.Actor, err)
	}
	if len(b) > maxEntry { // fetched in parts
		return result{Index: s.changed, Epoch: a.place.Epoch, Size: len(b)}
	}
	return result{Index: s.changed, Epoch: a.place.Epoch, Checkpoint: b}
}

// claimAll claims one actor after the other, as many as its answer has room for.
// Each stands for itself.
func (s *state) claimAll(index uint64, c claimAll) result {
	if len(c.Seen) != len(c.Actors) {
		return refuse(faultBad, "claim of %d actors with %d epochs", len(c.Actors), len(c.Seen))
	}
	var all result
	room := maxEntry
	for i, actor := range c.Actors {
		r := s.claim(index, claim{Actor: actor, Node: c.Node, Seen: c.Seen[i], Nonce: c.Nonce, Version: c.Version})
		r.Index = 0
		all.Claims = append(all.Claims, r)
		if room -= len(r.Checkpoint); room <= 0 {
			break
		}
	}
	all.Index = s.changed
	return all
}

// adopt replaces the checkpoint of an actor, under the epoch that its node has
// claimed for it.
func (s *state) adopt(c adopt) result {
	whole, rest, err := flow.ReadCheckpoint(c.Whole)
	if err != nil || len(rest) > 0 {
		return refuse(faultBad, "checkpoint that node %s brings can't be read: %v", c.Node, err)
	}
	a, ok := s.actors[whole.Actor]
	if !ok || a.holder != c.Node || a.place.Epoch != whole.Epoch {
		return refuse(faultStale, "node %s does not hold epoch %d of actor %s", c.Node, whole.Epoch, whole.Actor)
	}
	if a.whole.epoch != whole.Epoch || a.whole.seq < c.Seq {
		a.whole = wholeOf(whole, c.Seq)
		s.actors[whole.Actor] = a
	}
	return result{}
}

// commit puts steps on top of their actors' checkpoints. Each actor stands for
// itself: those whose epoch is not the one this node claimed last are named in
// the answer and nothing of them is kept, the others are. A node goes on
// committing after the plan has moved an actor away, until the other claims it.
func (s *state) commit(c commit) result {
	var r result
	for _, step := range c.Steps {
		a, ok := s.actors[step.Actor]
		if ok = ok && a.holder == c.Node && a.place.Epoch == step.Epoch; ok {
			a.whole, ok = a.whole.step(step, c.Seq)
		}
		if !ok {
			r.Stale = append(r.Stale, step.Actor)
			continue
		}
		s.actors[step.Actor] = a
	}
	return r
}
