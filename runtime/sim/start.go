package sim

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file begins activations and joins their links.

// begin makes an activation from its checkpoint and lets it fire.
func (n *node) begin(c *cell, app *register.App, ck flow.Checkpoint) {
	delete(n.starting, c.id)
	if n.cells[c.id] != nil || !c.may() {
		return
	}
	from := capsule.Read(ck)
	cfg := capsule.Config{Actor: c.id, Epoch: c.epoch, Version: 1, Whole: c.own != nil, Start: from}
	in, out := app.Graph.LinksOf(c.id)
	for _, l := range in {
		i := &inEnd{In: from.In(l.ID(), capsule.Key(l.ID(), app.Lives[l.ID()]), queue), c: c, link: l, life: app.Lives[l.ID()]}
		c.in, cfg.In = append(c.in, i), append(cfg.In, i)
	}
	for _, l := range out {
		end, err := from.Out(l.ID(), capsule.Key(l.ID(), app.Lives[l.ID()]), window)
		if err != nil {
			n.w.breach("a checkpoint fits", "%s of epoch %d: %v", c.id, c.epoch, err)
			return
		}
		o := &outEnd{Out: end, c: c, link: l, life: app.Lives[l.ID()], loop: inLoop(l)}
		c.out, cfg.Out, cfg.Loop = append(c.out, o), append(cfg.Out, o), append(cfg.Loop, o.loop)
	}
	c.now = stateOf(ck.State)
	c.saved = c.now
	n.cells[c.id] = c
	c.capsule = capsule.New(cfg)
	n.w.tell("%s: %s begins with epoch %d", n.h.id, c.id, c.epoch)
	n.w.judge.began(c)
	c.capsule.Settle()
	n.look()
	c.wake()
}

// join connects what is here and opens what leads to other nodes.
func (n *node) join() {
	for _, id := range sortedKeys(n.cells) {
		c := n.cells[id]
		for _, o := range c.out {
			if to := n.cells[o.link.To.Actor]; to != nil {
				if i := to.end(o.link.ID()); i != nil && i.Key == o.Key && (o.via == nil || o.via.to != i) {
					raise(o, i)
				}
				continue
			}
			n.open(o)
		}
	}
}

func (c *cell) end(id flow.LinkID) *inEnd {
	for _, i := range c.in {
		if i.link.ID() == id {
			return i
		}
	}
	return nil
}

// open offers a link to the node where its other end is placed, until it is up
// on the terms that are known now.
func (n *node) open(o *outEnd) {
	to := n.view.Placements[o.link.To.Actor]
	if to.Node == "" || to.Node == n.h.id || to.Epoch == 0 {
		return
	}
	said := link.Terms{Link: o.link.ID(), Life: o.life, From: link.End{Actor: o.c.id, Node: n.h.id, Epoch: o.c.epoch},
		To: link.End{Actor: o.link.To.Actor, Node: to.Node, Epoch: to.Epoch}}
	if o.via != nil && o.said == said || o.calling {
		return
	}
	if o.via != nil {
		o.via.hang(true)
	}
	o.calling = true
	n.p.ask(to.Node, time.Second, func(at *process, answer func(any)) {
		i, err := n.w.nodes[at.h.id].accept(said)
		if err != nil {

			answer(err)
		} else {
			answer(i)
		}
	}, func(v any, ok bool) {
		o.calling = false
		if to := n.view.Placements[o.link.To.Actor]; said.To.Node != to.Node || said.To.Epoch != to.Epoch {
			n.look() // the plan has changed meanwhile
			return
		}
		if i, is := v.(*inEnd); ok && is && !o.c.gone {
			o.said = said
			raise(o, i)
			return
		}
		n.p.after(n.w.between(20*time.Millisecond, 200*time.Millisecond), n.look)
	})
}

// accept is what the node of a link's other end says to an offer.
func (n *node) accept(said link.Terms) (*inEnd, error) {
	from, to := n.view.Placements[said.From.Actor], n.view.Placements[said.To.Actor]
	c := n.cells[said.To.Actor]
	if c == nil || to.Node != n.h.id {
		return nil, flow.ErrLater
	}
	i := c.end(said.Link)
	if i == nil {
		return nil, flow.ErrLater
	}
	known := link.Terms{Link: said.Link, Life: i.life, From: link.End{Actor: said.From.Actor, Node: from.Node, Epoch: from.Epoch},
		To: link.End{Actor: said.To.Actor, Node: n.h.id, Epoch: c.epoch}}
	return i, said.Agree(known)
}

// call has a command agreed on: it asks who leads, again and again, until there
// is an answer. The same command may so be agreed several times.
func (n *node) call(c *council, command []byte, note any, done func(answer []byte)) {
	n.try(c, command, note, 20*time.Millisecond, done)
}

// leaderOf is who leads, as far as this node knows, or anybody to ask. What its
// own copy of the log says counts once only: it may be a copy that nobody
// writes to any more.
func (n *node) leaderOf(c *council) flow.NodeID {
	if hint := n.hints[c]; hint != "" {
		return hint
	}
	if s := c.seats[n.h.id]; s != nil && s.leader != "" && !n.doubts[c] {
		return s.leader
	}
	ids := sortedKeys(c.seats)
	return ids[n.w.rng.IntN(len(ids))]
}

// forget says that who was taken for the leader did not answer as one.
func (n *node) forget(c *council) {
	delete(n.hints, c)
	n.doubts[c] = !n.doubts[c]
}

// errNotLeader is the answer of a voter that does not lead.
var errNotLeader = errors.New("not the leader")

func (n *node) try(c *council, command []byte, note any, pause time.Duration, done func([]byte)) {
	target := n.leaderOf(c)
	n.p.ask(target, time.Second, func(at *process, answer func(any)) {
		s := c.seats[at.h.id]
		if s == nil || s.p != at {
			answer(errNotLeader)
			return
		}
		s.propose(command, note, func(b []byte, ok bool) {
			if ok {
				answer(b)
			} else {
				answer(errNotLeader)
			}
		})
	}, func(v any, ok bool) {
		if b, is := v.([]byte); ok && is {
			n.hints[c] = target
			done(b)
			return
		}
		n.forget(c)
		n.p.after(pause, func() { n.try(c, command, note, min(2*pause, 300*time.Millisecond), done) })
	})
}

// An agreed is the register's machine.
type agreed struct{ *register.Machine }

func newAgreed() machine { return &agreed{register.NewMachine()} }

// Snapshot is as [machine] says.
func (a *agreed) Snapshot() []byte {
	b, err := a.Machine.Snapshot()
	if err != nil {
		panic("sim: " + err.Error())
	}
	return b
}

func readAnswer(w *world, b []byte) register.Answer {
	a, err := register.ReadAnswer(b)
	if err != nil {
		w.breach("an answer can be read", "%v", err)
	}
	return a
}

// granted is the checkpoint that a claim was answered with.
func granted(b []byte) (flow.Checkpoint, bool) {
	a, err := register.ReadAnswer(b)
	return a.Checkpoint, err == nil && a.Err == nil && a.Checkpoint.Epoch > 0
}

func staleOf(b []byte) map[flow.ActorID]bool {
	a, _ := register.ReadAnswer(b)
	if len(a.Stale) == 0 {
		return nil
	}
	m := map[flow.ActorID]bool{}
	for _, id := range a.Stale {
		m[id] = true
	}
	return m
}

// plans are what actors are started from, by the version of the application: a
// change starts an actor anew.
type plans map[uint64]map[flow.ActorID]string

func (ps plans) of(v *register.View, id flow.ActorID) (string, bool) {
	app, ok := v.Apps[id.App()]
	if !ok {
		return "", false
	}
	all := ps[app.Version]
	if all == nil {
		if len(ps) > 8 {
			clear(ps)
		}
		all = map[flow.ActorID]string{}
		for _, a := range app.Graph.Actors {
			all[a.ID] = planOf(&app, a)
		}
		ps[app.Version] = all
	}
	plan, ok := all[id]
	return plan, ok
}

func planOf(app *register.App, a flow.Node) string {
	in, out := app.Graph.LinksOf(a.ID)
	lives := map[flow.LinkID]uint64{}
	for _, l := range append(append([]flow.Link(nil), in...), out...) {
		lives[l.ID()] = app.Lives[l.ID()]
	}
	a.Rule = nil
	b, err := json.Marshal(struct {
		Node    flow.Node
		In, Out []flow.Link
		Lives   map[flow.LinkID]uint64
	}{a, in, out, lives})
	if err != nil {
		panic("sim: " + err.Error())
	}
	return string(b)
}
