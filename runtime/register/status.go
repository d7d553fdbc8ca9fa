package register

import (
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Status is how the register is, for people.
type Status struct {
	Self    flow.NodeID   `json:"self"`
	Voter   bool          `json:"voter"`            // this node holds the log
	Leading bool          `json:"leading"`          // this node leads
	Leader  flow.NodeID   `json:"leader,omitempty"` // "": nothing can be agreed now
	Voters  []flow.NodeID `json:"voters"`           // by name

	Members []agree.Member `json:"members"`           // voters, and nodes that are becoming one
	MayLose int            `json:"may_lose"`          // so many voters may fail and the rest still agrees
	Since   time.Time      `json:"since,omitzero"`    // since when nothing can be agreed, by this node's clock
	Problem string         `json:"problem,omitempty"` // with this node's log, and what to do about it

	// Changing says what change of the voters is under way; "": none.
	Changing string `json:"changing,omitempty"`

	View         uint64 `json:"view"` // its index
	Apps         int    `json:"apps"`
	Actors       int    `json:"actors"` // that have a placement
	Certificates int    `json:"certificates"`

	// Of a voter only.
	Term    uint64    `json:"term,omitempty"`    // of the leader
	First   uint64    `json:"first,omitempty"`   // of the first entry of the log; what came before is in a snapshot
	Index   uint64    `json:"index,omitempty"`   // of the last entry of the log
	Applied uint64    `json:"applied,omitempty"` // of the last entry applied
	Contact time.Time `json:"contact,omitzero"`  // when the leader was heard last; zero on the leader
}

// Status describes the register as this node sees it.
func (r *Register) Status() Status {
	v, g := r.View(), r.group.Status()
	s := Status{Self: r.cfg.Self, Voter: g.Voter, Leading: g.Leading, Leader: g.Leader,
		Members: g.Members, MayLose: g.MayLose, Since: g.Since, Problem: g.Problem, Changing: g.Changing,
		View: v.Index, Apps: len(v.Apps), Actors: len(v.Placements), Certificates: v.Certificates,
		Term: g.Term, First: g.First, Index: g.Index, Applied: g.Applied, Contact: g.Contact}
	for _, m := range g.Members {
		if !m.Learning {
			s.Voters = append(s.Voters, m.ID)
		}
	}
	return s
}
