package control

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Timeline is how the nodes of a cluster have been, as one of them saw it. It
// survives a restart of that node; while it did not run it saw nothing, which
// shows as a gap between spans.
type Timeline struct {
	APIVersion string      `json:"apiVersion"`
	At         time.Time   `json:"at"`
	Node       flow.NodeID `json:"node"`  // who saw it
	Since      time.Time   `json:"since"` // what was before is not known
	Spans      []Span      `json:"spans"` // by their beginnings
}

// A Span is a time during which something stayed as it was.
type Span struct {
	Node  flow.NodeID `json:"node,omitempty"` // "": the cluster as a whole
	State SpanState   `json:"state"`
	Why   string      `json:"why,omitempty"` // for people
	From  time.Time   `json:"from"`
	Until time.Time   `json:"until,omitzero"` // zero: it is so still
}

// A SpanState says how it was. Of a node there are two tracks: one that says how
// it was, and one that says when it led.
type SpanState string

// The states: those of [NodeState.Condition], and these.
const (
	SpanUp        SpanState = "up"
	SpanSuspected SpanState = "suspected"
	SpanDraining  SpanState = "draining"
	SpanLeaving   SpanState = "leaving"
	SpanDown      SpanState = "down"
	SpanLeads     SpanState = "leads"       // the node led the register
	SpanLacking   SpanState = "no majority" // of the cluster: most voters did not answer
)

// MaxSpans is how many spans a timeline has at most: the oldest go first.
const MaxSpans = 2000

// A Chronicler has seen how nodes have been. A [Backend] that is none answers
// [ErrNotFound].
type Chronicler interface {
	Timeline(ctx context.Context) (*Timeline, error)
}

func (s *Server) timelineRoutes() []route {
	return []route{{"GET /timeline", "see", s.getTimeline}}
}

func (s *Server) getTimeline(w http.ResponseWriter, r *http.Request) error {
	k, ok := s.cfg.Backend.(Chronicler)
	if !ok {
		return fmt.Errorf("a timeline here: %w", ErrNotFound)
	}
	t, err := k.Timeline(r.Context())
	if err != nil {
		return fmt.Errorf("read the timeline: %w", err)
	}
	v := *t
	v.APIVersion, v.Spans = APIVersion, list(v.Spans)
	return reply(w, http.StatusOK, v)
}

// Timeline is how the nodes have been, as this one saw them.
func (c *Client) Timeline(ctx context.Context) (*Timeline, error) {
	return call[Timeline](ctx, c, http.MethodGet, "/timeline", nil)
}
