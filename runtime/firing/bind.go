package firing

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Config is an actor and the ends of its links.
type Config struct {
	Actor flow.Actor
	Spec  *flow.Spec
	Node  flow.Node // its ID, and the ports' properties: "routing" goes before the Spec's
	In    []InLink  // in the order of the graph's links
	Out   []OutLink // the same; links of the port "dead_letter" take the letters
	Box   Box       // where letters go that no link takes

	// Seed changes what ports with random routing draw.
	Seed uint64
	// Given, if not nil, is told each value given on an out-port, linked or
	// not, before it is routed, and each letter as one on "dead_letter".
	Given func(port string, v flow.Value)
	// Tracer, if not nil, records the ways of tokens. Without one, a token's trace
	// is passed on all the same.
	Tracer Tracer
}

// DeadLetter is the out-port that every type has for its dead letters, unless
// its Spec has an out-port of that name.
const DeadLetter = "dead_letter"

// Actions are an actor's actions, bound to the ends of its links. They are not
// safe for concurrent use.
type Actions struct {
	id      flow.ActorID
	fault   flow.FaultPolicy
	bound   []action
	letters *outlet // nil: no link takes them
	box     Box
	given   func(port string, v flow.Value)
	traces  traces
	routes  map[string]flow.Route // what the actor said of them

	ins int // of the action with most in-ports
	*Scratch
}

// A Scratch is the memory that a firing needs and nothing of which outlives it.
// Actors that never fire at the same time may share one.
type Scratch struct {
	firing flow.Firing
	parcel []parcel   // what the firing gives, weighed
	token  flow.Token // being offered
}

// Use lends the actions memory for the firings to come. nil takes it back,
// emptied: then the next firing makes its own.
func (a *Actions) Use(s *Scratch) {
	if old := a.Scratch; old != nil {
		clear(old.firing.In[:cap(old.firing.In)])
		clear(old.firing.Peers[:cap(old.firing.Peers)])
		clear(old.parcel[:cap(old.parcel)])
		old.token = flow.Token{}
		old.firing.Forget()
	}
	if a.Scratch = s; s != nil {
		s.firing.In = slices.Grow(s.firing.In[:0], a.ins)
		s.firing.Peers = slices.Grow(s.firing.Peers[:0], a.ins)
	}
}

// An action is a flow.Action with its ports found.
type action struct {
	flow.Action
	ins    []*intake
	outs   []*outlet
	tagged bool // has an in-port whose tokens must be put together
	mapped bool // has an out-port that may refuse what it is given
}

// Bind finds the ports of an actor's actions and joins them to its links. It
// asks the actor for its actions and, if it is a [flow.Router], its routes. The
// error says what does not fit: a routing that is unknown or on the wrong side,
// several links on an in-port that does not collect, or routes that name other
// peers than are linked.
func Bind(cfg Config) (*Actions, error) {
	if cfg.Actor == nil || cfg.Spec == nil || cfg.Box == nil {
		return nil, errors.New("firing: Config needs Actor, Spec and Box")
	}
	var routes map[string]flow.Route
	if r, ok := cfg.Actor.(flow.Router); ok {
		routes = r.Routes()
	}
	return bind(cfg, cfg.Actor.Actions(), routes)
}

// Rebind joins the same actions to other links: cfg is as it was, but for In and
// Out. The actor is not asked again. On an error nothing has changed.
func (a *Actions) Rebind(cfg Config) error {
	acts := make([]flow.Action, len(a.bound))
	for n := range a.bound {
		acts[n] = a.bound[n].Action
	}
	other, err := bind(cfg, acts, a.routes)
	if err != nil {
		return err
	}
	other.Use(a.Scratch)
	*a = *other
	return nil
}

func bind(cfg Config, acts []flow.Action, routes map[string]flow.Route) (*Actions, error) {
	b := binder{Config: cfg, routes: routes, ins: map[string]*intake{}, outs: map[string]*outlet{}}
	a := &Actions{id: cfg.Node.ID, fault: cfg.Spec.Fault, box: cfg.Box, given: cfg.Given, routes: routes, traces: traces{to: cfg.Tracer, typ: cfg.Node.Type}}
	for n, act := range acts {
		if act.Fire == nil {
			return nil, fmt.Errorf("action %d has no Fire", n)
		}
		bound, err := b.action(act)
		if err != nil {
			return nil, err
		}
		a.bound = append(a.bound, bound)
		a.ins = max(a.ins, len(bound.ins))
		for _, o := range bound.outs {
			a.traces.gives = a.traces.gives || len(o.ends) > 0
		}
	}
	if _, own := cfg.Spec.OutPort(DeadLetter); own {
		return a, nil
	}
	letters, err := b.out(DeadLetter)
	if err == nil && (len(letters.ends) > 0 || letters.closed) {
		a.letters = letters
	}
	return a, err
}

// A binder makes one intake for each in-port and one outlet for each out-port,
// shared by the actions that name them.
type binder struct {
	Config
	routes map[string]flow.Route
	ins    map[string]*intake
	outs   map[string]*outlet
}

func (b *binder) action(act flow.Action) (action, error) {
	bound := action{Action: act}
	for _, p := range act.In {
		i, err := b.in(p)
		if err != nil {
			return bound, fmt.Errorf("in-port %s: %w", p, err)
		}
		bound.ins = append(bound.ins, i)
		bound.tagged = bound.tagged || i.routing.tags()
	}
	for _, p := range act.Out {
		o, err := b.out(p)
		if err != nil {
			return bound, fmt.Errorf("out-port %s: %w", p, err)
		}
		bound.outs = append(bound.outs, o)
		bound.mapped = bound.mapped || o.routing == dispatchMapped && len(o.ends) > 0
	}
	return bound, nil
}

func (b *binder) in(port string) (*intake, error) {
	if i := b.ins[port]; i != nil {
		return i, nil
	}
	r, err := b.routing("in", port)
	if err != nil {
		return nil, err
	}
	i := &intake{port: port, routing: r}
	var links []flow.Link
	for _, l := range b.In {
		if l.Link.To.Port == port {
			i.ends = append(i.ends, l.End)
			links = append(links, l.Link)
		}
	}
	if r == byDefault && len(links) > 1 {
		return nil, fmt.Errorf("%d links lead to it, and it does not collect: set its routing", len(links))
	}
	if r.tags() && len(links) > 0 {
		if err := i.tag(links, b.routes["in:"+port]); err != nil {
			return nil, err
		}
	}
	b.ins[port] = i
	return i, nil
}

func (b *binder) out(port string) (*outlet, error) {
	if o := b.outs[port]; o != nil {
		return o, nil
	}
	r, err := b.routing("out", port)
	if err != nil {
		return nil, err
	}
	o := &outlet{port: port, routing: r, seed: seedOf(b.Seed, string(b.Node.ID), port)}
	var links []flow.Link
	for _, l := range b.Out {
		if l.Link.From.Port != port {
			continue
		}
		o.offered += l.End.Made()
		if l.Link.Closing {
			o.closed = true
			continue
		}
		o.ends = append(o.ends, l.End)
		links = append(links, l.Link)
	}
	o.closed = o.closed && len(links) == 0
	if len(links) > 0 {
		if err := o.order(links, b.routes["out:"+port]); err != nil {
			return nil, err
		}
	}
	b.outs[port] = o
	return o, nil
}
