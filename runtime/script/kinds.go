package script

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// A carriage follows what links carry: the kind that each out-port gives, from
// what arrives at the in-ports and from the arguments, until nothing changes.
//
// The kind of a port in a Spec is that of the tokens on its links, with the
// routing that the type declares. Where the script sets a routing that wraps
// tokens in {tag: token}, or takes them out of {selector: token}, the kind on
// the other side is worked out from that.
type carriage struct {
	x     *expander
	into  map[portKey][]int // links by in-port
	outs  [][]outPort       // the linked out-ports of each actor
	gives map[portKey]kind.Kind
}

// An outPort is an out-port with its links.
type outPort struct {
	key   portKey
	links []int
	turns int // how often its kind has changed
}

// The bounds within which kinds are followed round loops; beyond is any.
const (
	maxTurns = 8
	maxNest  = 6
	maxUnion = 12
)

// carry follows the kinds of all links.
func (x *expander) carry() *carriage {
	c := &carriage{x, map[portKey][]int{}, make([][]outPort, len(x.actors)), map[portKey]kind.Kind{}}
	at := map[portKey]int{}
	for i := range x.links {
		l := &x.links[i]
		c.into[l.in()] = append(c.into[l.in()], i)
		key, a := l.out(), l.from.actor.index
		n, ok := at[key]
		if !ok {
			n = len(c.outs[a])
			at[key], c.gives[key] = n, kind.Never
			c.outs[a] = append(c.outs[a], outPort{key: key})
		}
		c.outs[a][n].links = append(c.outs[a][n].links, i)
	}
	c.settle()
	return c
}

func (c *carriage) settle() {
	queue := append([]*actor{}, c.x.actors...)
	waits := make([]bool, len(queue))
	for i := range waits {
		waits[i] = true
	}
	for len(queue) > 0 && !c.x.over {
		a := queue[0]
		queue, waits[a.index] = queue[1:], false
		for n := range c.outs[a.index] {
			o := &c.outs[a.index][n]
			if !c.update(o) {
				continue
			}
			for _, i := range o.links {
				if to := c.x.links[i].to.actor; !waits[to.index] {
					queue, waits[to.index] = append(queue, to), true
				}
			}
		}
	}
}

// update works the kind of an out-port out anew and reports whether it is
// another one.
func (c *carriage) update(o *outPort) bool {
	k := c.out(o.key)
	if o.turns++; o.turns > maxTurns || k.Depth() > maxNest || k.Terms() > maxUnion {
		k = kind.Any
	}
	old := c.gives[o.key]
	c.gives[o.key] = k
	return !kind.Same(old, k)
}

// deadLetterKind is the kind of what comes out of a dead_letter port.
var deadLetterKind = kind.Record(map[string]kind.Kind{
	"actor": kind.Of(""), "why": kind.Of(""), "tokens": kind.DictOf(kind.Any)})

// out is the kind that an out-port gives to each of its links.
func (c *carriage) out(key portKey) kind.Kind {
	a, name := key.actor, key.side[1]
	if a.inst.spec == nil {
		return kind.Any
	}
	port, ok := a.inst.spec.OutPort(name)
	if !ok {
		if name == deadLetter {
			return deadLetterKind
		}
		return kind.Any
	}
	k := c.x.kind(port.Kind).With(
		func(in string) kind.Kind { return c.arrives(portKey{a, [2]string{"in", in}}) },
		func(arg string) kind.Kind {
			v, ok := a.Args[arg]
			if !ok {
				return kind.Any
			}
			return kind.Of(v)
		})
	if first(a.Ports["out:"+name]["routing"]) == "dispatch-mapped" && port.Routing != "dispatch-mapped" {
		return kind.Any // the values of {selector: value}
	}
	return k
}

// arrives is the kind of what an in-port's actor takes from it.
func (c *carriage) arrives(key portKey) kind.Kind {
	k := kind.Never
	if fed, ok := c.x.fed[key]; ok {
		k = fed
	}
	if !c.x.spend(len(c.into[key]), key.actor.inst.where) {
		return kind.Any
	}
	for _, i := range c.into[key] {
		k = kind.Union(k, c.gives[c.x.links[i].out()])
	}
	if c.wraps(key) && !k.IsNever() {
		return kind.DictOf(k)
	}
	return k
}

// wraps reports whether the script, not the type, has an in-port put tags on
// tokens.
func (c *carriage) wraps(key portKey) bool {
	routing := first(key.actor.Ports["in:"+key.side[1]]["routing"])
	port := flow.Port{}
	if key.actor.inst.spec != nil {
		port, _ = key.actor.inst.spec.InPort(key.side[1])
	}
	return strings.HasSuffix(routing, "tagged") && !strings.HasSuffix(port.Routing, "tagged")
}

// first is the first of a preference list, or the one value, if it is a string.
func first(v flow.Value) string {
	s, _ := alternatives(v)[0].(string)
	return s
}

// checkKinds looks for links that carry what their in-port can't take.
func (x *expander) checkKinds() {
	c := x.carry()
	told := map[*wire]bool{}
	for i := range x.links {
		l := &x.links[i]
		if l.to.actor.inst.spec == nil || told[l.wire] {
			continue
		}
		port, ok := l.to.actor.inst.spec.InPort(l.to.port)
		if !ok || port.Kind == "" {
			continue
		}
		from, to := c.gives[l.out()], x.kind(port.Kind)
		if c.wraps(l.in()) {
			from = kind.DictOf(from)
		}
		if ok, why := kind.Fits(from, to); !ok {
			told[l.wire] = true
			x.report(x.clash(l, from, to, why))
		}
	}
}

// clash is the issue with a link whose ends don't fit.
func (x *expander) clash(l *crossing, from, to kind.Kind, why string) Issue {
	source := l.from.local()
	if l.from.actor.inst.made {
		source = "the value"
	}
	i := kindClash.at(x.file, l.wire.to.where, source, from, l.to.local(), to, why)
	i = i.see(l.wire.from.where, "it comes from here")
	if l.wire.from.actor != l.from.actor.inst.name {
		i = i.see(l.from.actor.inst.where, "from this actor")
	}
	if l.wire.to.actor != l.to.actor.inst.name {
		i = i.see(l.to.actor.inst.where, "to this actor")
	}
	if s := l.from.actor.inst; s.made && strings.HasPrefix(s.typ, "std.Con") && to.String() == "string" && len(s.args) == 1 {
		if text, ok := s.args[0].Value.(*Scalar); ok && text.Value != nil {
			return i.help("a string stands in quotes")
		}
	}
	return i.help("link another port, or put an actor between them that makes one of the other")
}
