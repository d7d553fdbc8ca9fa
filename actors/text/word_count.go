package text

import (
	"fmt"
	"maps"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// WordCount is text.WordCount. As in Calvin the counts go on after the end of a
// stream, and any exception token is one. Calvin's may count words behind the
// end before it gives the counts; this one does not.
func WordCount() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.WordCount",
			Doc: "Count how often each word comes, until the end of a stream\n" +
				"The counts go on after it.",
			In:    []flow.Port{{Name: "in", Doc: "a word; of a number, boolean or null its text; an EOS token asks for the counts"}},
			Out:   []flow.Port{{Name: "out", Doc: "how often each word has come so far", Kind: "dict<integer>"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &wordCount{counts: map[string]any{}}, nil },
	}
}

type wordCount struct {
	counts map[string]any // int64
	bytes  int
	asked  bool
}

func (c *wordCount) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"out"}, Guard: func() bool { return c.asked }, Fire: func(f *flow.Firing) error {
			f.Give(0, maps.Clone(c.counts))
			c.asked = false
			return nil
		}},
		{In: []string{"in"}, Exceptions: true, Guard: func() bool { return !c.asked }, Fire: func(f *flow.Firing) error {
			switch v := f.In[0].Value.(type) {
			case flow.Exception:
				c.asked = true
				return nil
			case []any, map[string]any, flow.Sealed:
				return fmt.Errorf("%s is no word", value.Kind(v))
			default:
				return c.count(python.Text(v))
			}
		}},
	}
}

// perWord is what a word takes in a state beside its letters, at most.
const perWord = 16

func (c *wordCount) count(word string) error {
	n, known := c.counts[word].(int64)
	if !known {
		if c.bytes+len(word)+perWord > value.MostHeld {
			return fmt.Errorf("%w: the counts would have more than %d bytes", flow.ErrUnfit, value.MostHeld)
		}
		c.bytes += len(word) + perWord
	}
	c.counts[word] = n + 1
	return nil
}

func (c *wordCount) Save() ([]byte, error) { return value.Save(c.counts, c.asked) }

func (c *wordCount) Restore(version int, state []byte) error {
	var counts flow.Value
	if err := value.Restore(version, 1, state, &counts, &c.asked); err != nil {
		return err
	}
	dict, ok := counts.(map[string]any)
	if !ok {
		return fmt.Errorf("state has %s as the counts", value.Kind(counts))
	}
	c.counts, c.bytes = dict, 0
	for word, n := range dict {
		if _, ok := n.(int64); !ok {
			return fmt.Errorf("state has %s as a count", value.Kind(n))
		}
		c.bytes += len(word) + perWord
	}
	return nil
}
