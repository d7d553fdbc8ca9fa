package agreetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Wire joins nodes in one process and misbehaves on request: nodes can be cut
// off, and answers can be lost after the question was carried out.
type Wire struct {
	mu    sync.Mutex // guards what follows
	ports map[flow.NodeID]*Port
	cut   map[flow.NodeID]bool
	lose  func(from, to flow.NodeID, kind string) bool // the answer
	conns map[net.Conn][2]flow.NodeID
	snap  chan struct{} // closed when somebody is cut off
}

// NewWire is one that joins nobody yet.
func NewWire() *Wire {
	return &Wire{ports: map[flow.NodeID]*Port{}, cut: map[flow.NodeID]bool{}, conns: map[net.Conn][2]flow.NodeID{},
		snap: make(chan struct{})}
}

// Lose sets which answers are lost, after their questions were carried out; nil:
// none.
func (w *Wire) Lose(which func(from, to flow.NodeID, kind string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose = which
}

// A Port is one node's end of the Wire: an agree.Transport.
type Port struct {
	w    *Wire
	self flow.NodeID

	mu      sync.Mutex // guards what follows
	serve   map[string]func(net.Conn, flow.Identity)
	answers map[string]func(context.Context, flow.Identity, []byte) ([]byte, error)
	gone    bool
	busy    sync.WaitGroup
}

// Port is a node's new end; one it had before is forgotten.
func (w *Wire) Port(id flow.NodeID) *Port {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &Port{w: w, self: id, serve: map[string]func(net.Conn, flow.Identity){},
		answers: map[string]func(context.Context, flow.Identity, []byte) ([]byte, error){}}
	w.ports[id] = p
	return p
}

// Isolate cuts a node off from all others, or joins it again.
func (w *Wire) Isolate(id flow.NodeID, cut bool) {
	w.mu.Lock()
	w.cut[id] = cut
	if cut {
		close(w.snap)
		w.snap = make(chan struct{})
	}
	var hit []net.Conn
	for c, ends := range w.conns {
		if cut && (ends[0] == id || ends[1] == id) {
			hit = append(hit, c)
			delete(w.conns, c)
		}
	}
	w.mu.Unlock()
	for _, c := range hit {
		c.Close()
	}
}

// Identity is that of a node, as its peers see it.
func Identity(id flow.NodeID) flow.Identity {
	return flow.Identity{URI: "spiffe://h1.health.example/node/" + string(id), Role: flow.RoleNode, Name: string(id)}
}

func (w *Wire) reach(from, to flow.NodeID) (*Port, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.ports[to]
	if p == nil || w.cut[from] || w.cut[to] {
		return nil, fmt.Errorf("dial %s: connection refused", to)
	}
	return p, nil
}

// join notes a connection, unless one of its ends was cut off meanwhile.
func (w *Wire) join(c net.Conn, from, to flow.NodeID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut[from] || w.cut[to] {
		return false
	}
	w.conns[c] = [2]flow.NodeID{from, to}
	return true
}

// Handle implements agree.Transport.
func (p *Port) Handle(proto string, serve func(net.Conn, flow.Identity)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve[proto] = serve
}

// Answer implements agree.Transport.
func (p *Port) Answer(kind string, f func(context.Context, flow.Identity, []byte) ([]byte, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[kind] = f
}

// Dial implements agree.Transport: the address is of no account.
func (p *Port) Dial(ctx context.Context, proto, addr string, want flow.NodeID) (net.Conn, error) {
	to, err := p.w.reach(p.self, want)
	if err != nil {
		return nil, err
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	serve := to.serve[proto]
	if serve == nil || to.gone {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	if !p.w.join(near, p.self, want) {
		return nil, errors.New("connection refused")
	}
	to.busy.Go(func() { serve(far, Identity(p.self)) })
	return near, nil
}

// Answerer is what answers a kind on this node, or nil.
func (p *Port) Answerer(kind string) func(context.Context, flow.Identity, []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers[kind]
}

// Ask implements agree.Transport. Cutting off either end ends it.
func (p *Port) Ask(ctx context.Context, node flow.NodeID, kind string, body []byte) ([]byte, error) {
	to, err := p.w.reach(p.self, node)
	if err != nil {
		return nil, err
	}
	to.mu.Lock()
	f := to.answers[kind]
	if f == nil || to.gone {
		to.mu.Unlock()
		return nil, errors.New("connection refused")
	}
	to.busy.Add(1)
	to.mu.Unlock()
	type outcome struct {
		b   []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		defer to.busy.Done()
		b, err := f(ctx, Identity(p.self), append([]byte(nil), body...))
		done <- outcome{b, err}
	}()
	for {
		p.w.mu.Lock()
		snap := p.w.snap
		p.w.mu.Unlock()
		if _, err := p.w.reach(p.self, node); err != nil {
			return nil, err
		}
		select {
		case o := <-done:
			return p.deliver(node, kind, o.b, o.err)
		case <-snap:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// deliver gives an answer, unless it is lost on the way.
func (p *Port) deliver(node flow.NodeID, kind string, b []byte, err error) ([]byte, error) {
	if _, err := p.w.reach(p.self, node); err != nil {
		return nil, err
	}
	p.w.mu.Lock()
	lose := p.w.lose
	p.w.mu.Unlock()
	if lose != nil && lose(p.self, node, kind) {
		return nil, errors.New("connection reset")
	}
	return b, err
}

// Unplug is what happens to a Port whose process ends.
func (p *Port) Unplug() {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.w.Isolate(p.self, true)
	p.busy.Wait()
	p.w.Isolate(p.self, false)
}
