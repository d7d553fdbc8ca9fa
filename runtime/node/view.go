package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// Snapshot is the whole cluster, put together from every node's report.
func (n *Node) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	now, old := n.gatherer.look(ctx)
	view, st := n.view(), n.register.Status()
	s := &control.Snapshot{At: time.Now().UTC(), Node: n.cfg.Node, Register: n.registerState(st)}
	for _, m := range n.members.All() {
		if !gone(view, m.ID, m.Boot) {
			s.Nodes = append(s.Nodes, withFacts(n.nodeState(view, m, st), now[m.ID]))
		}
	}
	slices.SortFunc(s.Nodes, func(a, b control.NodeState) int { return cmp.Compare(a.ID, b.ID) })
	for _, app := range view.Apps {
		s.Actors = append(s.Actors, n.actors(&app, view, now, old)...)
		s.Links = append(s.Links, n.linkStates(&app, view, now, old)...)
	}
	slices.SortFunc(s.Actors, func(a, b control.ActorState) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Links, func(a, b control.LinkState) int { return cmp.Compare(a.ID, b.ID) })
	for _, app := range view.Apps {
		s.Apps = append(s.Apps, *n.summary(app, s.Actors))
	}
	slices.SortFunc(s.Apps, func(a, b control.App) int { return cmp.Compare(a.Name, b.Name) })
	merge(s, now)
	n.numbered.give(s.Events)
	return s, nil
}

// merge adds what each node reports of itself.
func merge(s *control.Snapshot, now map[flow.NodeID]*report) {
	for _, r := range now {
		s.Refusals = append(s.Refusals, r.Refusals...)
		s.Alarms = append(s.Alarms, r.Alarms...)
		s.Events = append(s.Events, r.Events...)
		if r.Chain != nil && (s.Chain == nil || r.Node == s.Node) {
			s.Chain = r.Chain
		}
		if r.Chain != nil {
			s.Chains = append(s.Chains, *r.Chain)
		}
		if r.Checks != nil {
			s.Checks = append(s.Checks, *r.Checks)
		}
		if r.Store != nil {
			if s.Store == nil {
				s.Store = &control.StoreState{}
			}
			s.Store.Readings += r.Store.Readings
			s.Store.Windows += r.Store.Windows
			s.Store.Refused += r.Store.Refused
			s.Store.Waiting += r.Store.Waiting
			s.Store.Bytes += r.Store.Bytes
		}
	}
	slices.SortFunc(s.Checks, func(a, b control.ChecksState) int { return cmp.Compare(a.Node, b.Node) })
	slices.SortFunc(s.Chains, func(a, b control.ChainState) int { return cmp.Compare(a.Seen, b.Seen) })
	slices.SortStableFunc(s.Refusals, func(a, b control.Refusal) int { return b.At.Compare(a.At) })
	slices.SortStableFunc(s.Events, func(a, b control.Event) int { return b.At.Compare(a.At) })
	slices.SortStableFunc(s.Alarms, func(a, b control.Alarm) int { return b.At.Compare(a.At) })
	s.Alarms = s.Alarms[:min(len(s.Alarms), control.MaxAlarms)]
	s.Refusals = s.Refusals[:min(len(s.Refusals), control.MaxRefusals)]
	s.Events = s.Events[:min(len(s.Events), control.MaxEvents)]
}

// app is an application as the API shows it.
func (n *Node) app(a register.App, view *register.View) *control.App {
	now, old := n.gatherer.look(context.Background())
	return n.summary(a, n.actors(&a, view, now, old))
}

func (n *Node) summary(a register.App, actors []control.ActorState) *control.App {
	app := &control.App{Name: a.Name, By: a.By, At: a.At, Version: a.Version, Revision: a.Revision, Script: a.Script, Includes: a.Includes, State: control.Running,
		Patients: patientsOf(&a.Graph)}
	worst := []control.State{control.Running, control.Starting, control.Waiting, control.Shadow, control.Faulted}
	for _, s := range actors {
		if s.App != a.Name {
			continue
		}
		app.Actors++
		if s.State == control.Running {
			app.Running++
		}
		if slices.Index(worst, s.State) > slices.Index(worst, app.State) {
			app.State = s.State
			app.Why = string(s.ID) + " is " + string(s.State)
			if s.LastError != "" {
				app.Why += ": " + s.LastError
			}
		}
	}
	if err := n.wirings.why(&a); err != nil {
		app.State, app.Why = control.Faulted, fmt.Sprintf("%s does not run it: %v", n.cfg.Node, err)
	}
	return app
}

func (n *Node) actors(app *register.App, view *register.View, now, old map[flow.NodeID]*report) []control.ActorState {
	var out []control.ActorState
	for _, node := range app.Graph.Actors {
		p := view.Placements[node.ID]
		spec := n.types[node.Type].Spec
		s := control.ActorState{ID: node.ID, App: app.Name, Type: node.Type, Node: p.Node, Epoch: p.Epoch,
			State: control.Starting, Why: p.Why, In: ports(spec.In), Out: ports(spec.Out)}
		switch r := now[p.Node]; {
		case p.Node == "":
			s.State = control.Shadow
		case !n.isUp(view, p.Node):
			s.State = control.Waiting
		case r != nil:
			n.fill(&s, r, old[p.Node])
		}
		n.placed(&s, app, node, view)
		out = append(out, s)
	}
	return out
}

// fill adds what the actor's node reports of it.
func (n *Node) fill(s *control.ActorState, r, before *report) {
	if why, ok := r.Faults[s.ID]; ok {
		s.State, s.LastError = control.Shadow, why
	}
	a := statOf(r, s.ID)
	if a == nil {
		return
	}
	s.State, s.Firings, s.Errors, s.LastError, s.Letters = control.Running, a.Firings, a.Errors, a.LastError, a.Letters
	switch a.State {
	case engine.Faulted:
		s.State = control.Faulted
	case engine.Waiting:
		s.State, s.LastError = control.Waiting, a.Why
	case engine.Stopped:
		s.State, s.LastError = control.Stopped, a.Why
	}
	if a.Identity.Role != flow.RoleNode {
		s.Speaks = a.Identity.URI
	}
	s.Judged = r.Judged[s.ID]
	s.Spool = r.Spools[s.ID]
	if n.types[s.Type].Spec.Exclusive && r.Lease > 0 {
		s.Lease = &control.Lease{Node: r.Node, Left: r.Lease - time.Since(r.At).Seconds()}
	}
	if before != nil {
		if b := statOf(before, s.ID); b != nil && b.Epoch == a.Epoch {
			s.PerSecond = rate(a.Firings, b.Firings, r.At.Sub(before.At))
		}
	}
}

func rate(now, then uint64, over time.Duration) float64 {
	if over <= 0 || now < then {
		return 0
	}
	return float64(now-then) / over.Seconds()
}

func (n *Node) linkStates(app *register.App, view *register.View, now, old map[flow.NodeID]*report) []control.LinkState {
	var out []control.LinkState
	for _, l := range app.Graph.Links {
		from, to := view.Placements[l.From.Actor].Node, view.Placements[l.To.Actor].Node
		s := control.LinkState{ID: l.ID(), App: app.Name, From: l.From, To: l.To, FromNode: from, ToNode: to, Closing: l.Closing, Window: engine.DefaultWindow}
		sender, receiver := end(now[from], s.ID, true), end(now[to], s.ID, false)
		if sender != nil {
			s.Tokens, s.Held, s.Window, s.Refused = sender.Tokens, sender.Held, sender.Window, sender.Refused
			s.Bytes, s.Resent, s.Oldest = sender.Bytes, sender.Resent, microseconds(sender.Oldest)
			if sender.Peer.Known() {
				s.Taker = &sender.Peer
			}
			if before := end(old[from], s.ID, true); before != nil {
				s.PerSecond = rate(sender.Tokens, before.Tokens, now[from].At.Sub(old[from].At))
			}
		}
		if receiver != nil {
			if receiver.Refused != "" {
				s.Refused = receiver.Refused
			}
			if receiver.Peer.Known() {
				s.Peer = &receiver.Peer
			}
			s.AgeMedian, s.Age99 = receiver.Ages.Quantile(0.5).Seconds(), receiver.Ages.Quantile(0.99).Seconds()
		}
		s.Refusals = refusals(app, l, now[to], receiver)
		s.Up = sender != nil && receiver != nil && sender.Up && receiver.Up
		out = append(out, s)
	}
	return out
}

// refusals are the tokens of a link that its taker did not want. Readings that an
// actor has judged are counted where only one link brings them to it.
func refusals(app *register.App, l flow.Link, r *report, taker *engine.LinkStat) uint64 {
	if r == nil || taker == nil {
		return 0
	}
	n := taker.Letters
	j := r.Judged[l.To.Actor]
	if j == nil {
		return n
	}
	for _, other := range app.Graph.Links {
		if other.To.Actor == l.To.Actor && other.From != l.From {
			return n
		}
	}
	for _, count := range j.Refused {
		n += count
	}
	return n
}

func end(r *report, id flow.LinkID, out bool) *engine.LinkStat {
	if r == nil {
		return nil
	}
	at := r.inAt
	if out {
		at = r.outAt
	}
	i, ok := at[id]
	if !ok {
		return nil
	}
	return &r.Links[i]
}

func ports(ps []flow.Port) []string {
	var names []string
	for _, p := range ps {
		names = append(names, p.Name)
	}
	return names
}

func (n *Node) registerState(st register.Status) *control.RegisterState {
	s := &control.RegisterState{Leader: st.Leader, Term: st.Term, Index: st.Applied, Voters: st.Voters, Quorum: st.Leader != "",
		LostSince: st.Since, Why: st.Problem}
	for _, m := range st.Members {
		if m.Learning {
			s.Changing = fmt.Sprintf("%s is becoming a voter and catches up", m.ID)
		}
	}
	up := 0
	for _, v := range st.Voters {
		m, ok := n.member(v)
		is := control.VoterState{Node: v, Up: v == n.cfg.Node || ok && m.Up, Since: m.Since}
		if is.Up {
			up++
		}
		s.Members = append(s.Members, is)
	}
	s.MayLose = max(0, up-len(st.Voters)/2-1) // of those that are up: the others have failed already
	return s
}
