package agree

import (
	"slices"

	"github.com/hashicorp/raft"
)

// Raft's rule is that a voter votes whoever asks, and looks only at how long the
// candidate's log is. The library first looks whether the candidate is a voter
// by its own newest configuration, which can be too old to know: of a, b and c,
// where c was added last and b has not heard so yet, only c may win when a dies,
// and b refuses it for ever. So a candidate whom this node does not know as a
// voter is presented as one it knows. That one who was removed may not disturb
// the others is ensured still: nobody votes while it hears a leader.

// ballots is raft's network, with that done to requests for a vote.
type ballots struct {
	*raft.NetworkTransport
	roll func() raft.Configuration
	out  chan raft.RPC
}

func newBallots(net *raft.NetworkTransport, roll func() raft.Configuration) *ballots {
	return &ballots{net, roll, make(chan raft.RPC)}
}

// Consumer is where raft takes requests from.
func (b *ballots) Consumer() <-chan raft.RPC { return b.out }

// pass hands requests on until the voter ends.
func (b *ballots) pass(ended <-chan struct{}) {
	for {
		select {
		case rpc := <-b.NetworkTransport.Consumer():
			switch q := rpc.Command.(type) {
			case *raft.RequestVoteRequest:
				q.ID = b.present(q.ID)
			case *raft.RequestPreVoteRequest:
				q.ID = b.present(q.ID)
			}
			select {
			case b.out <- rpc:
			case <-ended:
				return
			}
		case <-ended:
			return
		}
	}
}

// present is the name of a voter that raft takes for the candidate's.
func (b *ballots) present(candidate []byte) []byte {
	servers := b.roll().Servers
	votes := func(s raft.Server) bool { return s.Suffrage == raft.Voter }
	if slices.ContainsFunc(servers, func(s raft.Server) bool { return votes(s) && string(s.ID) == string(candidate) }) {
		return candidate
	}
	if i := slices.IndexFunc(servers, votes); i >= 0 {
		return []byte(servers[i].ID)
	}
	return candidate
}
