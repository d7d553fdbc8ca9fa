package script

import (
	"reflect"
	"slices"
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
		for _, s := range properties[:4] {
			all = append(all, s.name)
		}
		p.report(unknownProperty.at(p.file, a.Name.Span, name).
			help("%s", or(nearest(name, all), "there are "+strings.Join(all, ", "))))
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
			p.report(propertyCount.at(p.file, where, s.name))
		case float64:
			p.report(propertyCount.at(p.file, where, s.name))
		default:
			p.report(propertyNumber.at(p.file, where, s.name).help("write a whole number"))
		}
	case "string":
		if _, ok := v.(string); !ok {
			p.report(propertyString.at(p.file, where, s.name).help("write it in quotes"))
		}
	case "category":
		word, _ := v.(string)
		var all, here []string
		for _, c := range s.values {
			if c.v == word {
				if !strings.Contains(c.on, dir) {
					p.report(propertySide.at(p.file, where, s.name, word, c.on))
				}
				return
			}
			all = append(all, c.v)
			if strings.Contains(c.on, dir) {
				here = append(here, c.v)
			}
		}
		p.report(propertyValue.at(p.file, where, s.name, strings.Join(all, ", ")).help("%s", nearest(word, here)))
	}
}

// A candidate is a value that some statement, or the actor's type, gives a
// property.
type candidate struct {
	key   string
	value flow.Value
	where Span
}

// merge settles what the candidates of one port say, the strongest first
// (calvin-reference, section 1.5). Clash is the name of a property whose
// values exclude each other, with the place of the last.
func merge(cs []candidate) (props map[string]any, clashes []candidate) {
	props = map[string]any{}
	for _, c := range cs {
		old, ok := props[c.key]
		if !ok {
			props[c.key] = c.value
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
