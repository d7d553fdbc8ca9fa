package node

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/register"
)

// The policy for people: control.Ruler.

// Policy is what is in force here.
func (n *Node) Policy(context.Context) (*control.Policy, error) {
	n.guard.mu.Lock()
	defer n.guard.mu.Unlock()
	return &control.Policy{Rules: rulesOf(n.guard.now), BuiltIn: policy.BuiltIn(), Schema: policy.Schema(),
		Own: n.guard.now.Own(), By: n.guard.by, At: n.guard.at, Admins: slices.Sorted(slices.Values(n.cfg.Admins))}, nil
}

func rulesOf(p *policy.Policy) []control.PolicyRule {
	var all []control.PolicyRule
	for _, r := range p.Rules() {
		all = append(all, control.PolicyRule{ID: r.ID, Permits: r.Permits, Says: r.Says, Mend: r.Mend, Own: r.Own, Line: r.Line})
	}
	return all
}

// CheckPolicy says what another text would change.
func (n *Node) CheckPolicy(_ context.Context, text string) (*control.PolicyCheck, error) {
	next, err := policy.New(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	return n.compare(next), nil
}

// compare looks at all links of the applications by their roles, which is what
// is known of those that do not run here, and at who has deployed them.
func (n *Node) compare(next *policy.Policy) *control.PolicyCheck {
	now, view := n.policy(), n.register.View()
	c := &control.PolicyCheck{Rules: rulesOf(next)}
	for _, name := range slices.Sorted(maps.Keys(view.Apps)) {
		app := view.Apps[name]
		ends := n.endsOf(&app.Source)
		for _, l := range app.Source.Links {
			ask := policy.Link{From: ends[l.From.Actor], To: ends[l.To.Actor], FromPort: l.From.Port, ToPort: l.To.Port}
			is, will := now.Foresee(ask), next.Foresee(ask)
			switch cut := (control.PolicyCut{Name: string(l.ID()), Why: will.Why()}); {
			case is.Allowed && !will.Allowed:
				c.Cut = append(c.Cut, cut)
			case !is.Allowed && will.Allowed:
				c.Open = append(c.Open, cut)
			}
		}
		if why, lost := n.losesRight(next, &app); lost {
			c.Apps = append(c.Apps, control.PolicyCut{Name: name, Why: why})
		}
	}
	return c
}

// losesRight reports whether who has signed an application may not deploy it by
// another policy.
func (n *Node) losesRight(next *policy.Policy, app *register.App) (why string, lost bool) {
	_, who, err := n.said(app.Signature, control.KindDeployment)
	if err != nil || n.admin(who) {
		return "", false
	}
	d := next.May(who, policy.Deed{Do: policy.ActionDeploy, App: app.Name})
	return fmt.Sprintf("%s, who has signed it: %s", who.URI, d.Why()), !d.Allowed
}

// PutPolicy has a policy agreed that an admin has signed.
func (n *Node) PutPolicy(ctx context.Context, by flow.Identity, statement []byte) (*control.PolicyCheck, error) {
	st, who, err := n.newly(statement, control.KindPolicy)
	if err != nil {
		return nil, err
	}
	if _, _, _, err := n.readPolicy(statement); err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrDenied, err)
	}
	text, err := control.PolicyIn(st)
	if err != nil {
		return nil, err
	}
	next, err := policy.New(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	if err := n.agreeing(); err != nil {
		return nil, err
	}
	c := n.compare(next)
	if err := n.register.PutSetting(ctx, keyPolicy, register.RisingValue(uint64(st.At.UnixNano()), statement)); err != nil {
		return nil, unavailable(err)
	}
	n.log.Info("policy agreed", "by", who.URI, "brought", by.URI)
	return c, nil
}

// WhyLink tells step by step why a link is there or not.
func (n *Node) WhyLink(ctx context.Context, from, to string) (*control.LinkWhy, error) {
	l, declared, err := n.linkNamed(from, to)
	if err != nil {
		return nil, err
	}
	s, err := n.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	w := &why{n: n, view: n.view(), link: l, declared: declared, snapshot: s,
		out: &control.LinkWhy{From: l.From.Actor, To: l.To.Actor, May: true}}
	if declared {
		w.out.Link = l.ID()
	}
	for _, step := range []func(){w.application, w.script, w.placed, w.certificates, w.rules, w.handshake} {
		step()
	}
	return w.out, nil
}

// linkNamed finds the link between two ends, each an actor or a port of one. One
// that no script declares is made up, to say whether it could be.
func (n *Node) linkNamed(from, to string) (l flow.Link, declared bool, err error) {
	if from == "" || to == "" {
		return l, false, fmt.Errorf("%w: name both ends: app:actor or app:actor.port", control.ErrInvalid)
	}
	view := n.view()
	f, okFrom := n.endNamed(view, from)
	t, okTo := n.endNamed(view, to)
	for name, end := range map[string]bool{from: okFrom, to: okTo} {
		if !end {
			return l, false, fmt.Errorf("actor %s: %w%s", name, control.ErrNotFound, n.meant(view, name))
		}
	}
	w, ok := n.wirings.of(view, f.Actor.App())
	if !ok {
		app := view.Apps[f.Actor.App()]
		w = lay(app) // it does not run here, which is one of the steps
	}
	for _, l := range w.app.Graph.Links {
		if l.From.Actor == f.Actor && l.To.Actor == t.Actor && (f.Port == "" || f.Port == l.From.Port) && (t.Port == "" || t.Port == l.To.Port) {
			return l, true, nil
		}
	}
	return flow.Link{From: f, To: t}, false, nil
}

// meant says which actors somebody may have meant who named one without its
// application.
func (n *Node) meant(view *register.View, s string) string {
	var full []string
	for name := range view.Apps {
		if f, ok := n.endNamed(view, name+":"+s); ok {
			full = append(full, string(f.Actor))
		}
	}
	if len(full) == 0 {
		return ": want APP:ACTOR or APP:ACTOR.PORT"
	}
	slices.Sort(full)
	return ": want APP:ACTOR; there is " + strings.Join(full, ", ")
}

// endNamed finds the actor of "app:actor" or "app:actor.port".
func (n *Node) endNamed(view *register.View, s string) (flow.Endpoint, bool) {
	exists := func(id flow.ActorID) bool {
		app := view.Apps[id.App()]
		_, ok := app.Graph.Actor(id)
		return ok
	}
	if id := flow.ActorID(s); exists(id) {
		return flow.Endpoint{Actor: id}, true
	}
	e, err := flow.ParseEndpoint(s)
	return e, err == nil && exists(e.Actor)
}
