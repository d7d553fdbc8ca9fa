package actortest

import (
	"bytes"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file joins the actor to the bench: each port has one link, whose other
// end is the test. So routing by peer has nothing to do: what is fed to a port
// that collects is as already collected, and what is taken from one that
// dispatches by name is still {selector: value}.

// bind checks the actor's actions against its Spec and joins them to the ports.
func (b *Bench) bind() {
	b.t.Helper()
	node := flow.Node{ID: b.Env.Actor, Type: b.typ.Spec.Name, Ports: map[string]map[string]any{}}
	cfg := firing.Config{Actor: held{b}, Spec: &b.typ.Spec, Box: box{b}}
	for _, p := range b.typ.Spec.In {
		node.Ports["in:"+p.Name] = map[string]any{"routing": "default"}
		cfg.In = append(cfg.In, firing.InLink{End: b.in[p.Name],
			Link: flow.Link{From: flow.Endpoint{Actor: "test:feed", Port: "out"}, To: flow.Endpoint{Actor: b.Env.Actor, Port: p.Name}}})
	}
	for _, p := range b.typ.Spec.Out {
		node.Ports["out:"+p.Name] = map[string]any{"routing": "default"}
		cfg.Out = append(cfg.Out, firing.OutLink{End: b.out[p.Name],
			Link: flow.Link{From: flow.Endpoint{Actor: b.Env.Actor, Port: p.Name}, To: flow.Endpoint{Actor: "test:take", Port: "in"}}})
	}
	cfg.Node = node
	var err error
	if b.acts, err = firing.Bind(cfg); err != nil {
		b.t.Fatalf("%s: %v", b.typ.Spec.Name, err)
	}
}

// taken is how many tokens the actor has taken of each in-port.
func (b *Bench) taken() map[flow.LinkID]uint64 {
	taken := map[flow.LinkID]uint64{}
	for port, in := range b.in {
		if in.taken > 0 {
			taken[flow.LinkID("test:feed.out > "+string(b.Env.Actor)+"."+port)] = in.taken
		}
	}
	return taken
}

// held is the actor with its promises held: a firing that returns an error has
// changed nothing, and what is given has a port and can be carried.
type held struct{ *Bench }

func (h held) Actions() []flow.Action {
	h.t.Helper()
	acts := h.actor.Actions()
	for n, a := range acts {
		for _, p := range a.In {
			if h.in[p] == nil {
				h.t.Fatalf("%s has no in-port %s", h.typ.Spec.Name, p)
			}
		}
		for _, p := range a.Out {
			if h.out[p] == nil {
				h.t.Fatalf("%s has no out-port %s", h.typ.Spec.Name, p)
			}
		}
		acts[n].Fire = func(f *flow.Firing) error { return h.fire(a, f) }
	}
	return acts
}

func (h held) fire(a flow.Action, f *flow.Firing) error {
	h.t.Helper()
	before := h.save()
	if err := a.Fire(f); err != nil {
		if after := h.save(); !bytes.Equal(before, after) {
			h.t.Fatalf("%s changed in a firing that returned %v", h.typ.Spec.Name, err)
		}
		return err
	}
	for _, g := range f.Given() {
		if g.Port < 0 || g.Port >= len(a.Out) {
			h.t.Fatalf("%s gave on out-port %d of %d", h.typ.Spec.Name, g.Port, len(a.Out))
		}
		if _, err := flow.AppendValue(nil, g.Value); err != nil {
			h.t.Fatalf("%s gave on %s: %v", h.typ.Spec.Name, a.Out[g.Port], err)
		}
	}
	return nil
}

// A box keeps every letter.
type box struct{ *Bench }

func (box) Full() bool             { return false }
func (b box) Keep(l firing.Letter) { b.letters = append(b.letters, l) }

// An inPort holds the tokens that were fed to an in-port.
type inPort struct {
	laid  []laid
	taken uint64
}

type laid struct {
	token flow.Token
	peer  flow.Identity
}

// Len is how many tokens wait.
func (p *inPort) Len() int { return len(p.laid) }

// Peek is the oldest and who sent it.
func (p *inPort) Peek(t *flow.Token, peer *flow.Identity) bool {
	if len(p.laid) == 0 {
		return false
	}
	*t, *peer = p.laid[0].token, p.laid[0].peer
	return true
}

// Take removes the oldest.
func (p *inPort) Take(time.Time) {
	p.laid = p.laid[1:]
	p.taken++
}

// An outPort holds what the actor gave and the test has not taken.
type outPort struct {
	bench *Bench
	given []flow.Value
	made  uint64
}

// Room is what is left of the bench's Room.
func (p *outPort) Room() int { return p.bench.Room - len(p.given) }

// Offer keeps a value.
func (p *outPort) Offer(t *flow.Token, _ int) {
	p.given = append(p.given, t.Value)
	p.made++
}

// Made is how many values were ever given.
func (p *outPort) Made() uint64 { return p.made }
