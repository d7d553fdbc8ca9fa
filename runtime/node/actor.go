package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What people ask one actor goes to the node that it runs on.

// askActor is the question that a node asks for somebody about an actor there.
const askActor = "node.actor"

// An errand is such a question: what to do with which actor.
type errand struct {
	Actor flow.ActorID               `json:"actor"`
	Do    string                     `json:"do"` // "report", "letters", "drop", "resume"
	Args  map[string]json.RawMessage `json:"args,omitempty"`
	Upto  uint64                     `json:"upto,omitempty"`
}

// An outcome is its answer. Refused is why not; the actor is here all the same.
type outcome struct {
	Value   json.RawMessage `json:"value,omitempty"`
	Letters []engine.Letter `json:"letters,omitempty"`
	Refused string          `json:"refused,omitempty"`
	Absent  bool            `json:"absent,omitempty"` // it does not run here
}

// Report asks a running actor, wherever it is.
func (n *Node) Report(ctx context.Context, by flow.Identity, id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	e := errand{Actor: id, Do: "report", Args: map[string]json.RawMessage{}}
	for name, v := range args {
		b, err := flow.MarshalValue(v)
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", name, err)
		}
		e.Args[name] = b
	}
	out, err := n.send(ctx, by, e)
	if err != nil {
		return nil, err
	}
	return flow.UnmarshalValue(out.Value)
}

// Letters are the dead letters that an actor keeps.
func (n *Node) Letters(ctx context.Context, by flow.Identity, id flow.ActorID) ([]control.Letter, error) {
	out, err := n.send(ctx, by, errand{Actor: id, Do: "letters"})
	if err != nil {
		return nil, err
	}
	var letters []control.Letter
	for _, l := range out.Letters {
		letters = append(letters, control.Letter{Number: l.Number, At: l.At, Why: l.Why, Tokens: flow.PlainArgs(l.Tokens)})
	}
	return letters, nil
}

// DropLetters takes dead letters of an actor out.
func (n *Node) DropLetters(ctx context.Context, by flow.Identity, id flow.ActorID, upto uint64) error {
	_, err := n.send(ctx, by, errand{Actor: id, Do: "drop", Upto: upto})
	return err
}

// Resume lets an actor go on.
func (n *Node) Resume(ctx context.Context, by flow.Identity, id flow.ActorID) error {
	_, err := n.send(ctx, by, errand{Actor: id, Do: "resume"})
	return err
}

// send does an errand where its actor is, and notes who sent it.
func (n *Node) send(ctx context.Context, by flow.Identity, e errand) (*outcome, error) {
	place, ok := n.register.View().Placements[e.Actor]
	if !ok {
		return nil, fmt.Errorf("actor %s: %w", e.Actor, control.ErrNotFound)
	}
	if place.Node == "" {
		return nil, fmt.Errorf("actor %s waits for a node that is fit: %w", e.Actor, control.ErrConflict)
	}
	n.log.Info("actor was asked", "actor", e.Actor, "what", e.Do, "by", by.URI)
	out, err := n.carry(ctx, place.Node, e)
	switch {
	case err != nil:
		return nil, err
	case out.Absent:
		return nil, fmt.Errorf("actor %s is not running on %s just now: %w", e.Actor, place.Node, control.ErrUnavailable)
	case out.Refused != "":
		return nil, fmt.Errorf("actor %s: %s: %w", e.Actor, out.Refused, control.ErrConflict)
	}
	return out, nil
}

// carry brings an errand to a node and its outcome back.
func (n *Node) carry(ctx context.Context, to flow.NodeID, e errand) (*outcome, error) {
	if to == n.cfg.Node {
		return n.serveErrand(ctx, e)
	}
	if err := n.voting(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	reply, err := n.door.Ask(ctx, to, askActor, body)
	if err != nil {
		return nil, fmt.Errorf("%w: ask %s: %w", control.ErrUnavailable, to, err)
	}
	var out outcome
	if err := json.Unmarshal(reply, &out); err != nil {
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	return &out, nil
}

// answerErrand is carry's other end. It takes errands of voters only: who sent
// them is known to the node that people have asked, and to nobody else.
func (n *Node) answerErrand(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if !n.votes(flow.NodeID(peer.Name)) {
		err := fmt.Errorf("node %s runs errands for people and has no vote: they must ask a node that has one", peer.Name)
		n.audit(flow.AuditEvent{Kind: flow.AuditRequest, Who: peer.URI, Proven: true, What: "an errand to an actor of this node", Why: err.Error()})
		return nil, err
	}
	var e errand
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, fmt.Errorf("read errand: %w", err)
	}
	out, err := n.serveErrand(ctx, e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// serveErrand does an errand for an actor of this node.
func (n *Node) serveErrand(ctx context.Context, e errand) (*outcome, error) {
	out := &outcome{}
	var err error
	switch e.Do {
	case "report":
		out.Value, err = n.ask(ctx, e)
	case "letters":
		out.Letters, err = n.engine.Letters(e.Actor)
	case "drop":
		err = n.engine.DropLetters(ctx, e.Actor, e.Upto)
	case "resume":
		err = n.engine.Resume(e.Actor)
	default:
		return nil, fmt.Errorf("this node knows no errand %q", e.Do)
	}
	if errors.Is(err, engine.ErrNotRunning) {
		return &outcome{Absent: true}, nil
	}
	if err != nil {
		return &outcome{Refused: err.Error()}, nil
	}
	return out, nil
}

func (n *Node) ask(ctx context.Context, e errand) ([]byte, error) {
	args := make(map[string]flow.Value, len(e.Args))
	for name, b := range e.Args {
		v, err := flow.UnmarshalValue(slices.Clone(b))
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", name, err)
		}
		args[name] = v
	}
	v, err := n.engine.Report(ctx, e.Actor, args)
	if err != nil {
		return nil, err
	}
	return flow.MarshalValue(v)
}
