package script

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A propertySpec is one port property there is.
type propertySpec struct {
	name   string
	kind   string                   // "category", "count", "string"
	values []struct{ v, on string } // of a category: the value, and "in", "out" or "in/out"
}

// properties are the port properties (calvin-reference, section 1.5).
var properties = []propertySpec{
	{"routing", "category", []struct{ v, on string }{
		{"default", "out"}, {"fanout", "out"}, {"round-robin", "out"}, {"random", "out"}, {"balanced", "out"},
		{"dispatch-ordered", "out"}, {"dispatch-mapped", "out"},
		{"collect-unordered", "in"}, {"collect-tagged", "in"}, {"collect-all-tagged", "in"}, {"collect-any-tagged", "in"},
	}},
	{"queue_length", "count", nil},
	{"tag", "string", nil},
	{"nbr_peers", "count", nil},
	{"queue", "category", []struct{ v, on string }{{"memory", "in/out"}, {"disk", "in/out"}}},
	{"queue_bytes", "count", nil},
	{"overflow", "category", []struct{ v, on string }{{"block", "in/out"}, {"drop_oldest", "in/out"}, {"latest_only", "in/out"}}},
	{"test1", "category", dummies},
	{"test2", "category", dummies},
}

// dummies are the values of the properties that Calvin's own tests set.
var dummies = []struct{ v, on string }{
	{"dummy", "in/out"}, {"dummy1", "in/out"}, {"dummy2", "in/out"},
	{"dummyx", "in/out"}, {"dummyy", "in/out"}, {"dummyz", "in/out"}, {"dummyi", "in/out"},
}

// checkProperty looks at one property of a port on the side dir.
func (p *program) checkProperty(a Arg, dir string, v flow.Value) {
	name := a.Name.Name
	i := slices.IndexFunc(properties, func(s propertySpec) bool { return s.name == name })
	if i < 0 {
		var all []string
		for _, s := range Properties() {
			all = append(all, s.Name)
		}
		p.report(unknownProperty.at(p.file, a.Name.Span, name).meant(a.Name.Span, name, all).
			or("there are %s", strings.Join(all, ", ")))
		return
	}
	for _, v := range alternatives(v) {
		p.checkAlternative(a, properties[i], dir, v)
	}
}

// alternatives are the values of a preference list, or the one value.
func alternatives(v flow.Value) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func (p *program) checkAlternative(a Arg, s propertySpec, dir string, v flow.Value) {
	where := a.Value.Where()
	switch s.kind {
	case "count":
		switch n := v.(type) {
		case int64:
			if n >= 1 {
				return
			}
			p.report(propertyCount.at(p.file, where, s.name).help("leave it out for the default"))
		case float64:
			p.report(propertyCount.at(p.file, where, s.name).help("leave it out for the default"))
		default:
			p.report(propertyNumber.at(p.file, where, s.name).help("write a whole number"))
		}
	case "string":
		if _, ok := v.(string); !ok {
			p.report(propertyString.at(p.file, where, s.name).help("write it in quotes"))
		}
	case "category":
		word, _ := v.(string)
		p.checkCategory(a, s, dir, word)
	}
}

// checkCategory looks at a word that must be one of some.
func (p *program) checkCategory(a Arg, s propertySpec, dir, word string) {
	where := a.Value.Where()
	var all, here []string
	side := ""
	for _, c := range s.values {
		all = append(all, c.v)
		if strings.Contains(c.on, dir) {
			here = append(here, c.v)
		}
		if c.v == word {
			side = c.on
		}
	}
	switch {
	case side == "":
		i := propertyValue.at(p.file, where, s.name, strings.Join(all, ", "))
		if best := closest(word, here); best != "" {
			i = i.put(quoted(a.Value), strconv.Quote(best), "did you mean '%s'?", best)
		}
		p.report(i.or("an %s-port takes %s", dir, strings.Join(here, ", ")))
	case !strings.Contains(side, dir):
		p.report(propertySide.at(p.file, where, s.name, word, side).help("an %s-port takes %s", dir, strings.Join(here, ", ")))
	}
}

// quoted is where a string stands as it is written; nowhere for what only
// stands for one.
func quoted(e Expr) Span {
	if s, ok := e.(*Scalar); ok {
		return s.Span
	}
	return Span{}
}

// A candidate is a value that some statement, or the actor's type, gives a
// property.
type candidate struct {
	key   string
	value flow.Value
	where Span
	first Span // of one that clashes: where the strongest stands
}

// mergeSteps is how many values [merge] compares at most.
func mergeSteps(cs []candidate) int {
	n, longest := len(cs), 1
	for _, c := range cs {
		if list, ok := c.value.([]any); ok {
			n += longest * len(list)
			longest = max(longest, len(list))
		}
	}
	return n
}

// merge settles what the candidates of one port say, the strongest first
// (calvin-reference, section 1.5). Clash is the name of a property whose
// values exclude each other, with the place of the last.
func merge(cs []candidate) (props map[string]any, clashes []candidate) {
	props = map[string]any{}
	first := map[string]Span{}
	for _, c := range cs {
		old, ok := props[c.key]
		if !ok {
			props[c.key], first[c.key] = c.value, c.where
			continue
		}
		_, isList := old.([]any)
		_, isList2 := c.value.([]any)
		if !isList && !isList2 || reflect.DeepEqual(old, c.value) {
			continue // the first of two scalars wins
		}
		common := []any{}
		for _, v := range alternatives(old) {
			if slices.ContainsFunc(alternatives(c.value), func(w any) bool { return reflect.DeepEqual(v, w) }) {
				common = append(common, v)
			}
		}
		if len(common) == 0 {
			c.first = first[c.key]
			clashes = append(clashes, c)
			continue
		}
		props[c.key] = common
	}
	return props, clashes
}

// collects reports whether a routing, or one of a preference list, takes from
// several sources, and whether the first that does puts tags on tokens.
func collects(routing flow.Value) (many, tagged bool) {
	for _, v := range alternatives(routing) {
		if s, ok := v.(string); ok && strings.HasPrefix(s, "collect-") {
			return true, strings.HasSuffix(s, "tagged")
		}
	}
	return false, false
}
