package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file is about predicates that are no tests of a node: near and apart,
// which speak of other actors, and those that ask for replicas. They hold by
// themselves: beside | or behind ~ nothing could keep to them.

// scaling reports whether a predicate asks for replicas.
func scaling(name string) bool {
	return name == "device_scaling" || name == "performance_scaling" || name == "manual_scaling"
}

func company(name string) bool { return name == "near" || name == "apart" }

// checkShape looks at where these predicates stand in a rule, and notes where
// actors are named.
func (pl *placing) checkShape(e RuleExpr) {
	var first *Predicate
	pl.walk(e, true, nil, func(p *Predicate, top bool) {
		name := p.Name.Name
		if !scaling(name) && !company(name) {
			return
		}
		if company(name) {
			for _, a := range p.Args {
				find(a.Value, func(s Scalar) {
					if word, ok := s.Value.(string); ok && pl.mention[word] == (Span{}) {
						pl.mention[word] = s.Span
					}
				})
			}
		}
		switch {
		case !top:
			pl.p.report(onlyAnd.at(pl.p.file, p.Name.Span, name).help("join it to the rest with &"))
		case !scaling(name):
		case first != nil && first != p:
			pl.p.report(scaledTwice.at(pl.p.file, p.Name.Span, name, first.Name.Name).see(first.Name.Span, "the first one").
				help("leave one of them out"))
		default:
			first = p
		}
	})
}

// walk calls do for each predicate of a rule, those of the rules that it names
// as well. Top is whether all that stands around it is &.
func (pl *placing) walk(e RuleExpr, top bool, trail []string, do func(p *Predicate, top bool)) {
	if e == nil || !pl.p.spend(1+len(trail), e.Where()) {
		return
	}
	switch e := e.(type) {
	case *Predicate:
		do(e, top)
	case *RuleNot:
		pl.walk(e.Rule, false, trail, do)
	case *RuleOp:
		top = top && e.Op == '&'
		pl.walk(e.Left, top, trail, do)
		pl.walk(e.Right, top, trail, do)
	case *RuleName:
		def, ok := pl.defs[e.Name]
		if ok && len(trail) < maxDepth && !pl.bad[e.Name] && !slices.Contains(trail, e.Name) {
			pl.walk(def.Rule, top, append(slices.Clip(trail), e.Name), do)
		}
	}
}

// company gives the actors that near and apart name their full names. What a
// named rule says it says for the whole script, any other for the frame that it
// stands in.
func (pl *placing) company(x *expander, f *frame, r flow.Rule, where Span) flow.Rule {
	if !hasCompany(r) {
		return r
	}
	if r.Op == "match" {
		r.Args = map[string]flow.Value{"actors": pl.members(x, f, r, where)}
		return r
	}
	if r.Name != "" {
		f = x.main
	}
	terms := make([]flow.Rule, len(r.Terms))
	for i, t := range r.Terms {
		terms[i] = pl.company(x, f, t, where)
	}
	r.Terms = terms
	return r
}

func hasCompany(r flow.Rule) bool {
	if r.Op == "match" {
		return company(r.Name)
	}
	return slices.ContainsFunc(r.Terms, hasCompany)
}

// maxCompany is how many actors the rules of a script may name, each as often
// as it is applied.
const maxCompany = 100_000

// members are the actors that a predicate names, each once.
func (pl *placing) members(x *expander, f *frame, r flow.Rule, where Span) []any {
	names, _ := r.Args["actors"].([]any)
	ids := []any{}
	seen := map[flow.ActorID]bool{}
	for _, v := range names {
		name, ok := v.(string)
		if !ok || pl.many > maxCompany {
			continue
		}
		at := pl.mention[name]
		if at == (Span{}) {
			at = where
		}
		for _, path := range pl.expand(x, f, Ident{Span: at, Name: name}, r.Name, nil) {
			inside := pl.within(x, path)
			if !x.spend(1+len(inside), at) {
				return ids
			}
			for _, id := range inside {
				if seen[id] || pl.many > maxCompany {
					continue
				}
				seen[id] = true
				ids = append(ids, string(id))
				if pl.many++; pl.many > maxCompany {
					pl.p.report(tooLarge.at(pl.p.file, at, fmt.Sprintf("near and apart name more than %d actors", maxCompany)))
				}
			}
		}
	}
	return ids
}

// within are the actors at a path: the one, or those of the component.
func (pl *placing) within(x *expander, path string) []flow.ActorID {
	if pl.ids == nil {
		pl.ids = map[string][]flow.ActorID{}
		for _, a := range x.actors {
			for at := a.ID.Local(); ; {
				pl.ids[at] = append(pl.ids[at], a.ID)
				i := strings.LastIndexByte(at, ':')
				if i < 0 {
					break
				}
				at = at[:i]
			}
		}
	}
	return pl.ids[path]
}
