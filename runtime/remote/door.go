package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A Config says what a door needs.
type Config struct {
	Self     flow.NodeID
	Listen   string             // host:port; port 0 takes a free one
	Signer   func() flow.Signer // our certificate, asked for at each handshake
	Verifier *pki.Verifier
	// Address says at which host:port a node's door is, as far as is known.
	Address func(flow.NodeID) (string, bool)
	// Gone, when set, is told of a node that has ended a connection and whose
	// address then refused two others, [Patience].RetryFirst apart: its process
	// is not there any more. It is called from a goroutine of the door.
	Gone func(flow.NodeID)
	Log  *slog.Logger

	Now     func() time.Time // time.Now
	KeyLife time.Duration    // of a link's keys, 1 h
	Recheck time.Duration    // between looks at who has expired or is revoked, 1 s
	// Unsealed leaves the messages of links as they are between two doors that
	// both say so. It is there to measure what sealing costs, and for nothing
	// else: [Listen] refuses it at an address that another host could reach.
	Unsealed bool
	Patience

	// Gate bounds what strangers can cost; its Refused is the door's own, and
	// its Burst 300 and BurstAll 400: a host may have hundreds of nodes that
	// start together.
	Gate gate.Limits
	// Audit, when set, is told of who was refused. It must not block.
	Audit func(flow.AuditEvent)
}

// Patience is how long a door waits before it tries again: first, and at most.
// Each wait is twice the one before, less up to half by chance.
type Patience struct {
	RetryFirst time.Duration // 100 ms
	RetryMost  time.Duration // 5 s
}

func (c *Config) setDefaults() error {
	switch {
	case c.Self == "":
		return errors.New("remote: Config.Self is empty: want the node's name")
	case c.Listen == "":
		return errors.New("remote: Config.Listen is empty: want a host:port")
	case c.Signer == nil:
		return errors.New("remote: Config.Signer is nil: want the node's certificate")
	case c.Verifier == nil:
		return errors.New("remote: Config.Verifier is nil: want whom to believe")
	}
	if id := c.Signer().ID; id.Role != flow.RoleNode || id.Name != string(c.Self) {
		return fmt.Errorf("remote: Config.Signer is %q: want the certificate of node %s", id.URI, c.Self)
	}
	if c.Address == nil {
		c.Address = func(flow.NodeID) (string, bool) { return "", false }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Gate.Burst == 0 {
		c.Gate.Burst = 300
	}
	if c.Gate.BurstAll == 0 {
		c.Gate.BurstAll = 400
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	for _, d := range []struct {
		field *time.Duration
		is    time.Duration
	}{{&c.KeyLife, time.Hour}, {&c.Recheck, time.Second}, {&c.RetryFirst, 100 * time.Millisecond}, {&c.RetryMost, 5 * time.Second}} {
		if *d.field <= 0 {
			*d.field = d.is
		}
	}
	return nil
}

// ErrClosed reports a door, or a link, that has been closed here.
var ErrClosed = errors.New("closed")

// ErrUnreachable reports a node to which there is no connection.
var ErrUnreachable = errors.New("the node can't be reached")

// A Door is a node's one way in and out. All its methods may be called by
// several goroutines, also before its peers are there.
type Door struct {
	cfg    Config
	log    *slog.Logger
	listen net.Listener
	rpc    *grpc.Server
	calls  *arrivals       // connections for rpc
	quit   context.Context // done when the door closes
	close  context.CancelFunc
	run    sync.WaitGroup // every goroutine of the door
	gate   *gate.Gate
	sent   traffic // on links
	tally  tally
	early  early
	opened time.Time

	mu      sync.Mutex // guards what follows
	closing bool
	protos  map[string]func(net.Conn, flow.Identity)
	answers map[string]AnswerFunc
	conns   map[*Conn]bool
	peers   map[flow.NodeID]*peer
	links   map[flow.LinkID]*track
	carried Links
	guests  map[string]int       // connections that have come, by SPIFFE ID
	streams map[flow.NodeID]pair // arrived, by the calling node
	looking map[flow.NodeID]bool // whether it is gone
}

const (
	grpcProto     = "h2"
	handshakeTime = 10 * time.Second
	guestsMost    = 256 // connections from one node
)

// Listen opens the door. Close closes it.
func Listen(cfg Config) (*Door, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("open door: %w", err)
	}
	if at := l.Addr().(*net.TCPAddr); cfg.Unsealed && !at.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("open door at %s: remote: Config.Unsealed is for measuring on a loopback address only", at)
	}
	d := &Door{
		cfg: cfg, log: cfg.Log, listen: l, opened: time.Now(), calls: newArrivals(l.Addr()), guests: make(map[string]int),
		protos: make(map[string]func(net.Conn, flow.Identity)), answers: make(map[string]AnswerFunc),
		conns: make(map[*Conn]bool), peers: make(map[flow.NodeID]*peer), links: make(map[flow.LinkID]*track),
		streams: make(map[flow.NodeID]pair), looking: make(map[flow.NodeID]bool),
	}
	cfg.Gate.Refused = d.auditFlood
	d.gate = gate.New(cfg.Gate)
	d.quit, d.close = context.WithCancel(context.Background())
	d.rpc = newServer(d)
	d.protos[grpcProto] = func(c net.Conn, _ flow.Identity) { d.calls.put(c) }
	d.run.Go(func() { d.rpc.Serve(d.calls) })
	d.run.Go(d.acceptAll)
	d.run.Go(d.recheckAll)
	return d, nil
}

// Addr is the host:port at which the door is open.
func (d *Door) Addr() string { return d.listen.Addr().String() }

// Handle gives connections of an ALPN protocol, such as "wardflow-raft/1", to
// serve, which owns the connection and returns when it is done with it. The
// peer is a verified node. A protocol without a handler is refused; a second
// call replaces the first.
func (d *Door) Handle(proto string, serve func(net.Conn, flow.Identity)) {
	if proto == grpcProto {
		panic("remote: the protocol " + proto + " is the door's own")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.protos[proto] = serve
}

// Dial connects to the door at addr (host:port) for a protocol of [Door.Handle].
// want is the node that must be there; "" is any node of the trust domain. Who
// it is, [PeerOf] tells. A peer that is somebody else, or nobody we believe, is
// a [pki.Refusal].
func (d *Door) Dial(ctx context.Context, proto, addr string, want flow.NodeID) (net.Conn, error) {
	c, err := d.dial(ctx, proto, addr, want)
	if err != nil {
		return nil, err // and no *Conn that is nil
	}
	return c, nil
}

func (d *Door) dial(ctx context.Context, proto, addr string, want flow.NodeID) (*Conn, error) {
	fail := func(err error) (*Conn, error) {
		return nil, fmt.Errorf("dial %s at %s: %w", named(want), addr, err)
	}
	if d.quit.Err() != nil {
		return fail(ErrClosed)
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	defer context.AfterFunc(d.quit, cancel)()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return fail(err)
	}
	allow := pki.Ours(d.cfg.Signer, flow.RoleNode)
	if want != "" {
		allow = pki.OurNamed(d.cfg.Signer, flow.RoleNode, string(want))
	}
	c := tls.Client(raw, pki.ClientTLS(d.cfg.Signer, d.cfg.Verifier, allow, proto))
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		if errors.As(err, new(*pki.Refusal)) {
			d.auditStranger(raw.RemoteAddr(), "answer in place of "+named(want), err)
		}
		return fail(err)
	}
	conn, err := d.keep(c, false)
	if err != nil {
		return fail(err)
	}
	return conn, nil
}

func named(want flow.NodeID) string {
	if want == "" {
		return "a node"
	}
	return "node " + string(want)
}

// Close ends all links (with [ErrClosed]), all connections and the listener,
// and returns when the last goroutine has.
func (d *Door) Close() error {
	d.mu.Lock()
	if d.closing {
		d.mu.Unlock()
		d.run.Wait()
		return nil
	}
	d.closing = true
	tracks := slices.Collect(maps.Values(d.links))
	peers := slices.Collect(maps.Values(d.peers))
	d.mu.Unlock()

	for _, t := range tracks {
		_, left := t.kill()
		for _, s := range left {
			t.end(s, ErrClosed)
		}
	}
	d.close()
	err := d.listen.Close()
	d.calls.Close()
	d.mu.Lock()
	conns := slices.Collect(maps.Keys(d.conns))
	d.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
	for _, p := range peers {
		p.mu.Lock()
		l := p.line
		p.mu.Unlock()
		l.client.Close()
	}
	d.rpc.Stop()
	d.run.Wait()
	if err != nil {
		return fmt.Errorf("close door: %w", err)
	}
	return nil
}

// start runs f as a goroutine of the door, unless the door is closing.
func (d *Door) start(f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return false
	}
	d.run.Go(f)
	return true
}
