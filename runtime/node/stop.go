package node

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// How long an application that ends may take to bring to its stores what it has
// taken in, and how often that is looked at.
const (
	finishWithin = 5 * time.Second
	finishLook   = 200 * time.Millisecond
)

// Stop removes an application everywhere. Its sources give nothing new first,
// and what is on its way arrives: collectors sign the windows that are open.
// What has not arrived after some seconds goes with the application.
func (n *Node) Stop(ctx context.Context, by flow.Identity, app string) error {
	if err := n.agreeing(); err != nil {
		return err
	}
	a, ok := n.register.View().Apps[app]
	if !ok {
		return fmt.Errorf("application %s: %w", app, control.ErrNotFound)
	}
	left, err := n.finish(ctx, a, by)
	if err != nil {
		return unavailable(err)
	}
	if err := n.register.RemoveApp(ctx, app); err != nil {
		return unavailable(err)
	}
	if err := n.register.PutSetting(ctx, markStop+app, nil); err != nil {
		n.log.Info("the mark of an application that was stopped is still there", "app", app, "err", err)
	}
	text := fmt.Sprintf("%s was stopped by %s", app, by.URI)
	if left > 0 {
		text += fmt.Sprintf("; %d tokens that had not arrived went with it", left)
	}
	n.log.Info("application stopped", "app", app, "by", by.URI, "left", left)
	n.audit(flow.AuditEvent{Kind: flow.AuditDeployment, Who: by.URI, Proven: true, What: "stop " + app})
	n.events.of(control.AppStopped, app, text)
	return nil
}

// finish closes the sources of an application and waits until all that is on its
// way has arrived; left is how many tokens have not in time.
func (n *Node) finish(ctx context.Context, app register.App, by flow.Identity) (left int, err error) {
	ctx, cancel := context.WithTimeout(ctx, finishWithin)
	defer cancel()
	m := mark{By: by.URI, At: app.At, Asked: time.Now().UTC()}
	if err := n.register.PutSetting(ctx, markStop+app.Name, m.bytes()); err != nil {
		return 0, err
	}
	tick := time.NewTicker(finishLook)
	defer tick.Stop()
	for quiet, seen := 0, time.Now(); quiet < 2; {
		select {
		case <-ctx.Done():
			return left, nil
		case <-tick.C:
		}
		reports := n.gatherer.glance()
		oldest := n.oldest(app.Name, reports)
		if !oldest.After(seen) {
			continue // not everybody has been asked again
		}
		seen = time.Now()
		var closed bool
		if left, closed = n.underWay(app.Name, reports); left == 0 && closed {
			quiet++
		} else {
			quiet = 0
		}
	}
	return 0, nil
}

// underWay counts the tokens of an application that are not settled, as far as
// the nodes report; closed tells that no source can give more. Links in loops
// don't count: theirs go round.
func (n *Node) underWay(name string, reports map[flow.NodeID]*report) (held int, closed bool) {
	view := n.register.View()
	w, ok := n.wirings.of(view, name)
	if !ok {
		return 0, true
	}
	sources := sourcesOf(&w.app.Graph)
	closed = true
	for _, l := range w.app.Graph.Links {
		from := view.Placements[l.From.Actor]
		a, sender := statOf(reports[from.Node], l.From.Actor), end(reports[from.Node], l.ID(), true)
		if a == nil || a.Epoch != from.Epoch || sender == nil {
			continue // it does not run: nothing will come of it
		}
		if sources[l.From.Actor] && !sender.Closing {
			closed = false
		}
		if !w.loops[l.ID()] {
			held += sender.Held
		}
	}
	return held, closed
}

// sourcesOf are the actors that no link leads to.
func sourcesOf(g *flow.Graph) map[flow.ActorID]bool {
	sources := make(map[flow.ActorID]bool, len(g.Actors))
	for _, a := range g.Actors {
		sources[a.ID] = true
	}
	for _, l := range g.Links {
		sources[l.To.Actor] = false
	}
	return sources
}

// oldest is when the oldest of the reports was asked for that tell of an
// application. Nodes that are down are not waited for.
func (n *Node) oldest(app string, reports map[flow.NodeID]*report) time.Time {
	view := n.register.View()
	oldest := time.Now()
	for _, p := range view.Of(app) {
		if p.Node == "" || !n.isUp(view, p.Node) {
			continue
		}
		r := reports[p.Node]
		if r == nil {
			return time.Time{}
		}
		if r.asked.Before(oldest) {
			oldest = r.asked
		}
	}
	return oldest
}

// closeSources closes the links that begin at a source.
func closeSources(g *flow.Graph) {
	sources := sourcesOf(g)
	links := slices.Clone(g.Links)
	for i, l := range links {
		if sources[l.From.Actor] {
			links[i].Closing = true
		}
	}
	g.Links = links
}
