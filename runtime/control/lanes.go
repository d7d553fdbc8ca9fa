package control

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// What works out a script, or where its actors would run, takes seconds of a core
// for the largest and worst of them, and whoever may look may ask for it. So of each
// caller one is worked out at a time, all viewers being one caller, and of all of
// them so many that what the node is there for has half of its cores.

// laborious are the routes that do so; a plan is one too.
var laborious = map[string]bool{"POST /check": true, "POST /scripts/complete": true, "POST /scripts/hover": true,
	"POST /scripts/format": true, "GET /actors/{id}/choices": true, "GET /nodes/{id}/drain": true}

// lanes are where requests wait for their turn.
type lanes struct {
	all chan struct{} // room for as many as are worked out at a time

	mu  sync.Mutex // guards own
	own map[string]*lane
}

// A lane is one caller's. It is there while somebody is in it or waits.
type lane struct {
	turn chan struct{} // room for one
	in   int           // guarded by lanes.mu
}

func newLanes() *lanes {
	return &lanes{all: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), own: map[string]*lane{}}
}

// enter waits for a caller's turn; done, which is nil when ctx ended before it came,
// gives it to the next.
func (l *lanes) enter(ctx context.Context, who string) (done func()) {
	l.mu.Lock()
	mine := l.own[who]
	if mine == nil {
		mine = &lane{turn: make(chan struct{}, 1)}
		l.own[who] = mine
	}
	mine.in++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if mine.in--; mine.in == 0 {
			delete(l.own, who)
		}
	}
	select {
	case mine.turn <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil
	}
	select {
	case l.all <- struct{}{}:
	case <-ctx.Done():
		<-mine.turn
		leave()
		return nil
	}
	return func() {
		<-l.all
		<-mine.turn
		leave()
	}
}

// turn waits for the turn of a request's caller.
func (s *Server) turn(r *http.Request) (done func(), err error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.Within)
	defer cancel()
	who := "viewers"
	if id := CallerOf(r).ID; id.Known() {
		who = id.URI
	}
	if done = s.lanes.enter(ctx, who); done == nil {
		return nil, problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "another script has been worked out for %s", s.cfg.Within.Round(time.Millisecond)).
			hint("ask again when it is done")
	}
	return done, nil
}

// inTurn has a handler wait for its caller's turn, before it reads a body.
func (s *Server) inTurn(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		done, err := s.turn(r)
		if err != nil {
			return err
		}
		defer done()
		return handle(w, r)
	}
}
