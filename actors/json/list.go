package jsonactors

import (
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// List is json.List.
func List() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "json.List",
			Doc: "Make a list of tokens",
			Args: []flow.ArgSpec{
				{Name: "n", Doc: "how many tokens; 0 or less: as many as come before an EOS token", Kind: "integer", Default: int64(1)},
				{Name: "pre_list", Doc: "items before them", Kind: "list|null"},
				{Name: "post_list", Doc: "items after them", Kind: "list|null"}},
			In:    []flow.Port{{Name: "item", Doc: "any token, an EOS token as well"}},
			Out:   []flow.Port{{Name: "list", Doc: "the list; an exception token if an exception token came out of place", Kind: "list"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			l := &list{n: a.Int("n"), pre: optional(&a, "pre_list"), post: optional(&a, "post_list")}
			return l, a.Err()
		},
	}
}

// optional is a list that may be null.
func optional(a *value.Args, name string) []any {
	if a.Any(name) == nil {
		return nil
	}
	return a.List(name)
}

type list struct {
	n            int64
	pre, post    []any
	items        []any
	bytes        int
	done, failed bool // what is given next, and what became of it
}

func (l *list) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"list"}, Guard: func() bool { return l.done }, Fire: func(f *flow.Firing) error {
			if l.failed {
				f.Give(0, value.Failed)
			} else {
				f.Give(0, append([]any{}, slices.Concat(l.pre, l.items, l.post)...))
			}
			l.items, l.bytes, l.done, l.failed = nil, 0, false, false
			return nil
		}},
		{In: []string{"item"}, Exceptions: true, Guard: func() bool { return !l.done }, Fire: func(f *flow.Firing) error {
			if exceptional(f) {
				l.done, l.failed = true, l.n > 0 || !flow.IsEOS(f.In[0].Value)
				return nil
			}
			n, err := value.Hold(f.In[0].Value)
			if err != nil {
				return err
			}
			if l.bytes+n > value.MostHeld {
				return fmt.Errorf("%w: the list would have more than %d bytes", flow.ErrUnfit, value.MostHeld)
			}
			l.bytes += n
			l.items = append(l.items, f.In[0].Value)
			l.done = l.n > 0 && int64(len(l.items)) == l.n
			return nil
		}},
	}
}

func (l *list) Save() ([]byte, error) {
	return value.Save(append([]any{}, l.items...), l.done, l.failed)
}

func (l *list) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &l.items, &l.done, &l.failed); err != nil {
		return err
	}
	l.bytes, _ = value.Hold(l.items)
	return nil
}
