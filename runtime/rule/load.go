package rule

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file reads the rules of a manager from the state after one block, and
// turns the generated types into ours.

// Interfaces and code hashes, each made at its first use: most commands that link
// this package need none of them.
var (
	managerABI   = sync.OnceValue(build.NewRuleManager)
	ruleABI      = sync.OnceValue(build.NewIRule)
	limitABI     = sync.OnceValue(build.NewLimitRule)
	slopeABI     = sync.OnceValue(build.NewSlopeRule)
	agreementABI = sync.OnceValue(build.NewAgreementRule)

	knownCode = sync.OnceValue(build.Rules)
)

// entryPage is how many entries one call reads, limitPage how many limits:
// what a call may use of gas bounds both.
const (
	entryPage = 20
	limitPage = 64
)

// readManager reads what a cached set must agree with to be valid.
func readManager(st chain.State, manager chain.Address) (build.State, error) {
	out, err := st.Call(manager, managerABI().PackState())
	if err != nil {
		return build.State{}, fmt.Errorf("rule manager %s: %w", manager, err)
	}
	if len(out) == 0 {
		return build.State{}, fmt.Errorf("rule manager %s: %w: is it another chain?", manager, chain.ErrNoContract)
	}
	s, err := managerABI().UnpackState(out)
	if err != nil {
		return build.State{}, fmt.Errorf("rule manager %s: not a rule manager of this wardflow: %w", manager, err)
	}
	return s, nil
}

// Load reads all rules of a manager after the block at.
func Load(ctx context.Context, c chain.Reader, manager chain.Address, at chain.Hash) (*Set, error) {
	st, err := c.State(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	return LoadState(st, manager)
}

// LoadState reads all rules of a manager from a state.
func LoadState(st chain.State, manager chain.Address) (*Set, error) {
	s, err := readManager(st, manager)
	if err == nil {
		var set *Set
		if set, err = loadSet(st, manager, s); err == nil {
			return set, nil
		}
	}
	return nil, fmt.Errorf("load rules: %w", err)
}

func loadSet(st chain.State, manager chain.Address, s build.State) (*Set, error) {
	l := loader{st: st, seen: map[build.Part]*part{}}
	var rules []Rule
	var ready [][]*part
	for uint64(len(rules)) < s.Entries {
		page, err := l.entries(manager, len(rules))
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("rule manager %s: it has %d rules and gives no more than %d", manager, s.Entries, len(rules))
		}
		for _, e := range page {
			parts, err := l.parts(e.Parts)
			if err != nil {
				return nil, err
			}
			rules, ready = append(rules, ruleFrom(e, parts)), append(ready, parts)
		}
	}
	return newSet(manager.Hex(), s.Epoch, s.Paused, rules, ready), nil
}

// A loader reads each rule contract once, however many entries name it.
type loader struct {
	st   chain.State
	seen map[build.Part]*part
}

func (l *loader) entries(manager chain.Address, first int) ([]build.Entry, error) {
	out, err := l.st.Call(manager, managerABI().PackEntries(big.NewInt(int64(first)), big.NewInt(entryPage)))
	if err != nil {
		return nil, fmt.Errorf("rule manager %s: rules from %d: %w", manager, first, err)
	}
	page, err := managerABI().UnpackEntries(out)
	if err != nil {
		return nil, fmt.Errorf("rule manager %s: rules from %d: %w", manager, first, err)
	}
	return page, nil
}

func (l *loader) parts(of []build.Part) (all []*part, err error) {
	for _, p := range of {
		ready := l.seen[p]
		if ready == nil {
			if ready, err = l.part(p); err != nil {
				return nil, fmt.Errorf("rule contract %s: %w", p.Rule, err)
			}
			l.seen[p] = ready
		}
		all = append(all, ready)
	}
	return all, nil
}

// part reads a rule contract. What is wrong with one is no error: it is what
// the manager will say of each reading. An error means that it can't be read now.
func (l *loader) part(of build.Part) (*part, error) {
	p := &part{Part: Part{Address: of.Rule, Code: of.CodeHash, Digest: of.Digest}, name: of.Rule.Hex()}
	if err := p.examine(l.st); err != nil || p.wrong != "" {
		return p, err
	}
	kind, err := l.word(of.Rule, ruleABI().PackKind())
	if err != nil {
		return nil, err
	}
	p.Kind = codeOf(kind)
	digest, err := l.word(of.Rule, ruleABI().PackDigest())
	if err != nil {
		return nil, err
	}
	// Of a contract that is not ours nobody knows whether it does what its
	// parameters say.
	if digest == p.Digest {
		switch name := knownCode()[p.Code]; {
		case name == "LimitRule" && p.Kind == KindLimits:
			err = l.limits(p)
		case name == "SlopeRule" && p.Kind == KindSlope:
			err = l.slope(p)
		case name == "AgreementRule" && p.Kind == KindAgreement:
			err = l.agreement(p)
		}
	}
	if err == nil && !p.Ours {
		err = l.needs(p)
	}
	return p, err
}

// examine looks whether the code is still what was registered.
func (p *part) examine(st chain.State) error {
	is, err := st.CodeHash(p.Address)
	if err != nil {
		return err
	}
	if p.wrong = ""; is != p.Code {
		p.wrong = "has another code than was registered"
		if is == (chain.Hash{}) {
			p.wrong = "has no code any more"
		}
	}
	return nil
}

// word is what a getter of a contract answers; zero if it has none.
func (l *loader) word(from chain.Address, call []byte) (w chain.Hash, err error) {
	out, err := l.st.Call(from, call)
	if silent(err) || err == nil && len(out) != len(w) {
		return w, nil
	}
	return chain.Hash(common.BytesToHash(out)), err
}

// silent reports a call that the contract itself has failed.
func silent(err error) bool {
	var rev *chain.RevertError
	return errors.As(err, &rev)
}

// listed are the parameters that a contract with our code says it has, if they
// are all that it goes by.
func listed[T any](l *loader, p *part, call []byte, unpack func([]byte) (T, error), bin string, pack func(T) []byte) (in T, err error) {
	out, err := l.st.Call(p.Address, call)
	if silent(err) {
		return in, nil
	}
	if err != nil {
		return in, err
	}
	if in, err = unpack(out); err != nil {
		return in, nil
	}
	made, err := pieceOf(p.Kind, "", bin, pack(in))
	if err == nil && made.digest == p.Digest {
		p.Ours, err = genuine(l.st, p.Address, made)
	}
	return in, err
}

func (l *loader) limits(p *part) error {
	list, err := listed(l, p, limitABI().PackLimits(new(big.Int), big.NewInt(limitPage)), limitABI().UnpackLimits, build.LimitRuleMetaData.Bin, limitABI().PackConstructor)
	if err != nil || !p.Ours {
		return err
	}
	ours := make([]Limit, len(list))
	for i, in := range list {
		ours[i] = limitFrom(in)
	}
	p.limits, p.native = limitsOf(ours), true
	p.says.Limits = ours
	return nil
}

func (l *loader) slope(p *part) error {
	in, err := listed(l, p, slopeABI().PackParams(), slopeABI().UnpackParams, build.SlopeRuleMetaData.Bin, slopeABI().PackConstructor)
	if err == nil && p.Ours {
		s := slopeFrom(in)
		p.slope, p.says.Slopes = &s, []Slope{s}
	}
	return err
}

func (l *loader) agreement(p *part) error {
	in, err := listed(l, p, agreementABI().PackParams(), agreementABI().UnpackParams, build.AgreementRuleMetaData.Bin, agreementABI().PackConstructor)
	if err == nil && p.Ours {
		a := agreementFrom(in)
		p.agreement, p.says.Agreements = &a, []Agreement{a}
	}
	return err
}

// needs asks a contract that is not ours what it looks at. One that does not
// say is shown nothing.
func (l *loader) needs(p *part) error {
	out, err := l.st.Call(p.Address, ruleABI().PackNeeds())
	if silent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if in, err := ruleABI().UnpackNeeds(out); err == nil {
		p.past = min(int(in.Past), flow.MaxPast)
		for _, k := range in.Kinds[:min(len(in.Kinds), flow.MaxBeside)] {
			p.kinds = append(p.kinds, codeOf(k))
		}
	}
	return nil
}

// ruleFrom is an entry with what its parts say.
func ruleFrom(e build.Entry, parts []*part) Rule {
	r := Rule{Group: e.Group, Version: e.Version, Revoked: e.Revoked, Mode: flow.Mode(e.Mode), Block: e.SetAt}
	if e.Device != ([12]byte{}) {
		r.Device = fmt.Sprintf("%X", e.Device[:])
	}
	for _, p := range parts {
		r.Parts = append(r.Parts, p.Part)
		r.Limits = append(r.Limits, p.says.Limits...)
		r.Slopes = append(r.Slopes, p.says.Slopes...)
		r.Agreements = append(r.Agreements, p.says.Agreements...)
		if p.limits == nil && p.slope == nil && p.agreement == nil {
			r.Codes = append(r.Codes, p.Address)
		}
	}
	return r
}

func limitFrom(in build.Limit) Limit {
	return Limit{Kind: codeOf(in.Kind), Unit: codeOf(in.Unit), Min: in.Min, Max: in.Max, Rate: in.MaxRate, Samples: in.MaxSamples,
		Age: durationOf(in.MaxAge), Ahead: durationOf(in.MaxAhead), Bytes: in.MaxBytes, Fields: Fields(in.Fields)}
}

func slopeFrom(in build.Slope) Slope {
	return Slope{Kind: codeOf(in.Kind), Unit: codeOf(in.Unit), Step: int64(in.Step), In: durationOf(in.Per),
		Stuck: durationOf(in.StuckFor), Jitter: int64(in.Jitter), Past: in.Past}
}

func agreementFrom(in build.Agreement) Agreement {
	return Agreement{Kind: codeOf(in.Kind), With: codeOf(in.Other), Unit: codeOf(in.Unit), Least: in.Least, Most: in.Most,
		Within: durationOf(in.Within)}
}
