package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A peer is another node, seen as one to call.
type peer struct {
	door   *Door
	node   flow.NodeID
	signal chan struct{} // something has changed for run; one is enough

	mu      sync.Mutex // guards what follows
	line    *line      // for what begins now
	dialErr error      // of the last dial; nil when it succeeded

	renewing   bool // another line is being made
	renewDue   time.Time
	renewTries int // that came to nothing

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
	var err error
	if p.line, err = p.newLine(); err != nil {
		return nil, err
	}
	d.peers[node] = p
	return p, nil
}

func (l *line) dial(ctx context.Context, _ string) (net.Conn, error) {
	p := l.peer
	c, err := func() (*Conn, error) {
		addr, ok := p.door.cfg.Address(p.node)
		if !ok {
			return nil, fmt.Errorf("nothing is known of node %s", p.node)
		}
		return p.door.dial(ctx, grpcProto, addr, p.node)
	}()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dialErr = err; err != nil {
		return nil, err
	}
	l.conn = c
	return c, nil
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
