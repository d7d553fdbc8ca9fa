package rule_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A liar shows an admin a chain with other proposals than there are.
type liar struct {
	chain.Reader
	lie func(*build.Proposal)
}

func (l liar) State(ctx context.Context, at chain.Hash) (chain.State, error) {
	st, err := l.Reader.State(ctx, at)
	of := build.NewRuleManager()
	one, page := of.PackProposal([32]byte{})[:4], of.PackProposals(new(big.Int), new(big.Int))[:4]
	abi := of.GetABI()
	return lens{State: st, call: func(data, out []byte) ([]byte, error) {
		switch {
		case bytes.HasPrefix(data, one):
			p := must(of.UnpackProposal(out))
			l.lie(&p)
			return abi.Methods["proposal"].Outputs.Pack(p)
		case bytes.HasPrefix(data, page):
			all := must(of.UnpackProposals(out))
			for i := range all {
				l.lie(&all[i])
			}
			return abi.Methods["proposals"].Outputs.Pack(all)
		}
		return out, nil
	}}, err
}

// Who approves signs a proposal's name. A node that shows him another content
// under that name is found out before anything is signed.
func TestProposalIsWhatItsNameSays(t *testing.T) {
	t.Parallel()
	r := open(t)
	p := r.proposes(0, warmer)
	for name, tt := range map[string]struct {
		lie func(*build.Proposal)
		bad bool
	}{
		"the truth":          {func(*build.Proposal) {}, false},
		"another group":      {func(p *build.Proposal) { p.Changes[0].Group = "h1/9" }, true},
		"another mode":       {func(p *build.Proposal) { p.Changes[0].Mode = 0 }, true},
		"another base":       {func(p *build.Proposal) { p.Changes[0].Base++ }, true},
		"a change less":      {func(p *build.Proposal) { p.Changes = p.Changes[:1] }, true},
		"a part less":        {func(p *build.Proposal) { p.Changes[0].Parts = p.Changes[0].Parts[:1] }, true},
		"a later end":        {func(p *build.Proposal) { p.Deadline++ }, true},
		"somebody else's":    {func(p *build.Proposal) { p.By[0]++ }, true},
		"under another name": {func(p *build.Proposal) { p.Id[0]++ }, true},
	} {
		d := *r.Desk
		d.Chain = liar{r.Chain, tt.lie}
		_, err := d.Proposal(t.Context(), p.ID)
		if (err != nil) != tt.bad || tt.bad && !strings.Contains(err.Error(), "lies") {
			t.Errorf("%s: Proposal = %v", name, err)
		}
		_, err = d.Find(t.Context(), "", time.Now())
		if (err != nil) != tt.bad || errors.Is(err, rule.ErrNoProposal) {
			t.Errorf("%s: Find = %v", name, err)
		}
		if !tt.bad {
			continue
		}
		if _, _, err := d.Approve(t.Context(), r.cards[1], p.ID); err == nil {
			t.Errorf("%s: approved", name)
		} else if r.rules().Epoch() != 1 {
			t.Fatalf("%s: carried out", name)
		}
	}
}
