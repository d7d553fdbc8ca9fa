package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A ChecksState is how far the log of a node's checks is on the chain.
type ChecksState struct {
	Node     flow.NodeID `json:"node"`
	Log      string      `json:"log"`                // the log's account: 0x and 40 hex digits
	Contract string      `json:"contract,omitempty"` // the anchors'; "": not found yet
	Chain    uint64      `json:"chain,omitempty"`    // id
	Size     uint64      `json:"size"`               // checks on disk, which are those that were answered
	Anchored uint64      `json:"anchored"`           // the first so many have their head in a final block
	Block    uint64      `json:"block"`              // that one
	At       time.Time   `json:"at,omitzero"`        // when that was seen
	Since    time.Time   `json:"since,omitzero"`     // since when a check waits for its head
	Sending  int         `json:"sending"`            // checks that are to be transactions themselves and are in no final block
	Problem  string      `json:"problem,omitempty"`  // why they do not come to the chain
}

// A CheckKeeper keeps a log of checks. A [Backend] that is none answers
// [ErrNotFound].
type CheckKeeper interface {
	// Checks are checks of this node's own log, by rising number.
	Checks(ctx context.Context, by flow.Identity, q CheckQuery) ([]CheckEntry, error)
}

// A CheckQuery says which checks are wanted: up to Limit from number From on, or
// the newest Limit when From is negative.
type CheckQuery struct {
	From  int64
	Limit int // default 100, at most [MaxChecks]
}

// MaxChecks is how many checks one answer has at most.
const MaxChecks = 1000

// A CheckEntry is one check of a log.
type CheckEntry struct {
	Index    uint64       `json:"index"` // in the log, from 0
	Hash     string       `json:"hash"`  // its leaf in the log's tree, hex
	Anchored bool         `json:"anchored"`
	At       time.Time    `json:"at"`
	Place    string       `json:"place"` // collector or storage
	Actor    flow.ActorID `json:"actor"`
	Reading  string       `json:"reading"`          // the leaf hash of its sealed bytes, hex
	Device   string       `json:"device,omitempty"` // EPC; "": the reading could not be opened
	Stream   string       `json:"stream,omitempty"`
	Seq      uint64       `json:"seq,omitempty"`
	Group    string       `json:"group,omitempty"`
	Reason   string       `json:"reason"` // accepted, or why not
	Clause   string       `json:"clause,omitempty"`
	Rule     string       `json:"rule,omitempty"` // the contract that decided
	Version  uint64       `json:"version,omitempty"`
	Epoch    uint64       `json:"epoch,omitempty"`
	Block    uint64       `json:"block,omitempty"` // whose rules were read
}

func (s *Server) checkRoutes() []route {
	return []route{{"GET /checks", "prove", s.getChecks}}
}

func (s *Server) getChecks(w http.ResponseWriter, r *http.Request) error {
	k, ok := s.cfg.Backend.(CheckKeeper)
	if !ok {
		return fmt.Errorf("checks here: %w", ErrNotFound)
	}
	q := CheckQuery{From: -1, Limit: 100}
	v := r.URL.Query()
	if err := readInt(v, "from", &q.From); err != nil {
		return err
	}
	limit := int64(q.Limit)
	if err := readInt(v, "limit", &limit); err != nil {
		return err
	}
	if q.Limit = int(limit); limit < 1 || limit > MaxChecks {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "limit %d", limit).hint("give a number from 1 to %d", MaxChecks)
	}
	entries, err := k.Checks(r.Context(), CallerOf(r).ID, q)
	if err != nil {
		return fmt.Errorf("read the log of checks: %w", err)
	}
	return reply(w, http.StatusOK, List[CheckEntry]{APIVersion, list(entries)})
}

func readInt(v url.Values, key string, to *int64) error {
	text := v.Get(key)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "%s=%.20q is not a number", key, text).hint("give a whole number")
	}
	*to = n
	return nil
}

// Checks reads checks of the node's own log.
func (c *Client) Checks(ctx context.Context, q CheckQuery) ([]CheckEntry, error) {
	v := url.Values{}
	if q.From >= 0 {
		v.Set("from", strconv.FormatInt(q.From, 10))
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	l, err := call[List[CheckEntry]](ctx, c, http.MethodGet, "/checks?"+v.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}
