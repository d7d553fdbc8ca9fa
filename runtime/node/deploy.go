package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/script"
)

// Check compiles a script and says what is wrong with it.
func (n *Node) Check(_ context.Context, d control.Deployment) ([]control.Issue, error) {
	if d.Name == "" {
		d.Name = "check"
	}
	d.File = cmp.Or(d.File, d.Name+".calvin")
	_, issues := n.compile(d)
	return n.mended(d, controlIssues(issues)), nil
}

func (n *Node) compile(d control.Deployment) (*flow.Graph, script.Issues) {
	file := cmp.Or(d.File, d.Name+".calvin")
	tree, _ := script.Load(file, []byte(d.Script), included(d))
	return script.Compile(tree, script.TypesOf(n.types), script.WithApp(d.Name),
		script.WithNames(script.NamesOf(n.types)), script.WithActions(script.ActionsOf(n.types)))
}

func controlIssues(issues script.Issues) []control.Issue {
	var out []control.Issue
	for _, i := range issues {
		out = append(out, control.Issue{File: i.File, Line: int(i.Span.Start.Line), Col: int(i.Span.Start.Col),
			Severity: string(i.Severity), Code: i.Code, Msg: i.Msg, Hint: i.Hint, EndLine: int(i.Span.End.Line), EndCol: int(i.Span.End.Col)})
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
	st, who, err := n.mayDeploy(d)
	if err != nil {
		return nil, err
	}
	if _, stopping := markOf(n.register.View(), markStop, d.Name); stopping {
		if err := n.register.PutSetting(ctx, markStop+d.Name, nil); err != nil {
			return nil, unavailable(err)
		}
	}
	var dr *draft
	var app register.App
	for range 5 { // the leader may have changed what runs since it was drafted
		if dr, err = n.draft(d); err != nil {
			return nil, err
		}
		if app, err = n.register.PutAppPlan(ctx, n.appOf(dr, d, st.At, who), dr.old.Version, dr.plan); err == nil {
			break
		} else if !errors.Is(err, register.ErrVersion) || ctx.Err() != nil {
			return nil, unavailable(err)
		}
	}
	if app.Name == "" {
		return nil, fmt.Errorf("%w: %s is being changed all the time: try again", control.ErrConflict, d.Name)
	}
	n.log.Info("application deployed", "app", d.Name, "by", who.URI, "actors", len(dr.graph.Actors))
	n.events.of(control.AppDeployed, d.Name, fmt.Sprintf("%s was deployed by %s, revision %d", d.Name, who.URI, app.Revision))
	n.audit(flow.AuditEvent{Kind: flow.AuditDeployment, Who: who.URI, Proven: true,
		What: fmt.Sprintf("deploy %s, revision %d (version %d), brought by %s", d.Name, app.Revision, app.Version, by.URI)})
	for _, p := range dr.plan {
		if p.Node == "" {
			n.log.Info("actor waits for a node that is fit", "actor", p.Actor, "reason", strings.Join(p.Why, "; "))
			n.events.add(control.ActorFault, p.Actor, "", fmt.Sprintf("%s waits for a node that is fit: %s", p.Actor, strings.Join(p.Why, "; ")))
		}
	}
	return n.app(app, n.register.View()), nil
}

// mayDeploy verifies what a deployment is signed with.
func (n *Node) mayDeploy(d control.Deployment) (*proof.Statement, flow.Identity, error) {
	st, who, err := n.newly(d.Signature, control.KindDeployment)
	if err != nil {
		return nil, who, err
	}
	if err := d.Is(st); err != nil {
		return nil, who, err
	}
	if err := n.may(who, policy.Deed{Do: policy.ActionDeploy, App: d.Name}); err != nil {
		return nil, who, err
	}
	newest, older := n.guard.memory.older(memoryOf(d.Name), st.At)
	if runs, ok := n.register.View().Apps[d.Name]; ok && st.At.Before(runs.At) {
		newest, older = runs.At, true
	}
	if older {
		return nil, who, fmt.Errorf("%w: %s was signed at %s, and what was signed at %s is newer: sign it anew",
			control.ErrConflict, d.Name, st.At.Format(time.RFC3339), newest.Format(time.RFC3339))
	}
	return st, who, nil
}

// appOf is the application that a draft makes of a deployment. The same again
// changes nothing, if what was signed before holds still.
func (n *Node) appOf(dr *draft, d control.Deployment, at time.Time, by flow.Identity) register.App {
	next := register.App{Name: d.Name, Script: d.Script, Includes: d.Includes, Source: *dr.source, Graph: dr.graph,
		By: by.URI, At: at, Here: dr.here, Signature: d.Signature}
	if sameScript(dr.old, d) && n.vouched(&dr.old) == nil {
		next.By, next.At, next.Signature = dr.old.By, dr.old.At, dr.old.Signature
	}
	return next
}

func sameScript(old register.App, d control.Deployment) bool {
	return old.Name != "" && old.Script == d.Script && maps.Equal(old.Includes, d.Includes)
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
