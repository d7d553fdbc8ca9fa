package agree

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// stateWait is how long a question for news of the voters is held open: a node
// without log that hears nothing for a little longer turns to another voter.
const stateWait = 2 * time.Second

// answer answers the questions of other nodes.
func (g *Group) answer() {
	g.led1("apply", func(ctx context.Context, v *voter, peer flow.Identity, body []byte) (Answer, error) {
		if g.cfg.May != nil {
			if err := g.cfg.May(peer, body); err != nil {
				g.Refused(peer, "an entry for the "+g.cfg.Name, err)
				return Answer{}, refuse("%v", err)
			}
		}
		return v.apply(ctx, body, anyTerm)
	})
	g.led1("barrier", func(ctx context.Context, _ *voter, _ flow.Identity, _ []byte) (Answer, error) {
		return g.barrier(ctx)
	})
	g.led1("voters", func(ctx context.Context, v *voter, peer flow.Identity, body []byte) (Answer, error) {
		var c change
		err := json.Unmarshal(body, &c)
		if err != nil {
			err = fmt.Errorf("change of voters can't be read: %w", err)
		} else {
			err = g.mayChange(peer, c)
		}
		if err != nil {
			g.Refused(peer, "a change of the voters of the "+g.cfg.Name, err)
			return Answer{}, refuse("%v", err)
		}
		return Answer{}, g.carryOut(ctx, v, c)
	})
	for name, q := range g.cfg.Questions {
		g.led1("ask."+name, func(ctx context.Context, _ *voter, peer flow.Identity, body []byte) (Answer, error) {
			b, err := q(ctx, peer, body)
			return Answer{Body: b}, err
		})
	}
	g.led1("out", g.answerOut)
	g.led1("handover", g.answerHandover)
	g.told("state", g.answerState)
	g.told("term", g.answerTerm)
	g.told("join", g.answerJoin)
	g.told("leave", g.answerLeave)
}

// told answers a question of any node.
func (g *Group) told(what string, f func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error)) {
	g.cfg.Transport.Answer(g.kind(what), func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		if peer.Role != flow.RoleNode {
			return nil, fmt.Errorf("%s is not a node", peer.URI)
		}
		if !g.enter() {
			return nil, g.closedError()
		}
		defer g.leave()
		return f(ctx, peer, body)
	})
}

// led1 answers a question that only the leader answers.
func (g *Group) led1(what string, f func(context.Context, *voter, flow.Identity, []byte) (Answer, error)) {
	g.told(what, func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		v := g.holder()
		if v == nil || !v.leading() {
			return g.elect(), nil
		}
		a, err := f(ctx, v, peer, body)
		var refused *RefusedError
		switch {
		case err == nil:
			return appendAnswer(a), nil
		case errors.Is(err, errElection):
			return g.elect(), nil
		case errors.As(err, &refused):
			return append([]byte{answerRefused}, refused.Text...), nil
		}
		return nil, err
	})
}

func (g *Group) elect() []byte {
	leader, _ := g.Leader()
	if leader == g.cfg.Self {
		leader = "" // on the way to lead, or off it
	}
	return append([]byte{answerElect}, leader...)
}

// A stateAsk asks a node how the group is, as far as it knows.
type stateAsk struct {
	At   *roll       `json:"at,omitempty"`   // what the asker knows; the question is held open until there is more. nil: answer at once
	Lead flow.NodeID `json:"lead,omitempty"` // likewise
}

type stateAnswer struct {
	Group   string      `json:"group,omitempty"`
	Full    string      `json:"full,omitempty"`  // the node's name as a voter; "": it holds no log
	Begun   bool        `json:"begun,omitempty"` // its log holds something
	Leads   bool        `json:"leads,omitempty"`
	Leader  flow.NodeID `json:"leader,omitempty"`
	Roll    roll        `json:"roll"`
	Applied uint64      `json:"applied,omitempty"`
	Problem string      `json:"problem,omitempty"`
}

func (g *Group) state() stateAnswer {
	g.mu.Lock()
	v := g.voter
	a := stateAnswer{Group: g.id, Problem: g.problem}
	g.mu.Unlock()
	a.Leader, _ = g.Leader()
	a.Roll = g.roll()
	if v != nil {
		a.Full, a.Leads, a.Begun = v.full, v.leading(), v.raft.LastIndex() > 0
		a.Applied = v.raft.AppliedIndex()
	}
	return a
}

func (g *Group) answerState(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	var q stateAsk
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	if q.At == nil {
		return json.Marshal(g.state())
	}
	timer := time.NewTimer(stateWait)
	defer timer.Stop()
	for {
		changed := g.Changed()
		a := g.state()
		if a.Leader != q.Lead || !sameServers(a.Roll, *q.At) {
			return json.Marshal(a)
		}
		select {
		case <-changed:
		case <-timer.C:
			return json.Marshal(a)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-g.run.Done():
			return nil, g.closedError()
		}
	}
}

// askState asks one node how the group is.
func (g *Group) askState(ctx context.Context, node flow.NodeID, q stateAsk) (stateAnswer, error) {
	var a stateAnswer
	body, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	b, err := g.cfg.Transport.Ask(ctx, node, g.kind("state"), body)
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	return a, err
}
