package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ConstSequencer is std.ConstSequencer.
func ConstSequencer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.ConstSequencer",
			Doc:   "Replace each token by the next constant of a sequence, over and over",
			Args:  []flow.ArgSpec{{Name: "sequence", Doc: "the constants, at least one; of a string its letters", Kind: "list|string", Required: true}},
			In:    []flow.Port{{Name: "in", Doc: "any token"}},
			Out:   []flow.Port{{Name: "out", Doc: "the next constant, once for each"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &constSequencer{}
			if s, ok := a.Any("sequence").(string); ok {
				c.sequence = letters(s)
			} else {
				c.sequence = a.List("sequence")
			}
			if len(c.sequence) == 0 {
				a.Refuse("sequence", "is empty")
			}
			return c, a.Err()
		},
	}
}

type constSequencer struct {
	sequence []any
	next     int64
}

func (c *constSequencer) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, c.sequence[c.next])
		c.next = (c.next + 1) % int64(len(c.sequence))
		return nil
	}}}
}

func (c *constSequencer) Save() ([]byte, error) { return value.Save(c.next) }

func (c *constSequencer) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &c.next); err != nil {
		return err
	}
	c.next = min(max(c.next, 0), int64(len(c.sequence)-1))
	return nil
}

// letters are the characters of a text, each a string.
func letters(s string) []any {
	var list []any
	for _, r := range s {
		list = append(list, string(r))
	}
	return list
}
