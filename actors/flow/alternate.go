package flowactors

import (
	"errors"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Alternate is flow.Alternate. It takes one token from every peer at once and
// gives them one by one, so it waits for the slowest.
func Alternate() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Alternate",
			Doc:   "Give one token of each source in turn, in a stated order",
			Args:  []flow.ArgSpec{{Name: "order", Doc: "the sources, as in [&a.out, &b.out]", Kind: "list<string>", Required: true}},
			In:    []flow.Port{{Name: "token", Doc: "any token, from each source in order", Routing: "collect-all-tagged"}},
			Out:   []flow.Port{{Name: "token", Doc: "the tokens, source by source"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			l := &alternate{order: unique(a.Strings("order"))}
			return l, a.Err()
		},
	}
}

type alternate struct {
	order []string
	held  []any // tokens to be given
}

// unique leaves out what was there before: Calvin takes one token of a source
// in each turn, however often it is named.
func unique(names []string) (once []string) {
	seen := map[string]bool{}
	for _, n := range names {
		if !seen[n] {
			once = append(once, n)
		}
		seen[n] = true
	}
	return once
}

// Routes state the order in which the port collects: its tokens are lists.
func (l *alternate) Routes() map[string]flow.Route {
	return map[string]flow.Route{"in:token": {Order: l.order}}
}

func (l *alternate) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token"}, Guard: func() bool { return len(l.held) > 0 }, Fire: func(f *flow.Firing) error {
			f.Give(0, l.held[0])
			l.held = l.held[1:]
			return nil
		}},
		{In: []string{"token"}, Guard: func() bool { return len(l.held) == 0 }, Fire: func(f *flow.Firing) error {
			turn, ok := f.In[0].Value.([]any)
			if !ok {
				return errors.New("its routing was changed: want collect-all-tagged, which gives lists")
			}
			l.held = turn
			return nil
		}},
	}
}

func (l *alternate) Save() ([]byte, error) { return value.Save(append([]any{}, l.held...)) }

func (l *alternate) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &l.held)
}
