package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A kind is what an actor of a world does.
type kind string

const (
	source kind = "sim.Source" // gives what its device reads
	merge  kind = "sim.Merge"  // passes on what comes, in an order of its own, with something added
	filter kind = "sim.Filter" // drops every fifth reading
	work   kind = "sim.Work"   // passes on
	file   kind = "sim.File"   // stores, in a store that several hosts hold together
	keep   kind = "sim.Keep"   // stores, in the store of its host
	pump   kind = "sim.Pump"   // acts on the world, and so is exclusive
)

const (
	groupStore = "store.group.ward"
	scaled     = "half" // the actor that has replicas
	app        = "w"
)

// specOf is what placement knows of the kinds.
func specOf(typ string) (flow.Spec, bool) {
	s := flow.Spec{Name: typ, State: 1}
	switch kind(typ) {
	case source + "0":
		s.Requires = []string{"device.0"}
	case source + "1":
		s.Requires = []string{"device.1"}
	case file:
		s.Requires = []string{"store"}
	case keep:
		s.Requires = []string{"buffer.persistent"}
	case pump:
		s.Requires, s.Exclusive = []string{"lamp"}, true
	case merge, filter, work:
	default:
		return s, false
	}
	return s, true
}

// An ending is an actor where tokens take effect.
type ending struct {
	actor    flow.ActorID
	filtered bool // a filter stands before it
}

// found makes the hosts, their logs and stores, and the devices.
func (w *world) found(voters []flow.NodeID) {
	w.nodes, w.shelves = map[flow.NodeID]*node{}, map[flow.NodeID]shelf{}
	w.plans, w.devices = plans{}, map[flow.ActorID]*device{}
	w.net.cut = map[way]bool{}
	w.judge = newJudge(w)
	for i := range 5 {
		h := &host{w: w, id: flow.NodeID(fmt.Sprintf("n%d", i+1)), rate: 0.84 + 0.36*w.rng.Float64(), offset: w.between(0, time.Hour)}
		h.info = flow.NodeInfo{ID: h.id, Capabilities: capabilities(i)}
		w.hosts = append(w.hosts, h)
		w.by[h.id] = h
		w.shelves[h.id] = shelf{newVault()}
	}
	w.register = newCouncil(w, "register", voters, newAgreed)
	w.register.applied = w.agreedOn
	w.group.council = newCouncil(w, "store", []flow.NodeID{"n2", "n3", "n4"}, newVaultMachine)
	for _, h := range w.hosts {
		w.boot(h)
	}
}

func capabilities(i int) []string {
	c := [][]string{
		{"device.0"},
		{"device.1", groupStore, "store"},
		{groupStore, "lamp", "store"},
		{"buffer.persistent", "lamp", groupStore, "store"},
		{"device.0", "device.1", "lamp"},
	}[i]
	return slices.Sorted(slices.Values(c))
}

// A shape says which actors an application has beside the shortest way from a
// source to a store.
type shape struct {
	two, keep, pump, loop, extra, scaled bool

	other bool // extra is of another type
}

func (w *world) shape() shape {
	return shape{two: w.chance(2), keep: w.chance(3), pump: w.chance(2), loop: w.chance(3), scaled: w.chance(3)}
}

// graph is the application of that shape, as a script would compile to it.
func (s shape) graph(mark int64) flow.Graph {
	g := flow.Graph{App: app}
	actor := func(name string, k kind, args map[string]flow.Value) {
		g.Actors = append(g.Actors, flow.Node{ID: flow.ActorID(app + ":" + name), Type: string(k), Args: args})
	}
	link := func(from, to, port string) {
		out := "out"
		if to == scaled {
			out = "share"
		}
		g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: flow.ActorID(app + ":" + from), Port: out},
			To: flow.Endpoint{Actor: flow.ActorID(app + ":" + to), Port: port}})
	}
	actor("source0", source+"0", nil)
	link("source0", "mix", "in")
	if s.two {
		actor("source1", source+"1", nil)
		link("source1", "mix", "in")
	}
	actor("mix", merge, nil)
	actor("thin", filter, map[string]flow.Value{"mark": mark})
	actor("file", file, map[string]flow.Value{"store": "group"})
	if s.scaled {
		actor(scaled, work, nil)
		g.Actors[len(g.Actors)-1].Rule = &flow.Rule{Op: "match", Name: expand.Manual, Line: 1}
		link("mix", scaled, "in")
		link(scaled, "thin", "in")
	} else {
		link("mix", "thin", "in")
	}
	link("thin", "file", "in")
	if s.keep {
		actor("keep", keep, map[string]flow.Value{"store": "shelf"})
		link("mix", "keep", "in")
	}
	if s.pump {
		actor("lamp", pump, nil)
		link("mix", "lamp", "in")
	}
	if s.loop {
		actor("echo", work, nil)
		link("mix", "echo", "in")
		link("echo", "mix", "back")
	}
	if s.extra {
		actor("extra", map[bool]kind{false: work, true: merge}[s.other], nil)
		link("mix", "extra", "in")
	}
	slices.SortFunc(g.Actors, func(a, b flow.Node) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return g
}

func inLoop(l flow.Link) bool { return l.From.Actor == app+":echo" || l.To.Actor == app+":echo" }

// follow finds where the tokens of each link and source take effect.
func (w *world) follow(g *flow.Graph) {
	w.leads, w.ends = map[flow.LinkID][]ending{}, map[flow.ActorID][]ending{}
	var from func(id flow.ActorID) []ending
	from = func(id flow.ActorID) []ending {
		a, _ := g.Actor(id)
		switch kind(a.Type) {
		case file, keep, pump:
			return []ending{{actor: id}}
		}
		var all []ending
		_, out := g.LinksOf(id)
		for _, l := range out {
			if inLoop(l) {
				continue
			}
			for _, e := range from(l.To.Actor) {
				e.filtered = e.filtered || kind(a.Type) == filter
				all = append(all, e)
			}
		}
		return all
	}
	for _, l := range g.Links {
		w.leads[l.ID()] = from(l.To.Actor)
	}
	for id := range w.devices {
		w.ends[id] = from(id)
	}
}

// deploy puts the application, as a person does at any node that runs: it is
// expanded by what that node knows.
func (w *world) deploy(s shape, mark int64) {
	source := s.graph(mark)
	w.order(func(n *node) []byte {
		old := n.view.Apps[app]
		next := register.App{Name: app, Source: source, By: "sim"}
		grown := n.grow(next.Source, &old, nil, nil)
		if grown == nil {
			return must(register.PutSettingCommand("nothing", nil))
		}
		next.Graph = *grown
		var plan []flow.Placement
		for _, a := range next.Graph.Actors {
			p, ok := n.view.Placements[a.ID]
			if !ok {
				p = flow.Placement{Actor: a.ID, Why: []string{"it is new"}}
			}
			plan = append(plan, p)
		}
		return must(register.PutAppPlanCommand(next, old.Version, plan))
	})
}

// order has somebody's command agreed, at one node that runs after the other
// until it is.
func (w *world) order(write func(n *node) []byte) {
	h := w.hosts[w.rng.IntN(len(w.hosts))]
	if h.run == nil || h.run.stopped {
		w.after(100*time.Millisecond, nil, func() { w.order(write) })
		return
	}
	agreed, n := false, w.nodes[h.id]
	n.call(w.register, must(register.OnceCommand(w.rng.Uint64(), write(n))), nil, func(b []byte) {
		agreed = true
		if a := readAnswer(w, b); errors.Is(a.Err, register.ErrVersion) {
			w.after(20*time.Millisecond, nil, func() { w.order(write) }) // made for what is no more
		}
	})
	var wait func()
	wait = func() {
		switch {
		case agreed:
		case n.p.ended:
			w.order(write)
		default:
			w.after(200*time.Millisecond, nil, wait)
		}
	}
	w.after(200*time.Millisecond, nil, wait)
}

func (w *world) set(key string, value []byte) {
	w.tell("somebody sets %s to %q", key, value)
	w.order(func(*node) []byte { return must(register.PutSettingCommand(key, value)) })
}

// must is a command that can always be written.
func must(b []byte, err error) []byte {
	if err != nil {
		panic("sim: " + err.Error())
	}
	return b
}
