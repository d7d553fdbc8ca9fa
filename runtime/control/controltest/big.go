package controltest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Big is a hospital of 243 actors and 243 links on six hosts, for measuring what
// many of them cost: twenty beds of ten sensors, a collector and a rule check, and
// what keeps and tells. All rates and counters move with its clock. It can be
// watched only: of what else a [Ward] answers it is one.
type Big struct {
	*Ward
	now    func() time.Time
	base   control.Snapshot         // all that does not move
	actors map[flow.ActorID]float64 // firings per second
	links  map[flow.LinkID]float64  // tokens per second
}

// NewBig makes one that reads its time from now; nil is the wall clock.
func NewBig(now func() time.Time) *Big {
	if now == nil {
		now = time.Now
	}
	b := &Big{Ward: New(now), now: now, actors: map[flow.ActorID]float64{}, links: map[flow.LinkID]float64{}}
	b.base = control.Snapshot{Node: "ward-1", Apps: []control.App{{Name: "hospital", State: control.Running, By: domain + "staff/admin", At: Begin, Version: 1, Actors: 243, Running: 243}}}
	for i, id := range []flow.NodeID{"bedside-1", "bedside-2", "bedside-3", "bedside-4", "records", "ward-1"} {
		b.base.Nodes = append(b.base.Nodes, control.NodeState{NodeInfo: flow.NodeInfo{ID: id, Boot: 1, Attributes: place("3", string(id)), Capabilities: []string{"identities"}}, Up: true, Since: Begin,
			Voter: i%2 == 0, Leads: i == 4, Load: &control.NodeLoad{Cores: 4, Memory: 8 << 30, CPUUsed: 0.2, MemoryUsed: 0.4}})
	}
	b.base.Register = &control.RegisterState{Leader: "records", Term: 2, Voters: []flow.NodeID{"bedside-1", "bedside-3", "records"}, Quorum: true, MayLose: 1}
	for bed := 1; bed <= 20; bed++ {
		b.bed(bed)
	}
	b.actor("alarm", "io.Log", "ward-1", []string{"in"}, nil, 0.1)
	b.actor("log", "io.Log", "ward-1", []string{"in"}, nil, 0.1)
	b.actor("store", "ward.Store", "records", []string{"in"}, nil, 200)
	b.link("bed01:check", "refused", "log", "in", "ward-1", "ward-1", 0.02)
	b.link("bed02:check", "refused", "log", "in", "ward-1", "ward-1", 0.02)
	b.link("bed03:check", "refused", "alarm", "in", "ward-1", "ward-1", 0.02)
	slices.SortFunc(b.base.Actors, func(a, b control.ActorState) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(b.base.Links, func(a, b control.LinkState) int { return cmp.Compare(a.ID, b.ID) })
	return b
}

func (b *Big) bed(n int) {
	name := fmt.Sprintf("bed%02d:", n)
	host := flow.NodeID(fmt.Sprintf("bedside-%d", (n-1)/5+1))
	for _, s := range []string{"ecg", "glucose", "hr", "map", "nibp", "pleth", "pump", "resp", "spo2", "temp"} {
		b.actor(name+s, "ward.Sensor", host, nil, []string{"out"}, 1)
		b.link(name+s, "out", name+"collector", "in", host, host, 1)
	}
	b.actor(name+"collector", "ward.Collector", host, []string{"in"}, []string{"out"}, 10)
	b.actor(name+"check", "ward.RuleCheck", "ward-1", []string{"in"}, []string{"passed", "refused"}, 10)
	b.link(name+"collector", "out", name+"check", "in", host, "ward-1", 10)
	b.link(name+"check", "passed", "store", "in", "ward-1", "records", 10)
}

func (b *Big) actor(name, typ string, node flow.NodeID, in, out []string, rate float64) {
	b.base.Actors = append(b.base.Actors, control.ActorState{ID: flow.ActorID("hospital:" + name), App: "hospital", Type: typ, Node: node, Epoch: 1, State: control.Running, In: in, Out: out, Why: []string{"any node is fit"}})
	b.actors[flow.ActorID("hospital:"+name)] = rate
}

func (b *Big) link(from, out, to, in string, fromNode, toNode flow.NodeID, rate float64) {
	l := flow.Link{From: flow.Endpoint{Actor: flow.ActorID("hospital:" + from), Port: out}, To: flow.Endpoint{Actor: flow.ActorID("hospital:" + to), Port: in}}
	s := control.LinkState{ID: l.ID(), App: "hospital", From: l.From, To: l.To, FromNode: fromNode, ToNode: toNode, Window: 256, Up: true}
	if fromNode != toNode {
		s.Peer, s.Taker = identity(domain+"node/"+string(fromNode)), identity(domain+"node/"+string(toNode))
	}
	b.base.Links = append(b.base.Links, s)
	b.links[s.ID] = rate
}

// Snapshot shows the hospital as it is by its clock.
func (b *Big) Snapshot(context.Context) (*control.Snapshot, error) {
	s := b.base
	s.At = b.now()
	t := max(0, s.At.Sub(Begin).Seconds())
	s.Actors = slices.Clone(s.Actors)
	for i := range s.Actors {
		a := &s.Actors[i]
		rate := b.actors[a.ID]
		a.Firings, a.PerSecond = uint64(rate*t), wobble(rate, t, i)
	}
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		l := &s.Links[i]
		rate := b.links[l.ID]
		l.Tokens, l.Bytes, l.PerSecond, l.Held = uint64(rate*t), uint64(rate*t*310), wobble(rate, t, i), int(wobble(rate*4, t, i))
		if l.Held > 0 {
			l.Oldest = 0.4
		}
	}
	return &s, nil
}
