package netactors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TCPServer is net.TCPServer. Its first host and port say where it listens; a
// handle is the address of who has connected. A token for somebody who is gone
// is a dead letter.
func TCPServer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.TCPServer", Fault: flow.FaultRetry,
			Doc: "Accept TCP connections, give what comes over them and send over them",
			Args: []flow.ArgSpec{
				{Name: "delimiter", Doc: "what ends a token on the wire", Kind: "string", Default: "\r\n"},
				{Name: "max_length", Doc: "bytes of one token; who sends a longer one is cut off", Kind: "integer", Default: int64(8192)},
				{Name: "mode", Doc: "line, or raw: tokens as they come", Kind: "string", Default: "line"}},
			In: []flow.Port{{Name: "host", Doc: "address of this machine to listen at; \"\" is all", Kind: "string"},
				{Name: "port", Doc: "port to listen at", Kind: "integer"},
				{Name: "handle", Doc: "whom the token is for", Kind: "string"},
				{Name: "token", Doc: "a string to send"}},
			Out: []flow.Port{{Name: "handle", Doc: "whom the token is from", Kind: "string"},
				{Name: "token", Doc: "what has come", Kind: "string"}},
			Requires: []string{"network.tcpserver"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &tcpServer{delimiter: framing(&a, "line"), most: int(a.Int("max_length")), in: newInbox[arrived](roomTCP)}
			if a.Err() == nil && (s.most < 1 || s.most > mostToken) {
				a.Refuse("max_length", "want 1 to %d, not %d", mostToken, s.most)
			}
			return s, a.Err()
		},
	}
}

// A listener accepts connections.
type listener interface {
	TCP(host string, port int) (net.Listener, error)
}

const (
	mostToken   = 256 << 10
	connections = 256 // at once; more are closed at once
)

type tcpServer struct {
	delimiter []byte // nil: raw
	most      int

	env      flow.Env
	listener listener
	in       *inbox[arrived]
	door     *tcpDoor // nil: not listening

	// State: where to listen.
	set bool
	at  address
}

// arrived is a token and who it is from.
type arrived struct{ handle, token string }

// Start finds the listener; the place it listened at is opened by a firing, so
// that one that is taken is tried again.
func (s *tcpServer) Start(env flow.Env) (err error) {
	s.env, s.in.wake = env, env.Wake
	s.listener, err = devices.Need[listener](env, "network.tcpserver")
	return err
}

// Stop closes all connections.
func (s *tcpServer) Stop() {
	if s.door != nil {
		s.door.close()
		s.door = nil
	}
}

// Actions give, send, and listen.
func (s *tcpServer) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"handle", "token"}, Guard: s.in.ready, Fire: func(f *flow.Firing) error {
			a := s.in.take()
			f.Give(0, a.handle)
			f.Give(1, a.token)
			return nil
		}},
		{In: []string{"handle", "token"}, Guard: func() bool { return s.door != nil }, Fire: s.send},
		{In: []string{"host", "port"}, Guard: func() bool { return !s.set }, Fire: s.setup},
		{Guard: func() bool { return s.set && s.door == nil }, Fire: func(*flow.Firing) error { return s.listen(s.at) }},
	}
}

func (s *tcpServer) setup(f *flow.Firing) error {
	host, ok1 := f.In[0].Value.(string)
	port, ok2 := f.In[1].Value.(int64)
	if !ok1 || !ok2 || port < 0 || port > 65535 {
		return fmt.Errorf("%w: want a host and a port to listen at, not %s and %s", flow.ErrUnfit, value.Text(f.In[0].Value), value.Text(f.In[1].Value))
	}
	at := address{host, int(port)}
	if err := s.listen(at); errors.Is(err, socket.ErrRefused) {
		return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	} else if err != nil {
		return err
	}
	s.set, s.at = true, at
	return nil
}

func (s *tcpServer) listen(at address) error {
	l, err := s.listener.TCP(at.host, at.port)
	if err != nil {
		return err
	}
	run, stop := context.WithCancel(context.Background())
	d := &tcpDoor{of: s, l: l, stop: stop, conns: map[string]net.Conn{}}
	d.work.Go(func() { d.accept(run) })
	s.door = d
	s.env.Log().Info("listening", "address", l.Addr().String())
	return nil
}

func (s *tcpServer) send(f *flow.Firing) error {
	handle, ok1 := f.In[0].Value.(string)
	token, ok2 := f.In[1].Value.(string)
	if !ok1 || !ok2 {
		return fmt.Errorf("%w: want a handle and a string to send, not %s and %s", flow.ErrUnfit, value.Kind(f.In[0].Value), value.Kind(f.In[1].Value))
	}
	if err := s.door.write(handle, append([]byte(token), s.delimiter...)); err != nil {
		return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
	}
	return nil
}

// Awaits reports that somebody may connect.
func (s *tcpServer) Awaits() bool { return s.door != nil }

// Holds says what does not move with the actor.
func (s *tcpServer) Holds() string {
	if s.door != nil {
		return "it listens at a port of its node"
	}
	return ""
}

// Save keeps where it listens.
func (s *tcpServer) Save() ([]byte, error) { return value.Save(s.set, s.at.host, int64(s.at.port)) }

// Restore goes back to what Save kept.
func (s *tcpServer) Restore(version int, state []byte) error {
	var port int64
	if err := value.Restore(version, 1, state, &s.set, &s.at.host, &port); err != nil {
		return err
	}
	s.at.port = int(port)
	return nil
}

// A tcpDoor is where connections come in.
type tcpDoor struct {
	of   *tcpServer
	l    net.Listener
	stop context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex // guards conns
	conns map[string]net.Conn
}

func (d *tcpDoor) accept(ctx context.Context) {
	pause := 10 * time.Millisecond
	for {
		conn, err := d.l.Accept()
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil { // too many open files, most often
			d.of.env.Log().Warn("connection can't be accepted", "err", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			pause = min(2*pause, time.Second)
			continue
		}
		pause = 10 * time.Millisecond
		if !d.add(conn) {
			d.of.env.Log().Warn("connection refused: there are too many", "peer", conn.RemoteAddr().String())
			conn.Close()
			continue
		}
		d.work.Go(func() { d.serve(ctx, conn) })
	}
}

func (d *tcpDoor) add(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.conns) >= connections {
		return false
	}
	d.conns[conn.RemoteAddr().String()] = conn
	return true
}

// serve reads one connection until it ends.
func (d *tcpDoor) serve(ctx context.Context, conn net.Conn) {
	handle := conn.RemoteAddr().String()
	undo := context.AfterFunc(ctx, func() { conn.Close() })
	defer undo()
	defer func() {
		d.mu.Lock()
		delete(d.conns, handle)
		d.mu.Unlock()
		conn.Close()
	}()
	cut := frames{delimiter: d.of.delimiter, most: d.of.most}
	b := make([]byte, 16<<10)
	for {
		n, err := conn.Read(b)
		tokens, bad := cut.feed(b[:n])
		for _, t := range tokens {
			if !d.of.in.put(ctx, arrived{handle, t}) {
				return
			}
		}
		if err = errors.Join(bad, err); err != nil {
			if ctx.Err() == nil && !errors.Is(err, io.EOF) {
				d.of.env.Log().Info("connection ended", "peer", handle, "err", err)
			}
			return
		}
	}
}

func (d *tcpDoor) write(handle string, b []byte) error {
	d.mu.Lock()
	conn := d.conns[handle]
	d.mu.Unlock()
	if conn == nil {
		return fmt.Errorf("%q is not connected", handle)
	}
	conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := conn.Write(b); err != nil {
		conn.Close()
		return fmt.Errorf("send to %s: %w", handle, err)
	}
	return nil
}

func (d *tcpDoor) close() {
	d.stop()
	d.l.Close()
	d.work.Wait()
}
