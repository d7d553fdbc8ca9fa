package controltest

import (
	"context"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Types are those of what runs in the ward.
func (w *Ward) Types(context.Context) ([]flow.Spec, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return nil, w.err
	}
	in, out := []flow.Port{{Name: "in", Doc: "readings"}}, []flow.Port{{Name: "out", Doc: "readings"}}
	return []flow.Spec{
		{Name: "io.Log", Doc: "Write what comes to the node's log.", In: in},
		{Name: "ward.Collector", Doc: "Sign what the sensors of a bed give, in windows.", In: in, Out: out},
		{Name: "ward.RuleCheck", Doc: "Judge readings by the rules of the contract.", In: in, Out: []flow.Port{{Name: "passed"}, {Name: "refused"}}, Requires: []string{"rules"}},
		{Name: "ward.Sensor", Doc: "Read a sensor.", Out: out, Args: []flow.ArgSpec{{Name: "device", Kind: "string", Required: true}}},
		{Name: "ward.Store", Doc: "Keep readings.", In: in, Requires: []string{"store"}},
	}, nil
}

// Complete offers the actor types in place of the word before the cursor.
func (w *Ward) Complete(ctx context.Context, at control.ScriptPlace) ([]control.Completion, error) {
	types, err := w.Types(ctx)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(at.Script, "\n")
	from := at.Col
	if at.Line <= len(lines) {
		line := []rune(lines[at.Line-1])
		for from = min(from, len(line)+1); from > 1 && (line[from-2] == '.' || line[from-2] >= 'A'); from-- {
		}
	}
	var all []control.Completion
	for _, t := range types {
		all = append(all, control.Completion{Label: t.Name, Kind: "actor type", Detail: t.Doc, Snippet: true,
			TextEdit: control.TextEdit{Range: control.Range{Line: at.Line, Col: from, EndLine: at.Line, EndCol: at.Col}, Text: t.Name + "($0)"}})
	}
	return all, nil
}

// Hover says which line it is.
func (w *Ward) Hover(_ context.Context, at control.ScriptPlace) (*control.Hover, error) {
	return &control.Hover{Range: control.Range{Line: at.Line, Col: at.Col, EndLine: at.Line, EndCol: at.Col + 1},
		Text: fmt.Sprintf("line **%d** of `%s`", at.Line, at.File)}, nil
}

// Format takes the spaces at the ends of the lines away.
func (w *Ward) Format(_ context.Context, d control.Deployment) (string, error) {
	if e := (&control.ScriptError{Issues: check(d.File, d.Script)}); len(e.Mistakes()) > 0 {
		return "", e
	}
	lines := strings.Split(strings.TrimSpace(d.Script), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// Explain knows WF0102 alone.
func (w *Ward) Explain(_ context.Context, code string) (*control.Explanation, error) {
	if code != "WF0102" {
		return nil, fmt.Errorf("code %q: %w", code, control.ErrNotFound)
	}
	return &control.Explanation{Code: code, Title: "There is no actor type of that name.", Why: "An actor is made from a type that this node knows.",
		Bad: "pulse : nosuch()\n", Good: "pulse : ward.Sensor(device=\"a\")\n"}, nil
}

// Choices are the hosts: an actor that is bound to its own can't leave it.
func (w *Ward) Choices(_ context.Context, id flow.ActorID) ([]control.Choice, error) {
	if err := w.has(id); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var is running
	for _, r := range w.running(id.App()) {
		if r.id == id {
			is = r
		}
	}
	var all []control.Choice
	for _, n := range w.nodes() {
		c := control.Choice{Node: n.ID, Here: n.ID == is.node, Fit: n.Up && !n.Draining, Why: "nothing is required"}
		switch {
		case !n.Up:
			c.Why = "is down"
		case n.Draining:
			c.Why = "is being drained"
		case is.bound != "" && !c.Here:
			c.Fit, c.Why = false, fmt.Sprintf("%s is bound to %s", is.bound, is.node)
		case is.bound != "":
			c.Why = "offers " + is.bound
		case strings.HasSuffix(string(id), ":check") && n.ID == "bedside":
			c.Fit, c.Why = false, "capability rules missing"
		case strings.HasSuffix(string(id), ":check"):
			c.Why = "offers rules"
		}
		all = append(all, c)
	}
	return all, nil
}

// Draining is what Drain would do to the actors of a host.
func (w *Ward) Draining(_ context.Context, node flow.NodeID) ([]control.Planned, error) {
	if err := w.hasNode(node); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []control.Planned
	for app := range w.apps {
		for _, r := range w.running(app) {
			if r.node != node {
				continue
			}
			p := control.Planned{ID: r.id, Type: r.typ, From: node, Node: elsewhere[node], Change: control.ChangeMove, Why: []string{string(elsewhere[node]) + " is fit"}}
			if r.bound != "" {
				p.Node, p.Change, p.Why = node, control.ChangeKeep, []string{fmt.Sprintf("%s is bound to %s", r.bound, node)}
			}
			all = append(all, p)
		}
	}
	return all, nil
}
