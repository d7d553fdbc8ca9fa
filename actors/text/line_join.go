package text

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// LineJoin is text.LineJoin. As in Calvin any exception token ends a text.
func LineJoin() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.LineJoin",
			Doc:   "Join texts into one, until the end of a stream",
			Args:  []flow.ArgSpec{{Name: "delim", Doc: "what stands between them", Kind: "string", Default: "\n"}},
			In:    []flow.Port{{Name: "line", Doc: "a text; an EOS token ends what is joined", Kind: "string|eos"}},
			Out:   []flow.Port{{Name: "text", Doc: "the texts in one", Kind: "string"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			j := &lineJoin{delim: a.Text("delim")}
			return j, a.Err()
		},
	}
}

type lineJoin struct {
	delim string
	lines []any // strings
	bytes int
	ended bool
}

func (j *lineJoin) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"text"}, Guard: func() bool { return j.ended }, Fire: func(f *flow.Firing) error {
			f.Give(0, j.joined())
			j.lines, j.bytes, j.ended = nil, 0, false
			return nil
		}},
		{In: []string{"line"}, Exceptions: true, Guard: func() bool { return !j.ended }, Fire: func(f *flow.Firing) error {
			switch line := f.In[0].Value.(type) {
			case flow.Exception:
				j.ended = true
			case string:
				n := len(line) + len(j.delim)
				if j.bytes+n > value.MostHeld {
					return fmt.Errorf("%w: the text would have more than %d bytes", flow.ErrUnfit, value.MostHeld)
				}
				j.bytes += n
				j.lines = append(j.lines, line)
			default:
				return fmt.Errorf("can't join %s to a text", value.Kind(line))
			}
			return nil
		}},
	}
}

func (j *lineJoin) joined() string {
	var b strings.Builder
	for i, line := range j.lines {
		if i > 0 {
			b.WriteString(j.delim)
		}
		b.WriteString(line.(string))
	}
	return b.String()
}

func (j *lineJoin) Save() ([]byte, error) { return value.Save(append([]any{}, j.lines...), j.ended) }

func (j *lineJoin) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &j.lines, &j.ended); err != nil {
		return err
	}
	j.bytes = 0
	for _, line := range j.lines {
		s, ok := line.(string)
		if !ok {
			return fmt.Errorf("state has %s among its lines", value.Kind(line))
		}
		j.bytes += len(s) + len(j.delim)
	}
	return nil
}
