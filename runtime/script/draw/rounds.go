package draw

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// rounds draws a for: its body once, or in an expanded picture once for each
// element.
func (s *scope) rounds(f *script.For) {
	elements, known := []any(nil), false
	if s.expand {
		var v flow.Value
		v, known = script.Evaluate(f.Over, s.lookup)
		elements, known = asList(v, known)
	}
	if !known {
		s.round(f, "for "+f.Var.Name, "for "+f.Var.Name+" in "+shorten(s.text(f.Over)), s.env)
		return
	}
	for i, name := range roundNames(f.Var.Name, elements) {
		env := maps.Clone(s.env)
		if env == nil {
			env = map[string]any{}
		}
		env[f.Var.Name] = elements[i]
		s.round(f, name, name, env)
	}
}

func asList(v flow.Value, known bool) ([]any, bool) {
	list, ok := v.([]any)
	return list, known && ok
}

// round draws the body of a for within a frame.
func (s *scope) round(f *script.For, name, title string, env map[string]any) {
	for n := 2; s.box(name) != nil; n++ { // a second for with the same variable
		name = fmt.Sprintf("%s (%d)", strings.TrimSuffix(name, fmt.Sprintf(" (%d)", n-1)), n)
	}
	b := s.add(&Box{Name: name, Shape: Loop, Type: s.text(f.Over), Inside: &Picture{Title: title}})
	const deep = 100
	if s.err == nil && s.depth < deep {
		s.block(b.Inside, f.Body, s, env)
	}
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// roundNames are the names that the compiler gives what each round makes: the
// variable's with the element, or where elements are no such words or not all
// different, with the number.
func roundNames(variable string, elements []any) []string {
	byElement, byNumber := make([]string, len(elements)), make([]string, len(elements))
	seen := map[string]bool{}
	words := true
	for i, e := range elements {
		word := ""
		switch e := e.(type) {
		case string:
			word = e
		case int64:
			word = fmt.Sprint(e)
		}
		words = words && plain.MatchString(word) && !seen[word]
		seen[word] = true
		byElement[i] = variable + "_" + word
		byNumber[i] = fmt.Sprintf("%s_%d", variable, i+1)
	}
	if words {
		return byElement
	}
	return byNumber
}

// lookup is what a name stands for here: a parameter or variable, else a
// constant.
func (s *scope) lookup(name string) (flow.Value, bool) {
	if v, ok := s.env[name]; ok {
		return v, true
	}
	return s.constant(name)
}

// arguments are what a component's parameters stand for in an instance, as far
// as it is known.
func (s *scope) arguments(c *script.Component, in *script.Instance) map[string]any {
	env := map[string]any{}
	for _, p := range c.Params {
		if p.Default != nil {
			if v, ok := script.Evaluate(p.Default, s.constant); ok {
				env[p.Name] = v
			}
		}
	}
	for _, a := range in.Args {
		if v, ok := script.Evaluate(a.Value, s.lookup); ok {
			env[a.Name.Name] = v
		} else {
			delete(env, a.Name.Name)
		}
	}
	return env
}
