package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A placing is what the rule section of a script says, while it is resolved.
type placing struct {
	p      *program
	defs   map[string]*RuleDef
	groups map[string]*Group
	rules  map[string]flow.Rule // resolved
	sizes  map[string]int       // how many terms each resolved rule has
	sets   map[string][]string  // groups expanded
	trail  []string             // the rules being resolved
	bad    map[string]bool      // reported
}

// maxTerms is how many terms a rule may have once the rules it refers to are
// put in.
const maxTerms = 1000

// checkRules resolves rules, groups and applications into program.rules.
func (p *program) checkRules() {
	pl := &placing{
		p: p, defs: map[string]*RuleDef{}, groups: map[string]*Group{}, rules: map[string]flow.Rule{},
		sizes: map[string]int{}, sets: map[string][]string{}, bad: map[string]bool{},
	}
	var applies []*Apply
	for _, s := range p.file.Body {
		switch s := s.(type) {
		case *RuleDef:
			if old, ok := pl.defs[s.Name.Name]; ok {
				p.report(repeatedRule.at(p.file, s.Name.Span, s.Name.Name).see(old.Name.Span, "defined here first"))
				continue
			}
			pl.defs[s.Name.Name] = s
		case *Group:
			if old, ok := pl.groups[s.Name.Name]; ok {
				p.report(repeatedGroup.at(p.file, s.Name.Span, s.Name.Name).see(old.Name.Span, "defined here first"))
				continue
			}
			if in, ok := p.main.byName[s.Name.Name]; ok {
				p.report(groupIsActor.at(p.file, s.Name.Span, s.Name.Name).see(in.where, "the actor"))
			}
			pl.groups[s.Name.Name] = s
		case *Apply:
			applies = append(applies, s)
		}
	}
	for _, s := range p.file.Body {
		switch s := s.(type) {
		case *RuleDef: // also those nobody uses
			pl.named(s.Name)
		case *Group:
			pl.expand(s.Name, "group", nil)
		}
	}
	at := map[string]Span{}
	for _, a := range applies {
		pl.apply(a, at)
	}
}

// apply attaches one rule to its targets. At remembers where each got its rule.
func (pl *placing) apply(a *Apply, at map[string]Span) {
	rule, n := pl.resolve(a.Rule)
	if n > maxTerms {
		pl.p.report(tooLarge.at(pl.p.file, a.Rule.Where(), fmt.Sprintf("the rule has more than %d terms", maxTerms)))
		return
	}
	for _, t := range a.Targets {
		for _, path := range pl.expand(t, "apply", nil) {
			if old, ok := at[path]; ok {
				pl.p.report(repeatedApply.at(pl.p.file, t.Span, path).see(old, "from here").
					help("apply one rule: join them with &"))
				continue
			}
			at[path] = t.Span
			pl.p.rules[path] = &rule
		}
	}
}

// expand turns a target into paths of actors and components: its own, or its
// members' when it is a group. What says who names the target.
func (pl *placing) expand(t Ident, what string, trail []string) []string {
	p := pl.p
	g, ok := pl.groups[t.Name]
	if !ok {
		if !pl.exists(t.Name) && !p.lost[strings.Split(t.Name, ":")[0]] {
			p.report(unknownTarget.at(p.file, t.Span, what, t.Name).
				help("%s", nearest(t.Name, append(keys(p.main.byName), keys(pl.groups)...))))
		}
		return []string{t.Name}
	}
	if all, ok := pl.sets[t.Name]; ok {
		return all
	}
	if i := slices.Index(trail, t.Name); i >= 0 {
		if !pl.bad["group "+t.Name] {
			pl.bad["group "+t.Name] = true
			p.report(circularGroup.at(p.file, g.Name.Span, t.Name, strings.Join(append(slices.Clone(trail[i:]), t.Name), " > ")))
		}
		return nil
	}
	if len(trail) == maxDepth {
		p.report(tooDeep.at(p.file, t.Span, maxDepth))
		return nil
	}
	var all []string
	seen := map[string]bool{}
	trail = append(trail, t.Name)
	for _, m := range g.Members {
		for _, path := range pl.expand(m, "group", trail) {
			if !seen[path] {
				seen[path] = true
				all = append(all, path)
			}
		}
	}
	pl.sets[t.Name] = all
	return all
}

// exists reports whether a path leads to an actor or component instance.
func (pl *placing) exists(path string) bool {
	b := pl.p.main
	for _, part := range strings.Split(path, ":") {
		if b == nil {
			return false
		}
		in, ok := b.byName[part]
		if !ok {
			return false
		}
		b = in.comp
	}
	return true
}

// named resolves a rule by name. The outcome carries the name, for people.
func (pl *placing) named(id Ident) (flow.Rule, int) {
	p := pl.p
	if r, ok := pl.rules[id.Name]; ok {
		return r, pl.sizes[id.Name]
	}
	none := flow.Rule{Op: "or"} // matches nowhere; never seen, since it comes with an error
	if pl.bad[id.Name] {
		return none, 1
	}
	def, ok := pl.defs[id.Name]
	if !ok {
		if !p.lost[id.Name] {
			p.report(unknownRule.at(p.file, id.Span, id.Name).help("%s", or(nearest(id.Name, keys(pl.defs)), "define it with rule "+id.Name+" : ...")))
		}
		return none, 1
	}
	if i := slices.Index(pl.trail, id.Name); i >= 0 {
		pl.bad[id.Name] = true
		p.report(circularRule.at(p.file, id.Span, id.Name, strings.Join(append(slices.Clone(pl.trail[i:]), id.Name), " > ")))
		return none, 1
	}
	if len(pl.trail) >= maxDepth {
		pl.bad[id.Name] = true
		p.report(tooDeep.at(p.file, id.Span, maxDepth))
		return none, 1
	}
	pl.trail = append(pl.trail, id.Name)
	r, n := pl.resolve(def.Rule)
	pl.trail = pl.trail[:len(pl.trail)-1]
	if pl.bad[id.Name] {
		return none, 1
	}
	if n > maxTerms {
		pl.bad[id.Name] = true
		p.report(tooLarge.at(p.file, def.Name.Span, fmt.Sprintf("rule '%s' has more than %d terms", id.Name, maxTerms)))
		return none, 1
	}
	if r.Op == "match" || r.Name != "" {
		r = flow.Rule{Op: "and", Terms: []flow.Rule{r}, Line: int(def.Start.Line)}
	}
	r.Name = id.Name
	pl.rules[id.Name], pl.sizes[id.Name] = r, n
	return r, n
}

// resolve turns an expression into a rule with n terms.
func (pl *placing) resolve(e RuleExpr) (r flow.Rule, n int) {
	line := int(e.Where().Start.Line)
	switch e := e.(type) {
	case *RuleName:
		return pl.named(e.Ident)
	case *Predicate:
		return pl.p.predicate(e), 1
	case *RuleNot:
		r, n := pl.resolve(e.Rule)
		return flow.Rule{Op: "not", Terms: []flow.Rule{r}, Line: line}, n + 1
	case *RuleOp:
		op := "and"
		if e.Op == '|' {
			op = "or"
		}
		left, n := pl.resolve(e.Left)
		right, m := pl.resolve(e.Right)
		terms := []flow.Rule{left}
		if left.Op == op && left.Name == "" {
			terms = slices.Clip(left.Terms) // a & b & c is one "and"
		}
		return flow.Rule{Op: op, Terms: append(terms, right), Line: line}, n + m + 1
	}
	return flow.Rule{Op: "or"}, 1
}
