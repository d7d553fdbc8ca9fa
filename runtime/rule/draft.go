package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// Draft makes of rules the changes that set them, and first the rule contracts
// that are not on the chain yet: Relay pays for them, and what came of it is read
// from the chain. Rules that say what is in force already are left out.
func (d *Desk) Draft(ctx context.Context, rules ...Rule) ([]Change, error) {
	st, _, err := d.state(ctx)
	if err != nil {
		return nil, fmt.Errorf("draft rules: %w", err)
	}
	set, err := LoadState(st, d.Manager)
	if err != nil {
		return nil, fmt.Errorf("draft rules: %w", err)
	}
	m := &maker{chain: d.Chain, relay: d.Relay, have: map[chain.Hash]Part{}}
	for _, r := range set.Rules() {
		for _, p := range r.Parts {
			if p.Ours {
				m.have[p.Digest] = p
			}
		}
	}
	var wanted []Rule
	for _, r := range rules {
		old, _ := set.own(&r)
		want, err := r.pieces()
		if err != nil {
			return nil, fmt.Errorf("draft rules: %w", err)
		}
		if old.Version == 0 || old.Revoked || old.Mode != r.Mode || !same(want, old.Parts) {
			wanted = append(wanted, r)
		}
	}
	if err := m.ready(ctx, wanted); err != nil {
		return nil, fmt.Errorf("draft rules: %w", err)
	}
	var changes []Change
	for _, r := range wanted {
		old, _ := set.own(&r)
		if r.Parts, err = m.parts(ctx, &r); err != nil {
			return nil, fmt.Errorf("draft rules: %w", err)
		}
		changes = append(changes, Change{Op: OpSet, Rule: r, Base: old.Version})
	}
	d.seen = max(d.seen, m.seen)
	return changes, nil
}

// Retire makes the change that withdraws a rule: what it was for is refused.
func (d *Desk) Retire(ctx context.Context, group, device string) (Change, error) {
	set, _, err := d.Rules(ctx)
	if err != nil {
		return Change{}, err
	}
	r := Rule{Group: group, Device: device}
	old, ok := set.own(&r)
	if !ok {
		return Change{}, refuse("NoSuchEntry", "%s has no rule of its own", namedScope(&r))
	}
	if old.Revoked {
		return Change{}, refuse("AlreadyRetired", "the rule of %s is retired already", namedScope(&r))
	}
	return Change{Op: OpRetire, Rule: r, Base: old.Version}, nil
}

// Order makes a change of what is no rule: roles, pause, successor.
func (d *Desk) Order(ctx context.Context, op Op, role string, who chain.Address) (Change, error) {
	st, _, err := d.state(ctx)
	if err != nil {
		return Change{}, err
	}
	s, err := readManager(st, d.Manager)
	return Change{Op: op, Role: role, Who: who, Base: s.Authority}, err
}

// own is the rule of the same device or group itself.
func (s *Set) own(r *Rule) (Rule, bool) {
	if r.Device != "" {
		return s.ForDevice(r.Device)
	}
	return s.Rule(r.Group)
}

// same reports whether parts are what is wanted.
func same(want []piece, parts []Part) bool {
	return slices.EqualFunc(want, parts, func(w piece, p Part) bool {
		if w.code == nil {
			return w.at == p.Address
		}
		return p.Ours && w.digest == p.Digest
	})
}

// A maker makes rule contracts, each that is not there yet once.
type maker struct {
	chain chain.Reader
	relay chain.Relay
	have  map[chain.Hash]Part // by digest
	seen  uint64              // block of the newest
}

// ready makes all contracts that rules need and that are not there, all at once:
// a chain has a block a second.
func (m *maker) ready(ctx context.Context, rules []Rule) error {
	wanted := map[chain.Hash]piece{}
	for _, r := range rules {
		want, err := r.pieces()
		if err != nil {
			return err
		}
		for _, w := range want {
			if _, there := m.have[w.digest]; w.code != nil && !there {
				wanted[w.digest] = w
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if m.relay == nil {
		return errNoRelay
	}
	var mu sync.Mutex
	at := map[chain.Hash]chain.Receipt{}
	var all []func() error
	for digest, w := range wanted {
		all = append(all, func() error {
			r, err := m.relay.Pay(ctx, nil, w.code)
			mu.Lock()
			defer mu.Unlock()
			if at[digest] = r; err != nil {
				return fmt.Errorf("%s: %w", w.words, refusal(err))
			}
			return nil
		})
	}
	if err := together(all...); err != nil {
		return err
	}
	for digest, w := range wanted {
		m.seen = max(m.seen, at[digest].Block)
		p, err := m.made(ctx, w, at[digest].Contract)
		if err != nil {
			return fmt.Errorf("%s: %w", w.words, err)
		}
		m.have[digest] = p
	}
	return nil
}

// made looks whether a contract that was made is what was wanted: who pays is
// not believed.
func (m *maker) made(ctx context.Context, w piece, at chain.Address) (Part, error) {
	p, err := m.read(ctx, at)
	if err != nil {
		return p, err
	}
	if !p.Ours || p.Digest != w.digest || p.Kind != w.kind {
		return p, fmt.Errorf("at %s there is another contract than was to be made", at)
	}
	return p, nil
}

// parts are the contracts of a rule, all of which are there.
func (m *maker) parts(ctx context.Context, r *Rule) (parts []Part, err error) {
	want, err := r.pieces()
	if err != nil {
		return nil, err
	}
	for _, w := range want {
		p := m.have[w.digest]
		if w.code == nil {
			if p, err = m.read(ctx, w.at); err != nil {
				return nil, fmt.Errorf("rule of %s: %s: %w", namedScope(r), w.words, err)
			}
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// together does all at the same time, and returns what went wrong, joined.
func together(all ...func() error) error {
	errs := make([]error, len(all))
	var done sync.WaitGroup
	for i, do := range all {
		done.Go(func() { errs[i] = do() })
	}
	done.Wait()
	return errors.Join(errs...)
}

// read looks a rule contract up.
func (m *maker) read(ctx context.Context, at chain.Address) (Part, error) {
	st, _, err := stateSince(ctx, m.chain, m.seen)
	if err != nil {
		return Part{}, err
	}
	of := build.Part{Rule: at}
	if of.CodeHash, err = st.CodeHash(at); err != nil {
		return Part{}, err
	}
	l := newLoader(st)
	if of.Digest, err = l.word(at, ruleABI().PackDigest()); err != nil {
		return Part{}, err
	}
	p, err := l.part(of)
	if err != nil {
		return Part{}, err
	}
	if p.Code == (chain.Hash{}) || p.Kind == "" || p.Digest == (chain.Hash{}) {
		err = refuse("NotARule", "%s is no rule contract: it has no code, or does not say its kind and digest", at)
	}
	return p.Part, err
}

// proposalWords bounds what a proposal may hold, so that it fits into a
// transaction (EIP-7825): each of its words is stored.
const proposalWords = 450

// Portions cuts changes into proposals that the contract takes. All in one are
// carried out together; more than one means that they are not.
func Portions(changes []Change) (portions [][]Change) {
	words := 0
	for _, c := range changes {
		w := 14 + len(c.Rule.Group)/32 + 3*len(c.Rule.Parts)
		last := len(portions) - 1
		if last < 0 || words+w > proposalWords || len(portions[last]) == maxChanges {
			portions, last, words = append(portions, nil), last+1, 0
		}
		portions[last] = append(portions[last], c)
		words += w
	}
	return portions
}

// maxChanges is the contract's MAX_CHANGES.
const maxChanges = 32
