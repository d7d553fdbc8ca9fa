package rule

import (
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Remember says what the rules ask to be shown with a reading of a kind: so many
// earlier ones of its stream, at most flow.MaxPast, and the newest of the kinds
// that any rule compares, which must not be changed.
func (s *Set) Remember(kind string) (past int, beside []string) {
	return s.asks.of(kind), s.asks.beside
}

// Remember is [Set.Remember] of the rules of now.
func (b *Book) Remember(kind string) (past int, beside []string) {
	if s := b.now.Load().set; s != nil {
		return s.Remember(kind)
	}
	return 0, nil
}

// Still is how far the values of a kind may lie apart and still be the same, in
// 10⁻⁶ of the unit, for the rules that look whether a signal stands still; false
// when none does.
func (s *Set) Still(kind string) (within int64, asked bool) {
	within, asked = s.asks.still[kind]
	return within, asked
}

// Still is [Set.Still] of the rules of now.
func (b *Book) Still(kind string) (within int64, asked bool) {
	if s := b.now.Load().set; s != nil {
		return s.Still(kind)
	}
	return 0, false
}

// asks are what all the rules of a set ask for together.
type asks struct {
	past   map[string]int   // by kind
	any    int              // of any kind: a contract does not say of which
	beside []string         // rising
	still  map[string]int64 // by kind: the least jitter of the rules about standstill
}

func (a *asks) of(kind string) int { return max(a.any, a.past[kind]) }

// asksOf is what the parts of rules ask for.
func asksOf(rules [][]*part) asks {
	a := asks{past: map[string]int{}, still: map[string]int64{}}
	beside := map[string]bool{}
	for _, parts := range rules {
		for _, p := range parts {
			for kind, l := range p.limits {
				if l.Rate != 0 { // from one reading to the next
					a.past[kind] = max(a.past[kind], 1)
				}
			}
			if p.slope != nil {
				a.past[p.slope.Kind] = max(a.past[p.slope.Kind], min(int(p.slope.Past), flow.MaxPast))
			}
			if p.slope != nil && p.slope.Stuck != 0 {
				if within, known := a.still[p.slope.Kind]; !known || p.slope.Jitter < within {
					a.still[p.slope.Kind] = p.slope.Jitter
				}
			}
			if p.agreement != nil {
				beside[p.agreement.Kind], beside[p.agreement.With] = true, true
			}
			a.any = max(a.any, p.past)
			for _, kind := range p.kinds {
				beside[kind] = true
			}
		}
	}
	a.beside = slices.Sorted(maps.Keys(beside))
	return a
}
