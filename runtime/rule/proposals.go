package rule

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// proposalPage is how many proposals one call reads, and mostProposals how many
// of the newest are looked at to find those that wait.
const (
	proposalPage  = 10
	mostProposals = 1000
)

// Proposal reads a proposal, whatever became of it.
func (d *Desk) Proposal(ctx context.Context, id chain.Hash) (*Proposal, error) {
	st, _, err := d.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proposal %s: %w", ShortID(id), err)
	}
	in, err := ask(st, d.Manager, managerABI().PackProposal(id), managerABI().UnpackProposal)
	if err != nil {
		return nil, err
	}
	if in.Id != id {
		return nil, fmt.Errorf("proposal %s: %w", ShortID(id), errOtherContent)
	}
	return d.opened(newLoader(st), in)
}

// errOtherContent reports a proposal that is not what its name says. Who signs an
// approval signs the name: whoever shows what it stands for must not be believed.
var errOtherContent = errors.New("what is shown under its name is not what it says: whoever shows the chain here lies")

// mostActs is how many numbered acts of one key are thought of.
const mostActs = 1 << 20

// opened reads a proposal, which must have the name that its content gives it.
// The number among the proposer's acts is all of it that the contract does not
// show.
func (d *Desk) opened(l *loader, in build.Proposal) (*Proposal, error) {
	acts, err := ask(l.st, d.Manager, managerABI().PackNonces(in.By), managerABI().UnpackNonces)
	if err != nil {
		return nil, err
	}
	content := changesHash(in.Changes)
	for n := uint64(0); n < min(acts, mostActs); n++ {
		if proposalOf(in.By, content, n, in.Deadline) == in.Id {
			return l.proposal(in)
		}
	}
	return nil, fmt.Errorf("proposal %s: %w", ShortID(in.Id), errOtherContent)
}

// Waiting are the proposals that can still be approved at the time now, the
// newest first.
func (d *Desk) Waiting(ctx context.Context, now time.Time) ([]*Proposal, error) {
	st, _, err := d.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proposals: %w", err)
	}
	s, err := readManager(st, d.Manager)
	if err != nil {
		return nil, err
	}
	l := newLoader(st)
	var found []*Proposal
	oldest := s.Proposals - min(s.Proposals, mostProposals)
	for end := s.Proposals; end > oldest; {
		n := min(end-oldest, proposalPage)
		end -= n
		page, err := ask(st, d.Manager, managerABI().PackProposals(new(big.Int).SetUint64(end), new(big.Int).SetUint64(n)), managerABI().UnpackProposals)
		if err != nil {
			return nil, err
		}
		for i := len(page) - 1; i >= 0; i-- {
			if !(&Proposal{Fate: Fate(page[i].Status), Until: untilOf(page[i].Deadline)}).Waits(now) {
				continue
			}
			p, err := d.opened(l, page[i])
			if err != nil {
				return nil, err
			}
			found = append(found, p)
		}
	}
	return found, nil
}

func newLoader(st chain.State) *loader { return &loader{st: st, seen: map[build.Part]*part{}} }

func (l *loader) proposal(in build.Proposal) (*Proposal, error) {
	p := &Proposal{ID: in.Id, By: in.By, Until: untilOf(in.Deadline), Fate: Fate(in.Status), Approvers: in.Approvers}
	for i, c := range in.Changes {
		change, err := l.changeFrom(c)
		if err != nil {
			return nil, fmt.Errorf("proposal %s: change %d: %w", ShortID(p.ID), i+1, err)
		}
		p.Changes = append(p.Changes, change)
	}
	return p, nil
}

// untilOf is a deadline; what Go's times can't hold is the last that they can.
func untilOf(deadline uint64) time.Time {
	return time.Unix(int64(min(deadline, 1<<38)), 0).UTC()
}

// ShortID is as much of a proposal's name as people need.
func ShortID(id chain.Hash) string { return fmt.Sprintf("%x", id[:6]) }

// ErrNoProposal reports that nothing waits for an approval under a name.
var ErrNoProposal = errors.New("no such proposal waits for an approval")

// Find finds the proposal that waits under the beginning of its name, at least
// four hex digits; "" is the only one that waits.
func (d *Desk) Find(ctx context.Context, name string, now time.Time) (*Proposal, error) {
	name = strings.ToLower(strings.TrimPrefix(name, "0x"))
	if len(name) == 64 {
		if id, err := hex.DecodeString(name); err == nil {
			return d.Proposal(ctx, chain.Hash(id))
		}
	}
	if name != "" && len(name) < 4 {
		return nil, fmt.Errorf("proposal %q: want at least four digits of it", name)
	}
	all, err := d.Waiting(ctx, now)
	if err != nil {
		return nil, err
	}
	var found []*Proposal
	for _, p := range all {
		if strings.HasPrefix(fmt.Sprintf("%x", p.ID[:]), name) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%d proposals wait: say which: %s", len(found), idsOf(found))
	case name == "":
		return nil, ErrNoProposal
	}
	return nil, fmt.Errorf("%q: %w; what waits: %s", name, ErrNoProposal, idsOf(all))
}

func idsOf(all []*Proposal) string {
	ids := make([]string, len(all))
	for i, p := range all {
		ids[i] = ShortID(p.ID)
	}
	if len(ids) == 0 {
		return "nothing"
	}
	return strings.Join(ids, ", ")
}
