package node

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// Without a majority of the voters nothing can be agreed: what runs goes on,
// as far as its windows have room, and local actors as far as their disk has;
// nothing new is placed, and what acts on the world stops when its
// lease ends.

// leaderless is how long there may be no leader before people hear of it: an
// election takes less.
const leaderless = 3 * time.Second

// agreeing is nil while this node can have something agreed for people, or could a
// moment ago. What changes the cluster asks it first, so that nobody waits for
// what can't come, and so that who asks a node without a vote is sent to one that
// has one: [control.ElsewhereError].
func (n *Node) agreeing() error {
	if err := n.majority(); err != nil {
		return err
	}
	return n.voting()
}

// voting is nil if this node has a vote, so that the others take its word for what
// people want; otherwise it says who has one: [control.ElsewhereError].
func (n *Node) voting() error {
	voters := n.register.Voters()
	if len(voters) == 0 || n.votes(n.cfg.Node) {
		return nil
	}
	e := &control.ElsewhereError{Node: n.cfg.Node}
	for _, v := range voters {
		info, _ := n.members.Lookup(v.ID)
		e.Voters = append(e.Voters, control.Voter{Node: v.ID, Control: reachable(info)})
	}
	return e
}

// votes reports whether a node has a vote in the register, as far as is known
// here.
func (n *Node) votes(node flow.NodeID) bool {
	return slices.ContainsFunc(n.register.Voters(), func(v register.Voter) bool { return v.ID == node })
}

// reachable is where people find a node's control API: one that listens at every
// address is found where its door is.
func reachable(info flow.NodeInfo) string {
	host, port, err := net.SplitHostPort(info.Control)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if host, _, err = net.SplitHostPort(info.Door); err != nil {
			return ""
		}
	}
	return net.JoinHostPort(host, port)
}

// majority is nil while something can be agreed, or could a moment ago.
func (n *Node) majority() error {
	st := n.register.Status()
	if st.Leader != "" || st.Since.IsZero() || time.Since(st.Since) < leaderless {
		return nil
	}
	return fmt.Errorf("%w: no majority of the voters %v can be reached since %s", control.ErrUnavailable,
		st.Voters, st.Since.UTC().Format(time.RFC3339))
}

// watchMajority tells when the majority is lost and when it is back.
func (n *Node) watchMajority(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	lost := false
	for {
		err := n.majority()
		switch {
		case err != nil && !lost:
			lost = true
			n.log.Warn("nothing can be agreed", "err", err)
			n.events.add(control.MajorityLost, "", "", "the majority of the voters was lost: what runs goes on, nothing new is placed, and what acts on the world stops")
		case err == nil && lost:
			lost = false
			n.log.Info("there is a majority of the voters again")
			n.events.add(control.MajorityBack, "", "", "a majority of the voters was back")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
