package replica_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A wire joins nodes in one process and misbehaves on request: nodes can be cut
// off, and answers can be lost after the question was carried out.
type wire struct {
	mu    sync.Mutex // guards what follows
	ports map[flow.NodeID]*port
	cut   map[flow.NodeID]bool
	lose  func(from, to flow.NodeID, kind string) bool
	conns map[net.Conn][2]flow.NodeID
}

func newWire() *wire {
	return &wire{ports: map[flow.NodeID]*port{}, cut: map[flow.NodeID]bool{}, conns: map[net.Conn][2]flow.NodeID{}}
}

// A port is one node's end of the wire: an agree.Transport.
type port struct {
	w    *wire
	self flow.NodeID

	mu      sync.Mutex // guards what follows
	serve   map[string]func(net.Conn, flow.Identity)
	answers map[string]func(context.Context, flow.Identity, []byte) ([]byte, error)
	gone    bool
	busy    sync.WaitGroup
}

func (w *wire) port(id flow.NodeID) *port {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &port{w: w, self: id, serve: map[string]func(net.Conn, flow.Identity){},
		answers: map[string]func(context.Context, flow.Identity, []byte) ([]byte, error){}}
	w.ports[id] = p
	return p
}

// isolate cuts a node off from all others, or joins it again.
func (w *wire) isolate(id flow.NodeID, cut bool) {
	w.mu.Lock()
	w.cut[id] = cut
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

// losing has answers lost as long as f says so; nil: none are.
func (w *wire) losing(f func(from, to flow.NodeID, kind string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose = f
}

func node(id flow.NodeID) flow.Identity {
	return flow.Identity{URI: "spiffe://h1.health.example/node/" + string(id), Role: flow.RoleNode, Name: string(id)}
}

func (w *wire) reach(from, to flow.NodeID) (*port, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.ports[to]
	if p == nil || w.cut[from] || w.cut[to] {
		return nil, fmt.Errorf("dial %s: connection refused", to)
	}
	return p, nil
}

func (p *port) Handle(proto string, serve func(net.Conn, flow.Identity)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve[proto] = serve
}

func (p *port) Answer(kind string, f func(context.Context, flow.Identity, []byte) ([]byte, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[kind] = f
}

func (p *port) Dial(_ context.Context, proto, _ string, want flow.NodeID) (net.Conn, error) {
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
	p.w.mu.Lock()
	p.w.conns[near] = [2]flow.NodeID{p.self, want}
	p.w.mu.Unlock()
	to.busy.Go(func() { serve(far, node(p.self)) })
	return near, nil
}

func (p *port) Ask(ctx context.Context, of flow.NodeID, kind string, body []byte) ([]byte, error) {
	to, err := p.w.reach(p.self, of)
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
		b, err := f(ctx, node(p.self), append([]byte(nil), body...))
		done <- outcome{b, err}
	}()
	select {
	case o := <-done:
		if _, err := p.w.reach(p.self, of); err != nil {
			return nil, err
		}
		p.w.mu.Lock()
		lose := p.w.lose
		p.w.mu.Unlock()
		if lose != nil && lose(p.self, of, kind) {
			return nil, errors.New("connection reset")
		}
		return o.b, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unplug is what happens to a port whose process ends.
func (p *port) unplug() {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.w.isolate(p.self, true)
	p.busy.Wait()
	p.w.isolate(p.self, false)
}
