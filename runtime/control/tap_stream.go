package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/tap"
)

// tapPause is how long tokens are gathered before they are sent together.
const tapPause = 200 * time.Millisecond

// getTap is the stream of a tap: an event "tap", then what it shows. A tap that
// can't begin is a problem.
func (s *Server) getTap(w http.ResponseWriter, r *http.Request) error {
	q, err := s.tapOf(r)
	if err != nil {
		return err
	}
	who := CallerOf(r)
	if err := s.taps.enter(who.ID.URI); err != nil {
		return err
	}
	defer s.taps.leave(who.ID.URI)
	begin, enough := context.WithTimeout(r.Context(), s.cfg.Within)
	t, err := s.cfg.Backend.Tap(begin, who.ID, q)
	enough()
	if err != nil {
		return fmt.Errorf("tap %s: %w", q.Link, err)
	}
	defer t.Close()
	w.Header().Set("Content-Type", "text/event-stream")
	st := &tapStream{s: s, r: r, q: q, t: t, out: &eventWriter{w: w, rc: http.NewResponseController(w), patience: s.cfg.Patience}}
	ctx, cancel := context.WithDeadlineCause(r.Context(), who.Until, errors.New("log in again: your certificate has ended"))
	defer cancel()
	st.run(ctx)
	return nil
}

// A tapStream is one tap on its way to who watches.
type tapStream struct {
	s   *Server
	r   *http.Request
	q   TapQuery
	t   Tapping
	out *eventWriter
}

// run sends until the tap ends, its reader has gone, may no more, or the server
// stops. A connection outlives a right; a tap does not.
func (st *tapStream) run(ctx context.Context) {
	if st.about() != nil {
		return
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(st.s.quit, func() { stop(errors.New("the node is stopping")) })()
	beat := time.Now()
	for {
		if err := st.s.stillTaps(st.r, st.q); err != nil {
			st.end(err.Error())
			return
		}
		b, err := st.next(ctx)
		switch {
		case ctx.Err() != nil:
			if st.r.Context().Err() == nil {
				st.end(context.Cause(ctx).Error())
			}
			return
		case err != nil:
			st.end(st.s.problemFor(err).Error())
			return
		case b != nil:
			beat = time.Now()
			err = st.batch(b)
		case time.Since(beat) > st.s.cfg.Heartbeat:
			beat = time.Now()
			err = st.out.send(": still here\n\n")
		}
		if err != nil || b != nil && b.Ended != "" {
			return
		}
		select {
		case <-time.After(tapPause):
		case <-ctx.Done():
		}
	}
}

// lookAgain is how often it is asked whether the reader still may, when nothing
// flows.
const lookAgain = time.Second

// next waits for a batch for a while; nil: there is none.
func (st *tapStream) next(ctx context.Context) (*TapBatch, error) {
	ctx, cancel := context.WithTimeout(ctx, lookAgain)
	defer cancel()
	b, err := st.t.Next(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, nil
	}
	return b, err
}

func (st *tapStream) about() error {
	a := st.t.About()
	a.APIVersion, a.Link, a.Masked, a.PerSecond = APIVersion, st.q.Link, !st.q.Patients, tap.PerSecond
	return st.event(TapIsAbout, a)
}

func (st *tapStream) batch(b *TapBatch) error {
	if b.Moved {
		if err := st.about(); err != nil {
			return err
		}
	}
	if b.Thinned > 0 || b.Slow > 0 {
		if err := st.event(TapSkips, TapSkipped{Counts: b.Counts, Shown: len(b.Tokens)}); err != nil {
			return err
		}
	}
	for i := range b.Tokens {
		if err := st.event(TapHas, &b.Tokens[i]); err != nil {
			return err
		}
	}
	if b.Ended != "" {
		return st.end(b.Ended)
	}
	return nil
}

func (st *tapStream) end(why string) error {
	return st.event(TapEnds, map[string]string{"why": why})
}

func (st *tapStream) event(kind TapKind, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write a tap: %w", err)
	}
	return st.out.event("", string(kind), data)
}
