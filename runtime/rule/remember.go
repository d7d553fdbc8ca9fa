package rule

import (
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Remember says what the rules of now ask to be shown with a reading of a kind:
// so many earlier ones of its stream, at most flow.MaxPast, and the newest of
// the kinds that any rule compares, which must not be changed.
func (b *Book) Remember(kind string) (past int, beside []string) {
	w := b.now.Load()
	if w.set == nil {
		return 0, nil
	}
	return w.set.asks.of(kind), w.set.asks.beside
}

// asks are what all the rules of a set ask for together.
type asks struct {
	past   map[string]int // by kind
	any    int            // of any kind: a contract does not say of which
	beside []string       // rising
}

func (a *asks) of(kind string) int { return max(a.any, a.past[kind]) }

// asksOf is what rules ask for whose parameters are known.
func asksOf(rules []Rule) asks {
	a := asks{past: map[string]int{}}
	beside := map[string]bool{}
	for _, r := range rules {
		for _, l := range r.Limits {
			if l.Rate != 0 {
				a.past[l.Kind] = max(a.past[l.Kind], 1)
			}
		}
		for _, s := range r.Slopes {
			n := 1
			if s.Stuck != 0 {
				n = flow.MaxPast
			}
			a.past[s.Kind] = max(a.past[s.Kind], n)
		}
		for _, g := range r.Agreements {
			beside[g.Kind], beside[g.With] = true, true
		}
	}
	a.beside = slices.Sorted(maps.Keys(beside))
	return a
}
