package agree

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

const grace = 1500 * time.Millisecond // for an answer on its way

// follow keeps a node that holds no log told of the voters and the leader: it
// asks one voter after another, and stays with one as long as it answers. A node
// that holds the log and has no leader asks whether it was taken out meanwhile.
func (g *Group) follow() {
	wait, reached := pause, false
	for i := 0; g.run.Err() == nil; {
		v := g.holder()
		if v != nil {
			g.besideVoter(v)
			reached = false
			continue
		}
		others := g.others()
		if len(others) == 0 {
			g.idle(maxPause)
			continue
		}
		node := others[i%len(others)]
		at := g.roll()
		lead, _ := g.Leader()
		began := time.Now()
		err := g.hear(node, stateAsk{At: &at, Lead: lead})
		if now, _ := g.Leader(); err == nil && now == lead && sameServers(g.roll(), at) && time.Since(began) < stateWait/2 {
			g.idle(maxPause) // a voter that lags tells what is known to be old
		}
		if err == nil {
			if !reached {
				g.log.Info(g.cfg.Name+" reached", "peer", node)
			}
			wait, reached = pause, true
			continue
		}
		g.log.Debug("voter did not answer", "group", g.cfg.Name, "peer", node, "err", err)
		if i++; i%len(others) == 0 { // all have been asked in vain
			if reached && g.run.Err() == nil {
				g.log.Info(g.cfg.Name+" lost: no voter answered", "voters", g.voterNames())
			}
			reached = false
			g.suppose("")
		}
		g.idle(wait)
		wait = min(2*wait, time.Second)
	}
}

// idle waits for a change, or some time.
func (g *Group) idle(d time.Duration) {
	changed := g.Changed()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-g.run.Done():
	}
}

// besideVoter runs while this node holds the log, until that changes or some
// time without a leader is over.
func (g *Group) besideVoter(v *voter) {
	changed := g.Changed()
	if _, led := v.leader(); led {
		g.learn(g.roll())
		g.streams.dismiss()
		select {
		case <-changed:
		case <-v.ended.Done():
			g.idle(pause)
		}
		return
	}
	g.idle(4 * g.cfg.Election)
	if _, led := v.leader(); led || g.holder() != v {
		return
	}
	for _, node := range g.others() {
		ctx, cancel := context.WithTimeout(g.run, time.Second)
		a, err := g.askState(ctx, node, stateAsk{})
		cancel()
		if err != nil || !a.Leads || a.Group != g.groupID() {
			continue
		}
		if !slices.ContainsFunc(a.Roll.Servers, func(s server) bool { return s.Full == v.full }) && g.confirmed(node, v.full) {
			if err := g.leaveAs(v.full); err != nil && g.run.Err() == nil {
				g.log.Error("log of this node, which is no voter any more, could not be removed", "group", g.cfg.Name, "err", err)
			}
			return
		}
	}
}

// confirmed reports whether the leader says that the server is out, and a
// majority has that on disk.
func (g *Group) confirmed(leader flow.NodeID, full string) bool {
	ctx, cancel := context.WithTimeout(g.run, patience)
	defer cancel()
	b, err := g.cfg.Transport.Ask(ctx, leader, g.kind("out"), []byte(full))
	if err != nil {
		return false
	}
	a, _, err := readAnswer(b)
	return err == nil && string(a.Body) == "out"
}

// answerOut says "out" if a server is none any more and that is agreed. While
// somebody is being made a voter it waits: it may be the one who asks.
func (g *Group) answerOut(ctx context.Context, v *voter, _ flow.Identity, body []byte) (Answer, error) {
	select {
	case <-g.change:
		defer func() { g.change <- struct{}{} }()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	out := !slices.ContainsFunc(g.roll().Servers, func(s server) bool { return s.Full == string(body) })
	if !out {
		return Answer{Body: []byte("in")}, nil
	}
	// What stood in the log when out was read is agreed when this returns.
	if err := v.wait(func() raft.Future { return v.raft.Barrier(0) }); err != nil {
		return Answer{}, err
	}
	return Answer{Body: []byte("out")}, nil
}

// hear asks one voter for news, and takes them in.
func (g *Group) hear(node flow.NodeID, q stateAsk) error {
	ctx, cancel := context.WithTimeout(g.run, stateWait+grace)
	defer cancel()
	stop := g.untilOther(q.Lead, cancel)
	a, err := g.askState(ctx, node, q)
	if other := stop(); other && err != nil {
		return nil // another question is to be asked
	}
	if err != nil {
		return err
	}
	g.learn(a.Roll)
	if a.Full == "" {
		return fmt.Errorf("it holds no log")
	}
	if !a.Begun {
		return fmt.Errorf("its log is empty")
	}
	g.compareID(a)
	g.suppose(a.Leader)
	return nil
}

// untilOther ends a question when this node comes to hold the log itself, or when
// it was told of another leader than the question says. stop reports whether it
// did.
func (g *Group) untilOther(lead flow.NodeID, cancel func()) (stop func() bool) {
	ctx, end := context.WithCancel(g.run)
	var other atomic.Bool
	g.busy.Go(func() {
		for {
			changed := g.Changed()
			if now, _ := g.Leader(); now != lead || g.holder() != nil {
				other.Store(true)
				cancel()
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	})
	return func() bool { end(); return other.Load() }
}

// compareID looks for what an operator must know: this node is taken for a
// voter whose log it hasn't, or the group is not the one it was.
func (g *Group) compareID(a stateAnswer) {
	problem := ""
	if s, ok := g.stillVoter(a); ok {
		problem = fmt.Sprintf("node %s is a voter of the %s, but its log as %s is not in its folder %s: it takes part as a node without log. "+
			"What it had promised is lost with its disk, so it is not let in empty: make it a voter again (register add %s), which gives it a new log, or remove it (register remove %s)",
			g.cfg.Self, g.cfg.Name, s.Full, g.cfg.Dir, g.cfg.Self, g.cfg.Self)
	}
	g.mu.Lock()
	if g.voter != nil {
		g.mu.Unlock()
		return
	}
	if g.id != "" && a.Group != g.id {
		problem = fmt.Sprintf("the %s was founded anew: what this node knows is of another one. Start this node again", g.cfg.Name)
	} else {
		g.id = a.Group
	}
	changed := problem != g.problem
	g.problem = problem
	g.mu.Unlock()
	if changed && problem != "" {
		g.log.Error(problem)
	}
	if changed {
		g.bell.ring()
	}
}

// stillVoter reports whether this node, which holds no log, is taken for a voter.
// Only the leader knows; when there is none for long, whoever answers is believed.
func (g *Group) stillVoter(a stateAnswer) (server, bool) {
	s, ok := a.Roll.find(g.cfg.Self)
	if !ok {
		g.suspected = time.Time{}
		return s, false
	}
	if g.suspected.IsZero() {
		g.suspected = time.Now()
	}
	if !a.Leads && a.Leader != "" {
		ctx, cancel := context.WithTimeout(g.run, time.Second)
		defer cancel()
		if lead, err := g.askState(ctx, a.Leader, stateAsk{}); err == nil && lead.Leads {
			a = lead
			s, ok = a.Roll.find(g.cfg.Self)
		}
	}
	return s, ok && (a.Leads || time.Since(g.suspected) > 10*g.cfg.Election)
}

func sameServers(a, b roll) bool { return slices.Equal(a.Servers, b.Servers) }
