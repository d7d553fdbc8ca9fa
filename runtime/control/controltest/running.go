package controltest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What runs in the ward just now: what the script says, with what people and
// hosts made of it.

// elsewhere is the host that the actors of a drained one go to.
var elsewhere = map[flow.NodeID]flow.NodeID{"bedside": "ward", "ward": "records", "records": "ward"}

// replicaID names the replicas of an actor as package expand does; the first has
// the actor's own name.
func replicaID(of flow.ActorID, number int) flow.ActorID {
	if number == 1 {
		return of
	}
	return flow.ActorID(fmt.Sprintf("%s~%d", of, number))
}

// A running is an actor that runs, with the part of the script it stands for.
type running struct {
	part
	of     flow.ActorID
	number int
	stays  string
}

// running are the actors of an application without its spools, by name.
func (w *Ward) running(app string) []running {
	var out []running
	for _, p := range actorsOf(app) {
		for number := range max(1, w.replicas[p.id]) {
			r := running{part: p, of: p.id, number: number + 1}
			r.id = replicaID(p.id, r.number)
			r.rate /= float64(max(1, w.replicas[p.id]))
			if pin, ok := w.moved[p.id]; ok && r.number == 1 {
				r.node, r.why = pin.Node, []string{"moved there by " + pin.By}
			}
			if w.drained[r.node] {
				w.flee(&r)
			}
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b running) int { return cmp.Compare(a.id, b.id) })
	return out
}

func (w *Ward) flee(r *running) {
	if r.bound != "" {
		r.stays = fmt.Sprintf("%s is bound to %s", r.bound, r.node)
		return
	}
	was := r.node
	r.node = elsewhere[was]
	r.why = []string{fmt.Sprintf("%s is being drained", was), string(r.node) + " is fit"}
}

// shadowID is the actor that [Ward.Lack] makes a shadow.
const shadowID = ":bed1:check"

func (w *Ward) actors(app string, t float64) []control.ActorState {
	var out []control.ActorState
	for i, p := range w.running(app) {
		a := control.ActorState{ID: p.id, App: app, Type: p.typ, Node: p.node, Epoch: 1, State: control.Running, Why: p.why, In: p.in, Out: p.out, Speaks: p.speaks,
			Firings: uint64(p.rate * t), PerSecond: wobble(p.rate, t, i), Stays: p.stays}
		if p.typ == "ward.RuleCheck" {
			a.Judged = &control.Judged{Rule: manager, Version: 3, Epoch: 7, Block: 1203 + uint64(t), Accepted: uint64(p.rate * t)}
			if i%2 == 0 {
				a.Judged.Refused = map[string]uint64{"too low": 1 + uint64(t/40), "too high": uint64(t / 90)}
			}
		}
		if n := w.replicas[p.of]; p.scales && n > 0 {
			a.Scaling, a.Replicas = "manual", n
			a.Replica = &flow.Replica{Of: p.of, Number: p.number}
		}
		if pin, ok := w.moved[p.id]; ok {
			a.Pinned = &pin
		}
		if why := w.down[p.node]; why != "" {
			a.State, a.LastError, a.PerSecond = control.Waiting, p.id.Local()+" waits for "+string(p.node)+": "+why, 0
		}
		if w.lacking && strings.HasSuffix(string(p.id), shadowID) {
			a.State, a.Node, a.PerSecond, a.Firings, a.Judged = control.Shadow, "", 0, 0, nil
			a.Why = []string{"bedside: capability rules missing", "records: zone differs: it is in h1/0, not h1/3", "ward: capability rules missing"}
		}
		out = append(out, a)
	}
	if s := w.spool(app); s != nil {
		out = append(out, *s)
		slices.SortFunc(out, func(a, b control.ActorState) int { return cmp.Compare(a.ID, b.ID) })
	}
	return out
}

// spool is the actor that puts tokens on disk, or nil.
func (w *Ward) spool(app string) *control.ActorState {
	if w.spilled < 0 {
		return nil
	}
	return &control.ActorState{ID: spoolID(app), App: app, Type: "sys.Spool", Node: "bedside", Epoch: 1, State: control.Running, In: []string{"token"}, Out: []string{"token"},
		Why: []string{"it stays with bed1:collector"}, Local: true, PerSecond: 3,
		Spool: &control.SpoolState{Tokens: uint64(w.spilled), Bytes: uint64(310 * w.spilled), Oldest: float64(w.spilled) / 3, MaxBytes: 1 << 30, Overflow: "drop_oldest"}}
}

func spoolID(app string) flow.ActorID { return flow.ActorID(app + ":bed1:collector~out~7f3a91") }

// joins are the links of an application as it runs.
func (w *Ward) joins(app string) []flow.Link {
	var out []flow.Link
	for _, l := range linksOf(app) {
		for i := range max(1, w.replicas[l.From.Actor]) {
			for j := range max(1, w.replicas[l.To.Actor]) {
				l := l
				l.From.Actor, l.To.Actor = replicaID(l.From.Actor, i+1), replicaID(l.To.Actor, j+1)
				out = append(out, l)
			}
		}
	}
	if w.spilled >= 0 {
		first := flow.Endpoint{Actor: flow.ActorID(app + ":bed1:collector"), Port: "out"}
		spool := flow.Endpoint{Actor: spoolID(app), Port: "token"}
		for i := range out {
			if out[i].From == first {
				out[i].From = spool
			}
		}
		out = append(out, flow.Link{From: first, To: spool})
	}
	slices.SortFunc(out, func(a, b flow.Link) int { return cmp.Compare(a.ID(), b.ID()) })
	return out
}

func (w *Ward) links(app string, t float64) []control.LinkState {
	parts := map[flow.ActorID]running{spoolID(app): {part: part{node: "bedside", rate: 3}}}
	for _, p := range w.running(app) {
		parts[p.id] = p
	}
	var out []control.LinkState
	for i, l := range w.joins(app) {
		from, to := parts[l.From.Actor], parts[l.To.Actor]
		rate := from.rate
		if l.From.Port == "refused" {
			rate = 0.03
		}
		s := control.LinkState{ID: l.ID(), App: app, From: l.From, To: l.To, FromNode: from.node, ToNode: to.node, Window: 256, Up: true,
			Tokens: uint64(rate * t), Bytes: uint64(rate * t * 310), PerSecond: wobble(rate, t, i), Held: int(wobble(rate*0.4, t, i))}
		s.Peer = identity(from.speaks)
		if from.node != to.node {
			s.Peer, s.Taker = orNode(s.Peer, from.node), orNode(identity(to.speaks), to.node)
		}
		if held, ok := w.full[s.ID]; ok {
			s.Held, s.Oldest = held, 2.4
		}
		shadow := w.lacking && (strings.HasSuffix(string(l.From.Actor), shadowID) || strings.HasSuffix(string(l.To.Actor), shadowID))
		if w.down[from.node] != "" || w.down[to.node] != "" || shadow {
			s.Up, s.PerSecond = false, 0
		}
		if why := w.refused[s.ID]; why != "" {
			s.Up, s.PerSecond, s.Tokens, s.Bytes, s.Refused, s.Peer = false, 0, 0, 0, why, nil
		}
		out = append(out, s)
	}
	return out
}
