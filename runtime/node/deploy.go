package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
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

// Deploy records the application and its plan in the register, both at once. An
// application of that name becomes what the script says now: actors that are in
// both keep their state and their tokens, and those whose declaration and links
// are the same are not touched.
func (n *Node) Deploy(ctx context.Context, by flow.Identity, d control.Deployment) (*control.App, error) {
	if err := n.agreeing(); err != nil {
		return nil, err
	}
	dr, err := n.draft(d)
	if err != nil {
		return nil, err
	}
	next := register.App{Name: d.Name, Script: d.Script, Includes: d.Includes, Source: *dr.source, Graph: dr.graph,
		By: by.URI, At: time.Now().UTC(), Here: dr.here}
	old, ok := n.register.View().Apps[d.Name]
	if ok && old.Script == d.Script && maps.Equal(old.Includes, d.Includes) {
		next.By, next.At, next.Here = old.By, old.At, old.Here // the same again changes nothing
	}
	if _, stopping := markOf(n.register.View(), markStop, d.Name); stopping {
		if err := n.register.PutSetting(ctx, markStop+d.Name, nil); err != nil {
			return nil, unavailable(err)
		}
	}
	app, err := n.register.PutAppPlan(ctx, next, 0, dr.plan)
	if err != nil {
		return nil, unavailable(err)
	}
	n.log.Info("application deployed", "app", d.Name, "by", by.URI, "actors", len(dr.graph.Actors))
	n.events.add(control.AppDeployed, "", "", fmt.Sprintf("%s was deployed by %s", d.Name, by.URI))
	for _, p := range dr.plan {
		if p.Node == "" {
			n.log.Info("actor waits for a node that is fit", "actor", p.Actor, "reason", strings.Join(p.Why, "; "))
			n.events.add(control.ActorFault, p.Actor, "", fmt.Sprintf("%s waits for a node that is fit: %s", p.Actor, strings.Join(p.Why, "; ")))
		}
	}
	return n.app(app, n.register.View()), nil
}

// unavailable is err as the API tells it apart.
func unavailable(err error) error {
	if refused := new(agree.RefusedError); errors.As(err, &refused) || errors.Is(err, register.ErrVersion) || errors.Is(err, agree.ErrNoCopy) {
		return fmt.Errorf("%w: %w", control.ErrConflict, err)
	}
	if errors.Is(err, register.ErrNoLeader) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", control.ErrUnavailable, err)
	}
	return err
}
