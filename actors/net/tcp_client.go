package netactors

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TCPClient is net.TCPClient. It is steered by
//
//	{"control": "connect", "uri": "tcp://HOST:PORT"}
//	{"control": "disconnect"}
//
// A connection that is lost is made again until it is told to disconnect, also
// after a migration. Tokens wait while there is none. Another connect while
// connected does nothing, as with Calvin.
func TCPClient() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.TCPClient", Fault: flow.FaultRetry,
			Doc: "Send tokens over a TCP connection, and give what comes over it",
			Args: []flow.ArgSpec{
				{Name: "delimiter", Doc: "what ends a token on the wire", Kind: "string", Default: "\r\n"},
				{Name: "mode", Doc: "delimiter, or raw: tokens as they come", Kind: "string", Default: "delimiter"}},
			In: []flow.Port{{Name: "data_in", Doc: "a string to send; the end of a stream is left out"},
				{Name: "control_in", Doc: "{control: \"connect\" or \"disconnect\", uri}", Kind: "dict"}},
			Out:      []flow.Port{{Name: "data_out", Doc: "what has come", Kind: "string"}},
			Requires: []string{"network.socketclient"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &tcpClient{delimiter: framing(&a, "delimiter"), in: newInbox[string](roomTCP)}
			return c, a.Err()
		},
	}
}

// framing reads the arguments mode and delimiter: nil for raw.
func framing(a *value.Args, lines string) []byte {
	d := a.Text("delimiter")
	switch mode := a.Text("mode"); {
	case mode == "raw":
		return nil
	case mode != lines:
		a.Refuse("mode", "want %q or \"raw\", not %q", lines, mode)
	case d == "":
		a.Refuse("delimiter", "is empty")
	}
	return []byte(d)
}

// A dialer connects.
type dialer interface {
	Dial(ctx context.Context, network, host string, port int) (net.Conn, error)
}

const (
	dialTime  = 5 * time.Second
	writeTime = 5 * time.Second
	mostRaw   = 64 << 10 // bytes of one token that is not ended by a delimiter
	roomTCP   = 64       // tokens that have come and wait here; more wait on the wire
)

type tcpClient struct {
	delimiter []byte // nil: raw

	env    flow.Env
	dialer dialer
	line   *tcpLine // nil: told to disconnect
	in     *inbox[string]

	// State: where to connect to; port 0: nowhere.
	to address
}

// Start connects again where it was connected.
func (c *tcpClient) Start(env flow.Env) (err error) {
	c.env, c.in.wake = env, env.Wake
	if c.dialer, err = devices.Need[dialer](env, "network.socketclient"); err != nil {
		return err
	}
	if c.to.port != 0 {
		c.connect()
	}
	return nil
}

func (c *tcpClient) connect() {
	run, stop := context.WithCancel(context.Background())
	c.line = &tcpLine{of: c, stop: stop, to: c.to}
	line := c.line
	line.work.Go(func() { line.run(run) })
}

// Stop closes the connection; what has come and was not given is lost with it.
func (c *tcpClient) Stop() {
	if c.line != nil {
		c.line.close()
		c.line = nil
	}
}

// Actions follow orders first, then give, then send.
func (c *tcpClient) Actions() []flow.Action {
	return []flow.Action{
		{In: []string{"control_in"}, Fire: c.control},
		{Out: []string{"data_out"}, Guard: c.in.ready, Fire: func(f *flow.Firing) error {
			f.Give(0, c.in.take())
			return nil
		}},
		{In: []string{"data_in"}, Exceptions: true, Guard: func() bool { return c.line != nil && c.line.conn() != nil }, Fire: c.send},
	}
}

func (c *tcpClient) control(f *flow.Firing) error {
	to, on, err := control(f.In[0].Value, "control", "connect", "disconnect", "tcp")
	switch {
	case err != nil:
		return err
	case on && c.line == nil:
		c.to = to
		c.connect()
	case !on:
		c.Stop()
		c.to = address{}
	}
	return nil
}

func (c *tcpClient) send(f *flow.Firing) error {
	v := f.In[0].Value
	if flow.IsEOS(v) {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%w: want a string to send, not %s", flow.ErrUnfit, value.Kind(v))
	}
	return c.line.write(append([]byte(s), c.delimiter...))
}

// Awaits reports that something may come.
func (c *tcpClient) Awaits() bool { return c.line != nil }

// Holds says what does not move with the actor.
func (c *tcpClient) Holds() string {
	if c.line != nil {
		return "it holds a connection to " + c.to.host
	}
	return ""
}

// Save keeps where it is connected to.
func (c *tcpClient) Save() ([]byte, error) { return value.Save(c.to.host, int64(c.to.port)) }

// Restore goes back to what Save kept.
func (c *tcpClient) Restore(version int, state []byte) error {
	var port int64
	if err := value.Restore(version, 1, state, &c.to.host, &port); err != nil {
		return err
	}
	c.to.port = int(port)
	return nil
}

// A tcpLine is a connection that is made again when it is lost.
type tcpLine struct {
	of   *tcpClient
	to   address
	stop context.CancelFunc
	work sync.WaitGroup

	mu sync.Mutex // guards up
	up net.Conn   // nil: not connected
}

func (l *tcpLine) conn() net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.up
}

func (l *tcpLine) set(c net.Conn) {
	l.mu.Lock()
	l.up = c
	l.mu.Unlock()
	l.of.env.Wake()
}

// run connects, reads and connects again.
func (l *tcpLine) run(ctx context.Context) {
	log := l.of.env.Log()
	pause, said := 200*time.Millisecond, ""
	for ctx.Err() == nil {
		dial, cancel := context.WithTimeout(ctx, dialTime)
		conn, err := l.of.dialer.Dial(dial, "tcp", l.to.host, l.to.port)
		cancel()
		if err == nil {
			log.Info("connected", "peer", conn.RemoteAddr().String())
			pause, said = 200*time.Millisecond, ""
			err = l.read(ctx, conn)
		}
		if ctx.Err() != nil {
			return
		}
		if text := err.Error(); text != said {
			log.Warn("connection is not there", "peer", l.to.host, "err", err)
			said = text
		}
		if errors.Is(err, socket.ErrRefused) {
			return // it would be refused again
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			pause = min(2*pause, 15*time.Second)
		}
	}
}

// read gives what comes until the connection ends.
func (l *tcpLine) read(ctx context.Context, conn net.Conn) error {
	undo := context.AfterFunc(ctx, func() { conn.Close() })
	defer undo()
	defer conn.Close()
	l.set(conn)
	defer l.set(nil)
	cut := frames{delimiter: l.of.delimiter, most: mostRaw}
	b := make([]byte, 16<<10)
	for {
		n, err := conn.Read(b)
		tokens, bad := cut.feed(b[:n])
		for _, t := range tokens {
			if !l.of.in.put(ctx, t) {
				return ctx.Err()
			}
		}
		if err = errors.Join(bad, err); err != nil {
			return err
		}
	}
}

// write sends. What was sent in part when it fails comes whole over the next
// connection.
func (l *tcpLine) write(b []byte) error {
	conn := l.conn()
	if conn == nil {
		return flow.ErrLater
	}
	conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := conn.Write(b); err != nil {
		conn.Close()
		return fmt.Errorf("send to %s: %w", l.to.host, err)
	}
	return nil
}

func (l *tcpLine) close() {
	l.stop()
	l.work.Wait()
}
