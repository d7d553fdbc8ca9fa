package text

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// RegexMatch is text.RegexMatch. The expression is Python's as far as package
// regexp has it: without what stands before or behind a match, (?=…), and
// without repeats of a group, \1. So it always ends soon.
func RegexMatch() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "text.RegexMatch",
			Doc: "Sort texts by whether their beginning matches a regular expression\n" +
				"The expression is one of Python without (?=…), (?!…), (?<=…) and repeats of groups such as \\1.",
			Args: []flow.ArgSpec{{Name: "regex", Doc: "the expression; of its groups the first counts", Kind: "string", Required: true}},
			In:   []flow.Port{{Name: "text", Doc: "a text; of any other token its text"}},
			Out: []flow.Port{
				{Name: "match", Doc: "if it matches: what the first group matches, or the whole text if there is no group", Kind: "string"},
				{Name: "no_match", Doc: "if not: the text", Kind: "string"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			re, err := compile(a.Text("regex"))
			if err != nil {
				a.Refuse("regex", "%v", err)
			}
			return &regexMatch{re: re}, a.Err()
		},
	}
}

// compile reads a Python expression, anchored at the start of the text. Python's
// $ matches before a line end that is the last letter, too, and its \Z is \z.
func compile(expr string) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(pythonEnd(expr), syntax.Perl)
	if err != nil {
		return nil, err
	}
	dollars(tree)
	re, err := regexp.Compile(`\A(?:` + tree.String() + `)`)
	if err != nil {
		return nil, fmt.Errorf("after reading it: %w", err)
	}
	return re, nil
}

// pythonEnd writes \z for \Z, but not where the backslash is itself escaped.
func pythonEnd(expr string) string {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		b.WriteByte(expr[i])
		if expr[i] == '\\' && i+1 < len(expr) {
			if i++; expr[i] == 'Z' {
				b.WriteByte('z')
			} else {
				b.WriteByte(expr[i])
			}
		}
	}
	return b.String()
}

// dollars lets each $ match before a last line end.
func dollars(re *syntax.Regexp) {
	if re.Op == syntax.OpEndText && re.Flags&syntax.WasDollar != 0 {
		end := &syntax.Regexp{Op: syntax.OpEndText}
		line := &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune{'\n'}}
		*re = syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{{Op: syntax.OpQuest, Sub: []*syntax.Regexp{line}}, end}}
		return
	}
	for _, sub := range re.Sub {
		dollars(sub)
	}
}

// A regexMatch holds one text, since which port it goes to is known only then.
type regexMatch struct {
	re             *regexp.Regexp
	result         string
	holds, matched bool
}

func (m *regexMatch) match(text string) {
	m.holds, m.result = true, text
	groups := m.re.FindStringSubmatch(text)
	m.matched = groups != nil
	if len(groups) > 1 {
		m.result = groups[1]
	}
}

func (m *regexMatch) Actions() []flow.Action {
	give := func(port string, matched bool) flow.Action {
		return flow.Action{Out: []string{port}, Guard: func() bool { return m.holds && m.matched == matched }, Fire: func(f *flow.Firing) error {
			f.Give(0, m.result)
			m.result, m.holds, m.matched = "", false, false
			return nil
		}}
	}
	return []flow.Action{
		{In: []string{"text"}, Guard: func() bool { return !m.holds }, Fire: func(f *flow.Firing) error {
			m.match(python.Text(f.In[0].Value))
			return nil
		}},
		give("match", true), give("no_match", false),
	}
}

func (m *regexMatch) Save() ([]byte, error) { return value.Save(m.result, m.holds, m.matched) }

func (m *regexMatch) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &m.result, &m.holds, &m.matched)
}
