package agree

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"
)

// How an entry comes into the log on the node that leads.

// ApplyHere has the entry agreed on by this node as the leader that it has been
// since (see [Group.LeadingSince]), or not at all. It is for what a leader
// decides by what it alone knows, such as who holds a lease: a process that was
// stopped for a while still takes itself for the leader when it goes on, and
// [Group.Apply] would hand its decision to the next leader, who knows better.
// The entry is never sent to another node, and not tried again.
//
// When this node does not lead any more, or leads anew, the error is
// [ErrNoLeader], and the entry will never be agreed; decide again. When the lead
// was lost, or ctx ended, while the entry was under way, the error is the same,
// and the next leader may find the entry in its log: then it has applied it
// before it knows of anything else, and before [Group.Leading] says that it leads.
func (g *Group) ApplyHere(ctx context.Context, since time.Time, entry []byte) (Answer, error) {
	if !g.enter() {
		return Answer{}, g.closedError()
	}
	defer g.leave()
	v := g.holder()
	if v == nil {
		return Answer{}, g.leadsNoMore(since)
	}
	began, term, ok := v.leadingSince()
	if !ok || !began.Equal(since) {
		return Answer{}, g.leadsNoMore(since)
	}
	a, err := v.apply(ctx, entry, term)
	switch {
	case g.run.Err() != nil && err != nil:
		return a, g.closedError()
	case errors.Is(err, errElection):
		return a, g.leadsNoMore(since)
	case ctx.Err() != nil && err != nil:
		return a, fmt.Errorf("%s: %w: no majority of the voters %s has agreed in time: %w", g.cfg.Name, ErrNoLeader, g.voterNames(), err)
	}
	return a, err
}

func (g *Group) leadsNoMore(since time.Time) error {
	return fmt.Errorf("%s: %w: node %s does not lead any more as it did since %s: what it decided then is for the leader of now to decide again",
		g.cfg.Name, ErrNoLeader, g.cfg.Self, since.Format(time.TimeOnly))
}

// anyTerm is for entries that may be agreed in any term.
const anyTerm = 0

// apply puts one entry into the log and waits until it is applied. It gives
// [errElection] when this node does not lead or stopped leading meanwhile; the
// entry may or may not be agreed then. An entry that comes into the log in
// another term than the one given is applied by nobody.
func (v *voter) apply(ctx context.Context, body []byte, term uint64) (Answer, error) {
	type outcome struct {
		answer Answer
		err    error
	}
	done := make(chan outcome, 1)
	v.g.busy.Go(func() { // ends with raft at the latest
		var o outcome
		o.err = v.do(func() error {
			f := v.raft.ApplyLog(raft.Log{Data: body, Extensions: stamped(term)}, 0)
			if err := f.Error(); err != nil {
				return err
			}
			if r := f.Response(); r == errBroken || r == errLate {
				return errElection // in the log, and not applied: this voter ends, or leads in another term
			}
			answer, _ := f.Response().([]byte)
			o.answer = Answer{f.Index(), answer}
			return nil
		})
		done <- o
	})
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// Between the look at the term and the entry's way into the log the lead may go
// elsewhere and come back: the process can be stopped at any instruction. So
// the entry itself says its term, and every voter judges it alike.

var errLate = errors.New("the entry was meant for a term that is over")

// stamped is what goes with an entry of one term: 8 bytes, big-endian; nil
// for any.
func stamped(term uint64) []byte {
	if term == anyTerm {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, term)
}

// inTime reports whether an entry is in the log in the term it was meant for.
func inTime(l *raft.Log) bool {
	return len(l.Extensions) != 8 || binary.BigEndian.Uint64(l.Extensions) == l.Term
}
