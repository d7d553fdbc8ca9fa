package member

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/wardflow/wardflow/runtime/flow"
)

// proto is the ALPN protocol of gossip.
const proto = "wardflow-gossip/2"

// A connection begins with a byte that says what follows, 'P' for packets, 'S'
// for one stream of memberlist's or 'K' for nothing, and the statement of who
// dials; the other end answers with its own. Then who dialled tells its gossip
// keys, and hears what both have. All of it, and packets, is counted with two
// bytes each.
const (
	packets  = 'P'
	stream   = 'S'
	keysOnly = 'K'

	greetWithin = 5 * time.Second
	quiet       = 90 * time.Second // after which a connection for packets is given up
)

// A transport is memberlist's network, over the door.
type transport struct {
	net    Transport
	self   func() []byte // this node's statement
	met    func(raw []byte, want flow.NodeID, by source) (flow.NodeID, error)
	refuse func(by source, node flow.NodeID, why error) error
	keys   func() keys
	share  func(theirs keys, called bool) (keys, error) // takes in another's keys, gives both's
	find   func(standIn string) []door
	run    context.Context // ends with Shutdown
	stop   context.CancelFunc
	busy   sync.WaitGroup
	packet chan *memberlist.Packet
	stream chan net.Conn

	mu      sync.Mutex // guards what follows
	ended   bool
	conns   map[*conn]bool
	senders map[string]*sender // by stand-in address

	key atomic.Uint64 // counts changes of the gossip keys
}

func newTransport(n Transport) *transport {
	run, stop := context.WithCancel(context.Background())
	return &transport{net: n, run: run, stop: stop, packet: make(chan *memberlist.Packet, 128),
		stream: make(chan net.Conn), conns: map[*conn]bool{}, senders: map[string]*sender{}}
}

// A conn is a connection of ours that says when it is closed.
type conn struct {
	net.Conn
	of     *transport
	by     source   // verified, as far as the door tells
	peer   net.Addr // stands for the node at the other end; nil: not known yet
	node   flow.NodeID
	once   sync.Once
	closed chan struct{}
}

// RemoteAddr is the node's at the other end, as memberlist calls it.
func (c *conn) RemoteAddr() net.Addr {
	if c.peer != nil {
		return c.peer
	}
	return c.Conn.RemoteAddr()
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.of.mu.Lock()
		delete(c.of.conns, c)
		c.of.mu.Unlock()
		close(c.closed)
	})
	return err
}

func (t *transport) track(c net.Conn, peer flow.Identity) (*conn, error) {
	tracked := &conn{Conn: c, of: t, by: source{peer, c.RemoteAddr().String()}, closed: make(chan struct{})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		c.Close()
		return nil, net.ErrClosed
	}
	t.conns[tracked] = true
	return tracked, nil
}

// enter counts something that runs in the background in, unless the transport
// has ended.
func (t *transport) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.busy.Add(1)
	}
	return !t.ended
}

// serve takes a connection from the door, and returns when it is done with it.
func (t *transport) serve(raw net.Conn, peer flow.Identity) {
	if peer.Role != flow.RoleNode || !t.enter() {
		raw.Close() // a statement may be anybody's, the certificate is its holder's
		return
	}
	defer t.busy.Done()
	c, err := t.track(raw, peer)
	if err != nil {
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(greetWithin))
	var kind [1]byte
	if _, err := io.ReadFull(c, kind[:]); err != nil {
		return
	}
	said, err := readFrame(c, maxStatement)
	if err != nil {
		if errors.Is(err, errFrame) {
			t.refuse(c.by, flow.NodeID(peer.Name), err)
		}
		return
	}
	if !slices.Contains([]byte{packets, stream, keysOnly}, kind[0]) {
		t.refuse(c.by, flow.NodeID(peer.Name), fmt.Errorf("it wants %q, which is nothing", kind[0]))
		return
	}
	node, err := t.met(said, flow.NodeID(peer.Name), c.by)
	if err != nil {
		return
	}
	if _, err := c.Write(frame(nil, t.self())); err != nil {
		return
	}
	if err := t.answerKeys(c, node); err != nil {
		return
	}
	c.SetDeadline(time.Time{})
	switch kind[0] {
	case packets:
		t.read(c, node)
	case stream:
		select {
		case t.stream <- &vetted{conn: c, node: node}: // closed by memberlist
			<-c.closed
		case <-t.run.Done():
		}
	}
}

// answerKeys is the called one's part in telling keys.
func (t *transport) answerKeys(c *conn, node flow.NodeID) error {
	c.peer = from(string(node))
	b, err := readFrame(c, keysFrame)
	if err != nil {
		return err
	}
	theirs, err := readKeys(b)
	if err != nil {
		return t.refuse(c.by, node, err)
	}
	both, err := t.share(theirs, true)
	if err != nil {
		return t.refuse(c.by, node, err)
	}
	_, err = c.Write(frame(nil, both.append(nil)))
	return err
}

// tellKeys is the other one's.
func (t *transport) tellKeys(c *conn, node flow.NodeID) error {
	c.peer, c.node = from(string(node)), node
	if _, err := c.Write(frame(nil, t.keys().append(nil))); err != nil {
		return err
	}
	b, err := readFrame(c, keysFrame)
	if err != nil {
		return err
	}
	both, err := readKeys(b)
	if err != nil {
		return t.refuse(c.by, node, err)
	}
	if _, err = t.share(both, false); err != nil {
		return t.refuse(c.by, node, err)
	}
	return nil
}

const keysFrame = 8 + maxKeys*keySize

// visit meets a node, and no more.
func (t *transport) visit(ctx context.Context, to string) error {
	c, err := t.dial(ctx, keysOnly, to)
	if err != nil {
		return err
	}
	return c.Close()
}

// turn says that the gossip keys are about to change: what is encrypted from now
// on goes over connections whose other ends have been told.
func (t *transport) turn() { t.key.Add(1) }

func (t *transport) read(c *conn, node flow.NodeID) {
	sender := from(string(node))
	for {
		c.SetReadDeadline(time.Now().Add(quiet))
		b, err := readFrame(c, maxPacket)
		if err == nil {
			err = vetPacket(b)
		}
		if errors.Is(err, errFrame) || errors.Is(err, errCipher) {
			t.refuse(c.by, node, err)
		}
		if err != nil {
			return
		}
		select {
		case t.packet <- &memberlist.Packet{Buf: b, From: sender, Timestamp: time.Now()}:
		case <-t.run.Done():
			return
		}
	}
}

// dial connects and greets. The other end is who it should be: the door has
// checked its certificate, met its statement.
func (t *transport) dial(ctx context.Context, kind byte, to string) (*conn, error) {
	err := fmt.Errorf("dial %s: no such node is known", to)
	for _, d := range t.find(to) {
		var c *conn
		if c, err = t.open(ctx, kind, d); err == nil {
			return c, nil
		}
	}
	return nil, err
}

func (t *transport) open(ctx context.Context, kind byte, to door) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, greetWithin)
	defer cancel()
	raw, err := t.net.Dial(ctx, proto, to.addr, to.name)
	if err != nil {
		return nil, err
	}
	var peer flow.Identity
	if known, ok := raw.(interface{ Peer() flow.Identity }); ok {
		peer = known.Peer()
	}
	c, err := t.track(raw, peer)
	if err != nil {
		return nil, err
	}
	if err := t.greet(ctx, c, kind, to.name); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (t *transport) greet(ctx context.Context, c *conn, kind byte, want flow.NodeID) error {
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	if _, err := c.Write(frame([]byte{kind}, t.self())); err != nil {
		return err
	}
	said, err := readFrame(c, maxStatement)
	if err != nil {
		return err
	}
	node, err := t.met(said, want, c.by)
	if err != nil {
		return err
	}
	if err := t.tellKeys(c, node); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.SetDeadline(time.Time{})
}

// frame appends a counted b to head.
func frame(head, b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(head, uint16(len(b))), b...)
}

var errFrame = errors.New("what it says is too long")

// readFrame reads one counted run of bytes, at most most.
func readFrame(r io.Reader, most int) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(head[:]))
	if n > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", errFrame, n, most)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// What memberlist calls.

// FinalAdvertiseAddr is the stand-in for this node.
func (t *transport) FinalAdvertiseAddr(ip string, _ int) (net.IP, int, error) {
	return net.ParseIP(ip), standInPort, nil
}

// PacketCh gives packets that came.
func (t *transport) PacketCh() <-chan *memberlist.Packet { return t.packet }

// StreamCh gives streams that came.
func (t *transport) StreamCh() <-chan net.Conn { return t.stream }

// WriteTo sends a packet, or drops it; it never blocks and never fails, so that
// memberlist finds out by the missing answer and not by the way it was lost.
func (t *transport) WriteTo(b []byte, addr string) (time.Time, error) {
	t.send(addr, b)
	return time.Now(), nil
}

// WriteToAddress is WriteTo.
func (t *transport) WriteToAddress(b []byte, a memberlist.Address) (time.Time, error) {
	return t.WriteTo(b, a.Addr)
}

// DialTimeout opens a stream.
func (t *transport) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(t.run, timeout)
	defer cancel()
	c, err := t.dial(ctx, stream, addr)
	if err != nil {
		return nil, err
	}
	return &vetted{conn: c, node: c.node}, nil
}

// DialAddressTimeout is DialTimeout.
func (t *transport) DialAddressTimeout(a memberlist.Address, timeout time.Duration) (net.Conn, error) {
	return t.DialTimeout(a.Addr, timeout)
}

// Shutdown ends all connections and waits for what runs on them.
func (t *transport) Shutdown() error {
	t.mu.Lock()
	t.ended = true
	t.stop()
	var open []*conn
	for c := range t.conns {
		open = append(open, c)
	}
	t.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
	t.busy.Wait()
	return nil
}
