package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A peer is another node, seen as one to call.
type peer struct {
	door   *Door
	node   flow.NodeID
	client *grpc.ClientConn
	rpc    wardflowpb.DoorClient
	signal chan struct{} // something has changed for run; one is enough

	mu      sync.Mutex // guards what follows
	dialErr error      // of the last dial; nil when it succeeded
	links   map[flow.LinkID]*track
	running bool
}

// peer finds a node or begins to know it. Nothing is dialled yet.
func (d *Door) peer(node flow.NodeID) (*peer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return nil, ErrClosed
	}
	if p := d.peers[node]; p != nil {
		return p, nil
	}
	if node == "" {
		return nil, errors.New("no node is named")
	}
	p := &peer{door: d, node: node, signal: make(chan struct{}, 1), links: make(map[flow.LinkID]*track)}
	client, err := grpc.NewClient("passthrough:///"+string(node), append(d.dialOptions(), grpc.WithContextDialer(p.dial))...)
	if err != nil {
		return nil, err
	}
	p.client, p.rpc = client, wardflowpb.NewDoorClient(client)
	d.peers[node] = p
	return p, nil
}

func (p *peer) dial(ctx context.Context, _ string) (net.Conn, error) {
	c, err := func() (net.Conn, error) {
		addr, ok := p.door.cfg.Address(p.node)
		if !ok {
			return nil, fmt.Errorf("nothing is known of node %s", p.node)
		}
		return p.door.Dial(ctx, grpcProto, addr, p.node)
	}()
	p.mu.Lock()
	p.dialErr = err
	p.mu.Unlock()
	return c, err
}

func (p *peer) lastDial() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dialErr
}

// add takes up a link to the node.
func (p *peer) add(t *track) {
	p.mu.Lock()
	p.links[t.id] = t
	start := !p.running
	p.running = true
	p.mu.Unlock()
	if start {
		p.door.start(p.run)
	}
	p.kick()
}

func (p *peer) remove(t *track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.links[t.id] == t {
		delete(p.links, t.id)
	}
}

func (p *peer) kick() {
	select {
	case p.signal <- struct{}{}:
	default:
	}
}

// wakeAll makes what waits to try again try now.
func (p *peer) wakeAll() {
	for _, t := range p.all() {
		t.mu.Lock()
		t.due = time.Time{}
		t.mu.Unlock()
	}
	p.kick()
}

func (p *peer) all() []*track {
	p.mu.Lock()
	defer p.mu.Unlock()
	ts := make([]*track, 0, len(p.links))
	for _, t := range p.links {
		ts = append(ts, t)
	}
	return ts
}

// run keeps a stream to the node while there are links to it.
func (p *peer) run() {
	tries := 0
	for p.door.quit.Err() == nil {
		if len(p.all()) == 0 {
			select {
			case <-p.signal:
			case <-p.door.quit.Done():
			}
			continue
		}
		begun := p.door.cfg.Now()
		if err := p.converse(); err != nil {
			for _, t := range p.all() {
				t.fail(err)
			}
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
}

// converse opens a stream and offers links on it until it ends. Its error says
// why there was none.
func (p *peer) converse() error {
	ctx, cancel := context.WithCancel(p.door.quit)
	defer cancel()
	c, err := p.rpc.Links(ctx)
	if err != nil {
		return p.explain(ctx, err)
	}
	conn, err := connOf(c.Context())
	if err != nil {
		return err
	}
	st, err := newStream(p.door, p, conn)
	if err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	var both sync.WaitGroup
	both.Go(func() { st.write(c) })
	both.Go(func() { st.read(c) })
	p.offerAll(st)
	cancel()
	st.end(errLost)
	both.Wait()
	return nil
}

// offerAll offers each link when it is due, until the stream ends.
func (p *peer) offerAll(st *stream) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		now := p.door.cfg.Now()
		next := now.Add(time.Hour)
		for _, t := range p.all() {
			end, ok, due := t.ready(now)
			if ok {
				st.call(t, end)
			} else if !due.IsZero() && due.Before(next) {
				next = due
			}
		}
		timer.Reset(next.Sub(now))
		select {
		case <-timer.C:
		case <-p.signal:
		case <-st.done:
			return
		case <-p.door.quit.Done():
			return
		}
	}
}

// Links is the other side: the calling node has the senders. A node has one
// such stream; a new one ends the one before, which it has lost.
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
	d.mu.Lock()
	before := d.streams[st.node]
	d.streams[st.node] = st
	d.mu.Unlock()
	if before != nil {
		before.end(errOver)
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
	d.mu.Lock()
	if d.streams[st.node] == st {
		delete(d.streams, st.node)
	}
	d.mu.Unlock()
	return nil
}
