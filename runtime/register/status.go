package register

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Status is how the register is, for people.
type Status struct {
	Self    flow.NodeID   `json:"self"`
	Voter   bool          `json:"voter"`            // this node holds the log
	Leading bool          `json:"leading"`          // this node leads
	Leader  flow.NodeID   `json:"leader,omitempty"` // "": nothing can be agreed now
	Voters  []flow.NodeID `json:"voters"`

	View         uint64 `json:"view"` // its index
	Apps         int    `json:"apps"`
	Actors       int    `json:"actors"` // that have a placement
	Certificates int    `json:"certificates"`

	// Of a voter only.
	Term    uint64    `json:"term,omitempty"`    // of the leader
	Index   uint64    `json:"index,omitempty"`   // of the last entry of the log
	Applied uint64    `json:"applied,omitempty"` // of the last entry applied
	Contact time.Time `json:"contact,omitzero"`  // when the leader was heard last; zero on the leader
}

// Status describes the register as this node sees it.
func (r *Register) Status() Status {
	v := r.View()
	leader, _ := r.Leader()
	s := Status{Self: r.cfg.Self, Voter: r.voter != nil, Leading: r.Leading(), Leader: leader,
		View: v.Index, Apps: len(v.Apps), Actors: len(v.Placements), Certificates: v.Certificates}
	for _, voter := range r.cfg.Voters {
		s.Voters = append(s.Voters, voter.ID)
	}
	if r.voter != nil {
		ra := r.voter.raft
		s.Term, s.Index, s.Applied = ra.CurrentTerm(), ra.LastIndex(), ra.AppliedIndex()
		if !s.Leading {
			s.Contact = ra.LastContact()
		}
	}
	return s
}
