package control

import (
	"context"
	"net/http"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What a caller may do, for whoever shows controls: the page explains what it
// does not offer. It is no promise: each request is judged anew.

// A Session is who asks, and what that one may do.
type Session struct {
	APIVersion string `json:"apiVersion"`
	Caller
	// May are the actions, as package policy names them, that the caller may do to
	// the cluster, or to the application or node that was asked about. Sorted.
	May []string `json:"may"`
	// Signs says that what the caller deploys is signed on its way, with a key that
	// the caller holds: `wardflow page` does so. A node has nobody's key.
	Signs bool `json:"signs,omitempty"`
}

// besides are the actions for which no route asks by itself: its handler does, or
// what it shows depends on them.
var besides = []string{"deploy", mayRefusals, "patients"}

// actions are all that the API asks leave for, sorted.
func (s *Server) actions() []string {
	all := slices.Clone(besides)
	for _, rt := range s.routes() {
		if rt.do != anybody && rt.do != inside {
			all = append(all, rt.do)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// rightsOf asks for each action whether the caller would be let do it.
func (s *Server) rightsOf(who Caller, about Ask) []string {
	may := []string{}
	for _, do := range s.actions() {
		about.Do = do
		if do == "deploy" && who.Role != flow.RoleStaff {
			continue // its route is for staff, whatever the policy says
		}
		if s.mayAsk(who, about) == nil {
			may = append(may, do)
		}
	}
	return may
}

// getSession says who asks and what that one may do; with ?app= or ?node= to
// that one.
func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	for key := range q {
		if key != "app" && key != "node" {
			return problem(http.StatusBadRequest, "bad-request", "bad request", "%.40q is asked for nothing here", key).hint("ask with app or node")
		}
	}
	who := CallerOf(r)
	about := Ask{App: q.Get("app"), Node: flow.NodeID(q.Get("node"))}
	return reply(w, http.StatusOK, Session{APIVersion: APIVersion, Caller: who, May: s.rightsOf(who, about)})
}

// Session is who the client is to the node, and what it may do.
func (c *Client) Session(ctx context.Context) (*Session, error) {
	return call[Session](ctx, c, http.MethodGet, "/session", nil)
}
