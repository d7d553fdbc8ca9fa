package control

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Prover makes bundles that prove readings and checks to a stranger. A
// [Backend] that is none answers [ErrNotFound].
type Prover interface {
	// Prove makes the bundle of a reading or a check, as package evidence writes
	// it, of what all nodes that can be reached have. What nobody has is
	// [ErrNotFound], what is not all there within the time [ErrUnavailable].
	Prove(ctx context.Context, by flow.Identity, q ProveQuery) ([]byte, error)
}

// A ProveQuery says what is to be proved.
type ProveQuery struct {
	Of    string        // DEVICE/STREAM/SEQ, DEVICE/STREAM, a reading's hash, or ACCOUNT/INDEX of a check
	Wait  time.Duration // for what is on its way to the chain; up to [MaxProveWait]
	Early bool          // then take what is there
}

// MaxProveWait is how long one may wait for a bundle.
const MaxProveWait = time.Minute

// maxBundle is how many bytes of a bundle are read.
const maxBundle = 8 << 20

func (s *Server) evidenceRoutes() []route {
	return []route{{"GET /evidence", "prove", s.getEvidence}}
}

func (s *Server) getEvidence(w http.ResponseWriter, r *http.Request) error {
	p, ok := s.cfg.Backend.(Prover)
	if !ok {
		return fmt.Errorf("evidence here: %w", ErrNotFound)
	}
	q, bad := proveQuery(r.URL.Query())
	if bad != nil {
		return bad
	}
	// Waiting may take longer than an answer usually does; not for every writer.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(q.Wait + time.Minute))
	bundle, err := p.Prove(r.Context(), CallerOf(r).ID, q)
	if err != nil {
		return fmt.Errorf("prove %s: %w", q.Of, err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(bundle) // the caller may be gone
	return nil
}

func proveQuery(v url.Values) (q ProveQuery, p error) {
	for key := range v {
		var err error
		switch text := v.Get(key); key {
		case "of":
			q.Of = text
		case "wait":
			if q.Wait, err = time.ParseDuration(text); err == nil && (q.Wait < 0 || q.Wait > MaxProveWait) {
				err = fmt.Errorf("want up to %v", MaxProveWait)
			}
		case "early":
			q.Early, err = strconv.ParseBool(text)
		default:
			err = fmt.Errorf("want of, wait, early")
		}
		if err != nil {
			return q, problem(http.StatusBadRequest, "bad-request", "bad request", "%s=%.100q: %v", key, v.Get(key), err)
		}
	}
	if q.Of == "" {
		return q, problem(http.StatusBadRequest, "bad-request", "bad request", "of is missing: say what is to be proved")
	}
	return q, nil
}

// Prove has the node make a bundle.
func (c *Client) Prove(ctx context.Context, q ProveQuery) ([]byte, error) {
	v := url.Values{"of": {q.Of}}
	if q.Wait > 0 {
		v.Set("wait", q.Wait.String())
	}
	if q.Early {
		v.Set("early", "true")
	}
	resp, err := c.send(ctx, http.MethodGet, "/evidence?"+v.Encode(), nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBundle+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the bundle from %s: %w", c.base, c.reached(ctx, err))
	case len(b) > maxBundle:
		return nil, fmt.Errorf("read the bundle from %s: it is over %d bytes", c.base, maxBundle)
	}
	return b, nil
}
