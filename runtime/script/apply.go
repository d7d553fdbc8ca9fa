package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// apply attaches rules to what an expander has made: those of the program,
// then those of each element of its fors.
func (pl *placing) apply(x *expander) {
	for _, s := range pl.p.file.Body {
		if g, ok := s.(*Group); ok {
			pl.expand(x, x.main, g.Name, "group", nil)
		}
	}
	pl.frame(x, x.main)
}

func (pl *placing) frame(x *expander, f *frame) {
	for _, a := range f.block.applies {
		rule, n := pl.resolve(a.Rule, x.values(f))
		if !x.spend(n, a.Rule.Where()) {
			return
		}
		if n > maxTerms {
			pl.p.report(tooLarge.at(pl.p.file, a.Rule.Where(), fmt.Sprintf("the rule has more than %d terms", maxTerms)))
			continue
		}
		rule = pl.company(x, f, rule, a.Rule.Where())
		for _, t := range a.Targets {
			pl.target(x, f, t, &rule)
		}
	}
	for _, it := range f.block.items {
		for _, l := range f.loops[it.loop] {
			if x.over {
				return
			}
			pl.frame(x, l)
		}
	}
}

// target attaches a rule to what a name in a frame means.
func (pl *placing) target(x *expander, f *frame, t Ident, rule *flow.Rule) {
	paths := pl.expand(x, f, t, "apply", nil)
	if !x.spend(len(paths), t.Span) {
		return
	}
	for _, path := range paths {
		if old, ok := pl.at[path]; ok {
			pl.p.report(repeatedApply.at(pl.p.file, t.Span, path).see(old, "from here").
				help("apply one rule: join them with &"))
			continue
		}
		pl.at[path] = t.Span
		if p := scalingIn(rule); p != nil && p.Name == "device_scaling" {
			own := *rule
			own.Target = path
			rule = &own
		}
		pl.targets[path] = rule
	}
}

// expand turns a target into paths of actors and components within the
// application: its own, or its members' when it is a group. What says who names
// the target.
func (pl *placing) expand(x *expander, f *frame, t Ident, what string, trail []string) []string {
	p := pl.p
	g, ok := pl.groups[t.Name]
	if !ok {
		return pl.path(x, f, t, what)
	}
	if all, ok := pl.sets[t.Name]; ok {
		return all
	}
	if i := slices.Index(trail, t.Name); i >= 0 {
		if !pl.bad["group "+t.Name] {
			pl.bad["group "+t.Name] = true
			p.report(circularGroup.at(p.file, g.Name.Span, t.Name, strings.Join(append(slices.Clone(trail[i:]), t.Name), " > ")).
				see(t.Span, "this closes the circle").help("a group can't be part of itself"))
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
		paths := pl.expand(x, x.main, m, "group", trail)
		if !x.spend(1+len(paths), m.Span) {
			return nil
		}
		for _, path := range paths {
			if !seen[path] {
				seen[path] = true
				all = append(all, path)
			}
		}
	}
	pl.sets[t.Name] = all
	return all
}

// path is the path of what a name means in a frame: what the frame has made,
// else what those around it have.
func (pl *placing) path(x *expander, f *frame, t Ident, what string) []string {
	for at := f; at != nil; at = at.parent {
		if full, ok := x.find(at.path, t.Name); ok {
			return []string{full[len(x.app)+1:]}
		}
	}
	p := pl.p
	if first, _, _ := strings.Cut(t.Name, ":"); p.lost[first] {
		return nil
	}
	var near []string
	switch {
	case strings.Contains(t.Name, ":") && x.spend(len(x.made), t.Span):
		near = x.paths()
	case x.spend(len(pl.groups), t.Span):
		near = append(f.block.nearby(), keys(pl.groups)...)
	}
	i := unknownTarget.at(p.file, t.Span, what, t.Name).meant(t.Span, t.Name, near)
	p.report(i.or("name an actor, an instance of a component, or a group"))
	return nil
}

// rule is the rule of the most specific path that an actor is on.
func (pl *placing) rule(id flow.ActorID) *flow.Rule {
	r, _ := pl.ruleAt(id)
	return r
}

// ruleAt is an actor's rule, and where it got it.
func (pl *placing) ruleAt(id flow.ActorID) (*flow.Rule, Span) {
	for path := id.Local(); path != ""; {
		if r, ok := pl.targets[path]; ok {
			return r, pl.at[path]
		}
		i := strings.LastIndexByte(path, ':')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return nil, Span{}
}
