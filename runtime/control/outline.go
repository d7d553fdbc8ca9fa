package control

import (
	"context"
	"net/http"
	"slices"
)

// mayRefusals is the action that asks to see what was measured in readings that
// were refused.
const mayRefusals = "refusals"

// outlined is a snapshot without what refused readings say of their patients:
// which device, what it measured, and the clause with its limits. How many were
// refused, when, by whom and for which reason stays.
func outlined(v *Snapshot) *Snapshot {
	o := *v
	o.Refusals = slices.Clone(v.Refusals)
	for i := range o.Refusals {
		r := &o.Refusals[i]
		r.Device, r.Stream, r.Value, r.Clause, r.Outline = "", "", "", "", true
	}
	o.Alarms = outlinedAlarms(v.Alarms)
	outlineFaults(&o)
	return &o
}

// seesAll reports whether a caller may see refused readings as they are.
func (s *Server) seesAll(who Caller) bool { return s.mayAsk(who, Ask{Do: mayRefusals}) == nil }

// shown is the snapshot as the caller of a request may see it.
func (s *Server) shown(r *http.Request) (*Snapshot, error) {
	v, err := s.snapshot(r.Context())
	if err != nil || s.seesAll(CallerOf(r)) {
		return v, err
	}
	return outlined(v), nil
}

// hubFor is the stream of snapshots that a caller may see.
func (s *Server) hubFor(who Caller) *hub[*Snapshot] {
	if s.seesAll(who) {
		return s.hub
	}
	return s.outline
}

// takeOutline is [Server.snapshot] for who may not see all.
func (s *Server) takeOutline(ctx context.Context) (*Snapshot, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return outlined(snap), nil
}

// watches tells why a caller may not go on watching a stream; nil if he may.
func (s *Server) watches(r *http.Request, from *hub[*Snapshot]) *Problem {
	who, p := s.caller(r)
	if p == nil {
		p = s.mayAsk(who, Ask{Do: "see"})
	}
	if p == nil && s.hubFor(who) != from {
		p = problem(http.StatusUnauthorized, "login", "begin anew", "what you may see has changed")
	}
	return p
}
