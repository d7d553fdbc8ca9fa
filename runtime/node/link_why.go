package node

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/register"
)

// A why goes through all that must hold for a link, in the order in which it is
// looked at when the link is made.
type why struct {
	n        *Node
	view     *register.View
	link     flow.Link
	declared bool
	snapshot *control.Snapshot
	out      *control.LinkWhy
	who      [2]flow.Identity // of both ends, as far as their nodes tell
}

func (w *why) step(ok bool, what, reason string, args ...any) {
	w.out.May = w.out.May && ok
	w.out.Steps = append(w.out.Steps, control.WhyStep{What: what, OK: ok, Why: fmt.Sprintf(reason, args...)})
}

func (w *why) ends() [2]flow.ActorID { return [2]flow.ActorID{w.link.From.Actor, w.link.To.Actor} }

// application: both are of applications that somebody who may has signed so.
func (w *why) application() {
	for i, id := range w.ends() {
		if i == 1 && id.App() == w.link.From.Actor.App() {
			return
		}
		app := w.view.Apps[id.App()]
		what := fmt.Sprintf("application %s is what was signed", app.Name)
		if err := w.n.wirings.why(&app); err != nil {
			w.step(false, what, "%v", err)
			continue
		}
		w.step(true, what, "by %s", app.By)
	}
}

func (w *why) script() {
	const what = "the script has the link"
	if !w.declared {
		w.step(false, what, "it joins %s and %s nowhere; what follows is for if it did", w.link.From.Actor, w.link.To.Actor)
		return
	}
	w.step(true, what, "%s", w.link.ID())
}

// placed: each actor has a node, which is up, and runs there in its newest epoch.
func (w *why) placed() {
	for _, id := range w.ends() {
		p := w.view.Placements[id]
		what := fmt.Sprintf("%s runs", id)
		state := w.actor(id)
		switch {
		case p.Node == "":
			w.step(false, what, "it has no node: %s", strings.Join(p.Why, "; "))
		case !w.n.isUp(w.view, p.Node):
			w.step(false, what, "its node %s is down", p.Node)
		case state == nil || state.State != control.Running:
			w.step(false, what, "on %s, epoch %d: %s", p.Node, p.Epoch, orNotYet(state))
		default:
			w.step(true, what, "on %s, epoch %d", p.Node, p.Epoch)
		}
	}
}

func orNotYet(s *control.ActorState) string {
	if s == nil {
		return "not yet"
	}
	if s.LastError != "" {
		return fmt.Sprintf("%s: %s", s.State, s.LastError)
	}
	return string(s.State)
}

func (w *why) actor(id flow.ActorID) *control.ActorState {
	for i := range w.snapshot.Actors {
		if w.snapshot.Actors[i].ID == id {
			return &w.snapshot.Actors[i]
		}
	}
	return nil
}

// certificates: each actor speaks with one of the role that its type asks for,
// and it is not revoked.
func (w *why) certificates() {
	reports := w.n.gatherer.glance()
	for i, id := range w.ends() {
		p := w.view.Placements[id]
		what := fmt.Sprintf("%s has the right certificate", id)
		stat := statOf(reports[p.Node], id)
		if stat == nil || !stat.Identity.Known() {
			w.step(false, what, "its node does not say what it speaks with, since it does not run")
			w.who[i] = w.foreseen(id)
			continue
		}
		w.who[i] = stat.Identity
		node, _ := w.node(id)
		if err := w.n.maySpeak(node, p.Node, stat.Identity); err != nil {
			w.step(false, what, "%v", err)
			continue
		}
		if r, revoked := w.n.verifier.Revoked(stat.Identity); revoked {
			w.step(false, what, "%s was revoked at %s: %s", stat.Identity.URI, r.At.UTC().Format("2006-01-02 15:04:05 MST"), r.Reason)
			continue
		}
		w.step(true, what, "it speaks as %s, a %s", shown(stat.Identity), stat.Identity.Role)
	}
}

// node is the actor as the register has it, whether it runs or not.
func (w *why) node(id flow.ActorID) (flow.Node, bool) {
	app := w.view.Apps[id.App()]
	return app.Graph.Actor(id)
}

// foreseen is what a script says of an actor's identity.
func (w *why) foreseen(id flow.ActorID) flow.Identity {
	node, _ := w.node(id)
	if s := w.n.types[node.Type].Spec; s.Speaks != "" {
		return flow.Identity{Role: s.Speaks}
	}
	return flow.Identity{Role: flow.RoleNode}
}

func (w *why) rules() {
	ask := w.n.linkOf(w.view, w.link, w.who[0], w.who[1])
	for _, a := range []*policy.Actor{&ask.From, &ask.To} {
		if node, ok := w.node(a.ID); ok && a.Type == "" && !a.Spool {
			a.Type = node.Type // it does not run here
		}
	}
	p, what := w.n.policy(), "the policy allows it"
	d := p.Link(ask)
	if !w.who[0].Known() || !w.who[1].Known() {
		d = p.Foresee(ask)
		what = "the policy allows it, as far as their roles tell"
	}
	w.step(d.Allowed, what, "%s%s", d.Why(), ruleNames(d))
}

// ruleNames are the rules that decided, for people who look them up.
func ruleNames(d policy.Decision) string {
	var ids []string
	for _, b := range d.Because {
		ids = append(ids, b.ID)
	}
	if len(ids) == 0 {
		return ""
	}
	return " (rule " + strings.Join(ids, ", ") + ")"
}

// handshake: the ends have met, proved themselves, and nobody has refused.
func (w *why) handshake() {
	if !w.declared {
		return
	}
	const what = "both ends have proved who they are to each other"
	for _, l := range w.snapshot.Links {
		if l.ID != w.link.ID() {
			continue
		}
		switch {
		case l.Refused != "":
			w.step(false, what, "%s", l.Refused)
		case !l.Up:
			w.step(false, what, "not yet, or not any more: it is tried all the time")
		case l.FromNode == l.ToNode:
			w.step(true, what, "on one node; %d tokens so far", l.Tokens)
		default:
			w.step(true, what, "from %s to %s; %d tokens so far", l.FromNode, l.ToNode, l.Tokens)
		}
		return
	}
	w.step(false, what, "nobody reports the link")
}
