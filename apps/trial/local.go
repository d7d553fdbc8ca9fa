package trial

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/remote"
)

// localHops is how many links a token crosses in the local transfer.
const localHops = 2

type linkStat = engine.LinkStat

func linkEnd(terms link.Terms, own flow.Signer) remote.LinkEnd {
	return remote.LinkEnd{Terms: terms, Signer: own}
}

// local sends tokens from a source over an actor that passes on to a sink, all
// on this node.
func (t *linkTrial) local(ctx context.Context) (time.Duration, error) {
	app := fmt.Sprintf("local%d", t.round)
	one, two := wire(app, "source", "pass"), wire(app, "pass", "sink")
	src, snk := newSource(t.cfg.Tokens), newSink(t.cfg.Tokens)
	for _, a := range []struct {
		id      flow.ActorID
		is      flow.Actor
		in, out []flow.Link
	}{
		{two.To.Actor, snk, []flow.Link{two}, nil},
		{two.From.Actor, pass{}, []flow.Link{one}, []flow.Link{two}},
		{one.From.Actor, src, nil, []flow.Link{one}},
	} {
		if err := t.st.start(ctx, a.id, a.is, a.in, a.out); err != nil {
			return 0, err
		}
		defer t.st.eng.Stop(ctx, a.id)
	}
	begun := time.Now()
	src.open()
	select {
	case <-snk.done:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return snk.last.Sub(begun), snk.wrong
}

// until looks at the sender's end of a link until ok.
func (s *station) until(ctx context.Context, id flow.LinkID, ok func(linkStat) bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var last linkStat
	for {
		_, links := s.eng.Stats()
		for _, l := range links {
			if last = l; l.ID == id && l.Out && ok(l) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("link %s: %w; it was %+v", id, context.Cause(ctx), last)
		case <-tick.C:
		}
	}
}
