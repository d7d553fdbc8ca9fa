package node

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
	"github.com/wardflow/wardflow/runtime/register"
)

// Gossip gets a new key in three phases, so that at all times every node can
// read the others: all install it, all use it, all forget the others. The
// register says which phase it is; the key itself never stands there. The leader
// goes to the next phase when every member that is up has come so far; who is
// away takes the newest keys when it is back.

// markRotation is the setting that says so.
const markRotation = "gossip/rotation"

// The phases.
const (
	phaseInstall = "install"
	phaseUse     = "use"
	phaseRetire  = "retire"
	phaseDone    = "done"
)

// giveUpRotation is after how long one that some member holds up may be replaced.
const giveUpRotation = 10 * time.Minute

// A rotation is the last one that somebody asked for.
type rotation struct {
	Key   string    `json:"key"` // its name
	Phase string    `json:"phase"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

func rotationOf(view *register.View) (r rotation, ok bool) {
	b, ok := view.Settings[markRotation]
	return r, ok && json.Unmarshal(b, &r) == nil
}

// Rotate gives gossip a new key.
func (n *Node) Rotate(ctx context.Context, by flow.Identity) error {
	if err := n.agreeing(); err != nil {
		return err
	}
	if r, ok := rotationOf(n.register.View()); ok && r.Phase != phaseDone && time.Since(r.At) < giveUpRotation {
		return fmt.Errorf("gossip gets a new key already, asked for by %s at %s: %w", r.By, r.At.Format(time.RFC3339), control.ErrConflict)
	}
	id, err := n.members.NewKey()
	if err != nil {
		return fmt.Errorf("make a gossip key: %w", err)
	}
	return n.putRotation(ctx, rotation{Key: id, Phase: phaseInstall, By: by.URI, At: time.Now().UTC()})
}

func (n *Node) putRotation(ctx context.Context, r rotation) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := n.register.PutSetting(ctx, markRotation, b); err != nil {
		return unavailable(err)
	}
	n.log.Info("gossip gets a new key", "key", r.Key, "phase", r.Phase, "by", r.By)
	return nil
}

// rotate does this node's part of each phase until ctx ends.
func (n *Node) rotate(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var done rotation
	for {
		changed := n.register.Changed()
		if r, ok := rotationOf(n.register.View()); ok && r != done {
			if err := n.turnKey(ctx, r); err == nil {
				done = r
			} else if ctx.Err() == nil {
				n.log.Info("this node is behind with the gossip key", "key", r.Key, "phase", r.Phase, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

func (n *Node) turnKey(ctx context.Context, r rotation) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	switch r.Phase {
	case phaseInstall:
		return n.members.Install(ctx, r.Key)
	case phaseUse:
		if err := n.members.Install(ctx, r.Key); err != nil {
			return err
		}
		return n.members.Use(r.Key)
	case phaseRetire:
		if err := n.members.Use(r.Key); err != nil {
			return err
		}
		return n.members.Retire(r.Key)
	}
	return nil
}

// advance begins the next phase when all that are up have come so far; false
// when that could not be agreed.
func (l *leader) advance(ctx context.Context, view *register.View) bool {
	r, ok := rotationOf(view)
	if !ok || r.Phase == phaseDone {
		return true
	}
	for _, m := range l.n.members.All() {
		if m.Up && !reached(m, r) && !l.n.isRevoked(m.ID) {
			return true
		}
	}
	r.Phase = map[string]string{phaseInstall: phaseUse, phaseUse: phaseRetire, phaseRetire: phaseDone}[r.Phase]
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	if err := l.n.putRotation(ctx, r); err != nil {
		return false
	}
	if r.Phase == phaseDone {
		l.n.events.add(control.KeyRotated, "", "", "gossip has a new key, asked for by "+r.By)
	}
	return true
}

// reached reports whether a member says that it has done its part of a phase.
func reached(m member.Member, r rotation) bool {
	switch r.Phase {
	case phaseInstall:
		return slices.Contains(m.Keys, r.Key)
	case phaseUse:
		return len(m.Keys) > 0 && m.Keys[0] == r.Key
	}
	return len(m.Keys) == 1 && m.Keys[0] == r.Key
}
