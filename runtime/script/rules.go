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
	trail  []string             // the rules being resolved
	bad    map[string]bool      // reported

	targets map[string]*flow.Rule // by path of the actor or component
	at      map[string]Span       // where each target got its rule
	sets    map[string][]string   // groups expanded

	many    int                       // actors that near and apart name so far
	mention map[string]Span           // where near and apart name actors first
	ids     map[string][]flow.ActorID // actors by each path that they are on
}

// maxTerms is how many terms a rule may have once the rules it refers to are
// put in.
const maxTerms = 1000

// placing resolves the rules that have names, and looks at the expressions of
// apply as far as they are known.
func (p *program) placing() *placing {
	pl := &placing{
		p: p, defs: map[string]*RuleDef{}, groups: map[string]*Group{}, rules: map[string]flow.Rule{},
		sizes: map[string]int{}, bad: map[string]bool{}, targets: map[string]*flow.Rule{}, at: map[string]Span{},
		sets: map[string][]string{}, mention: map[string]Span{},
	}
	for _, s := range p.file.Body {
		switch s := s.(type) {
		case *RuleDef:
			if old, ok := pl.defs[s.Name.Name]; ok {
				p.report(repeatedRule.at(p.file, s.Name.Span, s.Name.Name).see(old.Name.Span, "defined here first").
					help("choose another name for one of them"))
				continue
			}
			pl.defs[s.Name.Name] = s
		case *Group:
			pl.group(s)
		}
	}
	for _, s := range p.file.Body {
		if s, ok := s.(*RuleDef); ok { // also those nobody uses
			pl.named(s.Name)
			pl.checkShape(s.Rule)
		}
	}
	p.main.each(func(b *block) {
		for _, a := range b.applies {
			pl.resolve(a.Rule, p.meaning(b))
			pl.checkShape(a.Rule)
		}
	})
	return pl
}

func (pl *placing) group(g *Group) {
	p := pl.p
	if old, ok := pl.groups[g.Name.Name]; ok {
		p.report(repeatedGroup.at(p.file, g.Name.Span, g.Name.Name).see(old.Name.Span, "defined here first").
			help("choose another name for one of them"))
		return
	}
	if in, ok := p.main.byName[g.Name.Name]; ok {
		p.report(groupIsActor.at(p.file, g.Name.Span, g.Name.Name).see(in.where, "the actor").help("choose another name"))
	}
	pl.groups[g.Name.Name] = g
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
			i := unknownRule.at(p.file, id.Span, id.Name, pl.reader(id)).meant(id.Span, id.Name, few(pl.defs))
			if i.Hint == "" && knownPredicate(id.Name) {
				i = i.put(id.Span, id.Name+"()", "a predicate has parentheses: %s()", id.Name)
			}
			p.report(i.or("define it with rule %s : ...", id.Name))
		}
		return none, 1
	}
	if i := slices.Index(pl.trail, id.Name); i >= 0 {
		pl.bad[id.Name] = true
		p.report(circularRule.at(p.file, id.Span, id.Name, strings.Join(append(slices.Clone(pl.trail[i:]), id.Name), " > ")).
			see(def.Name.Span, "defined here").help("a rule can't be part of itself"))
		return none, 1
	}
	if len(pl.trail) >= maxDepth {
		pl.bad[id.Name] = true
		p.report(tooDeep.at(p.file, id.Span, maxDepth))
		return none, 1
	}
	pl.trail = append(pl.trail, id.Name)
	r, n := pl.resolve(def.Rule, p.meaning(p.main))
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

// reader is the rule that speaks of another, which is the one that Calvin names;
// in an apply it is the other itself.
func (pl *placing) reader(id Ident) string {
	if len(pl.trail) > 0 {
		return pl.trail[len(pl.trail)-1]
	}
	return id.Name
}

// resolve turns an expression into a rule with n terms.
func (pl *placing) resolve(e RuleExpr, names reader) (r flow.Rule, n int) {
	line := int(e.Where().Start.Line)
	switch e := e.(type) {
	case *RuleName:
		return pl.named(e.Ident)
	case *Predicate:
		return pl.p.predicate(e, names), 1
	case *RuleNot:
		r, n := pl.resolve(e.Rule, names)
		return flow.Rule{Op: "not", Terms: []flow.Rule{r}, Line: line}, n + 1
	case *RuleOp:
		op := "and"
		if e.Op == '|' {
			op = "or"
		}
		left, n := pl.resolve(e.Left, names)
		right, m := pl.resolve(e.Right, names)
		terms := []flow.Rule{left}
		if left.Op == op && left.Name == "" {
			terms = slices.Clip(left.Terms) // a & b & c is one "and"
		}
		return flow.Rule{Op: op, Terms: append(terms, right), Line: line}, n + m + 1
	}
	return flow.Rule{Op: "or"}, 1
}
