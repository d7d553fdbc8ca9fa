package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/journal"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A node at somebody's home is cut off for days at times, and restarted
// meanwhile. What is local to it goes on: its checkpoints are in the node's
// journal, and so is the newest view of the register that concerned it.

// claimAlone is how long an actor that is local waits for the register before it
// goes on under the epoch that it has.
const claimAlone = 2 * time.Second

// openJournal opens what local actors keep their checkpoints in.
func (n *Node) openJournal(context.Context) (err error) {
	folder, err := wal.OpenFolder(n.cfg.Dir + "/journal")
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	n.ends = append(n.ends, folder.Close)
	n.facts.disk = &timedDisk{Folder: folder}
	n.journal, err = journal.Open(journal.Config{Disk: n.facts.disk, Log: n.log})
	if err != nil {
		return err
	}
	n.ends = append(n.ends, n.journal.Close)
	plan, ok := n.journal.Plan()
	if !ok {
		return nil
	}
	var v register.View
	if err := json.Unmarshal(plan.Body, &v); err != nil {
		n.log.Warn("what was to run here could not be read: this node waits for the register", "err", err)
		return nil
	}
	n.kept.Store(&v)
	return nil
}

// view is what is agreed, as far as this node has heard; until it has heard the
// newest since it was started, what concerned its local actors before.
func (n *Node) view() *register.View {
	if kept := n.kept.Load(); kept != nil && !n.synced.Load() {
		return kept
	}
	return n.register.View()
}

// keep remembers, on disk, the applications that have local actors here.
func (n *Node) keep(ctx context.Context, view *register.View) {
	mine := &register.View{Index: view.Index, Apps: map[string]register.App{}, Placements: map[flow.ActorID]flow.Placement{}}
	for _, p := range view.On(n.cfg.Node) {
		if _, res, ok := n.find(view, p.Actor); ok && res.node.Local {
			mine.Apps[p.Actor.App()] = view.Apps[p.Actor.App()]
		}
	}
	if _, any := n.journal.Plan(); len(mine.Apps) == 0 && !any {
		return
	}
	for id, p := range view.Placements {
		if _, ok := mine.Apps[id.App()]; ok {
			mine.Placements[id] = p
		}
	}
	body, err := json.Marshal(mine)
	if err == nil {
		err = n.journal.KeepPlan(ctx, journal.Plan{Index: view.Index, Body: body})
	}
	if err != nil && ctx.Err() == nil {
		n.log.Warn("what is to run here could not be kept: after a restart this node waits for the register", "err", err)
	}
}

// takeLocal takes an actor over whose checkpoints are in the journal, after a
// claim. Nobody else can have it, since it is bound to this node; so while the
// register can't be reached it goes on under the epoch that it has.
func (n *Node) takeLocal(ctx context.Context, c claimed) claimed {
	id, agreed := c.checkpoint.Actor, c.checkpoint
	if errors.Is(c.err, register.ErrNoLeader) {
		had, ok := n.journal.Actors()[id]
		if !ok {
			return c
		}
		agreed, c.err = flow.Checkpoint{Actor: id, Epoch: had}, nil
	}
	if c.err != nil {
		return c
	}
	here, err := n.journal.Fence(ctx, id, agreed.Epoch)
	switch {
	case err != nil:
		c.err = fmt.Errorf("take over its checkpoint on this node's disk: %w", err)
	case here.Epoch == 0 || further(agreed, here):
		c.checkpoint, c.err = agreed, n.journal.Adopt(ctx, agreed)
	default:
		c.checkpoint = here
		c.checkpoint.Actor, c.checkpoint.Epoch = id, agreed.Epoch
	}
	return c
}

// bringBack takes the checkpoint of an actor that was local, and is not any
// more, from the journal to the register. If it has run elsewhere since, what is
// in the journal is older than what the register has, and forgotten.
func (n *Node) bringBack(ctx context.Context, c claimed) claimed {
	id, agreed := c.checkpoint.Actor, c.checkpoint
	if _, was := n.journal.Actors()[id]; c.err != nil || !was {
		return c
	}
	here, err := n.journal.Fence(ctx, id, agreed.Epoch)
	if err != nil {
		c.err = fmt.Errorf("take its checkpoint from this node's disk: %w", err)
		return c
	}
	switch {
	case here.Epoch == 0:
	case further(agreed, here):
		n.log.Warn("the checkpoint on this node's disk is older than the register's and is dropped", "actor", id, "epoch", here.Epoch)
	default:
		here.Actor, here.Epoch = id, agreed.Epoch
		if err := n.register.Adopt(ctx, here); err != nil {
			c.err = fmt.Errorf("bring its checkpoint to the register: %w", err)
			return c
		}
		c.checkpoint = here
	}
	c.err = n.journal.Forget(ctx, id)
	return c
}

// further reports whether an actor got further by one checkpoint than by the
// other: what a link counts only rises in its life.
func further(one, other flow.Checkpoint) bool {
	ahead := func(a, b map[flow.LinkID]uint64) bool {
		for id, n := range a {
			if m, both := b[id]; both && n > m {
				return true
			}
		}
		return false
	}
	return ahead(one.Taken, other.Taken) || ahead(one.Made, other.Made)
}

// tidy drops from this node's disk what belongs to applications that are no
// more: checkpoints of local actors, and what their spools held.
func (n *Node) tidy(ctx context.Context, view *register.View) {
	var old []flow.ActorID
	for id := range n.journal.Actors() {
		if _, ok := view.Placements[id]; !ok {
			old = append(old, id)
		}
	}
	if len(old) > 0 {
		if err := n.journal.Forget(ctx, old...); err != nil && ctx.Err() == nil {
			n.log.Warn("checkpoints of actors that are no more are still on this node's disk", "err", err)
		}
	}
	var keep []flow.ActorID
	for _, p := range view.On(n.cfg.Node) {
		if expand.IsSpool(p.Actor) {
			keep = append(keep, p.Actor)
		}
	}
	if slices.Equal(keep, n.swept) && n.swept != nil {
		return
	}
	c, _ := n.devices.Capability("buffer.persistent")
	if s, ok := c.(*spool.Spools); ok {
		if err := s.Sweep(keep); err != nil {
			n.log.Warn("what spools held that are no more is still on this node's disk", "err", err)
			return
		}
	}
	n.swept = append([]flow.ActorID{}, keep...)
}
