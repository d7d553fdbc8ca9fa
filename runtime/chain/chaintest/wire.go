package chaintest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"
)

// A Wire serves a Sim as JSON-RPC over HTTP, and lies on request. Its newest
// block is its finalized one.
type Wire struct {
	URL string

	client *rpc.Client

	mu    sync.Mutex // guards twist
	twist Twist
}

// A Twist makes of an honest answer, which is a JSON text or an error, another.
type Twist func(method string, params []json.RawMessage, answer json.RawMessage, err error) (json.RawMessage, error)

// Serve serves the chain until the test ends.
func (s *Sim) Serve(t testing.TB) *Wire {
	w := &Wire{client: s.inside}
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	w.URL = srv.URL
	return w
}

// Twist changes what is answered from now on; with nil no longer.
func (w *Wire) Twist(f Twist) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.twist = f
}

type wireRequest struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

type wireAnswer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *wireError      `json:"error,omitempty"`
}

type wireError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// ServeHTTP implements http.Handler.
func (w *Wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	out.Header().Set("Content-Type", "application/json")
	var batch []wireRequest
	var one wireRequest
	switch {
	case json.Unmarshal(body, &batch) == nil:
		all := make([]wireAnswer, len(batch))
		for i := range batch {
			all[i] = w.answer(r, &batch[i])
		}
		_ = json.NewEncoder(out).Encode(all)
	case json.Unmarshal(body, &one) == nil:
		_ = json.NewEncoder(out).Encode(w.answer(r, &one))
	default:
		http.Error(out, "not JSON-RPC", http.StatusBadRequest)
	}
}

func (w *Wire) answer(r *http.Request, q *wireRequest) wireAnswer {
	params := make([]any, len(q.Params))
	for i, p := range q.Params {
		if string(p) == `"finalized"` {
			p = json.RawMessage(`"latest"`)
		}
		params[i] = p
	}
	var result json.RawMessage
	err := w.client.CallContext(r.Context(), &result, q.Method, params...)
	w.mu.Lock()
	twist := w.twist
	w.mu.Unlock()
	if twist != nil {
		result, err = twist(q.Method, q.Params, result, err)
	}
	out := wireAnswer{Version: "2.0", ID: q.ID, Result: result}
	if err != nil {
		out.Result, out.Error = nil, &wireError{Code: -32000, Message: err.Error()}
		if with := (rpc.DataError)(nil); errors.As(err, &with) {
			out.Error.Data = with.ErrorData()
		}
		if coded := (rpc.Error)(nil); errors.As(err, &coded) {
			out.Error.Code = coded.ErrorCode()
		}
	} else if len(result) == 0 {
		out.Result = json.RawMessage("null")
	}
	return out
}
