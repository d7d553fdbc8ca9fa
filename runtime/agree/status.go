package agree

import (
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Status is how a group is, for people, as one node sees it.
type Status struct {
	Self    flow.NodeID `json:"self"`
	Voter   bool        `json:"voter"`            // this node holds the log
	Leading bool        `json:"leading"`          // this node leads
	Leader  flow.NodeID `json:"leader,omitempty"` // "": nothing can be agreed now
	Members []Member    `json:"members"`          // by name
	MayLose int         `json:"may_lose"`         // so many voters may fail and the rest still agrees
	Since   time.Time   `json:"since,omitzero"`   // since when there is no leader, by this node's clock
	Problem string      `json:"problem,omitempty"`
	// Changing says what change of the voters is under way; "": none.
	Changing string `json:"changing,omitempty"`

	// Of a node that holds the log only.
	Term    uint64    `json:"term,omitempty"`    // of the leader
	First   uint64    `json:"first,omitempty"`   // index of the first entry of the log; what came before is in a snapshot
	Index   uint64    `json:"index,omitempty"`   // of the last entry of the log
	Applied uint64    `json:"applied,omitempty"` // of the last entry applied
	Contact time.Time `json:"contact,omitzero"`  // when the leader was heard last; zero on the leader
}

// A Member is a node that holds the log.
type Member struct {
	ID       flow.NodeID `json:"id"`
	Addr     string      `json:"addr,omitempty"`
	Learning bool        `json:"learning,omitempty"` // it catches up, and has no vote yet
	Down     bool        `json:"down,omitempty"`     // the leader can't reach it; known on the leader only
}

// Status describes the group.
func (g *Group) Status() Status {
	v := g.holder()
	leader, _ := g.Leader()
	s := Status{Self: g.cfg.Self, Voter: v != nil, Leader: leader}
	g.mu.Lock()
	s.Problem = g.problem
	if leader == "" {
		s.Since = g.lost
	}
	if g.trouble != "" {
		s.Problem = g.trouble
	}
	g.mu.Unlock()
	voters := 0
	for _, m := range g.roll().Servers {
		if m.Votes {
			voters++
		}
		if !m.Votes {
			s.Changing = fmt.Sprintf("%s becomes a voter: it is getting a copy of the %s", m.node(), g.cfg.Name)
		}
		s.Members = append(s.Members, Member{m.node(), m.Addr, !m.Votes, v != nil && v.misses(m.Full)})
	}
	slices.SortFunc(s.Members, func(a, b Member) int { return compare(a.ID, b.ID) })
	s.MayLose = max(0, voters-1) / 2
	if v != nil {
		s.Leading = v.leading()
		s.Term, s.Index, s.Applied = v.raft.CurrentTerm(), v.raft.LastIndex(), v.raft.AppliedIndex()
		s.First, _ = v.log.FirstIndex()
		if !s.Leading {
			s.Contact = v.raft.LastContact()
		}
	}
	return s
}

// misses reports whether this voter leads and can't reach another one.
func (v *voter) misses(full string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.lost[full]
}

// stuck notes that the machine can't apply what is agreed, and why, or that it
// can again. A leader that can't gives the lead away.
func (g *Group) stuck(why string) {
	if why != "" {
		why = "what is agreed can't be applied on this node: " + why
	}
	g.mu.Lock()
	changed := (why == "") != (g.trouble == "")
	g.trouble = why
	v := g.voter
	g.mu.Unlock()
	if !changed {
		return
	}
	g.bell.ring()
	if why == "" {
		g.log.Info("what is agreed is applied again", "group", g.cfg.Name)
		return
	}
	g.log.Error(why, "group", g.cfg.Name)
	if v != nil {
		g.busy.Go(v.handOver)
	}
}
