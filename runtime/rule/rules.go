package rule

import (
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Rule says what the readings of a group must be. Its group is a path of the
// form site/floor/room/type or the beginning of one, and of all the rules for a
// device's path the longest decides alone, whatever its state.
//
// A rule of one device goes before those of all groups. What it says is that of
// several rule contracts, which must all accept: its limits, then its slopes,
// then its agreements, then others in their order.
type Rule struct {
	Group      string
	Device     string // EPC, 24 hex digits, upper case; "": a rule of a group
	Version    uint64 // from 1, +1 on every change; ignored when it is set
	Revoked    bool   // refuses everything; ignored when it is set
	Mode       flow.Mode
	Limits     []Limit
	Slopes     []Slope
	Agreements []Agreement
	Codes      []chain.Address // other rule contracts, by their addresses

	Block uint64 // in which it was changed last; ignored when it is set
	Parts []Part // the rule contracts; ignored when it is set
}

// A Limit says what the readings of one kind must be. A zero in Rate, Samples,
// Age or Ahead does not limit.
type Limit struct {
	Kind    string        // LOINC code
	Unit    string        // UCUM code
	Min     int64         // 10⁻⁶ Unit
	Max     int64         // 10⁻⁶ Unit
	Rate    uint32        // samples a second within a reading
	Samples uint32        // in one reading
	Age     time.Duration // from the first sample to the judging; whole milliseconds
	Ahead   time.Duration // the first sample may lie ahead of the judge's clock; whole milliseconds
	Bytes   uint32        // of one reading as its device signed it
	Fields  Fields        // that must be there, beside those that always must
	Version uint64        // of the rule when this was last changed; ignored when it is set
	Revoked bool          // ignored when it is set
}

// A Set is all the rules of a manager at one epoch. It never changes.
type Set struct {
	manager string
	epoch   uint64
	paused  bool
	rules   []Rule
	byGroup map[string]*entry
	asks    asks
}

// An entry is a rule made ready for judging.
type entry struct {
	version uint64
	revoked bool
	group   string
	place   int // in Set.rules
	limits  map[string]*limit
}

type limit struct {
	Limit
	within string // the clause of what is accepted
}

// NewSet makes rules ready for judging. Manager is the contract's address in hex.
func NewSet(manager string, epoch uint64, paused bool, rules []Rule) *Set {
	s := &Set{manager: manager, epoch: epoch, paused: paused, rules: rules, byGroup: make(map[string]*entry, len(rules))}
	for i, r := range rules {
		e := &entry{version: r.Version, revoked: r.Revoked, group: r.Group, place: i, limits: make(map[string]*limit, len(r.Limits))}
		for _, l := range r.Limits {
			e.limits[l.Kind] = &limit{l, within(l)}
		}
		s.byGroup[r.Group] = e
	}
	s.asks = asksOf(rules)
	return s
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

// For is the rule that decides for devices of the group.
func (s *Set) For(group string) (Rule, bool) {
	if e := s.resolve(group); e != nil {
		return s.rules[e.place], true
	}
	return Rule{}, false
}

// Epoch is the manager's count of changes.
func (s *Set) Epoch() uint64 { return s.epoch }

// Paused reports whether the manager refuses everything.
func (s *Set) Paused() bool { return s.paused }

// resolve finds the rule of the longest path, or nil.
func (s *Set) resolve(group string) *entry {
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
