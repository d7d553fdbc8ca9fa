package sim

import (
	"encoding/binary"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
)

// A keeper keeps the checkpoints of actors that store, together with what they
// store: see [flow.Committer]. Both calls go on until they are answered.
type keeper interface {
	// fence refuses older epochs from now on, and gives the newest checkpoint.
	fence(n *node, actor flow.ActorID, epoch uint64, done func(flow.Checkpoint, bool))
	// commit keeps a step with what was taken in it; false: it is stale.
	commit(n *node, s flow.Checkpoint, note stepNote, done func(bool))
}

// commitOwn lets an actor that stores commit its step.
func (c *cell) commitOwn(step *flow.Checkpoint) {
	c.own.commit(c.n, *step, c.note(step), func(ok bool) {
		if ok {
			c.landed()
		} else {
			c.expire()
		}
	})
}

// note is what the judge must know of a step.
func (c *cell) note(s *flow.Checkpoint) stepNote {
	n := stepNote{actor: c.id, epoch: c.epoch, took: c.since, touched: c.touched}
	c.touched = nil
	n.out = append(n.out, s.Out...)
	if len(s.Settled) > 0 {
		n.settled = map[flow.LinkID]uint64{}
		for key, upto := range s.Settled {
			n.settled[key] = upto
		}
	}
	return n
}

// A vault is what a store has on disk of its actors' checkpoints. What a step
// does to a checkpoint is for package store to say; the rows are the judge's.
type vault struct {
	checkpoints map[flow.ActorID]flow.Checkpoint
	seqs        map[flow.ActorID]uint64 // of the last step of that epoch
}

func newVault() *vault {
	return &vault{map[flow.ActorID]flow.Checkpoint{}, map[flow.ActorID]uint64{}}
}

// fence raises the epoch; a lower one than is there is refused.
func (v *vault) fence(actor flow.ActorID, epoch uint64) (flow.Checkpoint, bool) {
	c := v.checkpoints[actor]
	if epoch < c.Epoch {
		return c, false
	}
	if c.Epoch < epoch {
		delete(v.seqs, actor)
	}
	c.Actor, c.Epoch = actor, epoch
	v.checkpoints[actor] = c
	return c, true
}

// step puts a step on top; again tells that it is there already.
func (v *vault) step(s flow.Checkpoint, seq uint64) (again, ok bool) {
	old := v.checkpoints[s.Actor]
	if s.Epoch == old.Epoch && seq <= v.seqs[s.Actor] {
		return true, true
	}
	next, err := store.Step(old, s)
	if err != nil {
		return false, false
	}
	v.checkpoints[s.Actor], v.seqs[s.Actor] = next, seq
	return false, true
}

// A shelf is a store of one host: what it keeps stays with the host.
type shelf struct{ *vault }

func (s shelf) fence(n *node, actor flow.ActorID, epoch uint64, done func(flow.Checkpoint, bool)) {
	var c flow.Checkpoint
	var ok bool
	n.p.write(func() {
		c, ok = s.vault.fence(actor, epoch)
		n.w.judge.fenced(actor, epoch, ok)
	}, func() { done(c, ok) })
}

func (s shelf) commit(n *node, step flow.Checkpoint, note stepNote, done func(bool)) {
	var ok bool
	n.storeSeq++
	seq := n.storeSeq
	n.p.write(func() {
		var again bool
		if again, ok = s.vault.step(step, seq); ok && !again {
			n.w.judge.stored(note)
		}
	}, func() { done(ok) })
}

// A group is a store that several hosts hold together: a council of its own.
type group struct{ *council }

// Commands of a group's log.
const (
	groupFence  = 1 // actor's checkpoint with that epoch
	groupCommit = 2 // a step
)

func (g group) fence(n *node, actor flow.ActorID, epoch uint64, done func(flow.Checkpoint, bool)) {
	n.storeSeq++
	command := groupCommand(groupFence, n.storeSeq, flow.Checkpoint{Actor: actor, Epoch: epoch})
	n.call(g.council, command, fenceNote{actor, epoch}, func(answer []byte) {
		if answer[0] != 1 {
			done(flow.Checkpoint{}, false)
			return
		}
		c, _, err := flow.ReadCheckpoint(answer[1:])
		if err != nil {
			n.w.breach("an answer can be read", "fence of %s: %v", actor, err)
		}
		done(c, err == nil)
	})
}

func (g group) commit(n *node, step flow.Checkpoint, note stepNote, done func(bool)) {
	n.storeSeq++
	n.call(g.council, groupCommand(groupCommit, n.storeSeq, step), storeNote{note}, func(answer []byte) { done(answer[0] != 0) })
}

func groupCommand(kind byte, seq uint64, c flow.Checkpoint) []byte {
	b, err := flow.AppendCheckpoint(binary.AppendUvarint([]byte{kind}, seq), c)
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err))
	}
	return b
}

// A fenceNote and a storeNote say what an entry of a group's log is.
type (
	fenceNote struct {
		actor flow.ActorID
		epoch uint64
	}
	storeNote struct{ stepNote }
)

// A vaultMachine carries out a group's log. Its answers: 0, refused; 1, done; 2,
// done before.
type vaultMachine struct{ *vault }

func newVaultMachine() machine { return &vaultMachine{newVault()} }

func (m *vaultMachine) Apply(_ uint64, command []byte) []byte {
	seq, used := binary.Uvarint(command[1:])
	c, _, err := flow.ReadCheckpoint(command[1+used:])
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err))
	}
	if command[0] == groupFence {
		whole, ok := m.vault.fence(c.Actor, c.Epoch)
		if !ok {
			return []byte{0}
		}
		b, err := flow.AppendCheckpoint([]byte{1}, whole)
		if err != nil {
			panic(fmt.Sprintf("sim: %v", err))
		}
		return b
	}
	switch again, ok := m.vault.step(c, seq); {
	case again:
		return []byte{2}
	case ok:
		return []byte{1}
	}
	return []byte{0}
}

func (m *vaultMachine) Snapshot() []byte {
	var b []byte
	for _, id := range sortedKeys(m.checkpoints) {
		b = binary.AppendUvarint(b, m.seqs[id])
		var err error
		if b, err = flow.AppendCheckpoint(b, m.checkpoints[id]); err != nil {
			panic(fmt.Sprintf("sim: %v", err))
		}
	}
	return b
}

func (m *vaultMachine) Restore(b []byte) error {
	m.vault = newVault()
	for len(b) > 0 {
		seq, n := binary.Uvarint(b)
		c, rest, err := flow.ReadCheckpoint(b[n:])
		if err != nil {
			return err
		}
		m.checkpoints[c.Actor], m.seqs[c.Actor], b = c, seq, rest
	}
	return nil
}
