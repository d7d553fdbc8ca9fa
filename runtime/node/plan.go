package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/script"
)

// A draft is a deployment that is worked out and not agreed.
type draft struct {
	source *flow.Graph // what the script compiles to
	graph  flow.Graph  // what would run
	plan   []flow.Placement
	issues []control.Issue // warnings and notes
	here   flow.NodeID     // the node that got the request
	old    register.App    // what runs under that name; zero: nothing
	view   *register.View  // what all this is worked out from
}

// draft compiles a deployment, expands and places it, changing nothing.
func (n *Node) draft(d control.Deployment) (*draft, error) {
	source, issues := n.compile(d)
	shown := controlIssues(issues)
	if source == nil {
		return nil, &control.ScriptError{Issues: shown}
	}
	if err := n.mayWire(source); err != nil {
		return nil, err
	}
	view := n.register.View()
	nodes := n.nodeViews(view)
	dr := &draft{source: source, issues: shown, here: n.cfg.Node, old: view.Apps[d.Name], view: view}
	if sameScript(dr.old, d) {
		dr.here = dr.old.Here
	}
	var err error
	app := register.App{Name: d.Name, Source: *source, Graph: dr.old.Graph, Here: dr.here}
	if dr.graph, err = n.grow(view, app, growth{nodes, scale{wanted: n.wanted(view), drained: map[flow.LinkID]bool{}}}); err != nil {
		return nil, fmt.Errorf("%w: %v", control.ErrUnplaceable, err)
	}
	graphs := running(view)
	graphs[d.Name] = dr.graph
	in := n.input(view, graphs, nodes)
	in.Here[d.Name] = dr.here
	dr.plan = of(d.Name, placement.Plan(in))
	return dr, nil
}

// A growth is what an expansion depends on beside the application.
type growth struct {
	nodes []placement.NodeView
	scale
}

// grow expands an application to what should run of it.
func (n *Node) grow(view *register.View, app register.App, by growth) (flow.Graph, error) {
	var old *flow.Graph
	if len(app.Graph.Actors) > 0 {
		old = &app.Graph
	}
	g, err := expand.Run(&app.Source, script.TypesOf(n.types), expand.State{Nodes: by.nodes, Gone: n.gone(view), Here: app.Here,
		Wanted: by.wanted, Old: old, Empty: by.empty, Drained: by.drained, Zones: n.cfg.Zones})
	if m, ok := markOf(view, markStop, app.Name); ok && m.At.Equal(app.At) {
		closeSources(&g)
	}
	return g, err
}

// wanted is how many replicas people want, by actor of the script.
func (n *Node) wanted(view *register.View) map[flow.ActorID]int {
	all := map[flow.ActorID]int{}
	for name, m := range marks(view, markScale) {
		all[flow.ActorID(name)] = m.N
	}
	return all
}

// gone tells which nodes have left for good.
func (n *Node) gone(view *register.View) func(flow.NodeID) bool {
	left := marks(view, markGone)
	for _, m := range n.members.All() {
		if !gone(view, m.ID, m.Boot) {
			delete(left, string(m.ID)) // it has come back since
		}
	}
	return func(id flow.NodeID) bool {
		_, ok := left[string(id)]
		return ok
	}
}

// running are the graphs that run, by application.
func running(view *register.View) map[string]flow.Graph {
	graphs := make(map[string]flow.Graph, len(view.Apps))
	for name, app := range view.Apps {
		graphs[name] = app.Graph
	}
	return graphs
}

// input is what placement plans these graphs with.
func (n *Node) input(view *register.View, graphs map[string]flow.Graph, nodes []placement.NodeView) placement.Input {
	in := placement.Input{Nodes: nodes, Specs: script.TypesOf(n.types), Here: map[string]flow.NodeID{}, Failover: true,
		Gone: n.gone(view), Leased: n.leader.leased,
		Acting: actingFor(view), Pins: map[flow.ActorID]placement.Pin{}, Zones: n.cfg.Zones}
	for _, g := range graphs {
		in.Graphs = append(in.Graphs, g)
		in.Here[g.App] = view.Apps[g.App].Here
	}
	slices.SortFunc(in.Graphs, func(a, b flow.Graph) int { return cmp.Compare(a.App, b.App) })
	for _, p := range view.Placements {
		in.Old = append(in.Old, p)
	}
	for name, m := range marks(view, markPin) {
		in.Pins[flow.ActorID(name)] = placement.Pin{Node: m.Node, By: m.By}
	}
	return in
}

// of are an application's placements in an outcome.
func of(app string, out placement.Outcome) []flow.Placement {
	var ps []flow.Placement
	for _, p := range out.Placements {
		if p.Actor.App() == app {
			ps = append(ps, p)
		}
	}
	return ps
}

// Plan says what Deploy would do.
func (n *Node) Plan(_ context.Context, d control.Deployment) (*control.PlanResult, error) {
	dr, err := n.draft(d)
	if err != nil {
		return nil, err
	}
	view, nodes := dr.view, lay(register.App{Graph: dr.graph})
	res := &control.PlanResult{App: d.Name, Links: dr.graph.Links, Issues: dr.issues}
	for _, p := range dr.plan {
		node := nodes.actors[p.Actor].node
		was, ran := view.Placements[p.Actor]
		res.Actors = append(res.Actors, control.Planned{ID: p.Actor, Type: node.Type, Node: p.Node, From: was.Node, Why: p.Why,
			Change: changeOf(p.Node, was.Node, ran)})
	}
	old, ran := dr.old, dr.old.Name != ""
	for _, p := range view.Of(d.Name) {
		if nodes.actors[p.Actor] == nil {
			node, _ := old.Graph.Actor(p.Actor)
			res.Actors = append(res.Actors, control.Planned{ID: p.Actor, Type: node.Type, Change: control.ChangeStop, From: p.Node})
		}
	}
	slices.SortFunc(res.Actors, func(a, b control.Planned) int { return cmp.Compare(a.ID, b.ID) })
	if ran {
		res.Patients = patientsOf(&old.Graph)
		differ(res, &old.Graph, &dr.graph)
	}
	return res, nil
}

func changeOf(to, from flow.NodeID, ran bool) control.Change {
	switch {
	case to == "":
		return control.ChangeWait
	case !ran || from == "":
		return control.ChangeStart
	case from == to:
		return control.ChangeKeep
	}
	return control.ChangeMove
}

// differ adds what the new version touches of the one that runs.
func differ(res *control.PlanResult, old, next *flow.Graph) {
	d := expand.Diff(old, next)
	how := map[flow.ActorID]control.Planned{}
	for kind, ids := range map[control.Difference][]flow.ActorID{control.Added: d.Added, control.Removed: d.Removed, control.Kept: d.Kept} {
		for _, id := range ids {
			how[id] = control.Planned{Difference: kind}
		}
	}
	for _, c := range d.Changed {
		how[c.Actor] = control.Planned{Difference: control.Changed, Changes: c.Why}
	}
	for i := range res.Actors {
		h := how[res.Actors[i].ID]
		res.Actors[i].Difference, res.Actors[i].Changes = h.Difference, h.Changes
	}
	res.LinksAdded, res.LinksRemoved = named(next, d.LinksAdded), named(old, d.LinksRemoved)
}

// named are links of a graph.
func named(g *flow.Graph, ids []flow.LinkID) []flow.Link {
	wanted := map[flow.LinkID]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var links []flow.Link
	for _, l := range g.Links {
		if wanted[l.ID()] {
			links = append(links, l)
		}
	}
	return links
}
