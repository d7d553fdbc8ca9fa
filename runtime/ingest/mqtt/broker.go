package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"slices"
	"sync"
	"time"

	server "github.com/mochi-mqtt/server/v2"
	"golang.org/x/time/rate"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A Taker takes what devices bring; *ingest.Core is one. Its errors are those of
// the whole batch, see [ingest.Core].
type Taker interface {
	Take(ctx context.Context, from ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error)
}

// A Config says what a broker needs.
type Config struct {
	Listen   string      // host:port; port 0 takes a free one
	TLS      *tls.Config // of the listener: it lets in devices only, see pki.ServerTLS
	Gate     *gate.Gate  // nil: one of its own, with the default limits
	Verifier *pki.Verifier
	Core     Taker

	Audit func(flow.AuditEvent) // told of what was refused; must not block; nil: nobody
	Log   *slog.Logger          // nil: nowhere

	Window   uint16        // messages of QoS 1 that a device may have unanswered: 64
	Sessions int           // connections at most: 4096
	Recheck  time.Duration // between looks at who has expired or is revoked: 1 s
}

func (c *Config) setDefaults() error {
	switch {
	case c.Listen == "":
		return errors.New("mqtt: Config.Listen is empty: want a host:port")
	case c.TLS == nil:
		return errors.New("mqtt: Config.TLS is nil: want a listener's configuration that asks for certificates")
	case c.TLS.ClientAuth != tls.RequireAnyClientCert || c.TLS.VerifyConnection == nil || c.TLS.MinVersion < tls.VersionTLS13:
		return errors.New("mqtt: Config.TLS lets strangers in: want one made by package pki")
	case c.Verifier == nil:
		return errors.New("mqtt: Config.Verifier is nil: want whom to believe")
	case c.Core == nil:
		return errors.New("mqtt: Config.Core is nil: want who takes the readings")
	}
	if c.Gate == nil {
		c.Gate = gate.New(gate.Limits{})
	}
	if c.Audit == nil {
		c.Audit = func(flow.AuditEvent) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Window == 0 {
		c.Window = 64
	}
	if c.Sessions <= 0 {
		c.Sessions = 4096
	}
	if c.Recheck <= 0 {
		c.Recheck = time.Second
	}
	return nil
}

// perDevice is how many connections one device may have: the one that speaks
// and the one that is about to take its place. A third ends the oldest.
const perDevice = 2

// A Broker listens to devices. Close ends it.
type Broker struct {
	cfg      Config
	mqtt     *server.Server
	listener net.Listener
	failures *rate.Limiter // handshakes that failed and are told

	quit context.Context
	stop context.CancelFunc
	run  sync.WaitGroup

	mu       sync.Mutex            // guards what follows
	sessions map[string][]*session // by EPC, oldest first
	open     int
}

// Serve begins to listen.
func Serve(cfg Config) (*Broker, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	b, err := newBroker(cfg)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("mqtt: %w", err), b.Close())
	}
	b.listener = cfg.Gate.TLS(l, cfg.TLS, b.failed)
	b.run.Go(b.accept)
	return b, nil
}

// newBroker is a broker that does not listen yet.
func newBroker(cfg Config) (*Broker, error) {
	b := &Broker{cfg: cfg, failures: rate.NewLimiter(5, 50), sessions: map[string][]*session{}}
	b.quit, b.stop = context.WithCancel(context.Background())
	b.mqtt = server.New(&server.Options{
		InlineClient: true,
		// Its log has the packets in it, and so patients' data.
		Logger:                   slog.New(slog.DiscardHandler),
		ClientNetReadBufferSize:  4 << 10,
		ClientNetWriteBufferSize: 2 << 10,
		SysTopicResendInterval:   math.MaxInt32, // nobody may read them
		Capabilities:             capabilities(cfg),
	})
	if err := b.mqtt.AddHook(&hook{b: b}, nil); err != nil {
		return nil, fmt.Errorf("mqtt: %w", err)
	}
	if err := b.mqtt.Serve(); err != nil {
		return nil, fmt.Errorf("mqtt: %w", err)
	}
	b.run.Go(b.recheck)
	return b, nil
}

// maxPacket is how many bytes a packet may have: the largest body, its topic,
// and its properties.
const maxPacket = ingest.MaxBody + 4<<10

// capabilities are those of a broker that only takes: no sessions that outlive
// their connection, nothing retained, no wildcards, QoS 1 at most.
func capabilities(cfg Config) *server.Capabilities {
	return &server.Capabilities{
		MaximumClients: int64(cfg.Sessions), MaximumMessageExpiryInterval: 60, MaximumClientWritesPending: 64,
		MaximumPacketSize: maxPacket, ReceiveMaximum: cfg.Window, MaximumInflight: 64,
		MinimumProtocolVersion: 5, MaximumQos: 1,
	}
}

// Addr is where it listens.
func (b *Broker) Addr() string { return b.listener.Addr().String() }

// Sessions is how many devices are connected.
func (b *Broker) Sessions() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open
}

// Close ends all sessions and returns when nothing runs any more. What devices
// have published and was not answered, they will bring again.
func (b *Broker) Close() error {
	b.stop()
	var err error
	if b.listener != nil {
		err = b.listener.Close()
	}
	for _, s := range b.all() {
		b.run.Go(func() { s.end(codeShutdown, nil) })
	}
	b.run.Wait()
	return errors.Join(err, b.mqtt.Close())
}

func (b *Broker) accept() {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			if b.quit.Err() == nil {
				b.cfg.Log.Error("devices are not listened to any more", "err", err)
			}
			return
		}
		b.run.Go(func() { b.admit(conn) })
	}
}

// admit serves a connection whose handshake is done.
func (b *Broker) admit(conn net.Conn) {
	t, ok := conn.(*tls.Conn)
	if !ok {
		conn.Close()
		return
	}
	cs := t.ConnectionState()
	id, err := pki.PeerIdentity(cs, b.cfg.Verifier)
	if err == nil && (id.Role != flow.RoleDevice || id.EPC == "" || id.Group == "") {
		err = fmt.Errorf("%s is no device", id.URI)
	}
	if err != nil { // revoked since the handshake, or let in by mistake
		b.failed(conn.RemoteAddr(), err)
		conn.Close()
		return
	}
	b.serve(conn, id, cs.PeerCertificates)
}

// serve is the life of one connection.
func (b *Broker) serve(conn net.Conn, id flow.Identity, chain []*x509.Certificate) {
	s := newSession(b, conn, id, chain)
	if !b.add(s) {
		conn.Close()
		b.cfg.Audit(s.event(flow.AuditConnection, "connect", fmt.Sprintf("%d devices are connected already", b.cfg.Sessions)))
		return
	}
	defer b.remove(s)
	s.serve()
}

// failed tells of a caller who was not let in, though not of each in a flood.
func (b *Broker) failed(addr net.Addr, err error) {
	if !b.failures.Allow() {
		return
	}
	e := flow.AuditEvent{Kind: flow.AuditConnection, From: addr.String(), What: "connect to MQTT", Why: err.Error()}
	if r := (*pki.Refusal)(nil); errors.As(err, &r) {
		e.Who = r.Who
	}
	b.cfg.Audit(e)
}

// add counts a session in. Of a device that has enough of them the oldest goes.
func (b *Broker) add(s *session) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.quit.Err() != nil || b.open >= b.cfg.Sessions {
		return false
	}
	b.open++
	of := append(b.sessions[s.id.EPC], s)
	b.sessions[s.id.EPC] = of
	if len(of) > perDevice {
		of[0].conn.Close()
	}
	return true
}

func (b *Broker) remove(s *session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open--
	of := slices.DeleteFunc(b.sessions[s.id.EPC], func(o *session) bool { return o == s })
	if len(of) == 0 {
		delete(b.sessions, s.id.EPC)
	} else {
		b.sessions[s.id.EPC] = of
	}
}

func (b *Broker) all() (all []*session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, of := range b.sessions {
		all = append(all, of...)
	}
	return all
}

// recheck ends the sessions of devices whose certificate has expired or is
// revoked: an open connection outlives both.
func (b *Broker) recheck() {
	tick := time.NewTicker(b.cfg.Recheck)
	defer tick.Stop()
	for {
		changed := b.cfg.Verifier.Changed()
		b.look()
		select {
		case <-b.quit.Done():
			return
		case <-tick.C:
		case <-changed:
		}
	}
}

// look ends the sessions of devices whose certificate does not hold any
// more.
func (b *Broker) look() {
	for _, s := range b.all() {
		if err := b.cfg.Verifier.Holds(s.id, time.Now()); err != nil && s.ending.CompareAndSwap(false, true) {
			b.cfg.Audit(s.event(flow.AuditConnection, "stay connected", err.Error()))
			b.run.Go(func() { s.end(codeNotHeld, err) })
		}
	}
}
