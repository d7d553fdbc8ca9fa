package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/script"
)

// Check compiles a script and says what is wrong with it.
func (n *Node) Check(_ context.Context, d control.Deployment) ([]control.Issue, error) {
	if d.Name == "" {
		d.Name = "check"
	}
	_, issues := n.compile(d)
	return controlIssues(issues), nil
}

func (n *Node) compile(d control.Deployment) (*flow.Graph, script.Issues) {
	file := d.File
	if file == "" {
		file = d.Name + ".calvin"
	}
	tree, _ := script.Load(file, []byte(d.Script), func(_, name string) (string, []byte, error) {
		text, ok := d.Includes[name]
		if !ok {
			return "", nil, fs.ErrNotExist
		}
		return name + ".calvin", []byte(text), nil
	})
	return script.Compile(tree, script.TypesOf(n.types), script.WithApp(d.Name),
		script.WithNames(script.NamesOf(n.types)), script.WithActions(script.ActionsOf(n.types)))
}

func controlIssues(issues script.Issues) []control.Issue {
	var out []control.Issue
	for _, i := range issues {
		out = append(out, control.Issue{File: i.File, Line: int(i.Span.Start.Line), Col: int(i.Span.Start.Col),
			Severity: string(i.Severity), Code: i.Code, Msg: i.Msg, Hint: i.Hint})
	}
	return out
}

// draft compiles a deployment and places it, changing nothing.
func (n *Node) draft(d control.Deployment) (*flow.Graph, placement.Outcome, []control.Issue, error) {
	g, issues := n.compile(d)
	shown := controlIssues(issues)
	if g == nil {
		return nil, placement.Outcome{}, nil, &control.ScriptError{Issues: shown}
	}
	if err := mayWire(g, n.types); err != nil {
		return nil, placement.Outcome{}, nil, fmt.Errorf("%w: %v", control.ErrUnplaceable, err)
	}
	view := n.register.View()
	return g, n.place(view, g), shown, nil
}

// place plans one application; the others stay where they are, and count as load.
func (n *Node) place(view *register.View, g *flow.Graph) placement.Outcome {
	graphs := []flow.Graph{*g}
	var old []flow.Placement
	for name, app := range view.Apps {
		if name != g.App {
			graphs = append(graphs, app.Graph)
		}
	}
	for _, p := range view.Placements {
		old = append(old, p)
	}
	var nodes []placement.NodeView
	for _, m := range n.members.All() {
		nodes = append(nodes, placement.NodeView{NodeInfo: m.NodeInfo, Up: m.Up})
	}
	return placement.Plan(placement.Input{Graphs: graphs, Nodes: nodes, Old: old,
		Specs: script.TypesOf(n.types), Here: map[string]flow.NodeID{g.App: n.cfg.Node}})
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
	g, out, issues, err := n.draft(d)
	if err != nil {
		return nil, err
	}
	view := n.register.View()
	res := &control.PlanResult{App: d.Name, Links: g.Links, Issues: issues}
	for _, p := range of(g.App, out) {
		node, _ := g.Actor(p.Actor)
		was, ran := view.Placements[p.Actor]
		pl := control.Planned{ID: p.Actor, Type: node.Type, Node: p.Node, From: was.Node, Why: p.Why}
		switch {
		case p.Node == "":
			pl.Change = control.ChangeWait
		case !ran || was.Node == "":
			pl.Change = control.ChangeStart
		case was.Node == p.Node:
			pl.Change = control.ChangeKeep
		default:
			pl.Change = control.ChangeMove
		}
		res.Actors = append(res.Actors, pl)
	}
	for _, p := range view.Of(g.App) {
		if node, ok := g.Actor(p.Actor); !ok {
			res.Actors = append(res.Actors, control.Planned{ID: p.Actor, Type: node.Type, Change: control.ChangeStop, From: p.Node})
		}
	}
	slices.SortFunc(res.Actors, func(a, b control.Planned) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return res, nil
}

// Deploy records the application and its plan in the register.
func (n *Node) Deploy(ctx context.Context, by flow.Identity, d control.Deployment) (*control.App, error) {
	g, out, _, err := n.draft(d)
	if err != nil {
		return nil, err
	}
	next := register.App{Name: g.App, Script: d.Script, Includes: d.Includes, Graph: *g, By: by.URI, At: time.Now().UTC()}
	if old, ok := n.register.View().Apps[g.App]; ok && old.Script == d.Script && maps.Equal(old.Includes, d.Includes) {
		next.By, next.At = old.By, old.At // the same again changes nothing
	}
	app, err := n.register.PutApp(ctx, next)
	if err != nil {
		return nil, unavailable(err)
	}
	if err := n.register.PutPlan(ctx, g.App, app.Version, of(g.App, out)); err != nil {
		return nil, unavailable(err)
	}
	n.log.Info("application deployed", "app", g.App, "by", by.URI, "actors", len(g.Actors))
	n.events.add(control.AppDeployed, "", "", fmt.Sprintf("%s was deployed by %s", g.App, by.URI))
	for _, p := range out.Unplaced() {
		if p.Actor.App() == g.App {
			why := strings.Join(p.Why, "; ")
			n.log.Info("actor waits for a node that is fit", "actor", p.Actor, "reason", why)
			n.events.add(control.ActorFault, p.Actor, "", fmt.Sprintf("%s waits for a node that is fit: %s", p.Actor, why))
		}
	}
	return n.app(app, n.register.View()), nil
}

// Stop removes an application everywhere.
func (n *Node) Stop(ctx context.Context, by flow.Identity, app string) error {
	if _, ok := n.register.View().Apps[app]; !ok {
		return fmt.Errorf("application %s: %w", app, control.ErrNotFound)
	}
	if err := n.register.RemoveApp(ctx, app); err != nil {
		return unavailable(err)
	}
	n.log.Info("application stopped", "app", app, "by", by.URI)
	n.events.add(control.AppStopped, "", "", fmt.Sprintf("%s was stopped by %s", app, by.URI))
	return nil
}

func unavailable(err error) error {
	if errors.Is(err, register.ErrNoLeader) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", control.ErrUnavailable, err)
	}
	return err
}

// replan places what waits for a node, when this node leads and members have
// changed. What is placed stays.
func (n *Node) replan(ctx context.Context) {
	if !n.register.Leading() {
		return
	}
	view := n.register.View()
	for name, app := range view.Apps {
		waits := slices.ContainsFunc(view.Of(name), func(p flow.Placement) bool { return p.Node == "" })
		if !waits && len(view.Of(name)) == len(app.Graph.Actors) {
			continue
		}
		plan := of(name, n.place(view, &app.Graph))
		if slices.EqualFunc(plan, view.Of(name), func(a, b flow.Placement) bool { return a.Actor == b.Actor && a.Node == b.Node }) {
			continue
		}
		if err := n.register.PutPlan(ctx, name, app.Version, plan); err != nil {
			n.log.Info("a new plan could not be agreed and is tried again", "app", name, "err", err)
		}
	}
}
