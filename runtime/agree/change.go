package agree

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A change of the voters, carried out by the leader one at a time.
type change struct {
	Add    *Voter      `json:"add,omitempty"`
	Remove flow.NodeID `json:"remove,omitempty"`
}

// AddVoter makes a running node a voter: it gets a log, catches up, and then
// counts. Addr "" is the one of Config.Lookup. It is no error if it is one
// already. A voter that has lost its disk is replaced by the same node with a
// new log. It waits, as long as ctx allows, until the node has caught up; an
// error may come after the node was given a log, and the same call then goes on.
func (g *Group) AddVoter(ctx context.Context, v Voter) error {
	if err := g.changeVoters(ctx, change{Add: &v}); err != nil {
		return fmt.Errorf("make %s a voter of the %s: %w", v.ID, g.cfg.Name, err)
	}
	return nil
}

// RemoveVoter takes a voter out; it may be gone for ever. The last one can't be
// removed, nor one without whom the rest has no majority that answers. It is no
// error if the node is no voter.
func (g *Group) RemoveVoter(ctx context.Context, id flow.NodeID) error {
	if err := g.changeVoters(ctx, change{Remove: id}); err != nil {
		return fmt.Errorf("remove voter %s of the %s: %w", id, g.cfg.Name, err)
	}
	return nil
}

func (g *Group) changeVoters(ctx context.Context, c change) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	const long = time.Hour // the context decides
	_, err = g.untilLed(ctx, g.kind("voters"), body, long, func(v *voter) (Answer, error) { return Answer{}, g.carryOut(ctx, v, c) })
	return err
}

func (g *Group) carryOut(ctx context.Context, v *voter, c change) error {
	select {
	case <-g.change:
		defer func() { g.change <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if c.Add != nil {
		return g.add(ctx, v, *c.Add)
	}
	return g.remove(ctx, v, c.Remove)
}

func (g *Group) add(ctx context.Context, v *voter, to Voter) error {
	if to.ID == "" {
		return refuse("it has no name")
	}
	if a, ok := g.cfg.Lookup(to.ID); ok {
		to.Addr = a
	}
	was, known := g.roll().find(to.ID)
	if to.Addr == "" {
		to.Addr = was.Addr
	}
	if to.ID == g.cfg.Self {
		return nil // it leads
	}
	if to.Addr == "" {
		return refuse("its address is not known: is it up, and part of this cluster?")
	}
	full, err := g.askJoin(ctx, to.ID, joinAsk{Group: g.groupID(), From: v.full})
	if err != nil {
		return err
	}
	if known && was.Full == full && was.Votes {
		return nil
	}
	if known && was.Full != full { // its old log is lost
		g.log.Info("voter replaced: its log was lost", "group", g.cfg.Name, "peer", to.ID)
		if err := v.wait(func() raft.Future { return v.raft.RemoveServer(raft.ServerID(was.Full), 0, 0) }); err != nil {
			return err
		}
	}
	s := server{full, to.Addr, true}
	if err := v.wait(func() raft.Future { return v.raft.AddNonvoter(raft.ServerID(full), s.address(), 0, 0) }); err != nil {
		return err
	}
	g.bell.ring()
	if err := g.caughtUpBy(ctx, v, to.ID, full); err != nil {
		return err
	}
	if err := v.wait(func() raft.Future { return v.raft.AddVoter(raft.ServerID(full), s.address(), 0, 0) }); err != nil {
		return err
	}
	g.log.Info("voter added", "group", g.cfg.Name, "peer", to.ID)
	g.bell.ring()
	return nil
}

// caughtUpBy waits until a new voter has applied what is agreed now.
func (g *Group) caughtUpBy(ctx context.Context, v *voter, id flow.NodeID, full string) error {
	want := v.raft.LastIndex()
	for {
		short, cancel := context.WithTimeout(ctx, patience)
		a, err := g.askState(short, id, stateAsk{})
		cancel()
		switch {
		case err == nil && a.Full != full:
			return refuse("it holds another log by now: try again")
		case err == nil && a.Applied >= want:
			return nil
		case !v.leading():
			return errElection
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-g.run.Done():
			timer.Stop()
			return errElection
		case <-ctx.Done():
			timer.Stop()
			return refuse("it has not caught up in time (%d of %d entries, %v): give it longer", a.Applied, want, err)
		}
	}
}

func (g *Group) remove(ctx context.Context, v *voter, id flow.NodeID) error {
	r := g.roll()
	s, ok := r.find(id)
	if !ok {
		return nil
	}
	if err := g.mayRemove(ctx, r, s); err != nil {
		return err
	}
	if s.Full == v.full { // another one must lead to remove this one
		if err := v.wait(v.raft.LeadershipTransfer); err != nil {
			g.log.Debug("lead not handed over", "group", g.cfg.Name, "err", err)
		}
		return errElection
	}
	if err := v.wait(func() raft.Future { return v.raft.RemoveServer(raft.ServerID(s.Full), 0, 0) }); err != nil {
		return err
	}
	g.log.Info("voter removed", "group", g.cfg.Name, "peer", id)
	g.bell.ring()
	g.dismiss(ctx, s)
	return nil
}

// dismiss tells a server that it is none any more. One that can't be reached
// hears it when it comes back.
func (g *Group) dismiss(ctx context.Context, s server) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := g.cfg.Transport.Ask(ctx, s.node(), g.kind("leave"), []byte(s.Full)); err != nil {
		g.log.Debug("former voter not told", "group", g.cfg.Name, "peer", s.node(), "err", err)
	}
}

// mayRemove refuses to leave voters that can't agree on anything.
func (g *Group) mayRemove(ctx context.Context, r roll, gone server) error {
	var rest []server
	for _, s := range r.Servers {
		if s.Votes && s.Full != gone.Full {
			rest = append(rest, s)
		}
	}
	if !gone.Votes {
		return nil
	}
	if len(rest) == 0 {
		return refuse("it is the last voter: make another node one first")
	}
	up, down := g.poll(ctx, rest)
	if up < len(rest)/2+1 {
		return refuse("of the %d voters that would be left only %d would answer, not a majority: mend or remove %v first", len(rest), up, down)
	}
	return nil
}

// poll asks servers whether they are there, all at the same time.
func (g *Group) poll(ctx context.Context, servers []server) (up int, down []flow.NodeID) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var asked sync.WaitGroup
	there := make([]bool, len(servers))
	for i, s := range servers {
		if s.node() == g.cfg.Self {
			there[i] = true
			continue
		}
		asked.Go(func() {
			a, err := g.askState(ctx, s.node(), stateAsk{})
			there[i] = err == nil && a.Full == s.Full
		})
	}
	asked.Wait()
	for i, s := range servers {
		if there[i] {
			up++
		} else {
			down = append(down, s.node())
		}
	}
	return up, down
}

func (g *Group) groupID() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.id
}

// A joinAsk asks a node to hold a log.
type joinAsk struct {
	Group string `json:"group"`
	From  string `json:"from,omitempty"` // full name of the leader that asks; "": the group is being founded
}

// askJoin has a node hold a log and returns its full name.
func (g *Group) askJoin(ctx context.Context, node flow.NodeID, q joinAsk) (full string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	body, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	b, err := g.cfg.Transport.Ask(ctx, node, g.kind("join"), body)
	if err != nil {
		return "", refuse("%v", err)
	}
	if nodeOf(string(b)) != node {
		return "", refuse("it calls itself %q", b)
	}
	return string(b), nil
}

// answerJoin makes this node a holder of the log. Only a voter may ask.
func (g *Group) answerJoin(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	var q joinAsk
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	if err := g.ofVoter(peer, "a request to hold the log of the "+g.cfg.Name); err != nil {
		return nil, err
	}
	if g.cfg.Dir == "" {
		return nil, fmt.Errorf("node %s has no folder for the log of the %s", g.cfg.Self, g.cfg.Name)
	}
	select {
	case <-g.change:
		defer func() { g.change <- struct{}{} }()
	case <-g.run.Done():
		return nil, ErrClosed
	}
	if v := g.holder(); v != nil {
		if err := g.rejoin(v, q); err != nil {
			return nil, err
		}
		if v := g.holder(); v != nil {
			return []byte(v.full), nil
		}
	}
	if q.From != "" {
		r := g.roll()
		r.Servers = slices.DeleteFunc(slices.Clone(r.Servers), func(s server) bool { return s.node() == nodeOf(q.From) })
		r.Servers = append(r.Servers, server{Full: q.From, Votes: true})
		g.learn(r)
	}
	if err := g.openVoter(nil, q.Group); err != nil {
		return nil, err
	}
	g.log.Info("this node holds the log now", "group", g.cfg.Name)
	return []byte(g.holder().full), nil
}

// rejoin judges a node that holds a log already. One that never got anything,
// of a group that was not founded, is dropped.
func (g *Group) rejoin(v *voter, q joinAsk) error {
	switch {
	case g.groupID() == q.Group:
		return nil
	case v.raft.LastIndex() > 0:
		return fmt.Errorf("node %s holds the log of another %s: its folder %s is of another cluster; stop it and move that away", g.cfg.Self, g.cfg.Name, g.cfg.Dir)
	}
	return g.retire(v)
}

// answerLeave ends holding the log. Only a voter may say so.
func (g *Group) answerLeave(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if err := g.ofVoter(peer, "a request to give up the log of the "+g.cfg.Name); err != nil {
		return nil, err
	}
	return nil, g.leaveAs(string(body))
}

func (g *Group) leaveAs(full string) error {
	select {
	case <-g.change:
		defer func() { g.change <- struct{}{} }()
	case <-g.run.Done():
		return ErrClosed
	}
	v := g.holder()
	if v == nil || v.full != full {
		return nil
	}
	if err := g.retire(v); err != nil {
		return err
	}
	g.log.Info("this node holds the log no more", "group", g.cfg.Name)
	return nil
}

// retire closes the log and removes it. The machine keeps what it has.
func (g *Group) retire(v *voter) error {
	r := g.roll()
	g.mu.Lock()
	if g.closed || g.voter != v {
		g.mu.Unlock()
		return ErrClosed
	}
	g.voter, g.known, g.id = nil, r, ""
	g.mu.Unlock()
	err := v.close()
	err = errors.Join(err, g.clear())
	g.bell.ring()
	return err
}
