package casetest

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A bench is the actor of a case and its links.
type bench struct {
	typ     flow.Type
	args    Args
	env     *env
	actor   flow.Actor
	acts    *firing.Actions
	in, out []link
	letters box
}

// A link is a queue, known in the case by a port and perhaps a peer.
type link struct {
	name  string
	flow  flow.Link
	queue *queue
}

func newBench(t *testing.T, typ flow.Type, c Case, given Ports) *bench {
	t.Helper()
	b := &bench{typ: typ, args: wholeValue(map[string]any(c.Args)).(map[string]any), env: &env{Env: actortest.NewEnv()}}
	for name, v := range c.Offers {
		b.env.Offer(name, v)
	}
	for name := range b.args {
		if _, ok := typ.Spec.Arg(name); !ok {
			t.Fatalf("%s has no argument %s", typ.Spec.Name, name)
		}
	}
	room := c.Room
	if room == 0 {
		room = 16
	}
	for _, p := range typ.Spec.In {
		for _, name := range named(p.Name, "<", given, c.Left) {
			_, peer, _ := strings.Cut(name, "<")
			q := &queue{room: len(given[name])}
			for _, v := range given[name] {
				q.Offer(&flow.Token{Value: v, Source: "test:" + flow.ActorID(peer), Made: actortest.Began}, 0)
			}
			b.in = append(b.in, link{name, flow.Link{To: flow.Endpoint{Actor: b.env.Actor, Port: p.Name}, FromAs: peer}, q})
		}
	}
	for _, p := range typ.Spec.Out {
		for _, name := range named(p.Name, ">", c.Out) {
			_, peer, _ := strings.Cut(name, ">")
			b.out = append(b.out, link{name, flow.Link{From: flow.Endpoint{Actor: b.env.Actor, Port: p.Name}, ToAs: peer}, &queue{room: room}})
		}
	}
	b.start(t, nil)
	return b
}

// named are the links of a port in a case, in order: those with peers, else the
// port itself.
func named(port, mark string, cases ...Ports) []string {
	peers := map[string]bool{}
	for _, c := range cases {
		for name := range c {
			if strings.HasPrefix(name, port+mark) {
				peers[name] = true
			}
		}
	}
	if len(peers) == 0 {
		return []string{port}
	}
	return slices.Sorted(maps.Keys(peers))
}

// start makes the actor; state nil is a first start.
func (b *bench) start(t *testing.T, state []byte) {
	t.Helper()
	actor, err := actortest.New(b.typ, b.args)
	if err != nil {
		t.Fatalf("New %s: %v", b.typ.Spec.Name, err)
	}
	if s, ok := actor.(flow.Stateful); ok && state != nil {
		if err := s.Restore(b.typ.Spec.State, state); err != nil {
			t.Fatalf("Restore: %v", err)
		}
	}
	if s, ok := actor.(flow.Starter); ok {
		if err := s.Start(b.env); err != nil {
			t.Fatalf("Start: %v", err)
		}
	}
	cfg := firing.Config{Actor: held{actor, t}, Spec: &b.typ.Spec, Node: flow.Node{ID: b.env.Actor}, Box: &b.letters}
	for _, l := range b.in {
		cfg.In = append(cfg.In, firing.InLink{Link: l.flow, End: l.queue})
	}
	for _, l := range b.out {
		cfg.Out = append(cfg.Out, firing.OutLink{Link: l.flow, End: l.queue})
	}
	if b.acts, err = firing.Bind(cfg); err != nil {
		t.Fatalf("Bind: %v", err)
	}
	b.actor = actor
}

// held is an actor whose firings change nothing when they return an error.
type held struct {
	flow.Actor
	t *testing.T
}

func (h held) Routes() map[string]flow.Route {
	if r, ok := h.Actor.(flow.Router); ok {
		return r.Routes()
	}
	return nil
}

func (h held) Actions() []flow.Action {
	acts := slices.Clone(h.Actor.Actions())
	for i := range acts {
		fire := acts[i].Fire
		acts[i].Fire = func(f *flow.Firing) error {
			before := saved(h.t, h.Actor)
			err := fire(f)
			if after := saved(h.t, h.Actor); err != nil && !bytes.Equal(before, after) {
				h.t.Errorf("it changed in a firing that returned %v", err)
			}
			return err
		}
	}
	return acts
}

// saved is the actor's state, or nil if it has none.
func saved(t *testing.T, a flow.Actor) []byte {
	t.Helper()
	s, ok := a.(flow.Stateful)
	if !ok {
		return nil
	}
	state, err := s.Save()
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	return state
}

func (b *bench) stop() {
	if s, ok := b.actor.(flow.Stopper); ok {
		s.Stop()
	}
}

// restart stops the actor and starts another from its state. Its timer is gone
// with it.
func (b *bench) restart(t *testing.T) {
	t.Helper()
	state := saved(t, b.actor)
	b.stop()
	b.env.wakeAt = time.Time{}
	b.start(t, state)
}

func (b *bench) values(links []link) Ports {
	p := Ports{}
	for _, l := range links {
		p[l.name] = l.queue.values()
	}
	return p
}

// A queue is both ends of a link.
type queue struct {
	tokens []flow.Token
	room   int
	made   uint64
}

func (q *queue) Len() int       { return len(q.tokens) }
func (q *queue) Room() int      { return q.room - len(q.tokens) }
func (q *queue) Made() uint64   { return q.made }
func (q *queue) Take(time.Time) { q.tokens = q.tokens[1:] }

func (q *queue) Peek(t *flow.Token, _ *flow.Identity) bool {
	if len(q.tokens) == 0 {
		return false
	}
	*t = q.tokens[0]
	return true
}

func (q *queue) Offer(t *flow.Token, _ int) {
	q.made++
	q.tokens = append(q.tokens, *t)
}

func (q *queue) values() Values {
	vs := Values{}
	for _, t := range q.tokens {
		vs = append(vs, t.Value)
	}
	return vs
}
