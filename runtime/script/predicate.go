package script

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A predicate is a test of nodes that a rule may use. Package placement
// evaluates them.
type predicate struct {
	name  string
	args  []predicateArg
	shape string // an example
}

// A predicateArg is an argument of a predicate.
type predicateArg struct {
	name     string
	required bool
	test     func(v flow.Value) fault // what is wrong with it
}

func (p *predicate) arg(name string) (predicateArg, bool) {
	i := slices.IndexFunc(p.args, func(a predicateArg) bool { return a.name == name })
	if i < 0 {
		return predicateArg{}, false
	}
	return p.args[i], true
}

func (p *predicate) argNames() []string {
	var names []string
	for _, a := range p.args {
		names = append(names, a.name)
	}
	return names
}

// A fault is what is wrong with an argument; no why: nothing. Name is the word
// in it that may have been meant otherwise, among others.
type fault struct {
	why, name string
	among     []string
}

// mend adds what may have been meant, and where it is written out the edit.
func (w fault) mend(i Issue, e Expr) Issue {
	best := closest(w.name, w.among)
	if best == "" {
		if len(w.among) > 0 {
			return i.or("there are %s", strings.Join(w.among, ", "))
		}
		return i
	}
	var at Span
	find(e, func(s Scalar) {
		if s.Value == w.name && at == (Span{}) {
			at = s.Span
		}
	})
	return i.put(at, strconv.Quote(best), "did you mean '%s'?", best)
}

// find calls do for each scalar and key of an expression.
func find(e Expr, do func(Scalar)) {
	switch e := e.(type) {
	case *Scalar:
		do(*e)
	case *List:
		for _, item := range e.Items {
			find(item, do)
		}
	case *Dict:
		for _, item := range e.Items {
			do(item.Key)
			find(item.Value, do)
		}
	}
}

func knownPredicate(name string) bool {
	return slices.ContainsFunc(predicates, func(d predicate) bool { return d.name == name })
}

// predicates are those there are (calvin-reference, section 4.3).
var predicates = []predicate{
	{"node_attr_match", []predicateArg{{"index", true, badIndex}}, `node_attr_match(index=["address", {"floor": "3"}])`},
	{"runtime_name", []predicateArg{{"name", true, badName}}, `runtime_name(name="bedside")`},
	{"current_node", nil, "current_node()"},
	{"all_nodes", nil, "all_nodes()"},
	{"actor_reqs_match", []predicateArg{{"requires", true, badNames}}, `actor_reqs_match(requires=["io.light"])`},
	{"port_property_match", []predicateArg{{"port_property", true, badNames}}, `port_property_match(port_property=["routing.round-robin"])`},
	{"near", []predicateArg{{"actors", true, badActors}}, `near(actors=["ecg"])`},
	{"apart", []predicateArg{{"actors", true, badActors}}, `apart(actors=["ecg"])`},
	{"device_scaling", []predicateArg{{"max", false, badCount}}, "device_scaling(max=10)"},
	{"performance_scaling", []predicateArg{{"min", false, badCount}, {"max", false, badCount}, {"alone", false, badBool}},
		"performance_scaling(min=1, max=4, alone=false)"},
	{"manual_scaling", nil, "manual_scaling()"},
}

// attributes are what a node may say of itself, and the fields of each; no
// fields: any (calvin-reference, section 4.1).
var attributes = map[string][]string{
	"node_name":  {"organization", "organizationalUnit", "purpose", "group", "name"},
	"owner":      {"organization", "organizationalUnit", "role", "personOrGroup"},
	"address":    {"country", "stateOrProvince", "locality", "street", "streetNumber", "building", "floor", "room"},
	"zone":       {"site", "floor", "room", "type"},
	"user_extra": nil,
}

// amounts are the attributes that have one value, of which a rule means at
// least what it says; plain are those of which it means just that.
var (
	amounts = []string{"cpuTotal", "memTotal", "cpuAvail", "memAvail"}
	plain   = []string{"cpuAffinity"}
)

func badName(v flow.Value) fault {
	if s, ok := v.(string); !ok || s == "" {
		return fault{why: "it must be a node's name in quotes"}
	}
	return fault{}
}

func badNames(v flow.Value) fault {
	want := fault{why: `it must be a list of capabilities, such as ["io.light"]`}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return want
	}
	for _, e := range list {
		if s, ok := e.(string); !ok || s == "" {
			return want
		}
	}
	return fault{}
}

func badCount(v flow.Value) fault {
	if n, ok := v.(int64); !ok || n < 1 {
		return fault{why: "it must be a whole number from 1"}
	}
	return fault{}
}

func badBool(v flow.Value) fault {
	if _, ok := v.(bool); !ok {
		return fault{why: "it must be true or false"}
	}
	return fault{}
}

func badActors(v flow.Value) fault {
	want := fault{why: `it must be a list of actors, such as ["ecg", "bed_1:ecg"]`}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return want
	}
	for _, e := range list {
		if s, ok := e.(string); !ok || s == "" {
			return want
		}
	}
	return fault{}
}

// badIndex looks at [TYPE, {FIELD: VALUE, ...}], or [TYPE, VALUE].
func badIndex(v flow.Value) fault {
	want := fault{why: `it must be ["TYPE", {"FIELD": "VALUE"}]`}
	list, ok := v.([]any)
	if !ok || len(list) != 2 {
		return want
	}
	typ, ok := list[0].(string)
	if !ok {
		return want
	}
	if slices.Contains(amounts, typ) || slices.Contains(plain, typ) {
		return badAmount(typ, list[1])
	}
	known, ok := attributes[typ]
	if !ok {
		return fault{fmt.Sprintf("there is no attribute '%s'", typ), typ, append(append(keys(attributes), amounts...), plain...)}
	}
	fields, ok := list[1].(map[string]any)
	if !ok {
		return want
	}
	if len(fields) == 0 {
		return fault{why: "it names no field; all_nodes() is every node"}
	}
	for _, f := range keys(fields) {
		if known != nil && !slices.Contains(known, f) {
			return fault{fmt.Sprintf("%s has no field '%s'", typ, f), f, known}
		}
		if _, ok := fields[f].(string); !ok {
			return fault{why: fmt.Sprintf("the value of '%s' must be a string in quotes", f)}
		}
	}
	return fault{}
}

// amount is a number, with K, M, G or T behind it or not.
var amount = regexp.MustCompile(`^[0-9]{1,15}[KMGT]?$`)

func badAmount(typ string, v flow.Value) fault {
	s, ok := v.(string)
	switch {
	case slices.Contains(plain, typ):
		if !ok || s == "" {
			return fault{why: fmt.Sprintf(`of %s it must be ["%s", "WORD"]`, typ, typ)}
		}
	case !ok || !amount.MatchString(s):
		return fault{why: fmt.Sprintf(`of %s it must be ["%s", "AMOUNT"], such as "1000" or "1G", and means at least that`, typ, typ)}
	}
	return fault{}
}

// predicate turns a test into a rule, or reports what is wrong with it.
func (p *program) predicate(e *Predicate, names reader) flow.Rule {
	r := flow.Rule{Op: "match", Name: e.Name.Name, Line: int(e.Start.Line)}
	i := slices.IndexFunc(predicates, func(d predicate) bool { return d.name == e.Name.Name })
	if i < 0 {
		var all []string
		for _, d := range predicates {
			all = append(all, d.name)
		}
		p.report(unknownPred.at(p.file, e.Name.Span, e.Name.Name).meant(e.Name.Span, e.Name.Name, all).
			or("there are %s", strings.Join(all, ", ")))
		return r
	}
	def := predicates[i]
	given := map[string]Span{}
	for _, a := range e.Args {
		name := a.Name.Name
		if old, ok := given[name]; ok {
			p.report(repeatedArg.at(p.file, a.Name.Span, name).see(old, "given here first").
				help("leave one of them out"))
		}
		given[name] = a.Name.Span
		b, st := names.eval(a.Value)
		arg, ok := def.arg(name)
		if !ok {
			p.report(unknownPredArg.at(p.file, a.Name.Span, def.name, name).meant(a.Name.Span, name, def.argNames()).
				or("write %s", def.shape))
			continue
		}
		if st != known {
			continue
		}
		if wrong := arg.test(b.value); wrong.why != "" {
			i := wrongPredArg.at(p.file, a.Value.Where(), name, def.name, wrong.why)
			p.report(wrong.mend(i, a.Value).or("write %s", def.shape))
			continue
		}
		if r.Args == nil {
			r.Args = map[string]flow.Value{}
		}
		r.Args[name] = b.value
	}
	for _, a := range def.args {
		if _, ok := given[a.name]; !ok && a.required {
			p.report(missingPredArg.at(p.file, e.Span, def.name, a.name).help("write %s", def.shape))
		}
	}
	least, isLeast := r.Args["min"].(int64)
	most, isMost := r.Args["max"].(int64)
	if isLeast && isMost && most < least {
		p.report(wrongPredArg.at(p.file, given["max"], "max", def.name, fmt.Sprintf("it is less than min, which is %d", least)).
			see(given["min"], "min"))
	}
	return r
}
