package enroll

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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

// A Config says what a [Server] serves and to whom. Office is required.
type Config struct {
	Office *Office

	Listen string // host:port, TLS; default 127.0.0.1:7480
	// Public is host:port of a listener without TLS, for revocation lists and
	// OCSP only, which prove themselves; "" has none.
	Public string

	// Names are the DNS names and IP addresses, beside Listen's own, by which
	// programs that are not ours reach the service.
	Names []string
	// URL is the service's address for others: https://host:port, as it stands
	// in tokens. Default: Listen.
	URL string

	// Registrars are the members of staff, by the names in their certificates,
	// who may make tokens, revoke and reinstate.
	Registrars []string

	// Node is given, as it is, to nodes that enrol: the settings that all nodes
	// of the hospital have in common.
	Node []byte

	Every time.Duration // between revocation lists when nothing is revoked; default 10 min
	Look  time.Duration // between looks at what other processes do with the office; default 1 s
	Life  time.Duration // of the service's own certificate; default 24 h

	Gate gate.Limits // what strangers may cost; Refused is set here
	Log  *slog.Logger
}

func (c *Config) setDefaults() error {
	if c.Office == nil {
		return errors.New("enroll: Config.Office is not set")
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:7480"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		to  *time.Duration
		def time.Duration
	}{{&c.Every, 10 * time.Minute}, {&c.Look, time.Second}, {&c.Life, 24 * time.Hour}} {
		if *d.to <= 0 {
			*d.to = d.def
		}
	}
	if c.URL != "" {
		return CheckURL(c.URL)
	}
	return nil
}

// A Server is an office on the network. It is made by [Serve].
type Server struct {
	cfg    Config
	office *Office
	log    *slog.Logger
	url    string

	verifier *pki.Verifier
	web      atomic.Pointer[flow.Signer]
	lists    *lists
	refusals tally // told
	asked    tally // of OCSP
	staple   atomic.Pointer[staple]

	published time.Time // when lists were signed last; lookAfter's alone
	revoked   string    // and what they were of

	listeners []net.Listener
	servers   []*http.Server
	stop      context.CancelFunc
	done      sync.WaitGroup
}

// Serve opens the office to the network until [Server.Close].
func Serve(cfg Config) (*Server, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	o := cfg.Office
	s := &Server{cfg: cfg, office: o, log: cfg.Log, verifier: pki.NewVerifier(o.Authority().Trust()), lists: newLists()}
	if err := s.begin(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if err := s.listen(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.done.Go(func() { s.lookAfter(ctx) })
	return s, nil
}

// begin brings the office in order: what a crash left undone, a fresh list, the
// service's own certificate.
func (s *Server) begin() error {
	now := time.Now()
	if err := s.renewOwn(now); err != nil {
		return err
	}
	if err := s.publish(now); err != nil {
		return fmt.Errorf("CA service: %w", err)
	}
	return nil
}

func (s *Server) listen(ctx context.Context) error {
	limits := s.cfg.Gate
	limits.Refused = func(r gate.Refusal) {
		s.office.tell("", r.Addr.String(), false, fmt.Sprintf("connect to the CA service (%d times)", r.Count), errors.New(r.Why))
	}
	g := gate.New(limits)
	l, err := net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("CA service: %w", err)
	}
	s.url = s.cfg.URL
	if s.url == "" {
		s.url = "https://" + l.Addr().String()
	}
	s.serve(ctx, g.TLS(l, s.tls(), s.failed), s.routes())
	if s.cfg.Public == "" {
		return nil
	}
	p, err := net.Listen("tcp", s.cfg.Public)
	if err != nil {
		return fmt.Errorf("CA service: %w", err)
	}
	s.serve(ctx, g.Listen(p), s.publicRoutes())
	return nil
}

func (s *Server) serve(ctx context.Context, l net.Listener, h http.Handler) {
	hs := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		TLSConfig:         &tls.Config{NextProtos: protos},
	}
	s.listeners = append(s.listeners, l)
	s.servers = append(s.servers, hs)
	s.done.Go(func() {
		if err := hs.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("CA service stopped to listen", "err", err)
		}
	})
}

var protos = []string{"h2", "http/1.1"}

// tls asks callers for a certificate and takes those who have none: a token is
// for them. Whose a certificate is, is judged at each request, where a refusal
// can say why, and where it counts that it was revoked meanwhile.
func (s *Server) tls() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: protos,
		ClientAuth: tls.RequestClientCert,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			own := *s.web.Load()
			return pki.Stapled(own, s.stapled(own.Chain[0], time.Now()))
		},
	}
}

// A staple is what OCSP says of the service's own certificate, kept for a while.
type staple struct {
	of  *x509.Certificate
	der []byte
	at  time.Time
}

const stapleLife = time.Minute

func (s *Server) stapled(own *x509.Certificate, now time.Time) []byte {
	if old := s.staple.Load(); old != nil && old.of == own && now.Sub(old.at) < stapleLife && !now.Before(old.at) {
		return old.der
	}
	der, err := s.office.Authority().Staple(own, now)
	if err != nil {
		s.log.Warn("no OCSP answer for the CA service's own certificate", "err", err)
	}
	s.staple.Store(&staple{own, der, now})
	return der
}

func (s *Server) failed(addr net.Addr, err error) {
	s.log.Debug("handshake failed", "addr", addr, "err", err)
}

// renewOwn makes the service a new certificate when half of the present one's
// life is over.
func (s *Server) renewOwn(now time.Time) error {
	if own := s.web.Load(); own != nil && now.Before(part(own.Chain[0], 0.5)) && s.current(own) {
		return nil
	}
	req := webRequest(s.cfg.Names)
	req.DNS = append(req.DNS, caHost(s.office.Domain()))
	if host, _, err := net.SplitHostPort(s.cfg.Listen); err == nil {
		if ip := net.ParseIP(host); ip != nil && private(ip) {
			req.IPs = append(req.IPs, ip)
		}
	}
	req.Life = s.cfg.Life
	own, err := s.office.Authority().EnrollWeb(req, now)
	if err != nil {
		return fmt.Errorf("CA service: its own certificate: %w", err)
	}
	s.web.Store(&own)
	return nil
}

// current reports whether the present authority has issued a certificate.
func (s *Server) current(own *flow.Signer) bool {
	return own.Chain[0].CheckSignatureFrom(s.office.Authority().Issuing.Cert) == nil
}

// lookAfter keeps the service's certificate and the lists fresh, and sees what
// other processes do with the office.
func (s *Server) lookAfter(ctx context.Context) {
	tick := time.NewTicker(s.cfg.Look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.look(time.Now()); err != nil {
			s.log.Error("the CA's folder can't be looked after", "err", err)
		}
	}
}

func (s *Server) look(now time.Time) error {
	changed, err := s.office.reload()
	if err != nil {
		return err
	}
	if changed {
		if err := s.renewOwn(now); err != nil {
			return err
		}
		s.verifier.SetTrust(s.office.Authority().Trust())
		s.lists.wake()
		s.log.Info("trust changed", "root", s.office.Root())
	}
	lists, err := s.office.Lists()
	if err != nil {
		return err
	}
	s.take(lists)
	return errors.Join(s.publish(now), s.renewOwn(now))
}

// publish signs new lists when something was revoked or it is time.
func (s *Server) publish(now time.Time) error {
	if err := s.office.settle(now); err != nil {
		return err
	}
	revoked, err := s.office.revocations()
	if err != nil || revoked == s.revoked && now.Sub(s.published) < s.cfg.Every {
		return err
	}
	lists, err := s.office.PublishAll(now)
	if err != nil {
		return err
	}
	s.published, s.revoked = now, revoked
	s.take(lists)
	return nil
}

// take puts lists in force and hands them to those who wait for news.
func (s *Server) take(lists [][]byte) {
	for _, der := range lists {
		if _, err := s.verifier.Revoke(der); err != nil && !errors.Is(err, pki.ErrOldList) {
			s.log.Error("our own revocation list does not hold", "err", err)
		}
	}
	s.lists.set(s.verifier.Lists())
}

// URL is the service's address, https://host:port.
func (s *Server) URL() string { return s.url }

// Addrs are where the service listens: with TLS, and without if it does.
func (s *Server) Addrs() []net.Addr {
	var all []net.Addr
	for _, l := range s.listeners {
		all = append(all, l.Addr())
	}
	return all
}

// Close lets the requests under way finish for up to two seconds, and returns
// when the last goroutine has ended. The office stays as it is.
func (s *Server) Close() error {
	s.stop() // which ends the long polls
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var errs []error
	for _, hs := range s.servers {
		if err := hs.Shutdown(ctx); err != nil {
			errs = append(errs, hs.Close())
		}
	}
	s.done.Wait()
	return errors.Join(errs...)
}
