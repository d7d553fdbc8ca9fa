package rule

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	build "github.com/wardflow/wardflow/contracts/retired"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file turns the generated types into ours and back.

// pageSize is how many rules one call reads.
const pageSize = 50

var binding = build.NewRuleManager()

// A state is what a cached set must agree with to be valid.
type state struct {
	epoch  uint64
	paused bool
	count  uint64
}

func readState(ctx context.Context, c chain.Reader, manager chain.Address, at chain.Hash) (state, error) {
	out, err := c.Call(ctx, at, manager, binding.PackState())
	if err != nil {
		return state{}, err
	}
	if len(out) == 0 {
		return state{}, fmt.Errorf("rule manager %s: %w: is it another chain?", manager, chain.ErrNoContract)
	}
	s, err := binding.UnpackState(out)
	if err != nil {
		return state{}, fmt.Errorf("rule manager %s: not a rule manager: %w", manager, err)
	}
	return state{s.CurrentEpoch, s.IsPaused, s.RuleCount.Uint64()}, nil
}

// Load reads all rules of a manager after the block at.
func Load(ctx context.Context, c chain.Reader, manager chain.Address, at chain.Hash) (*Set, error) {
	s, err := readState(ctx, c, manager, at)
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	return loadRules(ctx, c, manager, at, s)
}

func loadRules(ctx context.Context, c chain.Reader, manager chain.Address, at chain.Hash, s state) (*Set, error) {
	var rules []Rule
	for uint64(len(rules)) < s.count {
		out, err := c.Call(ctx, at, manager, binding.PackRules(big.NewInt(int64(len(rules))), big.NewInt(pageSize)))
		if err != nil {
			return nil, fmt.Errorf("load rules: %w", err)
		}
		page, err := binding.UnpackRules(out)
		if err != nil {
			return nil, fmt.Errorf("load rules: %w", err)
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("load rules: %d of %d: the contract gives no more", len(rules), s.count)
		}
		for _, r := range page {
			rules = append(rules, ruleOf(r))
		}
	}
	return NewSet(manager.Hex(), s.epoch, s.paused, rules), nil
}

func ruleOf(in build.RuleManagerRule) Rule {
	r := Rule{Group: in.Group, Version: in.Version, Revoked: in.Revoked, Limits: make([]Limit, len(in.Limits))}
	for i, l := range in.Limits {
		r.Limits[i] = Limit{
			Kind: codeOf(l.Kind), Unit: codeOf(l.Unit), Min: l.Min, Max: l.Max,
			Rate: l.MaxRate, Samples: l.MaxSamples,
			Age: durationOf(l.MaxAge), Ahead: durationOf(l.MaxAhead),
			Version: l.Version, Revoked: l.Revoked,
		}
	}
	return r
}

func draftOf(r Rule) (build.RuleManagerDraft, error) {
	d := build.RuleManagerDraft{Group: r.Group, Limits: make([]build.RuleManagerLimit, len(r.Limits))}
	for i, l := range r.Limits {
		var err error
		if d.Limits[i], err = limitOf(l); err != nil {
			return d, fmt.Errorf("rule of %s: %w", namedGroup(r.Group), err)
		}
	}
	return d, nil
}

func limitOf(l Limit) (build.RuleManagerLimit, error) {
	kind, ok := bytesOf(l.Kind)
	if !ok || l.Kind == "" {
		return build.RuleManagerLimit{}, fmt.Errorf("kind %q: want a LOINC code of at most 32 bytes", l.Kind)
	}
	unit, ok := bytesOf(l.Unit)
	if !ok || l.Unit == "" {
		return build.RuleManagerLimit{}, fmt.Errorf("kind %s: unit %q: want a UCUM code of at most 32 bytes", l.Kind, l.Unit)
	}
	if l.Age < 0 || l.Ahead < 0 {
		return build.RuleManagerLimit{}, fmt.Errorf("kind %s: age %v and ahead %v: want no negative time", l.Kind, l.Age, l.Ahead)
	}
	return build.RuleManagerLimit{
		Kind: kind, Unit: unit, Min: l.Min, Max: l.Max,
		MaxRate: l.Rate, MaxSamples: l.Samples,
		MaxAge: uint64(l.Age.Milliseconds()), MaxAhead: uint64(l.Ahead.Milliseconds()),
	}, nil
}

// durationOf holds times that Go can't at the longest it can: 292 years.
func durationOf(ms uint64) time.Duration {
	const most = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(ms, most)) * time.Millisecond
}

func codeOf(b [32]byte) string { return strings.TrimRight(string(b[:]), "\x00") }

// bytesOf is a code as the contract holds it. What no rule can name, as it is
// too long or has a zero byte, becomes a code that no rule can have.
func bytesOf(code string) ([32]byte, bool) {
	var b [32]byte
	if len(code) > len(b) || strings.IndexByte(code, 0) >= 0 {
		for i := range b {
			b[i] = 0xff
		}
		return b, false
	}
	copy(b[:], code)
	return b, true
}

// readingOf is a reading as the contract takes it.
func readingOf(group string, r *flow.Reading, now time.Time) build.RuleManagerReading {
	low, high := extremes(r)
	in := build.RuleManagerReading{
		Group: group, Low: low.big(), High: high.big(), Samples: uint32(len(r.Samples)),
		Period: uint64(max(r.Period, 0)), Taken: takenMs(r), Judged: now.UnixMilli(),
	}
	if isDevice(r.Device) {
		// It can't fail, as isDevice has looked at each digit.
		_, _ = hex.Decode(in.Device[:], []byte(r.Device))
	}
	in.Kind, _ = bytesOf(r.Kind)
	in.Unit, _ = bytesOf(r.Unit)
	return in
}

// An oldAnswer is what the contract's check returns.
type oldAnswer struct {
	reason  flow.Reason
	version uint64
	epoch   uint64
}

// check has the contract judge, after the block at.
func check(ctx context.Context, c chain.Reader, manager chain.Address, at chain.Hash, call []byte) (oldAnswer, error) {
	out, err := c.Call(ctx, at, manager, call)
	if err != nil {
		return oldAnswer{}, fmt.Errorf("check: %w", err)
	}
	a, err := binding.UnpackCheck(out)
	if err != nil {
		return oldAnswer{}, fmt.Errorf("check: %w", err)
	}
	return oldAnswer{flow.Reason(a.Reason), a.Version, a.CurrentEpoch}, nil
}
