package std

import (
	"strings"
	"unicode/utf8"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Stringify is std.Stringify. The text is Python's: True, None, 1.0,
// ['a', 2], with the keys of dictionaries sorted (see package python).
func Stringify() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Stringify",
			Doc: "Give the text of each token, as Python writes it: True, None, 1.0\n" +
				"Lists and dictionaries as in ['a', 1, {'b': None}], with the keys sorted.",
			Args: []flow.ArgSpec{{Name: "encoding", Kind: "string|null",
				Doc: "if not null, tokens must be text whose bytes are in this encoding: utf-8, ascii or latin-1"}},
			In:  []flow.Port{{Name: "in", Doc: "any token"}},
			Out: []flow.Port{{Name: "out", Doc: "its text; an exception token if it can't be decoded", Kind: "string"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &stringify{}
			if a.Any("encoding") != nil {
				name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(a.Text("encoding")))
				if s.decode = decoder(name); s.decode == nil {
					a.Refuse("encoding", "%q is unknown: want utf-8, ascii or latin-1", args["encoding"])
				}
			}
			return s, a.Err()
		},
	}
}

type stringify struct {
	decode func(string) (string, bool) // nil: none asked for
}

// decoder is by the name of the encoding, in small letters without hyphens.
func decoder(name string) func(string) (text string, ok bool) {
	switch name {
	case "utf8":
		return func(s string) (string, bool) { return s, utf8.ValidString(s) }
	case "ascii":
		return func(s string) (string, bool) {
			return s, strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		}
	case "latin1", "iso88591":
		return func(s string) (string, bool) {
			runes := make([]rune, len(s))
			for i := range len(s) {
				runes[i] = rune(s[i])
			}
			return string(runes), true
		}
	}
	return nil
}

func (s *stringify) text(v flow.Value) flow.Value {
	if s.decode == nil {
		return python.Text(v)
	}
	if raw, ok := v.(string); ok {
		if text, ok := s.decode(raw); ok {
			return text
		}
	}
	return flow.Exceptional("Decode error")
}

func (s *stringify) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, s.text(f.In[0].Value))
		return nil
	}}}
}
