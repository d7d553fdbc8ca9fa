package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Recorder has the node's audit record: the part of a [Backend] that auditors
// read.
type Recorder interface {
	// Audit gives what the record has and q asks for, oldest first.
	Audit(ctx context.Context, by flow.Identity, q AuditQuery) ([]AuditEntry, error)
}

// An AuditQuery says which events are wanted. The zero value wants the newest
// [MaxAudit].
type AuditQuery struct {
	Since   time.Time
	Kind    flow.AuditKind // "": every one
	Who     string         // a part of the name or address; "": everybody
	Refused bool           // only what was refused
	Limit   int            // the newest so many, up to MaxAudit
}

// MaxAudit is how many entries one answer has at most.
const MaxAudit = 1000

// An AuditEntry is one event of a node's audit record.
type AuditEntry struct {
	N    uint64      `json:"n"` // in the record of the node
	Node flow.NodeID `json:"node"`
	Hash string      `json:"hash"`           // of this entry and all before it
	More uint64      `json:"more,omitempty"` // the event is the last of so many that were only counted
	flow.AuditEvent
}

// Audit reads the node's audit record.
func (c *Client) Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error) {
	v := url.Values{}
	for key, value := range map[string]string{"kind": string(q.Kind), "who": q.Who} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if !q.Since.IsZero() {
		v.Set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	if q.Refused {
		v.Set("refused", "true")
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	l, err := call[List[AuditEntry]](ctx, c, http.MethodGet, "/audit?"+v.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

func (s *Server) getAudit(w http.ResponseWriter, r *http.Request) error {
	q, p := auditQuery(r.URL.Query())
	if p != nil {
		return p
	}
	entries, err := s.cfg.Backend.Audit(r.Context(), CallerOf(r).ID, q)
	if err != nil {
		return fmt.Errorf("read the audit record: %w", err)
	}
	return reply(w, http.StatusOK, List[AuditEntry]{APIVersion, list(entries)})
}

func auditQuery(v url.Values) (q AuditQuery, p error) {
	q = AuditQuery{Kind: flow.AuditKind(v.Get("kind")), Who: v.Get("who"), Limit: MaxAudit}
	for key := range v {
		var err error
		switch key {
		case "kind":
			if q.Kind != "" && !slices.Contains(flow.AuditKinds, q.Kind) {
				err = fmt.Errorf("there is no such kind: want one of %v", flow.AuditKinds)
			}
		case "who":
		case "since":
			q.Since, err = time.Parse(time.RFC3339Nano, v.Get(key))
		case "refused":
			q.Refused, err = strconv.ParseBool(v.Get(key))
		case "limit":
			q.Limit, err = strconv.Atoi(v.Get(key))
			if err == nil && (q.Limit < 1 || q.Limit > MaxAudit) {
				err = fmt.Errorf("want 1 to %d", MaxAudit)
			}
		default:
			err = fmt.Errorf("want since, kind, who, refused, limit")
		}
		if err != nil {
			return q, problem(http.StatusBadRequest, "bad-request", "bad request", "%s=%.100q: %v", key, v.Get(key), err)
		}
	}
	return q, nil
}
