package agree

import (
	"context"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Founding. With several first voters, each of whom may have been one before
// and have lost its disk, one founds the group, once all the others have said
// that they know of none. So a group is never founded twice by chance, and what
// a majority once agreed on is not forgotten because one of it starts empty.

// founder is the one of the first voters that founds the group.
func (g *Group) founder() flow.NodeID {
	return slices.MinFunc(g.cfg.Voters, func(a, b Voter) int { return compare(a.ID, b.ID) }).ID
}

// found begins the log with this node and the others, whose full names they are.
func (g *Group) found(others map[flow.NodeID]string) error {
	return g.foundAs(draw(8), others)
}

func (g *Group) foundAs(group string, others map[flow.NodeID]string) error {
	var servers []server
	for _, v := range g.cfg.Voters {
		full := others[v.ID]
		if v.ID == g.cfg.Self {
			full = fullName(v.ID, draw(4))
		}
		servers = append(servers, server{full, v.Addr, true})
	}
	if err := g.openVoter(servers, group); err != nil {
		return err
	}
	g.log.Info(g.cfg.Name+" founded", "voters", g.voterNames())
	return nil
}

// tryFound founds the group when all its first voters are there and none of
// them knows of one.
func (g *Group) tryFound() {
	for wait := pause; g.run.Err() == nil; wait = min(2*wait, time.Second) {
		switch done, err := g.foundOnce(); {
		case err != nil:
			g.log.Debug(g.cfg.Name+" not founded yet", "err", err)
		case done:
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-g.run.Done():
		}
		timer.Stop()
	}
}

func (g *Group) foundOnce() (done bool, err error) {
	ctx, cancel := context.WithTimeout(g.run, patience)
	defer cancel()
	if g.holder() != nil {
		return true, nil // somebody made this node a voter meanwhile
	}
	for _, v := range g.cfg.Voters {
		if v.ID == g.cfg.Self {
			continue
		}
		a, err := g.askState(ctx, v.ID, stateAsk{})
		if err != nil {
			return false, err
		}
		if a.Begun {
			return true, nil // the group is there; follow finds what that means for this node
		}
	}
	group, others := draw(8), map[flow.NodeID]string{}
	for _, v := range g.cfg.Voters {
		if v.ID == g.cfg.Self {
			continue
		}
		if others[v.ID], err = g.askJoin(ctx, v.ID, joinAsk{Group: group}); err != nil {
			return false, err
		}
	}
	return true, g.foundAs(group, others)
}
