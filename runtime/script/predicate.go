package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A predicate is a test of nodes that a rule may use. Package placement
// evaluates them.
type predicate struct {
	name string
	args []string                  // all required
	test func(v flow.Value) string // of the argument: what is wrong with it, or ""
}

// predicates are those there are (calvin-reference, section 4.3).
var predicates = []predicate{
	{"node_attr_match", []string{"index"}, badIndex},
	{"runtime_name", []string{"name"}, badName},
	{"current_node", nil, nil},
	{"all_nodes", nil, nil},
}

// attributes are what a node may say of itself, and the fields of each; no
// fields: any (calvin-reference, section 4.1).
var attributes = map[string][]string{
	"node_name":  {"organization", "organizationalUnit", "purpose", "group", "name"},
	"owner":      {"organization", "organizationalUnit", "role", "personOrGroup"},
	"address":    {"country", "stateOrProvince", "locality", "street", "streetNumber", "building", "floor", "room"},
	"user_extra": nil,
}

func badName(v flow.Value) string {
	if s, ok := v.(string); !ok || s == "" {
		return "it must be a node's name in quotes"
	}
	return ""
}

// badIndex looks at [TYPE, {FIELD: VALUE, ...}].
func badIndex(v flow.Value) string {
	const want = `it must be ["TYPE", {"FIELD": "VALUE"}]`
	list, ok := v.([]any)
	if !ok || len(list) != 2 {
		return want
	}
	typ, ok := list[0].(string)
	if !ok {
		return want
	}
	known, ok := attributes[typ]
	if !ok {
		return fmt.Sprintf("there is no attribute '%s'; %s", typ, or(nearest(typ, keys(attributes)), "there are "+strings.Join(keys(attributes), ", ")))
	}
	fields, ok := list[1].(map[string]any)
	if !ok {
		return want
	}
	if len(fields) == 0 {
		return "it names no field; all_nodes() is every node"
	}
	for _, f := range keys(fields) {
		if known != nil && !slices.Contains(known, f) {
			return fmt.Sprintf("%s has no field '%s'; %s", typ, f, or(nearest(f, known), "there are "+strings.Join(known, ", ")))
		}
		if _, ok := fields[f].(string); !ok {
			return fmt.Sprintf("the value of '%s' must be a string in quotes", f)
		}
	}
	return ""
}

// predicate turns a test into a rule, or reports what is wrong with it.
func (p *program) predicate(e *Predicate) flow.Rule {
	r := flow.Rule{Op: "match", Name: e.Name.Name, Line: int(e.Start.Line)}
	i := slices.IndexFunc(predicates, func(d predicate) bool { return d.name == e.Name.Name })
	if i < 0 {
		var all []string
		for _, d := range predicates {
			all = append(all, d.name)
		}
		p.report(unknownPred.at(p.file, e.Name.Span, e.Name.Name).
			help("%s", or(nearest(e.Name.Name, all), "there are "+strings.Join(all, ", "))))
		return r
	}
	def := predicates[i]
	given := map[string]Span{}
	for _, a := range e.Args {
		name := a.Name.Name
		if old, ok := given[name]; ok {
			p.report(repeatedArg.at(p.file, a.Name.Span, name).see(old, "given here first"))
		}
		given[name] = a.Name.Span
		v, ok := p.checkValue(p.main, a.Value)
		if !slices.Contains(def.args, name) {
			p.report(unknownPredArg.at(p.file, a.Name.Span, def.name, name).
				help("%s", or(nearest(name, def.args), "write "+def.usage())))
			continue
		}
		if !ok {
			continue
		}
		if wrong := def.test(v); wrong != "" {
			p.report(wrongPredArg.at(p.file, a.Value.Where(), name, def.name, wrong))
			continue
		}
		if r.Args == nil {
			r.Args = map[string]flow.Value{}
		}
		r.Args[name] = v
	}
	for _, name := range def.args {
		if _, ok := given[name]; !ok {
			p.report(missingPredArg.at(p.file, e.Span, def.name, name).help("write %s", def.usage()))
		}
	}
	return r
}

func (d predicate) usage() string {
	if len(d.args) == 0 {
		return d.name + "()"
	}
	return d.name + "(" + d.args[0] + "=...)"
}
