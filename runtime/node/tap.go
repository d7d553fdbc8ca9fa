package node

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/remote"
	"github.com/wardflow/wardflow/runtime/tap"
)

// A link is tapped on the node that its giving actor runs on: there the tokens
// are sampled and masked, and there it is on record. The node that somebody has
// asked follows the actor when it moves. It must have a vote, as for an errand:
// the other takes its word for who asks.

// askTap is the question by which one node has another tap a link for somebody.
const askTap = "node.tap"

// A tapAsk is such a question.
type tapAsk struct {
	Do string `json:"do"` // "begin", "next", "end"
	ID string `json:"id"` // of the tap, as who asks calls it

	// Of "begin" only.
	Link     flow.LinkID   `json:"link,omitempty"`
	By       flow.Identity `json:"by,omitzero"`
	Patients bool          `json:"patients,omitempty"`
	Key      []byte        `json:"key,omitempty"`  // of the mask
	Left     time.Duration `json:"left,omitempty"` // until it ends by itself
}

// A tapAnswer is its answer.
type tapAnswer struct {
	Batch   control.TapBatch `json:"batch,omitzero"`
	Refused string           `json:"refused,omitempty"` // why it can't begin
	Denied  bool             `json:"denied,omitempty"`  // it is refused for want of a right
	Absent  bool             `json:"absent,omitempty"`  // the giving actor does not run here, or the tap is not known
}

// A tapping is a link that is tapped for somebody who asked here.
type tapping struct {
	n   *Node
	ask tapAsk
	end time.Time

	about control.TapAbout
	at    flow.NodeID // where it is tapped; "": nowhere just now
}

// Tap begins to show what a link sends.
func (n *Node) Tap(ctx context.Context, by flow.Identity, q control.TapQuery) (control.Tapping, error) {
	l, err := flow.ParseLinkID(q.Link)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	t := &tapping{n: n, end: time.Now().Add(tap.For),
		ask: tapAsk{Do: "begin", ID: rand.Text(), Link: q.Link, By: by, Patients: q.Patients, Key: make([]byte, tap.KeySize)}}
	_, _ = rand.Read(t.ask.Key) // never fails
	t.about = control.TapAbout{Link: q.Link, Masked: !q.Patients, Until: t.end.UTC(), PerSecond: tap.PerSecond}
	at, why := t.where()
	switch {
	case why != "":
		return nil, fmt.Errorf("%w: %s", control.ErrNotFound, why)
	case at == "":
		return nil, fmt.Errorf("%w: actor %s waits for a node that is fit", control.ErrUnavailable, l.From.Actor)
	}
	out, err := t.begin(ctx, at)
	switch {
	case err != nil:
		return nil, err
	case out.Denied:
		return nil, fmt.Errorf("%w: %s", control.ErrDenied, out.Refused)
	case out.Refused != "":
		return nil, fmt.Errorf("%w: %s", control.ErrUnavailable, out.Refused)
	case out.Absent:
		return nil, fmt.Errorf("%w: actor %s is not running on %s just now", control.ErrUnavailable, l.From.Actor, at)
	}
	return t, nil
}

// About is how it is tapped now.
func (t *tapping) About() control.TapAbout { return t.about }

// where is the node of the giving actor, as far as there is one; why is set when
// there is no such link any more.
func (t *tapping) where() (at flow.NodeID, why string) {
	view := t.n.view()
	l, _ := flow.ParseLinkID(t.ask.Link)
	app, ok := view.Apps[l.From.Actor.App()]
	if !ok || !slices.ContainsFunc(app.Graph.Links, func(x flow.Link) bool { return x.ID() == t.ask.Link }) {
		return "", fmt.Sprintf("there is no link %s", t.ask.Link)
	}
	return view.Placements[l.From.Actor].Node, ""
}

// begin has a node tap the link.
func (t *tapping) begin(ctx context.Context, at flow.NodeID) (*tapAnswer, error) {
	t.ask.Left = time.Until(t.end)
	out, err := t.n.askTapOf(ctx, at, t.ask)
	if err == nil && out.Refused == "" && !out.Absent {
		t.at, t.about.Node = at, at
	}
	return out, err
}

// tapRetry is how long a tapping waits before it looks again where the actor is.
const tapRetry = 300 * time.Millisecond

// Next waits for what the link sends. While its actor runs nowhere, or can't be
// reached, it waits until it does again.
func (t *tapping) Next(ctx context.Context) (*control.TapBatch, error) {
	for {
		if time.Now().After(t.end) {
			return &control.TapBatch{Ended: tapOver}, nil
		}
		if t.at == "" {
			if b := t.again(ctx); b != nil {
				return b, nil
			}
		} else if b, err := t.read(ctx); b != nil || err != nil {
			return b, err
		}
		if t.at != "" {
			continue
		}
		select {
		case <-time.After(tapRetry):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

const tapOver = "it has lasted as long as a tap may: begin another"

// again looks where the actor is now, and taps it there.
func (t *tapping) again(ctx context.Context) *control.TapBatch {
	at, why := t.where()
	if why != "" {
		return &control.TapBatch{Ended: why + " any more"}
	}
	if at == "" {
		return nil
	}
	out, err := t.begin(ctx, at)
	switch {
	case err != nil || out.Absent:
		return nil
	case out.Refused != "":
		return &control.TapBatch{Ended: out.Refused}
	}
	return &control.TapBatch{Moved: true}
}

// read is one question for what there is; no batch: ask again.
func (t *tapping) read(ctx context.Context) (*control.TapBatch, error) {
	out, err := t.n.askTapOf(ctx, t.at, tapAsk{Do: "next", ID: t.ask.ID})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, new(*control.ElsewhereError)):
		return &control.TapBatch{Ended: "this node has no vote any more: begin another"}, nil
	case err != nil:
		t.n.log.Debug("tapped node does not answer", "peer", t.at, "err", err)
		t.at = ""
		return nil, nil
	case out.Absent:
		t.at = ""
	}
	b := out.Batch
	if len(b.Tokens) == 0 && b.Ended == "" {
		return nil, nil
	}
	return &b, nil
}

// Close ends it, and has that recorded soon: a node that does not hear of it
// ends it by itself, as nobody reads it.
func (t *tapping) Close() {
	if t.at == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := t.n.askTapOf(ctx, t.at, tapAsk{Do: "end", ID: t.ask.ID}); err != nil {
		t.n.log.Debug("tapped node was not told of the end", "peer", t.at, "err", err)
	}
	t.at = ""
}

// askTapOf brings a question about a tap to a node, or to this one.
func (n *Node) askTapOf(ctx context.Context, to flow.NodeID, a tapAsk) (*tapAnswer, error) {
	if to == n.cfg.Node {
		return n.taps.serve(ctx, to, a)
	}
	if err := n.voting(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	reply, err := n.door.Ask(ctx, to, askTap, body)
	if err != nil {
		if errors.Is(err, remote.ErrUnreachable) {
			err = fmt.Errorf("%w: %w", control.ErrUnavailable, err)
		}
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	out := new(tapAnswer)
	if err := json.Unmarshal(reply, out); err != nil {
		return nil, fmt.Errorf("ask %s: %w", to, err)
	}
	return out, nil
}
