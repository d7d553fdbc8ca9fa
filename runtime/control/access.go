package control

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// RoleViewer is whoever came in by a one-time link: it may read, nothing else.
// No certificate has this role.
const RoleViewer flow.Role = "viewer"

// What a route asks leave for: an action as package policy names it, or one of
// these.
const (
	anybody = ""      // nothing: also callers without certificate or session
	inside  = "later" // its handler asks, when it has read what it is about; until then it is for staff
)

// An Ask is what somebody wants to do, and to what: an application, an actor, a
// node, or none of them, which is the cluster.
type Ask struct {
	Do    string // an action as package policy names it: "deploy"
	App   string
	Actor flow.ActorID
	Node  flow.NodeID
}

// askOf is what a request asks leave for, as its path says.
func askOf(do string, r *http.Request) Ask {
	a := Ask{Do: do}
	id := r.PathValue("id")
	switch {
	case r.PathValue("name") != "":
		a.App = r.PathValue("name")
	case strings.Contains(r.Pattern, "/actors/{id}"):
		a.Actor = flow.ActorID(id)
	case strings.Contains(r.Pattern, "/links/{id}"):
		linkAsk(&a, id)
	case id != "":
		a.Node = flow.NodeID(id)
	}
	return a
}

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

// allow lets a request through to h if its caller may do what it asks for.
func (s *Server) allow(do string, h http.Handler) http.Handler {
	return s.guarded(do == anybody, func(who Caller, r *http.Request) *Problem {
		switch {
		case do == anybody:
			return nil
		case who.Role == RoleViewer && r.Method != http.MethodGet && r.Method != http.MethodHead && do != "see" && do != "check":
			return staffOnly(who, r) // whatever the policy says: nobody could tell who did it
		case who.Role != "" && (do == inside || who.Role != RoleViewer):
			if p := staffOnly(who, r); p != nil || do == inside {
				return p
			}
		}
		return s.mayAsk(who, askOf(do, r))
	}, h)
}

// allowRoles lets a request through to h if its caller has one of the roles, and
// may look if it is a person.
func (s *Server) allowRoles(roles []flow.Role, h http.Handler) http.Handler {
	return s.guarded(false, func(who Caller, r *http.Request) *Problem {
		switch {
		case who.Role == "":
			return loginFirst(r)
		case !slices.Contains(roles, who.Role):
			return problem(http.StatusForbidden, "denied", "denied", "a %s may not %s %s", who.Role, r.Method, r.URL.Path).
				hint("use a staff certificate")
		case who.Role == flow.RoleStaff:
			return s.mayAsk(who, Ask{Do: "see"})
		}
		return nil
	}, h)
}

// guarded finds out who asks, and lets through to h what may refuses not. Where
// open, also those whose certificate or session does not hold.
func (s *Server) guarded(open bool, may func(Caller, *http.Request) *Problem, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, p := s.caller(r)
		if open {
			p = nil
		} else if p == nil {
			if p = s.fresh(who, r); p == nil {
				p = may(who, r)
			}
		}
		if p == nil && !open && who.Role == "" {
			p = loginFirst(r)
		}
		if p != nil {
			s.refused(r, who, p)
			p.write(w)
			return
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
	})
}

func loginFirst(r *http.Request) *Problem {
	return problem(http.StatusUnauthorized, "login", "log in first", "%s %s is not for everybody", r.Method, r.URL.Path).hint(loginHint)
}

func staffOnly(who Caller, r *http.Request) *Problem {
	if who.Role == flow.RoleStaff {
		return nil
	}
	return problem(http.StatusForbidden, "denied", "denied", "a %s may not %s %s", who.Role, r.Method, r.URL.Path).hint("use a staff certificate")
}

// mayAsk asks the node whether a caller may do something.
func (s *Server) mayAsk(who Caller, a Ask) *Problem {
	if who.Role == "" {
		return problem(http.StatusUnauthorized, "login", "log in first", "this is not for everybody").hint(loginHint)
	}
	err := s.cfg.May(who, a)
	if err == nil {
		return nil
	}
	if p, ok := problemOf(err); ok {
		return p
	}
	return problem(http.StatusForbidden, "denied", "denied", "%v", err)
}

// ask is mayAsk for a handler that knows what its request is about.
func (s *Server) ask(r *http.Request, a Ask) error {
	who := CallerOf(r)
	p := s.mayAsk(who, a)
	if p == nil {
		return nil
	}
	s.refused(r, who, p)
	return p
}

// refused tells of a request that was refused: the audit record of each, and the
// log of the first of a connection, since a page that keeps asking is to fill no
// log.
func (s *Server) refused(r *http.Request, who Caller, p *Problem) {
	if c, ok := r.Context().Value(connKey{}).(*connection); ok && c.refused.CompareAndSwap(false, true) {
		s.cfg.Log.Info("caller refused", "peer", r.RemoteAddr, "path", r.URL.Path, "err", p)
	}
	if s.cfg.Audit == nil {
		return
	}
	e := flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditRequest, Who: who.ID.URI, Proven: who.ID.Known(), From: r.RemoteAddr,
		What: r.Method + " " + r.URL.Path, Why: p.Error()}
	if chain := r.TLS.PeerCertificates; e.Who == "" && len(chain) > 0 && len(chain[0].URIs) > 0 {
		e.Who = chain[0].URIs[0].String() // it holds the key, but what the certificate says did not hold
	}
	s.cfg.Audit(e)
}

type callerKey struct{}

// CallerOf is who sent a request, for handlers given to [Server.Mount].
func CallerOf(r *http.Request) Caller {
	who, _ := r.Context().Value(callerKey{}).(Caller)
	return who
}
