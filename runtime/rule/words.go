package rule

import (
	"fmt"
	"slices"
)

// What changes do, in words: for who must decide about them.

// Words says what a change does to the rules as they are now, a line each.
func (c Change) Words(now *Set) []string {
	switch c.Op {
	case OpSet:
		return setWords(c, now)
	case OpRetire:
		old, _ := now.own(&c.Rule)
		return append([]string{fmt.Sprintf("retire the rule of %s, version %d: its readings are refused until it is set again", namedScope(&c.Rule), old.Version)}, c.staleWords(old)...)
	case OpGrant:
		return []string{fmt.Sprintf("let key %s be %s", c.Who, c.Role)}
	case OpWithdraw:
		return []string{fmt.Sprintf("let key %s be %s no more", c.Who, c.Role)}
	case OpUnpause:
		return []string{"judge by the rules again"}
	case OpSucceed:
		return []string{fmt.Sprintf("announce that the rule manager %s follows this one", c.Who)}
	}
	return []string{"a change that this wardflow does not know: do not approve it"}
}

func setWords(c Change, now *Set) []string {
	old, there := now.own(&c.Rule)
	old = fold(old)
	was, will := old.lines(), c.Rule.lines()
	head := fmt.Sprintf("set the rule of %s, version %d after %d:", namedScope(&c.Rule), c.Base+1, c.Base)
	switch {
	case !there:
		was = nil
		head = fmt.Sprintf("make a rule for %s; %s", namedScope(&c.Rule), insteadOf(&c.Rule, now))
	case old.Revoked:
		was = nil
		head = fmt.Sprintf("set the rule of %s again, which is retired:", namedScope(&c.Rule))
	}
	out := []string{head}
	for _, l := range was {
		if !slices.Contains(will, l) {
			out = append(out, "  - "+l)
		}
	}
	for _, l := range will {
		if !slices.Contains(was, l) {
			out = append(out, "  + "+l)
		}
	}
	if len(out) == 1 {
		out = append(out, "  nothing else than before")
	}
	for _, p := range c.Rule.Parts {
		if !p.Ours {
			out = append(out, fmt.Sprintf("  ! contract %s is none of wardflow's: what it does, only its source says", p.Address))
		} else if slices.Contains(c.Rule.Codes, p.Address) {
			out = append(out, fmt.Sprintf("  ! contract %s is %s, put as no rule file says it: have it proposed by a file", p.Address, p.Kind))
		}
	}
	return append(out, c.staleWords(old)...)
}

// insteadOf says what decides for a scope until it has a rule of its own.
func insteadOf(r *Rule, now *Set) string {
	if r.Device != "" {
		return "it goes before that of the device's group:"
	}
	if shorter, ok := now.For(r.Group); ok {
		return fmt.Sprintf("until now that of %s decides:", namedScope(&shorter))
	}
	return "until now its readings are refused:"
}

// staleWords warns of a change that can't be carried out any more.
func (c Change) staleWords(now Rule) []string {
	if c.Base == now.Version {
		return nil
	}
	return []string{fmt.Sprintf("  ! it expects version %d and there is version %d: it can't be carried out any more", c.Base, now.Version)}
}
