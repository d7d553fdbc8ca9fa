package text

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Split is text.Split.
func Split() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.Split",
			Doc:  "Split a text into a list",
			Args: []flow.ArgSpec{{Name: "delim", Doc: "where it is split; its text if it is none", Required: true}},
			In:   []flow.Port{{Name: "text", Doc: "a text", Kind: "string"}},
			Out:  []flow.Port{{Name: "lines", Doc: "what stands between the delimiters, at least one text", Kind: "list<string>"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := split{python.Text(a.Any("delim"))}
			if s.delim == "" {
				a.Refuse("delim", "is empty")
			}
			return s, a.Err()
		},
	}
}

type split struct{ delim string }

func (s split) Actions() []flow.Action {
	return []flow.Action{{In: []string{"text"}, Out: []string{"lines"}, Fire: func(f *flow.Firing) error {
		text, ok := f.In[0].Value.(string)
		if !ok {
			return fmt.Errorf("can't split %s: want a text", value.Kind(f.In[0].Value))
		}
		var lines []any
		for line := range strings.SplitSeq(text, s.delim) {
			lines = append(lines, line)
		}
		f.Give(0, lines)
		return nil
	}}}
}
