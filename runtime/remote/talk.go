package remote

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"google.golang.org/grpc/codes"

	"github.com/wardflow/wardflow/proto/wardflowpb"
)

// A talk is a stream of links to another node, from the caller's side.
type talk struct {
	st   *stream
	line *line
	stop context.CancelFunc
	both sync.WaitGroup // reader and writer
}

// handover is the header of a stream that is to take links over from the one
// before, which ends when they have moved.
const handover = "wardflow-handover"

// talk opens a stream; beside says that another one still has links.
func (p *peer) talk(beside bool) (*talk, error) {
	l := p.take()
	ctx, cancel := context.WithCancel(p.door.quit)
	fail := func(err error) (*talk, error) {
		cancel()
		l.give()
		return nil, err
	}
	call := ctx
	if beside {
		call = metadata.AppendToOutgoingContext(ctx, handover, "1")
	}
	c, err := l.rpc.Links(call)
	if err != nil {
		return fail(p.explain(ctx, err))
	}
	conn, err := connOf(c.Context())
	if err != nil {
		return fail(err)
	}
	st, err := newStream(p.door, p, conn)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", errLost, err))
	}
	t := &talk{st: st, line: l, stop: cancel}
	t.both.Go(func() { st.write(c) })
	t.both.Go(func() { st.read(c) })
	return t, nil
}

// over ends the stream and returns when nothing of it runs any more.
func (t *talk) over() {
	t.stop()
	t.st.end(errLost)
	t.both.Wait()
	t.line.give()
}

// run keeps a stream to the node while there are links to it, and a second one
// while links move from an old connection to a new one.
func (p *peer) run() {
	var before *talk
	tries := 0
	for p.door.quit.Err() == nil {
		if len(p.all()) == 0 && before == nil {
			select {
			case <-p.signal:
			case <-p.door.quit.Done():
			}
			continue
		}
		begun := p.door.cfg.Now()
		now, err := p.talk(before != nil)
		if err != nil {
			for _, t := range p.all() {
				t.fail(err)
			}
		} else {
			before = p.offerAll(now, before)
			if before == nil && now.moves() {
				before, tries = now, 0
				continue
			}
			now.over()
		}
		if before.ended() {
			before.over()
			before = nil
		}
		if p.door.cfg.Now().Sub(begun) > p.door.cfg.RetryMost {
			tries = 0
		}
		pause := time.NewTimer(p.door.pause(tries))
		tries++
		select {
		case <-pause.C:
		case <-p.signal:
		case <-p.door.quit.Done():
		}
		pause.Stop()
	}
	if before != nil {
		before.over()
	}
}

// ended reports whether a talk, if there is one, has ended by itself.
func (t *talk) ended() bool {
	if t == nil {
		return false
	}
	select {
	case <-t.st.done:
		return true
	default:
		return false
	}
}

// moves reports whether the links of a stream that stands belong on a newer line.
func (t *talk) moves() bool {
	return !t.ended() && !t.line.current() && t.st.door.quit.Err() == nil
}

// How many handshakes a caller has under way on one stream, and how many of
// links that are up meanwhile: their tokens are to find the processor free.
const (
	offersMost = 256
	movesMost  = 16
)

// offerAll offers each link when it is due, until the stream ends or there is a
// newer line. Of the stream before, it gives back what still has links.
func (p *peer) offerAll(now, before *talk) *talk {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		at := p.door.cfg.Now()
		next := p.offerDue(now.st, at)
		var gone <-chan struct{}
		if before != nil {
			gone = before.st.done
			if before.st.idle() {
				before.over()
				before, gone = nil, nil
			}
		}
		if before == nil && now.moves() {
			return nil
		}
		timer.Reset(next.Sub(at))
		select {
		case <-timer.C:
		case <-p.signal:
		case <-gone:
			before.over()
			before = nil
		case <-now.st.done:
			return before
		case <-p.door.quit.Done():
			return before
		}
	}
}

// offerDue offers what is due and says when to look again.
func (p *peer) offerDue(st *stream, now time.Time) time.Time {
	next := now.Add(time.Hour)
	for _, t := range p.all() {
		end, moving, ok, due := t.ready(now, st)
		switch {
		case !ok:
			if !due.IsZero() && due.Before(next) {
				next = due
			}
		case st.mayOffer(moving):
			st.call(t, end)
		}
	}
	return next
}

// Links is the other side: the calling node has the senders. A node has one
// such stream; a new one ends the one before, which it has lost, unless it says
// that it takes the links of that over.
func (s *service) Links(c wardflowpb.Door_LinksServer) error {
	d := s.door
	conn, err := connOf(c.Context())
	if err != nil {
		return status.Error(codes.Unauthenticated, err.Error())
	}
	st, err := newStream(d, nil, conn)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	md, _ := metadata.FromIncomingContext(c.Context())
	for _, old := range d.arrive(st, len(md.Get(handover)) > 0) {
		old.end(errOver)
	}
	// Both end when this handler has returned, or the connection is gone.
	if !d.start(func() { st.write(c) }) || !d.start(func() { st.read(c) }) {
		st.end(ErrClosed)
		return status.Error(codes.Unavailable, "the node is closing")
	}
	select {
	case <-st.done:
	case <-d.quit.Done():
	}
	st.end(ErrClosed)
	d.depart(st)
	return nil
}

// A pair is the streams that have come from one node: the newest, and one whose
// links it is taking over.
type pair struct{ now, before *stream }

// arrive notes a node's new stream and gives those that are over by that.
func (d *Door) arrive(st *stream, beside bool) (over []*stream) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.streams[st.node]
	next := pair{now: st}
	if beside {
		if next.before = p.now; p.now == nil {
			next.before = p.before
		}
	}
	for _, old := range []*stream{p.now, p.before} {
		if old != nil && old != next.before {
			over = append(over, old)
		}
	}
	d.streams[st.node] = next
	return over
}

func (d *Door) depart(st *stream) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.streams[st.node]
	switch st {
	case p.now:
		p.now = nil
	case p.before:
		p.before = nil
	}
	if d.streams[st.node] = p; p == (pair{}) {
		delete(d.streams, st.node)
	}
}
