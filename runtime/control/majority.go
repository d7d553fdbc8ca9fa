package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What people are told when the register has no majority.

// ErrNoMajority reports that most of the register's voters do not answer, so
// that nothing can be changed. It is an [ErrUnavailable]; the text says since
// when, who is missing, and what goes on meanwhile.
var ErrNoMajority = fmt.Errorf("no majority of voters: %w", ErrUnavailable)

// What goes on and what does not while there is no majority.
const (
	GoesOn = "what runs goes on where it is, and devices go on being read and kept"
	Stops  = "nothing is placed, moved, deployed or stopped, and an exclusive actor stops when its lease ends"
)

// Missing are the voters that do not answer.
func (r *RegisterState) Missing() []flow.NodeID {
	var gone []flow.NodeID
	for _, m := range r.Members {
		if !m.Up {
			gone = append(gone, m.Node)
		}
	}
	return gone
}

// Lost says, when there is no majority, for how long and who is missing: "the
// register has no majority for 2m3s: 1 of 3 voters answers, missing: records,
// ward". It is "" when there is one.
func (r *RegisterState) Lost(now time.Time) string {
	if r.Quorum {
		return ""
	}
	var b strings.Builder
	b.WriteString("the register has no majority")
	if !r.LostSince.IsZero() {
		fmt.Fprintf(&b, " for %s", now.Sub(r.LostSince).Round(time.Second))
	}
	if gone := r.Missing(); len(gone) > 0 {
		up := len(r.Members) - len(gone)
		answer := "answer"
		if up == 1 {
			answer = "answers"
		}
		fmt.Fprintf(&b, ": %d of %d voters %s, missing: %s", up, len(r.Members), answer, joined(gone))
	} else if r.Why != "" {
		b.WriteString(": " + r.Why)
	}
	return b.String()
}

func joined(nodes []flow.NodeID) string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = string(n)
	}
	return strings.Join(names, ", ")
}

// withReason makes of a plain "not just now" one that says that there is no
// majority, if there is none.
func (s *Server) withReason(ctx context.Context, err error) error {
	if !errors.Is(err, ErrUnavailable) || errors.As(err, new(*Problem)) {
		return err
	}
	snap, failed := s.cfg.Backend.Snapshot(ctx)
	if failed != nil || snap.Register == nil || snap.Register.Quorum {
		return err
	}
	return problem(http.StatusServiceUnavailable, "no-majority", "no majority of voters", "%s", snap.Register.Lost(snap.At)).
		hint("meanwhile %s; %s. Bring a missing voter back with its disk", GoesOn, Stops)
}
