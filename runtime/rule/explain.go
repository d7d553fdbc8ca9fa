package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Step is one thing that a verdict hangs on, in the order of judging.
type Step struct {
	What string `json:"what"` // what was looked at
	OK   bool   `json:"ok"`   // whether it lets the reading pass
	Why  string `json:"why"`  // what was found there
}

// Explain says step by step how a case is judged by a state in which the rules
// are these, and what the contract itself makes of it at the end. The steps
// after the one that decides are shown as well, as far as there are any.
func (s *Set) Explain(st chain.State, c *flow.Case) ([]Step, error) {
	f := factsOf(c)
	steps := []Step{{fmt.Sprintf("rule manager %s, epoch %d", s.manager, s.epoch), !s.paused, choose(s.paused, "paused: every reading waits until it is started again", "not paused")}}
	e, looked := s.search(&f)
	steps = append(steps, looked...)
	if e != nil && !e.revoked {
		for i, p := range e.parts {
			steps = append(steps, Step{fmt.Sprintf("part %d of %d: contract %s", i+1, len(e.parts), p.name), p.wrong == "", p.described()})
			if p.wrong == "" {
				steps = append(steps, p.explain(&f)...)
			}
		}
	}
	a, err := s.ask(st, &f)
	if err != nil {
		return steps, err
	}
	v := s.verdict(&f, a)
	return append(steps, Step{"the contract's own check", v.OK(), fmt.Sprintf("%s: %s (version %d, answered when %s)", v.Reason, v.Clause, v.Version, v.Mode)}), nil
}

// search are the places where a rule was looked for, and the one that has it.
func (s *Set) search(f *facts) (*entry, []Step) {
	e := s.resolve(f.Reading.Device, f.Group)
	var steps []Step
	if len(s.byDevice) > 0 && (e == nil || e.device == "") {
		steps = append(steps, Step{"device " + f.Reading.Device, true, "it has no rule of its own"})
	}
	for group := f.Group; e == nil || e.device == "" && group != e.group; group = group[:max(strings.LastIndexByte(group, '/'), 0)] {
		steps = append(steps, Step{"group " + namedGroup(group), e != nil, "no rule of its own"})
		if group == "" {
			break
		}
	}
	if e == nil {
		return nil, append(steps, Step{"rule", false, "no rule for group " + quoted(f.Group)})
	}
	r := s.rules[e.place]
	found := fmt.Sprintf("version %d of block %d, %s, answers when %s", e.version, r.Block, contractsCount(len(e.parts)), e.mode)
	return e, append(steps, Step{"rule of " + e.named(), !e.revoked, choose(e.revoked, e.revokedClause(), found)})
}

func contractsCount(n int) string {
	if n == 1 {
		return "1 contract"
	}
	return fmt.Sprintf("%d contracts", n)
}

func choose(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// described says what sort of rule a part is and who judges by it.
func (p *part) described() string {
	kind := p.Kind
	if kind == "" {
		kind = "of no kind"
	}
	switch {
	case p.wrong != "":
		return "it " + p.wrong
	case p.native:
		return fmt.Sprintf("%s, its code is known: judged natively, and by the contract when it refuses", kind)
	case p.slope != nil, p.agreement != nil:
		return kind + ", judged by the contract; its code is known, and said here in words"
	}
	return kind + ", judged by the contract alone: its code is not known here"
}

// explain are the clauses of a part.
func (p *part) explain(f *facts) []Step {
	switch {
	case p.limits != nil:
		l := p.limits[f.Reading.Kind]
		if l == nil {
			return []Step{{"kind", false, "it does not name " + quoted(f.Reading.Kind)}}
		}
		return l.explain(f)
	case p.slope != nil:
		return []Step{{"slope", p.slope.hold(f) == flow.Accepted, p.slope.found(f)}}
	case p.agreement != nil:
		return []Step{{"agreement", p.agreement.hold(f) == flow.Accepted, p.agreement.found(f)}}
	}
	return nil
}

func (s *Slope) found(f *facts) string {
	if why := s.hold(f); why != flow.Accepted {
		return s.clause(why, f)
	}
	if f.Reading.Kind != s.Kind {
		return fmt.Sprintf("it is about %s, not about %s", s.Kind, f.Reading.Kind)
	}
	return fmt.Sprintf("holds against %d readings before it", len(s.past(f)))
}

func (a *Agreement) found(f *facts) string {
	if why := a.hold(f); why != flow.Accepted {
		return a.clause(why, f)
	}
	if k := f.Reading.Kind; k != a.Kind && k != a.With {
		return fmt.Sprintf("it is about %s and %s, not about %s", a.Kind, a.With, k)
	}
	return fmt.Sprintf("%s less %s is to be from %v to %v %s; nothing beside it says otherwise", a.Kind, a.With, microOf(a.Least), microOf(a.Most), a.Unit)
}

// explain are the clauses of a limit, in the order in which they decide.
func (l *limit) explain(f *facts) []Step {
	r := f.Reading
	var steps []Step
	add := func(what string, breaks func(*limit) *limit, says string) {
		only := breaks(&limit{Limit: Limit{Kind: l.Kind, Unit: r.Unit, Min: -1 << 63, Max: 1<<63 - 1}})
		why := only.hold(f)
		ok := why == flow.Accepted || why == flow.MissingField && only.Fields == 0
		if !ok {
			says = only.clause(why, f)
		}
		steps = append(steps, Step{what, ok, says})
	}
	add("unit", func(o *limit) *limit { o.Unit = l.Unit; return o }, l.Unit)
	if len(r.Samples) > 0 {
		add("range", func(o *limit) *limit { o.Min, o.Max = l.Min, l.Max; return o }, fmt.Sprintf("%s is %s", ranged(f.low.String(), f.high.String(), r.Unit), l.within))
	}
	if l.Rate != 0 {
		add("rate", func(o *limit) *limit { o.Rate = l.Rate; return o }, fmt.Sprintf("at most %d a second", l.Rate))
	}
	if l.Age != 0 {
		add("age", func(o *limit) *limit { o.Age = l.Age; return o }, fmt.Sprintf("%v old, at most %v", f.between(), l.Age))
	}
	if l.Ahead != 0 {
		add("ahead", func(o *limit) *limit { o.Ahead = l.Ahead; return o }, fmt.Sprintf("at most %v ahead of the clock", l.Ahead))
	}
	if l.Samples != 0 {
		add("samples", func(o *limit) *limit { o.Samples = l.Samples; return o }, fmt.Sprintf("%d, at most %d", len(r.Samples), l.Samples))
	}
	if l.Bytes != 0 {
		add("bytes", func(o *limit) *limit { o.Bytes = l.Bytes; return o }, fmt.Sprintf("%d, at most %d", f.size(), l.Bytes))
	}
	lacks := missing(r, f.taken)
	if lack := (l.Fields &^ f.fields()).Names(); lacks == "" && len(lack) > 0 {
		lacks = strings.Join(lack, ", ")
	}
	return append(steps, Step{"fields", lacks == "", choose(lacks == "", "all there", "missing: "+lacks)})
}

// Explain is [Set.Explain] by what the book knows, after what it knows of the chain.
func (b *Book) Explain(c *flow.Case) ([]Step, error) {
	w := b.now.Load()
	if w.set == nil {
		return []Step{{"rules on the chain", false, w.why.Error()}}, nil
	}
	steps := []Step{{fmt.Sprintf("block %d, %v old", w.head.Number, c.Now.Sub(w.head.Time).Truncate(time.Millisecond)), true, "the rules are known"}}
	if err := b.knows(w, c.Now); err != nil {
		steps[0].OK, steps[0].Why = false, err.Error()
	}
	var more []Step
	err := w.states.use(func(st chain.State) (err error) {
		more, err = w.set.Explain(st, c)
		return err
	})
	return append(steps, more...), err
}
