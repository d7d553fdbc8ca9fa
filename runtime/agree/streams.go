package agree

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Connections between voters begin with a head: whom the caller means, and who
// it is, each NODE#BOOT as a counted string. One byte answers it. So a voter
// that has lost its log is not taken for the one it was.
const (
	headWelcome  = 'W'
	headOther    = 'O' // the one who is meant is not here: no log, or another boot
	headStranger = 'S' // the caller is no voter as far as is known here
	maxName      = 1024
)

// protocol is the ALPN protocol of raft between voters.
func protocol(name string) string {
	if name == "register" {
		return "wardflow-raft/1"
	}
	return "wardflow-raft-" + name + "/1"
}

// streams takes connections of voters at the door and hands them to raft.
type streams struct {
	g *Group

	mu    sync.Mutex // guards what follows
	ended bool
	done  sync.WaitGroup // connections being served
	conns map[*stream]bool
}

func newStreams(g *Group) *streams {
	return &streams{g: g, conns: map[*stream]bool{}}
}

// A stream is a connection that says when it is closed.
type stream struct {
	net.Conn
	of     *streams
	line   *line  // whose raft has it; nil: nobody's yet
	from   string // full name of the voter that has called; "": this one has
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

// track wraps a connection, or closes it when the group is closing.
func (s *streams) track(c net.Conn, l *line) (*stream, error) {
	st := &stream{Conn: c, of: s, line: l, closed: make(chan struct{})}
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
	s.g.cfg.Transport.Handle(protocol(s.g.cfg.Name), func(c net.Conn, peer flow.Identity) {
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
		st, err := s.track(c, nil)
		if err != nil {
			return
		}
		defer st.Close()
		if l, from := s.welcome(st, peer); l != nil {
			s.mu.Lock()
			st.line, st.from = l, from
			s.mu.Unlock()
			select {
			case l.accept <- st:
				<-st.closed // raft closes it, or Close does
			case <-l.closed:
			}
		}
	})
}

// welcome reads the head of a connection and gives the line it is for, or nil,
// and who has called.
func (s *streams) welcome(c net.Conn, peer flow.Identity) (l *line, from string) {
	c.SetDeadline(time.Now().Add(patience))
	to, err := readName(c)
	if err != nil {
		return nil, ""
	}
	from, err = readName(c)
	if err != nil {
		return nil, ""
	}
	v, verdict := s.g.holder(), byte(headWelcome)
	switch {
	case peer.Role != flow.RoleNode || string(nodeOf(from)) != peer.Name || !s.g.isVoter(from):
		verdict = headStranger
		s.g.Refused(peer, "a connection to the log of the "+s.g.cfg.Name, fmt.Errorf("it calls itself voter %.100q, and is none", from))
	case v == nil || v.full != to:
		verdict = headOther
	}
	if _, err := c.Write([]byte{verdict}); err != nil || verdict != headWelcome {
		return nil, ""
	}
	c.SetDeadline(time.Time{})
	return v.line, from
}

func readName(r io.Reader) (string, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return "", err
	}
	b := make([]byte, binary.BigEndian.Uint16(n[:]))
	if len(b) > maxName {
		return "", errors.New("a name is too long")
	}
	_, err := io.ReadFull(r, b)
	return string(b), err
}

func appendName(b []byte, name string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(name))), name...)
}

// isVoter reports whether a server is one of the voters, or about to be one.
// Before this node holds a configuration of its own, who it was told is.
func (g *Group) isVoter(full string) bool {
	g.mu.Lock()
	known := g.known
	g.mu.Unlock()
	for _, r := range []roll{g.roll(), known} {
		for _, s := range r.Servers {
			if s.Full == full || s.Full == string(nodeOf(full)) {
				return true
			}
		}
	}
	return false
}

// dismiss closes the connections of voters that are none any more: a door looks
// who somebody is, and not whether it votes.
func (s *streams) dismiss() {
	s.drop(func(st *stream) bool { return st.from != "" && !s.g.isVoter(st.from) })
}

// Close ends all connections and waits for those being served.
func (s *streams) Close() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.drop(func(*stream) bool { return true })
	s.done.Wait()
}

// drop closes some connections.
func (s *streams) drop(which func(*stream) bool) {
	var open []*stream
	s.mu.Lock()
	for st := range s.conns {
		if which(st) {
			open = append(open, st)
		}
	}
	s.mu.Unlock()
	for _, st := range open {
		st.Close()
	}
}

// A line is raft's connections of one voter: a raft.StreamLayer.
type line struct {
	g      *Group
	full   string
	accept chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newLine(g *Group, full string) *line {
	return &line{g: g, full: full, accept: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial connects to a voter.
func (l *line) Dial(to raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(l.g.run, timeout)
	defer cancel()
	full, addr := splitAddress(to)
	id := nodeOf(full)
	if a, ok := l.g.cfg.Lookup(id); ok {
		addr = a
	} else if s, ok := rollOf(l.g.cfg.Voters).find(id); addr == "" && ok {
		addr = s.Addr
	}
	if addr == "" {
		return nil, fmt.Errorf("voter %s has no known address", id)
	}
	c, err := l.g.cfg.Transport.Dial(ctx, protocol(l.g.cfg.Name), addr, id)
	if err != nil {
		return nil, err
	}
	if err := l.introduce(ctx, c, full); err != nil {
		c.Close()
		return nil, err
	}
	return l.g.streams.track(c, nil)
}

func (l *line) introduce(ctx context.Context, c net.Conn, full string) error {
	if deadline, ok := ctx.Deadline(); ok {
		c.SetDeadline(deadline)
		defer c.SetDeadline(time.Time{})
	}
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if _, err := c.Write(appendName(appendName(nil, full), l.full)); err != nil {
		return err
	}
	var verdict [1]byte
	if _, err := io.ReadFull(c, verdict[:]); err != nil {
		return err
	}
	switch verdict[0] {
	case headWelcome:
		return nil
	case headOther:
		return fmt.Errorf("node %s holds no log as voter %s", nodeOf(full), full)
	}
	return fmt.Errorf("node %s does not know %s as a voter", nodeOf(full), l.full)
}

// Accept gives raft the next connection of another voter.
func (l *line) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, ErrClosed
	}
}

// Close ends accepting, and the connections that raft has.
func (l *line) Close() error {
	l.once.Do(func() { close(l.closed) })
	l.g.streams.drop(func(st *stream) bool { return st.line == l })
	return nil
}

// Addr is this node's raft address.
func (l *line) Addr() net.Addr { return address(server{Full: l.full}.address()) }

type address string

func (address) Network() string  { return "wardflow" }
func (a address) String() string { return string(a) }
