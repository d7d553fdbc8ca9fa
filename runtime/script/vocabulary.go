package script

import (
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What tools that help to write scripts need to know of the language.

// Nearest is the name most like a misspelt one, or "" when none is near.
func Nearest(name string, among []string) string { return closestOf(name, among) }

// A PropertyInfo is a port property that scripts may set.
type PropertyInfo struct {
	Name    string
	In, Out []string // the values it may have on in-ports and out-ports; none: any number or string
}

// Properties are the port properties there are, without those that only
// Calvin's own tests set.
func Properties() []PropertyInfo {
	var all []PropertyInfo
	for _, p := range properties {
		if strings.HasPrefix(p.name, "test") {
			continue
		}
		info := PropertyInfo{Name: p.name}
		for _, v := range p.values {
			if strings.Contains(v.on, "in") {
				info.In = append(info.In, v.v)
			}
			if strings.Contains(v.on, "out") {
				info.Out = append(info.Out, v.v)
			}
		}
		all = append(all, info)
	}
	return all
}

// A PredicateInfo is a test of nodes that rules may use.
type PredicateInfo struct {
	Name string
	Args []string // all required
}

// Predicates are the tests of nodes there are.
func Predicates() []PredicateInfo {
	var all []PredicateInfo
	for _, p := range predicates {
		all = append(all, PredicateInfo{p.name, p.argNames()})
	}
	return all
}

// Attributes are what a node may say of itself, and the fields of each; no
// fields: any.
func Attributes() map[string][]string { return maps.Clone(attributes) }

// Amounts are the attributes that have one value and no fields. Of all but
// cpuAffinity a rule means at least what it says.
func Amounts() []string { return append(slices.Clone(amounts), plain...) }

// Literal is a value as a script has it.
func Literal(v flow.Value) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = Literal(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, key := range keys(v) {
			parts = append(parts, quote(key)+": "+Literal(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return showScalar(v)
}
