package ingest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/pki"
)

// ServerConfig is what a listener for HTTPS needs.
type ServerConfig struct {
	Addr string // host:port
	Core *Core
	// Own is the certificate to show, asked at each handshake: one for the web, or
	// the node's.
	Own      func() (*tls.Certificate, error)
	Verifier *pki.Verifier
	Allow    func(flow.Identity) error // which devices may come; nil: all that Verifier believes
	// Gate is what strangers can cost. Its All and BurstAll are 500 by default: the
	// devices of some floors come back all at once after a power failure, and the
	// gate's pace keeps their handshakes from taking the machine.
	Gate  gate.Limits
	Audit func(flow.AuditEvent) // told of connections that are refused or ended; may be nil
	Log   *slog.Logger          // nil: nobody listens
	// Idle is how long a connection may be quiet; 0: 10 minutes.
	Idle time.Duration
	// Patience is how long a request may take to come, or its answer to be
	// taken; 0: 30 s.
	Patience time.Duration
}

// What one connection, and all of them, may keep busy at once.
const (
	mostStreams = 16       // requests of one connection, with HTTP/2
	mostInHand  = 64 << 20 // bytes of bodies of all
	checkEvery  = time.Second

	mostConnecting = 500 // new connections a second, and at once
)

// A Server listens for devices over HTTPS, HTTP/1.1 and HTTP/2, with TLS 1.3 and
// certificates on both sides.
type Server struct {
	cfg    ServerConfig
	listen net.Listener
	http   *http.Server
	inHand atomic.Int64
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex // guards clients
	clients map[net.Conn]*client
}

// A client is one connection.
type client struct {
	sender Sender
	busy   atomic.Int32
}

type clientKey struct{}

// allow lets in the devices that may come.
func (c *ServerConfig) allow(id flow.Identity) error {
	if err := pki.Only(flow.RoleDevice)(id); err != nil || c.Allow == nil {
		return err
	}
	return c.Allow(id)
}

// Serve listens until Close.
func Serve(cfg ServerConfig) (*Server, error) {
	if cfg.Idle == 0 {
		cfg.Idle = 10 * time.Minute
	}
	if cfg.Patience == 0 {
		cfg.Patience = 30 * time.Second
	}
	if cfg.Gate.All == 0 {
		cfg.Gate.All = mostConnecting
	}
	if cfg.Gate.BurstAll == 0 {
		cfg.Gate.BurstAll = mostConnecting
	}
	if cfg.Audit == nil {
		cfg.Audit = func(flow.AuditEvent) {}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	listen, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for devices: %w", err)
	}
	s := &Server{cfg: cfg, listen: listen, clients: map[net.Conn]*client{}}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.handle),
		ReadHeaderTimeout: cfg.Patience,
		ReadTimeout:       cfg.Patience,
		WriteTimeout:      2 * cfg.Patience,
		IdleTimeout:       cfg.Idle,
		MaxHeaderBytes:    16 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: mostStreams, SendPingTimeout: cfg.Idle / 4},
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
		TLSConfig:         pki.WebTLS(cfg.Own, cfg.Verifier, cfg.allow),
		ConnContext:       s.meet,
		ConnState:         s.part,
	}
	s.http.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
	secure := gate.New(cfg.Gate).TLS(listen, s.http.TLSConfig, s.failed)
	run, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() { s.recheck(run) })
	s.done.Go(func() {
		if err := s.http.Serve(secure); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("listener for devices stopped", "err", err)
		}
	})
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Close ends the listener and its connections.
func (s *Server) Close() error {
	s.stop()
	err := s.http.Close()
	s.done.Wait()
	return err
}

// meet notes who is at the other end of a connection.
func (s *Server) meet(ctx context.Context, c net.Conn) context.Context {
	t, ok := c.(*tls.Conn)
	if !ok {
		return ctx
	}
	cs := t.ConnectionState()
	id, err := pki.PeerIdentity(cs, s.cfg.Verifier)
	if err != nil {
		return ctx // revoked within the last moments: it is nobody
	}
	cl := &client{sender: Sender{ID: id, Chain: cs.PeerCertificates, From: c.RemoteAddr().String(), Via: "https"}}
	s.mu.Lock()
	s.clients[c] = cl
	s.mu.Unlock()
	return context.WithValue(ctx, clientKey{}, cl)
}

func (s *Server) part(c net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		s.mu.Lock()
		delete(s.clients, c)
		s.mu.Unlock()
	}
}

// failed tells of a stranger who could not prove who he is.
func (s *Server) failed(addr net.Addr, err error) {
	s.cfg.Log.Debug("connection not made", "addr", addr.String(), "err", err)
	var refusal *pki.Refusal
	if errors.As(err, &refusal) {
		s.cfg.Audit(flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditConnection, Who: refusal.Who, From: addr.String(),
			What: "connect to the listener for devices", Why: refusal.Error()})
	}
}

// recheck ends connections of devices that are revoked or whose certificate
// has ended: an open connection outlives both.
func (s *Server) recheck(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		changed := s.cfg.Verifier.Changed()
		s.endInvalid(time.Now())
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

func (s *Server) endInvalid(now time.Time) {
	type ended struct {
		conn net.Conn
		who  Sender
		why  error
	}
	var all []ended
	s.mu.Lock()
	for c, cl := range s.clients {
		if err := s.cfg.Verifier.Holds(cl.sender.ID, now); err != nil {
			all = append(all, ended{c, cl.sender, err})
			delete(s.clients, c)
		}
	}
	s.mu.Unlock()
	for _, e := range all {
		s.cfg.Audit(flow.AuditEvent{At: now.UTC(), Kind: flow.AuditConnection, Who: e.who.ID.URI, Proven: true, From: e.who.From,
			What: "stay connected to the listener for devices", Why: e.why.Error()})
		e.conn.Close()
	}
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	w.Header()["Cache-Control"] = noStore
	cl, ok := r.Context().Value(clientKey{}).(*client)
	switch {
	case !ok:
		refuse(w, &Refusal{Status: http.StatusForbidden, Why: "your certificate is not valid any more"})
		return
	case r.URL.Path != Path:
		refuse(w, &Refusal{Status: http.StatusNotFound, Why: "readings go to POST " + Path})
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, &Refusal{Status: http.StatusMethodNotAllowed, Why: "readings go to POST " + Path})
		return
	}
	if err := s.cfg.Verifier.Holds(cl.sender.ID, time.Now()); err != nil {
		refuse(w, &Refusal{Status: http.StatusForbidden, Why: err.Error()})
		return
	}
	defer cl.busy.Add(-1)
	if cl.busy.Add(1) > mostStreams {
		refuse(w, &Refusal{Status: http.StatusTooManyRequests, Why: "too many requests at once over this connection", After: time.Second})
		return
	}
	s.readings(w, r, cl)
}

var noStore = []string{"no-store"}

// readings takes the readings of one request.
func (s *Server) readings(w http.ResponseWriter, r *http.Request, cl *client) {
	size := r.ContentLength
	if size < 0 {
		size = MaxBody
	}
	if size > MaxBody {
		refuse(w, &Refusal{Status: http.StatusRequestEntityTooLarge, Why: fmt.Sprintf("%d bytes, at most %d are allowed", size, MaxBody)})
		return
	}
	defer s.inHand.Add(-size)
	if s.inHand.Add(size) > mostInHand {
		refuse(w, &Refusal{Status: http.StatusServiceUnavailable, Why: "too much is in hand now", After: time.Second})
		return
	}
	body, err := read(w, r, int(size))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			refuse(w, &Refusal{Status: http.StatusRequestEntityTooLarge, Why: err.Error()})
		} else {
			refuse(w, &Refusal{Status: http.StatusBadRequest, Why: "the body did not come whole"})
		}
		return
	}
	items, err := Decode(r.Header.Get("Content-Type"), body)
	if err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, ErrType) {
			status = http.StatusUnsupportedMediaType
			w.Header().Set("Accept-Post", JSON+", "+CBOR+", "+COSE)
		}
		s.cfg.Core.told(cl.sender, "bring readings that can't be read", err.Error())
		refuse(w, &Refusal{Status: status, Why: err.Error()})
		return
	}
	outcomes, err := s.cfg.Core.Take(r.Context(), cl.sender, items)
	var no *Refusal
	switch {
	case errors.As(err, &no):
		refuse(w, no)
	case err != nil:
		refuse(w, &Refusal{Status: http.StatusInternalServerError, Why: "the node could not take the readings"})
	default:
		answer(w, outcomes)
	}
}

// read reads a body of a length that is known, or else at most MaxBody bytes.
func read(w http.ResponseWriter, r *http.Request, size int) ([]byte, error) {
	if r.ContentLength >= 0 {
		b := make([]byte, size)
		_, err := io.ReadFull(r.Body, b)
		return b, err
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
}
