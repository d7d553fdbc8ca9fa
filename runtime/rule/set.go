package rule

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Set is all the rules of a manager at one epoch, made ready for judging. It
// never changes.
type Set struct {
	manager  string
	at       chain.Address // the same
	epoch    uint64
	paused   bool
	rules    []Rule
	entries  []*entry // in the order of rules
	byGroup  map[string]*entry
	byDevice map[[12]byte]*entry
	asks     asks

	found atomic.Pointer[map[string]*entry] // what was found for groups lately
}

// mostFound is how many groups' rules are kept at hand.
const mostFound = 512

// An entry is a rule made ready for judging.
type entry struct {
	version uint64
	revoked bool
	group   string // "" with a device
	device  string
	place   int // in Set.rules
	mode    flow.Mode
	parts   []*part
	native  bool // all of them are
}

// A part is a rule contract made ready for judging. At most one of limits,
// slope and agreement is there: what it says, if that is known here.
type part struct {
	Part
	name      string // the contract's address, as verdicts have it
	limits    map[string]*limit
	slope     *Slope
	agreement *Agreement
	native    bool   // code known here to do what limits says: no contract is asked
	wrong     string // why nothing may be judged by it; "": nothing is wrong

	says  Rule     // the same, as Limits, Slopes and Agreements
	past  int      // how many earlier readings a contract that is not known wants to see
	kinds []string // and which kinds beside
}

type limit struct {
	Limit
	within string // the clause of what is accepted
}

// NewSet makes rules ready for judging. Manager is the contract's address in
// hex. Rules that are on no chain, without Parts, are judged by what they say:
// their limits, then their slopes, then their agreements.
func NewSet(manager string, epoch uint64, paused bool, rules []Rule) *Set {
	ready := make([][]*part, len(rules))
	for i, r := range rules {
		ready[i] = partsOf(manager, r)
	}
	return newSet(manager, epoch, paused, rules, ready)
}

func newSet(manager string, epoch uint64, paused bool, rules []Rule, ready [][]*part) *Set {
	s := &Set{manager: manager, epoch: epoch, paused: paused, rules: rules,
		byGroup: make(map[string]*entry, len(rules)), byDevice: map[[12]byte]*entry{}}
	s.at, _ = chain.ParseAddress(manager) // one that is none is of rules on no chain
	for i, r := range rules {
		e := &entry{version: r.Version, revoked: r.Revoked, group: r.Group, device: r.Device, place: i, mode: r.Mode, parts: ready[i],
			native: !slices.ContainsFunc(ready[i], func(p *part) bool { return !p.native })}
		s.entries = append(s.entries, e)
		if epc, ok := deviceOf(r.Device); ok {
			s.byDevice[epc] = e
		} else {
			s.byGroup[r.Group] = e
		}
	}
	s.asks = asksOf(ready)
	return s
}

// partsOf are the parts of a rule by what it says.
func partsOf(manager string, r Rule) (parts []*part) {
	if len(r.Limits) > 0 || len(r.Slopes)+len(r.Agreements)+len(r.Codes) == 0 {
		parts = append(parts, &part{name: manager, limits: limitsOf(r.Limits), native: true, Part: Part{Kind: KindLimits}})
	}
	for i := range r.Slopes {
		parts = append(parts, &part{name: manager, slope: &r.Slopes[i], Part: Part{Kind: KindSlope}})
	}
	for i := range r.Agreements {
		parts = append(parts, &part{name: manager, agreement: &r.Agreements[i], Part: Part{Kind: KindAgreement}})
	}
	for _, a := range r.Codes {
		parts = append(parts, &part{name: a.Hex(), Part: Part{Address: a}})
	}
	return parts
}

func limitsOf(list []Limit) map[string]*limit {
	m := make(map[string]*limit, len(list))
	for _, l := range list {
		m[l.Kind] = &limit{l, within(l)}
	}
	return m
}

// Rules are the rules in the contract's order. They must not be changed.
func (s *Set) Rules() []Rule { return s.rules }

// Rule is the rule of the group itself.
func (s *Set) Rule(group string) (Rule, bool) {
	if e := s.byGroup[group]; e != nil {
		return s.rules[e.place], true
	}
	return Rule{}, false
}

// ForDevice is the rule of the device itself, an EPC of 24 hex digits.
func (s *Set) ForDevice(epc string) (Rule, bool) {
	if d, ok := deviceOf(epc); ok && s.byDevice[d] != nil {
		return s.rules[s.byDevice[d].place], true
	}
	return Rule{}, false
}

// For is the rule that decides for devices of the group that have none of
// their own.
func (s *Set) For(group string) (Rule, bool) {
	if e := s.resolve("", group); e != nil {
		return s.rules[e.place], true
	}
	return Rule{}, false
}

// Manager is the address of the contract that holds the rules; zero of rules on
// no chain.
func (s *Set) Manager() chain.Address { return s.at }

// Epoch is the manager's count of changes.
func (s *Set) Epoch() uint64 { return s.epoch }

// Paused reports whether the manager refuses everything.
func (s *Set) Paused() bool { return s.paused }

// resolve finds the rule of the device, or else that of the longest path; nil
// if there is none.
func (s *Set) resolve(device, group string) *entry {
	if len(s.byDevice) > 0 {
		if epc, ok := deviceOf(device); ok {
			if e := s.byDevice[epc]; e != nil {
				return e
			}
		}
	}
	known := s.found.Load()
	if known != nil {
		if e, ok := (*known)[group]; ok {
			return e
		}
	}
	e := s.longest(group)
	s.keep(known, group, e)
	return e
}

// longest finds the rule of the longest path.
func (s *Set) longest(group string) *entry {
	for {
		if e := s.byGroup[group]; e != nil {
			return e
		}
		if group == "" {
			return nil
		}
		group = group[:max(strings.LastIndexByte(group, '/'), 0)]
	}
}

// keep has what was found for a group at hand. Of two that keep at once one may
// be lost, and is found again.
func (s *Set) keep(known *map[string]*entry, group string, e *entry) {
	next := map[string]*entry{}
	if known != nil {
		if len(*known) >= mostFound {
			return
		}
		next = maps.Clone(*known)
	}
	next[strings.Clone(group)] = e
	s.found.Store(&next)
}

// intact reports whether each rule contract has the code that it had when the
// set was read.
func (s *Set) intact(st chain.State) (bool, error) {
	for _, e := range s.entries {
		for _, p := range e.parts {
			is := *p
			if err := is.examine(st); err != nil || is.wrong != p.wrong {
				return false, err
			}
		}
	}
	return true, nil
}

// named is the entry for people.
func (e *entry) named() string {
	if e.device != "" {
		return "device " + e.device
	}
	return namedGroup(e.group)
}

// deviceOf is an EPC as contracts have it. That of zeros is none.
func deviceOf(epc string) (d [12]byte, ok bool) {
	if !isDevice(epc) {
		return d, false
	}
	// It can't fail, as isDevice has looked at each digit.
	_, _ = hex.Decode(d[:], []byte(epc))
	return d, true
}

// unjudged says why a set on no chain can't judge by a part.
func (p *part) unjudged() string {
	return fmt.Sprintf("rule contract %s can only be asked on its chain", p.name)
}
