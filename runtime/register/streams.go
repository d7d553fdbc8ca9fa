package register

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// proto is the ALPN protocol of raft between voters.
const proto = "wardflow-raft/1"

// streams carries raft's connections over the door. Only voters get in.
type streams struct {
	cfg    Config
	log    *slog.Logger
	accept chan net.Conn
	closed chan struct{}
	done   sync.WaitGroup // connections being served

	mu    sync.Mutex // guards what follows
	ended bool
	conns map[*stream]bool
	turn  map[string]bool // strangers reported already, by URI
}

func newStreams(cfg Config, log *slog.Logger) *streams {
	return &streams{cfg: cfg, log: log, accept: make(chan net.Conn), closed: make(chan struct{}),
		conns: map[*stream]bool{}, turn: map[string]bool{}}
}

// A stream is a connection that says when it is closed.
type stream struct {
	net.Conn
	of     *streams
	once   sync.Once
	closed chan struct{}
}

func (s *stream) Close() error {
	err := s.Conn.Close()
	s.once.Do(func() {
		s.of.mu.Lock()
		delete(s.of.conns, s)
		s.of.mu.Unlock()
		close(s.closed)
	})
	return err
}

// track wraps a connection, or closes it when the register is closing.
func (s *streams) track(c net.Conn) (*stream, error) {
	st := &stream{Conn: c, of: s, closed: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		c.Close()
		return nil, ErrClosed
	}
	s.conns[st] = true
	return st, nil
}

func (s *streams) serve() {
	s.cfg.Transport.Handle(proto, func(c net.Conn, peer flow.Identity) {
		if !s.isVoter(peer) {
			c.Close()
			return
		}
		s.mu.Lock()
		ended := s.ended
		if !ended {
			s.done.Add(1)
		}
		s.mu.Unlock()
		if ended {
			c.Close()
			return
		}
		defer s.done.Done()
		st, err := s.track(c)
		if err != nil {
			return
		}
		select {
		case s.accept <- st:
			<-st.closed // raft closes it, or Close does
		case <-s.closed:
			st.Close()
		}
	})
}

func (s *streams) isVoter(peer flow.Identity) bool {
	if peer.Role == flow.RoleNode && slices.ContainsFunc(s.cfg.Voters, func(v Voter) bool { return string(v.ID) == peer.Name }) {
		return true
	}
	s.mu.Lock()
	first := !s.turn[peer.URI] && len(s.turn) < 1000
	if first {
		s.turn[peer.URI] = true
	}
	s.mu.Unlock()
	if first {
		s.log.Warn("connection to the register's log refused: not a voter", "peer", peer.URI)
	}
	return false
}

// Dial connects to a voter, whose raft address is its name.
func (s *streams) Dial(to raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	go func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	id := flow.NodeID(to)
	addr, ok := s.cfg.Lookup(id)
	if !ok {
		i := slices.IndexFunc(s.cfg.Voters, func(v Voter) bool { return v.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("voter %s has no known address", id)
		}
		addr = s.cfg.Voters[i].Addr
	}
	c, err := s.cfg.Transport.Dial(ctx, proto, addr, id)
	if err != nil {
		return nil, err
	}
	st, err := s.track(c)
	if err != nil {
		return nil, err
	}
	return st, nil
}

// Accept gives raft the next connection of another voter.
func (s *streams) Accept() (net.Conn, error) {
	select {
	case c := <-s.accept:
		return c, nil
	case <-s.closed:
		return nil, ErrClosed
	}
}

// Close ends all connections.
func (s *streams) Close() error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.ended = true
	close(s.closed)
	var open []*stream
	for st := range s.conns {
		open = append(open, st)
	}
	s.mu.Unlock()
	for _, st := range open {
		st.Close()
	}
	return nil
}

func (s *streams) wait() error {
	s.done.Wait()
	return nil
}

// Addr is this node's raft address: its name.
func (s *streams) Addr() net.Addr { return address(s.cfg.Self) }

type address flow.NodeID

func (address) Network() string  { return "wardflow" }
func (a address) String() string { return string(a) }
