package control

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
)

// A Config says what a [Server] serves and to whom. Backend, Own, Verify
// and May are required.
type Config struct {
	Addr    string // host:port to listen on; default "127.0.0.1:0"
	Backend Backend

	// Own is the node's certificate and key, asked for at each handshake, so
	// that a renewed one is used at once.
	Own func() flow.Signer
	// Web is a certificate for browsers, which want the host's name in it,
	// where Own has the node's SPIFFE ID only; nil shows them Own, and they
	// ask before they go on. A [Client] always sees Own.
	Web func() (*tls.Certificate, error)
	// Verify checks a caller's chain, leaf first, at this time and says who
	// it is. It is asked at each request: no connection outlives its
	// certificate.
	Verify func(chain []*x509.Certificate) (flow.Identity, error)
	// Fresh is nil while it is known now whether a caller is revoked; it is asked
	// at each request, and not of streams that are open. Lists of revocations may
	// be brought all the same, since they mend it. nil: it is always known.
	Fresh func(flow.Identity) error
	// May decides whether a caller may do something; nothing else does. The
	// error says why not, and is shown to the caller: an [ErrDenied], as a rule.
	May func(Caller, Ask) error
	// Audit is told of each request that is refused; it must not block. nil:
	// nobody is.
	Audit func(flow.AuditEvent)
	// Changed gives a channel that is closed when Verify may answer otherwise than
	// it did: somebody is revoked. What is open is looked at again then. nil: what
	// is open is looked at when it asks for something.
	Changed func() <-chan struct{}
	// Callers are the authorities whose certificates Verify accepts, asked for at
	// each handshake and told to browsers, which then offer the right certificates
	// only, and none at all to whoever has none. nil tells nothing.
	Callers func() []*x509.Certificate

	Page fs.FS        // the page, with an index.html; nil: the API alone
	Log  *slog.Logger // default: none

	Every      time.Duration // between snapshots for viewers; default 250 ms, least 100 ms
	Heartbeat  time.Duration // between comments on a quiet stream; default 15 s
	Patience   time.Duration // for a body to arrive, for a viewer to take an event; default 10 s
	Within     time.Duration // for a change to be agreed before its caller is told that it was not; default 10 s
	LoginFor   time.Duration // how long a one-time link can be used; default 10 min
	SessionFor time.Duration // how long a viewer stays logged in at most, a shift; default 8 h
	IdleFor    time.Duration // how long with no page open; default 15 min
	MaxViewers int           // at the same time; default 64
	MaxBody    int64         // bytes of a request; default 1 MiB

	Gate gate.Limits // what strangers can cost before it is known who they are
}

func (c *Config) setDefaults() error {
	switch {
	case c.Backend == nil:
		return errors.New("control: Config.Backend is not set")
	case c.Own == nil:
		return errors.New("control: Config.Own is not set")
	case c.Verify == nil:
		return errors.New("control: Config.Verify is not set")
	case c.May == nil:
		return errors.New("control: Config.May is not set")
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxViewers <= 0 {
		c.MaxViewers = 64
	}
	if c.MaxBody <= 0 {
		c.MaxBody = 1 << 20
	}
	if c.Every <= 0 {
		c.Every = 250 * time.Millisecond
	}
	c.Every = max(c.Every, 100*time.Millisecond)
	for _, d := range []struct {
		to  *time.Duration
		def time.Duration
	}{{&c.Heartbeat, 15 * time.Second}, {&c.Patience, 10 * time.Second}, {&c.Within, 10 * time.Second}, {&c.LoginFor, 10 * time.Minute}, {&c.SessionFor, 8 * time.Hour}, {&c.IdleFor, 15 * time.Minute}} {
		if *d.to <= 0 {
			*d.to = d.def
		}
	}
	return nil
}

// A Server answers people. It is made by [Serve].
type Server struct {
	cfg     Config
	boot    string // of this process, in event ids
	http    *http.Server
	listen  net.Listener
	api     *http.ServeMux
	hub     *hub[*Snapshot] // of whole snapshots
	outline *hub[*Snapshot] // of snapshots for who may not see refused readings
	passes  passes
	asked   onceOnly // requests with keys
	watch   watch
	lanes   *lanes          // of what takes long to work out
	taps    tapRoom         // streams of taps that are open
	quit    context.Context // ends when the server stops; for streams

	stop context.CancelFunc
	done sync.WaitGroup
}

// connection is what the server remembers of one.
type connection struct{ refused atomic.Bool }

type connKey struct{}

// Serve listens, and answers until [Server.Close].
func Serve(cfg Config) (*Server, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg:    cfg,
		boot:   strings.ToLower(rand.Text()[:8]),
		api:    http.NewServeMux(),
		passes: passes{loginFor: cfg.LoginFor, sessionFor: cfg.SessionFor, idleFor: cfg.IdleFor, most: 1000, holds: mayLetIn(&cfg)},
		watch:  watch{conns: map[net.Conn]http.ConnState{}},
		lanes:  newLanes(),
	}
	s.hub = newHub(s.boot, cfg.Every, cfg.MaxViewers, s.shows(s.snapshot))
	s.outline = newHub(s.boot+"o", cfg.Every, cfg.MaxViewers, s.shows(s.takeOutline))
	s.mountAll()

	listen, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for people: %w", err)
	}
	s.listen = listen
	s.http = &http.Server{
		Handler:           inPace(protect(s.api), cfg.Patience),
		ReadHeaderTimeout: cfg.Patience,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
		ConnState:         s.watch.note,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, new(connection))
		},
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS13,
			NextProtos: []string{"h2", "http/1.1"},
			GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				if cfg.Web != nil && !slices.Contains(hello.SupportedProtos, ClientProto) {
					return cfg.Web()
				}
				return certificate(cfg.Own())
			},
			// The chain is checked at each request, where a refusal can say
			// why. TLS itself proves that the caller holds the key.
			ClientAuth: tls.RequestClientCert,
		},
	}
	// A copy: http.Server sets fields of its own as it begins, when the first may be shaking hands.
	s.http.TLSConfig.GetConfigForClient = offering(s.http.TLSConfig.Clone(), cfg.Callers)
	secure := gate.New(cfg.Gate).TLS(listen, s.http.TLSConfig, func(addr net.Addr, err error) {
		cfg.Log.Debug("connection not made", "addr", addr.String(), "err", err) // strangers' handshakes are not this node's errors
	})
	run, stop := context.WithCancel(context.Background())
	s.stop, s.quit = stop, run
	s.done.Go(func() { s.hub.run(run) })
	s.done.Go(func() { s.outline.run(run) })
	s.done.Go(func() { s.recheckAll(run) })
	s.done.Go(func() {
		if err := s.http.Serve(secure); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("control API stopped", "err", err)
		}
	})
	return s, nil
}

// ClientProto is offered (ALPN) by a [Client] besides HTTP, and never agreed upon:
// it tells the server that it speaks to a program of ours, which wants to see the
// node's own certificate and not the one for browsers.
const ClientProto = "wardflow-control/1"

func certificate(own flow.Signer) (*tls.Certificate, error) {
	if own.Key == nil || len(own.Chain) == 0 {
		return nil, errors.New("this node has no certificate")
	}
	c := &tls.Certificate{PrivateKey: own.Key, Leaf: own.Chain[0]}
	for _, x := range own.Chain {
		c.Certificate = append(c.Certificate, x.Raw)
	}
	return c, nil
}

func (s *Server) mountAll() {
	const base = "/api/v1"
	for _, rt := range s.routes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		handle := rt.handle
		if laborious[rt.pattern] {
			handle = s.inTurn(handle)
		}
		if method != http.MethodGet && rt.pattern != restoring {
			handle = s.within(handle)
		}
		answer := s.answer(handle)
		if method != http.MethodGet && !slices.Contains(notOnce, rt.pattern) {
			answer = s.once(answer)
		}
		s.api.Handle(method+" "+base+path, s.allow(rt.do, answer))
	}
	s.api.Handle("GET "+base+"/events", s.allow("see", http.HandlerFunc(s.events)))
	nothing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.nothing(w, r).write(w)
	})
	s.api.Handle("GET /api/", s.allow("see", nothing))
	s.api.Handle("/api/", s.allow(inside, nothing))
	if s.cfg.Page != nil {
		// The page itself holds no data, and must load before one can log in.
		s.api.Handle("/", s.allow(anybody, newPage(s.cfg.Page)))
	} else {
		s.api.Handle("/", s.allow(anybody, nothing))
	}
}

// within ends a change that is not agreed in time: without a majority it would
// wait for ever, and whoever asked with it.
func (s *Server) within(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), s.cfg.Within)
		defer cancel()
		err := handle(w, r.WithContext(ctx))
		if err != nil && ctx.Err() != nil && r.Context().Err() == nil && !errors.Is(err, ErrUnavailable) {
			err = fmt.Errorf("not agreed within %s, and may be later: %w: %w", s.cfg.Within, ErrUnavailable, err)
		}
		return err
	}
}

// answer turns a handler's error into problem+json, and logs what is the
// node's own fault.
func (s *Server) answer(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := handle(w, r); err != nil && r.Context().Err() == nil {
			s.problemFor(s.withReason(r.Context(), err)).write(w)
		}
	})
}

func (s *Server) problemFor(err error) *Problem {
	p, ours := problemOf(err)
	if !ours {
		s.cfg.Log.Error("request failed", "err", err)
	}
	return p
}

// Mount adds a handler for a pattern of [http.ServeMux], such as "/chain/rpc",
// for callers with one of the roles; people must be allowed to see. Its callers' bodies are not limited here.
// A pattern that is taken already panics.
func (s *Server) Mount(pattern string, h http.Handler, roles ...flow.Role) {
	s.api.Handle(pattern, s.allowRoles(roles, h))
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listen.Addr() }

// Login issues a one-time link to the page: whoever opens it first can watch,
// and do nothing else. Host is what browsers should call this server, such as
// "localhost:8443"; "" is [Server.Addr].
func (s *Server) Login(host string) Login {
	if host == "" {
		host = s.Addr().String()
	}
	return s.login("https://"+host, nil)
}

func (s *Server) login(base string, by []*x509.Certificate) Login {
	token, until := s.passes.login(time.Now(), by)
	return Login{APIVersion: APIVersion, Link: base + "/#login=" + token, Until: until}
}

// Close tells viewers good-bye, lets the requests under way finish for up to
// five seconds, cuts those that have not, and returns when the last goroutine has.
func (s *Server) Close() error {
	s.stop()
	s.watch.end()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.cfg.Log.Warn("requests to the control API were cut: they were not answered within five seconds of the end")
		err = s.http.Close()
	}
	s.done.Wait()
	if err != nil {
		return fmt.Errorf("close the control API: %w", err)
	}
	return nil
}
