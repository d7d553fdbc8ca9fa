package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

// The actions of a tap.
const (
	mayTap      = "tap"      // to see tokens at all
	mayPatients = "patients" // to see whose they are
)

// A Tapper shows people the tokens of a link: a part of a [Backend].
type Tapper interface {
	// Tap begins to show what a link sends, sampled where its giving actor
	// runs. It is on record there, with who asked, from before the first token
	// until it ends; ctx bounds the beginning only. Errors: no such link [ErrNotFound]; its actor runs nowhere
	// just now, or too many are tapped, [ErrUnavailable].
	Tap(ctx context.Context, by flow.Identity, q TapQuery) (Tapping, error)
}

// A TapQuery says which link to tap, and how.
type TapQuery struct {
	Link flow.LinkID
	// Patients asks for what tells who a token is about: pseudonyms, devices,
	// free text. Otherwise each is a short hash, the same throughout the tap.
	Patients bool
}

// A Tapping is a link that is tapped. It has one reader.
type Tapping interface {
	// About is how it is tapped now.
	About() TapAbout
	// Next waits for what there is to show. What it gives with Ended set is the
	// last. An error is the node's own fault, or that of ctx.
	Next(ctx context.Context) (*TapBatch, error)
	// Close ends it, and has that recorded.
	Close()
}

// TapAbout is a tap, without what it shows.
type TapAbout struct {
	APIVersion string      `json:"apiVersion"`
	Link       flow.LinkID `json:"link"`
	Node       flow.NodeID `json:"node"`      // where it is sampled: the giving actor runs there
	Masked     bool        `json:"masked"`    // it shows nothing that tells of whom
	Until      time.Time   `json:"until"`     // when it ends by itself
	PerSecond  int         `json:"perSecond"` // tokens that it shows, at most
}

// A TapBatch is what a tap has shown since the batch before.
type TapBatch struct {
	Tokens []TapToken `json:"tokens,omitempty"` // oldest first
	tap.Counts
	Moved bool   `json:"moved,omitempty"` // [Tapping.About] is another since the batch before
	Ended string `json:"ended,omitempty"` // why there will be no other
}

// A TapToken is one token of a tapped link.
type TapToken struct {
	At   time.Time `json:"at"`  // when the firing that gave it began
	Seq  uint64    `json:"seq"` // its number on the link
	Port string    `json:"port"`
	// Value is as [flow.Plain] writes values, but sealed readings and windows
	// are {"$reading": {…}} and {"$window": {…}}; see [tap.Show].
	Value     json.RawMessage `json:"value"`
	Truncated bool            `json:"truncated,omitempty"` // something of Value was left out
	Masked    bool            `json:"masked,omitempty"`    // something of Value is hidden
}

// A TapSkipped says how much of a link was not shown.
type TapSkipped struct {
	tap.Counts
	Shown int `json:"shown"` // tokens that come after this, of those that were seen
}

// TapKind says what an event of the stream of a tap is.
type TapKind string

// The events of a tap, as Server-Sent Events: [Server.getTap].
const (
	TapIsAbout TapKind = "tap"     // a [TapAbout]: the first, and when the actor has moved
	TapHas     TapKind = "token"   // a [TapToken]
	TapSkips   TapKind = "skipped" // a [TapSkipped], ahead of tokens
	TapEnds    TapKind = "end"     // the last: {"why": …}
)

func (s *Server) tapRoutes() []route {
	return []route{{"GET /links/{id}/tap", mayTap, s.getTap}}
}

// tapOf reads which link is to be tapped, and how, and asks whether the caller may.
func (s *Server) tapOf(r *http.Request) (TapQuery, error) {
	q := TapQuery{Link: flow.LinkID(r.PathValue("id"))}
	l, err := flow.ParseLinkID(q.Link)
	if err != nil {
		return q, problem(http.StatusBadRequest, "bad-request", "bad request", "%v", err).
			hint("a link is named by its ends: \"ward:a.out > ward:b.in\"; GET /links lists them")
	}
	for key := range r.URL.Query() {
		if key != "patients" {
			return q, problem(http.StatusBadRequest, "bad-request", "bad request", "%.50q: want patients", key)
		}
	}
	if v := r.URL.Query().Get("patients"); v != "" {
		if q.Patients, err = strconv.ParseBool(v); err != nil {
			return q, problem(http.StatusBadRequest, "bad-request", "bad request", "patients=%.20q: want true or false", v)
		}
	}
	if p := staffOnly(CallerOf(r), r); p != nil { // whatever the policy: who came by a link is nobody to record
		s.refused(r, CallerOf(r), p)
		return q, p
	}
	if q.Patients {
		return q, s.ask(r, Ask{Do: mayPatients, Actor: l.From.Actor})
	}
	return q, nil
}

// linkAsk is what a request about a link asks leave for: the link is of the
// actor that gives on it.
func linkAsk(a *Ask, id string) {
	if l, err := flow.ParseLinkID(flow.LinkID(id)); err == nil {
		a.Actor = l.From.Actor
	}
}

// stillTaps is nil while a caller may go on with a tap.
func (s *Server) stillTaps(r *http.Request, q TapQuery) error {
	who, p := s.caller(r)
	l, _ := flow.ParseLinkID(q.Link) // it was read before
	if p == nil {
		p = s.mayAsk(who, Ask{Do: mayTap, Actor: l.From.Actor})
	}
	if p == nil && q.Patients {
		p = s.mayAsk(who, Ask{Do: mayPatients, Actor: l.From.Actor})
	}
	if p != nil {
		return fmt.Errorf("you may not go on: %w", p)
	}
	return nil
}
