package control

import (
	"errors"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// onRecord is h, and puts on record what somebody may ask for and was not let
// deploy or plan: because it is not signed, or by the wrong person or about
// something else, because the policy forbids it, or because it is no deployment
// at all. That a script has mistakes, or that no node is fit, is no such thing.
func (s *Server) onRecord(h func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if s.cfg.Audit == nil || !forbidden(err) {
			return err
		}
		what := "deploy an application"
		if r.URL.Query().Has("dry-run") {
			what = "plan an application"
		}
		who := CallerOf(r)
		s.cfg.Audit(flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditDeployment, Who: who.ID.URI, Proven: who.ID.Known(),
			From: r.RemoteAddr, What: what, Why: err.Error()})
		return err
	}
}

// forbidden reports whether an application was refused for other reasons than
// that it can't run.
func forbidden(err error) bool {
	if p := new(Problem); errors.As(err, &p) {
		return p.Status == http.StatusBadRequest || p.Status == http.StatusRequestEntityTooLarge // who may not ask is on record already
	}
	for _, not := range []error{ErrUnsigned, ErrDenied, ErrPolicy, ErrInvalid, ErrConflict} {
		if errors.Is(err, not) {
			return true
		}
	}
	return false
}
