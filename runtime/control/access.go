package control

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// RoleViewer is whoever came in by a one-time link: it may read, nothing else.
// No certificate has this role.
const RoleViewer flow.Role = "viewer"

// Who may call a route.
var (
	staffOnly = []flow.Role{flow.RoleStaff}
	readers   = []flow.Role{flow.RoleStaff, RoleViewer}
	anybody   []flow.Role // also without certificate or session
)

// sessionCookie carries a session. The prefix makes browsers insist on Secure,
// Path=/ and no Domain (RFC 6265bis, section 4.1.3.2).
const sessionCookie = "__Host-wardflow"

// A Caller is who asks.
type Caller struct {
	Role  flow.Role     `json:"role"`        // "": nobody
	ID    flow.Identity `json:"id,omitzero"` // of a certificate
	Until time.Time     `json:"until"`       // when it must prove itself anew
}

// caller finds out who asks: by certificate if there is one, otherwise by
// session. A certificate that does not hold is refused even when there is a
// session too, so that people learn of it.
func (s *Server) caller(r *http.Request) (Caller, *Problem) {
	now := time.Now()
	if chain := r.TLS.PeerCertificates; len(chain) > 0 {
		id, err := s.cfg.Verify(chain)
		if err != nil {
			return Caller{}, problem(http.StatusForbidden, "denied", "denied", "%v", err).
				hint("use a staff certificate of this hospital that has not expired")
		}
		return Caller{Role: id.Role, ID: id, Until: id.NotAfter}, nil
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		if until, ok := s.passes.check(c.Value, now); ok {
			return Caller{Role: RoleViewer, Until: until}, nil
		}
		return Caller{}, problem(http.StatusUnauthorized, "login", "log in first", "the session has ended").hint(loginHint)
	}
	return Caller{}, nil
}

const loginHint = "show a staff certificate, or open a new one-time link: `wardflow login` prints one"

// allow lets a request through to h if its caller has one of the roles; nil
// roles let everybody through.
func (s *Server) allow(roles []flow.Role, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, p := s.caller(r)
		if p == nil && roles != nil && !slices.Contains(roles, who.Role) {
			if who.Role == "" {
				p = problem(http.StatusUnauthorized, "login", "log in first", "%s %s is not for everybody", r.Method, r.URL.Path).hint(loginHint)
			} else {
				p = problem(http.StatusForbidden, "denied", "denied", "a %s may not %s %s", who.Role, r.Method, r.URL.Path).
					hint("use a staff certificate")
			}
		}
		if p != nil && roles != nil {
			s.refusedOnce(r, p)
			p.write(w)
			return
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
	})
}

// refusedOnce logs the first refusal of a connection: a page that keeps asking
// fills no log.
func (s *Server) refusedOnce(r *http.Request, p *Problem) {
	if c, ok := r.Context().Value(connKey{}).(*connection); ok && c.refused.CompareAndSwap(false, true) {
		s.cfg.Log.Info("caller refused", "peer", r.RemoteAddr, "path", r.URL.Path, "err", p)
	}
}

type callerKey struct{}

// CallerOf is who sent a request, for handlers given to [Server.Mount].
func CallerOf(r *http.Request) Caller {
	who, _ := r.Context().Value(callerKey{}).(Caller)
	return who
}
