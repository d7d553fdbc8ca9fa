package text

import (
	"strings"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Format is text.Format. What is filled in is not looked at again for holes.
func Format() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.Format",
			Doc: "Fill the holes of a text with items of a dictionary\n" +
				"The text of what is none is that of std.Stringify.",
			Args: []flow.ArgSpec{{Name: "fmt", Doc: `the text; {key} and {outer.inner} are holes, \{ and \} are braces`, Kind: "string", Required: true}},
			In:   []flow.Port{{Name: "dict", Doc: "a dictionary; if it lacks one of the keys, no hole is filled"}},
			Out:  []flow.Port{{Name: "text", Doc: "the text", Kind: "string"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			return format(pieces(a.Text("fmt"))), a.Err()
		},
	}
}

// A format is a text in pieces.
type format []piece

// A piece is text as it is, or a hole if it has a path.
type piece struct {
	text string
	path []string
}

// pieces takes a text with holes apart. A brace that opens no hole is text.
func pieces(s string) (ps []piece) {
	var plain strings.Builder
	for len(s) > 0 {
		if strings.HasPrefix(s, `\{`) || strings.HasPrefix(s, `\}`) {
			plain.WriteByte(s[1])
			s = s[2:]
			continue
		}
		if key, ok := hole(s); ok {
			ps = append(ps, piece{text: plain.String()}, piece{text: "{" + key + "}", path: strings.Split(key, ".")})
			plain.Reset()
			s = s[len(key)+2:]
			continue
		}
		plain.WriteByte(s[0])
		s = s[1:]
	}
	return append(ps, piece{text: plain.String()})
}

// hole is the key of the hole that s begins with: at least one letter, all on
// one line.
func hole(s string) (key string, ok bool) {
	if len(s) < 3 || s[0] != '{' {
		return "", false
	}
	end := strings.IndexByte(s[2:], '}')
	if end < 0 || strings.ContainsRune(s[:end+2], '\n') {
		return "", false
	}
	return s[1 : end+2], true
}

func (ps format) Actions() []flow.Action {
	return []flow.Action{{In: []string{"dict"}, Out: []string{"text"}, Fire: func(f *flow.Firing) error {
		f.Give(0, ps.fill(f.In[0].Value))
		return nil
	}}}
}

func (ps format) fill(dict flow.Value) string {
	var filled, unfilled strings.Builder
	missing := false
	for _, p := range ps {
		unfilled.WriteString(p.text)
		if p.path == nil {
			filled.WriteString(p.text)
			continue
		}
		v, ok := at(dict, p.path)
		if !ok {
			missing = true
			continue
		}
		filled.WriteString(python.Text(v))
	}
	if missing {
		return unfilled.String()
	}
	return filled.String()
}

// at is what a path of keys leads to.
func at(v flow.Value, path []string) (flow.Value, bool) {
	for _, key := range path {
		dict, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = dict[key]; !ok {
			return nil, false
		}
	}
	return v, true
}
