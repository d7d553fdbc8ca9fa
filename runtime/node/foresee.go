package node

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// What moving and draining would do: control.Foreseer. Both ask placement, with
// the pin or the drain that there would be, and compare with what is.

// mostChoices bounds the plans that one question is worth.
const mostChoices = 64

// Choices are the nodes that an actor could be moved to, and those it could not.
func (n *Node) Choices(_ context.Context, id flow.ActorID) ([]control.Choice, error) {
	view := n.register.View()
	was, ok := view.Placements[id]
	if !ok {
		return nil, fmt.Errorf("actor %s: %w", id, control.ErrNotFound)
	}
	in := n.input(view, running(view), n.nodeViews(view))
	before := moved(placement.Plan(in))
	var all []control.Choice
	for _, node := range in.Nodes[:min(len(in.Nodes), mostChoices)] {
		all = append(all, choiceOf(in, node.ID, was, before))
	}
	return all, nil
}

// choiceOf works out a move to one node. What would move anyhow is no
// consequence of it.
func choiceOf(in placement.Input, node flow.NodeID, was flow.Placement, before map[flow.ActorID]placement.Move) control.Choice {
	c := control.Choice{Node: node, Here: node == was.Node}
	in.Pins = maps.Clone(in.Pins)
	in.Pins[was.Actor] = placement.Pin{Node: node}
	out := placement.Plan(in)
	if why, cant := out.Unpinned[was.Actor]; cant {
		c.Why = strings.TrimPrefix(why, string(node)+": ")
		return c
	}
	c.Fit = true
	if i, ok := slices.BinarySearchFunc(out.Placements, was.Actor, func(p flow.Placement, id flow.ActorID) int { return cmp.Compare(p.Actor, id) }); ok {
		why := out.Placements[i].Why
		c.Why = strings.TrimPrefix(why[0], string(node)+": ")
	}
	for _, m := range out.Moves {
		if m.Actor != was.Actor && before[m.Actor] != m {
			c.Along = append(c.Along, control.Going{Actor: m.Actor, From: m.From, To: m.To})
		}
	}
	return c
}

func moved(out placement.Outcome) map[flow.ActorID]placement.Move {
	all := map[flow.ActorID]placement.Move{}
	for _, m := range out.Moves {
		all[m.Actor] = m
	}
	return all
}

// Draining is what becomes of the actors that draining a node touches.
func (n *Node) Draining(_ context.Context, node flow.NodeID) ([]control.Planned, error) {
	if err := n.knows(node); err != nil {
		return nil, err
	}
	view := n.register.View()
	in := n.input(view, running(view), n.nodeViews(view))
	before := moved(placement.Plan(in))
	for i := range in.Nodes {
		if in.Nodes[i].ID == node {
			in.Nodes[i].Drain = true
		}
	}
	out := placement.Plan(in)
	after := moved(out)
	var all []control.Planned
	for _, p := range out.Placements {
		was, ran := view.Placements[p.Actor]
		if was.Node != node && after[p.Actor] == before[p.Actor] {
			continue // it has nothing to do with it
		}
		all = append(all, control.Planned{ID: p.Actor, Type: typeOf(view, p.Actor), Node: p.Node, From: was.Node, Why: p.Why,
			Change: changeOf(p.Node, was.Node, ran)})
	}
	return all, nil
}

func typeOf(view *register.View, id flow.ActorID) string {
	g := view.Apps[id.App()].Graph
	a, _ := g.Actor(id)
	return a.Type
}
