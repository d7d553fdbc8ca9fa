package control

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
)

// A connection outlives the revocation of the certificate it was made with. Each
// request is judged anew, but a stream asks only once, and what somebody may not
// use any more should not stay open.

// A watch is over the connections that are open.
type watch struct {
	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]http.ConnState
	ending bool // connections that nothing was asked over are closed
}

// note is [http.Server.ConnState].
func (w *watch) note(c net.Conn, is http.ConnState) {
	w.mu.Lock()
	switch is {
	case http.StateNew, http.StateActive, http.StateIdle:
		w.conns[c] = is
	default:
		delete(w.conns, c)
	}
	unasked := w.ending && is == http.StateNew
	w.mu.Unlock()
	if unasked {
		c.Close()
	}
}

func (w *watch) open() []net.Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.conns))
}

// end closes the connections that nothing was asked over, and those that come.
// Clients keep such spares: [http.Server.Shutdown] takes each for a request under
// way until it is six seconds old.
func (w *watch) end() {
	w.mu.Lock()
	w.ending = true
	var unasked []net.Conn
	for c, is := range w.conns {
		if is == http.StateNew {
			unasked = append(unasked, c)
		}
	}
	w.mu.Unlock()
	for _, c := range unasked {
		c.Close()
	}
}

// recheckAll closes the connections of those who are revoked, as soon as they are,
// until ctx ends.
func (s *Server) recheckAll(ctx context.Context) {
	if s.cfg.Changed == nil {
		return
	}
	for {
		changed := s.cfg.Changed()
		s.recheck()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) recheck() {
	for _, c := range s.watch.open() {
		made, ok := c.(*tls.Conn)
		if !ok {
			continue
		}
		chain := made.ConnectionState().PeerCertificates
		if len(chain) == 0 {
			continue
		}
		if _, err := s.cfg.Verify(chain); err != nil {
			c.Close()
			s.cfg.Log.Info("connection ended", "addr", c.RemoteAddr().String(), "err", err)
		}
	}
}

// revocationsPath is where new lists are brought, and asked for.
const revocationsPath = "/api/v1/revocations"

// fresh refuses who may be revoked for all we know, but for who brings news of
// just that.
func (s *Server) fresh(who Caller, r *http.Request) *Problem {
	if s.cfg.Fresh == nil || !who.ID.Known() || r.URL.Path == revocationsPath {
		return nil
	}
	err := s.cfg.Fresh(who.ID)
	if err == nil {
		return nil
	}
	return problem(http.StatusForbidden, "denied", "denied", "%v", err).
		hint("bring a new list of revocations: the authorities' service does, or `wardflow ca crl` and POST /api/v1/revocations")
}

// changed is when a stream must ask again who is watching.
func (s *Server) changed() <-chan struct{} {
	if s.cfg.Changed == nil {
		return nil
	}
	return s.cfg.Changed()
}

// mayLetIn is nil for who holds a chain and may give one-time links, now.
func mayLetIn(cfg *Config) func([]*x509.Certificate) error {
	return func(chain []*x509.Certificate) error {
		id, err := cfg.Verify(chain)
		if err != nil {
			return err
		}
		return cfg.May(Caller{Role: id.Role, ID: id, Until: id.NotAfter}, Ask{Do: "login"})
	}
}
