package node

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// Without a majority of the voters nothing can be agreed: what runs goes on,
// as far as its windows have room, and local actors as far as their disk has;
// nothing new is placed, and what acts on the world stops when its
// lease ends.

// leaderless is how long there may be no leader before people hear of it: an
// election takes less.
const leaderless = 3 * time.Second

// agreeing is nil while something can be agreed, or could a moment ago. Callers
// ask it first, so that people don't wait for what can't come.
func (n *Node) agreeing() error {
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
		err := n.agreeing()
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
