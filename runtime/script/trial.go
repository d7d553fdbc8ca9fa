package script

import (
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// trial makes a test: the program once more with the test's own actors, without
// the links into ports that are given tokens, and of that what the test speaks of.
func (p *program) trial(b *block) Trial {
	t := Trial{File: p.file.name(b.test.Span), Span: b.test.Span, Name: b.test.Name.Value.(string)}
	if b.test.Doc != nil {
		t.Doc = b.test.Doc.Text
	}
	x := &expander{program: p, given: map[portPath]bool{}}
	for _, s := range b.test.Body {
		if g, ok := s.(*Give); ok && g.Port.Actor != nil {
			x.given[portPath{p.app + ":" + g.Port.Actor.Name, g.Port.Port.Name}.plain()] = true
		}
	}
	f := x.expand(b)
	if x.over {
		return t
	}
	steps, named, fed := x.steps(f)
	if !x.spend(len(x.actors)+len(x.links), b.where()) {
		return t
	}
	t.Steps = steps
	x.only(named)
	x.fed = fed
	t.Graph = x.graph(nil)
	x.checkKinds()
	return t
}

// steps are the lines of a test, the actors they speak of, and the kinds of
// what is given.
func (x *expander) steps(f *frame) (steps []Step, named []*actor, fed map[portKey]kind.Kind) {
	fed = map[portKey]kind.Kind{}
	for _, a := range f.actors {
		named = append(named, a)
	}
	for name := range f.hulls {
		if !x.spend(len(x.actors), f.block.where()) {
			break
		}
		for _, a := range x.actors {
			if strings.HasPrefix(string(a.ID), f.path+":"+name+":") {
				named = append(named, a)
			}
		}
	}
	for _, s := range f.block.test.Body {
		step := Step{Span: s.Where()}
		var ends []socket
		switch s := s.(type) {
		case *Give:
			step.Do, step.As = StepGive, s.Port.String()
			ends = x.port(f, &s.Port, "in")
			step.Values = x.tokens(f, s.Tokens)
			x.feed(fed, ends, step.Values, s.Tokens)
		case *Expect:
			step.Do, step.As, step.More = StepExpect, s.Port.String(), s.More
			ends = x.port(f, &s.Port, "out")
			step.Values = x.tokens(f, s.Tokens)
		case *After:
			step.Do, step.After = StepAfter, seconds(s.Seconds.Value)
		case *Set:
			b, _ := x.values(f).eval(s.Value)
			v, err := flow.FromPlain(b.value)
			if err != nil {
				x.report(badToken.at(x.file, s.Value.Where(), err))
			}
			step.Do, step.As, step.Values = StepSet, s.Capability.Name, []flow.Value{v}
		default:
			continue
		}
		for _, e := range ends {
			step.Ports = append(step.Ports, e.endpoint())
			named = append(named, e.actor)
		}
		steps = append(steps, step)
	}
	return steps, named, fed
}

// maxAfter is the longest time that a test may let pass.
const maxAfter = 100 * 365 * 24 * time.Hour

func seconds(v flow.Value) time.Duration {
	var s float64
	switch v := v.(type) {
	case int64:
		s = float64(v)
	case float64:
		s = v
	}
	return time.Duration(min(s, maxAfter.Seconds()) * float64(time.Second))
}

// tokens are the values of a list of a test, exceptions among them.
func (x *expander) tokens(f *frame, e Expr) []flow.Value {
	b, st := x.values(f).eval(e)
	list, _ := b.value.([]any)
	if st != known {
		return nil
	}
	out := make([]flow.Value, len(list))
	for i, v := range list {
		token, err := flow.FromPlain(v)
		if err != nil {
			x.report(badToken.at(x.file, itemAt(e, i), err).help(`an exception is {"$exception": "EOSToken"}`))
		}
		out[i] = token
	}
	return out
}

// itemAt is where an item of a list stands, if it is written out.
func itemAt(e Expr, i int) Span {
	if l, ok := e.(*List); ok && i < len(l.Items) {
		return l.Items[i].Where()
	}
	return e.Where()
}

// feed notes the kinds of tokens given to ports, and looks whether each can be
// one of the port's.
func (x *expander) feed(fed map[portKey]kind.Kind, ends []socket, values []flow.Value, e Expr) {
	for _, s := range ends {
		key := portKey{s.actor, [2]string{"in", s.port}}
		arrives, ok := fed[key]
		if !ok {
			arrives = kind.Never
		}
		want := kind.Any
		if s.actor.inst.spec != nil {
			port, _ := s.actor.inst.spec.InPort(s.port)
			want = x.kind(port.Kind)
		}
		for i, v := range values {
			if _, exception := v.(flow.Exception); exception {
				continue
			}
			arrives = kind.Union(arrives, kind.Of(v))
			if ok, why := want.Takes(v); !ok {
				x.report(wrongToken.at(x.file, itemAt(e, i), s.local(), want, why).
					see(s.actor.inst.where, "to this actor").help("give tokens of that kind"))
			}
		}
		fed[key] = arrives
	}
}

// only leaves, of what was made, the actors that links join to some.
func (x *expander) only(named []*actor) {
	next := make([][]*actor, len(x.actors))
	for i := range x.links {
		from, to := x.links[i].from.actor, x.links[i].to.actor
		next[from.index] = append(next[from.index], to)
		next[to.index] = append(next[to.index], from)
	}
	keep := make([]bool, len(x.actors))
	for len(named) > 0 {
		a := named[len(named)-1]
		named = named[:len(named)-1]
		if keep[a.index] {
			continue
		}
		keep[a.index] = true
		named = append(named, next[a.index]...)
	}
	links := x.links[:0]
	for _, l := range x.links {
		if keep[l.from.actor.index] {
			links = append(links, l)
		}
	}
	x.links = links
	actors := x.actors[:0]
	for _, a := range x.actors {
		if keep[a.index] {
			a.index = len(actors)
			actors = append(actors, a)
		}
	}
	x.actors = actors
}
