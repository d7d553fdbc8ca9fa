package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/remote/bare"
)

// The other process of the trial of links: it has the sinks.

// A wish is what the trial asks of it.
type wish struct {
	Begin *begin `json:",omitempty"` // once, first
	Sink  *run   `json:",omitempty"` // make the sink of a run
	Count string `json:",omitempty"` // wait until a run's sink has all, end it, and tell
}

type begin struct {
	Dir    string
	Window int
}

// A run is one transfer.
type run struct {
	Name   string
	Kind   string
	Tokens int
}

// A told is its answer: to Begin where it listens, to Count how much it computed.
type told struct {
	Addrs map[string]string `json:",omitempty"`
	CPU   time.Duration
}

// Away is the other process: it does what it is asked on in until that ends.
func Away(ctx context.Context, in io.Reader, out io.Writer) error {
	a := &awayEnd{ctx: ctx, sinks: map[string]*sink{}}
	defer a.close()
	return serve(in, out, a.answer)
}

type awayEnd struct {
	ctx   context.Context
	st    *station
	plain *bare.Server
	sinks map[string]*sink // by run

	mu   sync.Mutex // guards what follows
	bare *sink      // of the bare run that is under way
	raw  bool       // that run's batches are not read
}

func (a *awayEnd) close() {
	if a.plain != nil {
		a.plain.Close()
	}
	if a.st != nil {
		a.st.close()
	}
}

func (a *awayEnd) answer(w wish) (any, error) {
	switch {
	case w.Begin != nil:
		return a.begin(*w.Begin)
	case a.st == nil:
		return nil, errors.New("nothing has begun")
	case w.Sink != nil:
		return told{CPU: cpu()}, a.sink(*w.Sink)
	}
	return a.count(w.Count)
}

func (a *awayEnd) begin(b begin) (told, error) {
	var err error
	if a.st, err = newStation(b.Dir, away, b.Window); err != nil {
		return told{}, err
	}
	if a.plain, err = bare.Listen("127.0.0.1:0", a.st.own, a.st.verifier, a.taker); err != nil {
		return told{}, err
	}
	t := told{Addrs: map[string]string{kindBare: a.plain.Addr()}}
	for kind, d := range a.st.doors {
		t.Addrs[kind] = d.Addr()
	}
	return t, nil
}

func (a *awayEnd) sink(r run) error {
	s := newSink(r.Tokens)
	a.sinks[r.Name] = s
	if r.Kind == kindBare || r.Kind == kindRaw {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.bare, a.raw = s, r.Kind == kindRaw
		return nil
	}
	l, terms := lane(r.Name)
	a.st.mu.Lock()
	a.st.terms[l.ID()] = terms
	a.st.mu.Unlock()
	return a.st.start(a.ctx, l.To.Actor, s, []flow.Link{l}, nil)
}

// taker takes the batches of one bare stream: it reads the tokens, or only
// counts them.
func (a *awayEnd) taker() func([]byte) error {
	a.mu.Lock()
	s, raw := a.bare, a.raw
	a.mu.Unlock()
	var tokens []flow.Token
	return func(batch []byte) error {
		var err error
		if raw && len(tokens) > 0 { // the first tells how many are in each
			for i := range tokens {
				tokens[i].Seq = uint64(s.got + 1)
				s.take(&tokens[i])
			}
			return s.wrong
		}
		if tokens, err = flow.ReadRun(tokens[:0], batch, len(batch)); err != nil {
			return err
		}
		for i := range tokens {
			s.take(&tokens[i])
		}
		return s.wrong
	}
}

func (a *awayEnd) count(name string) (told, error) {
	s := a.sinks[name]
	if s == nil {
		return told{}, fmt.Errorf("there is no run %s", name)
	}
	select {
	case <-s.done:
	case <-a.ctx.Done():
		return told{}, a.ctx.Err()
	}
	delete(a.sinks, name)
	t := told{CPU: cpu()}
	l, _ := lane(name)
	a.st.mu.Lock()
	delete(a.st.terms, l.ID())
	a.st.mu.Unlock()
	if err := a.st.eng.Stop(a.ctx, l.To.Actor); err != nil {
		return t, err
	}
	return t, s.wrong
}
