package remote

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An AnswerFunc answers the questions of one kind. peer is the verified node
// that asks. Its error travels to the asker as a sentence; [flow.ErrLater] and
// [flow.ErrStale] in it arrive as themselves. It must return when ctx is done:
// [Door.Close] waits for it.
type AnswerFunc = func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error)

// Answer answers the questions of a kind, such as "register.commit". A second
// call for the same kind replaces the first; nil ends answering.
func (d *Door) Answer(kind string, answer AnswerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if answer == nil {
		delete(d.answers, kind)
		return
	}
	d.answers[kind] = answer
}

// Ask sends a question of at most 4 MiB to a node and waits for the answer. A
// node that can't be reached is [ErrUnreachable], without waiting for it to
// come: whether it got the question is then unknown. What the answering node
// refuses is [flow.ErrLater], [flow.ErrStale], or a [RefusedError].
func (d *Door) Ask(ctx context.Context, node flow.NodeID, kind string, body []byte) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("ask %s of %s: %w", kind, node, err) }
	if len(body) > bodyMost {
		return fail(fmt.Errorf("a question of %d bytes is too large, at most %d", len(body), bodyMost))
	}
	p, err := d.peer(node)
	if err != nil {
		return fail(err)
	}
	l := p.take()
	defer l.give()
	reply, err := l.rpc.Ask(ctx, &wardflowpb.Question{Kind: kind, Body: body})
	if err != nil {
		return fail(p.explain(ctx, err))
	}
	if err := refusedBy(node, reply.GetRefused()); err != nil {
		return fail(err)
	}
	return reply.GetBody(), nil
}

// Ask answers another node's question.
func (s *service) Ask(ctx context.Context, q *wardflowpb.Question) (*wardflowpb.Reply, error) {
	c, err := connOf(ctx)
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, err.Error())
	}
	d := s.door
	d.mu.Lock()
	answer := d.answers[q.GetKind()]
	d.mu.Unlock()
	if answer == nil {
		return &wardflowpb.Reply{Refused: &wardflowpb.Refusal{Reason: wardflowpb.Reason_REASON_UNKNOWN_KIND,
			Why: fmt.Sprintf("nobody answers %.100q here", q.GetKind())}}, nil
	}
	if len(q.GetBody()) > bodyMost {
		return nil, status.Error(codes.ResourceExhausted, "the question is too large")
	}
	body, err := answer(ctx, c.peer, q.GetBody())
	if err == nil && len(body) > bodyMost {
		err = fmt.Errorf("the answer of %d bytes is too large, at most %d", len(body), bodyMost)
	}
	if err != nil {
		return &wardflowpb.Reply{Refused: refusal(err)}, nil
	}
	return &wardflowpb.Reply{Body: body}, nil
}

// explain turns gRPC's error into ours.
func (p *peer) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch s.Code() {
	case codes.Unavailable:
		if last := p.lastDial(); last != nil {
			return fmt.Errorf("%w: %w", ErrUnreachable, last)
		}
		return fmt.Errorf("%w: %s", ErrUnreachable, s.Message())
	case codes.Canceled:
		if p.door.quit.Err() != nil {
			return ErrClosed
		}
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	}
	return errors.New(s.Message())
}
