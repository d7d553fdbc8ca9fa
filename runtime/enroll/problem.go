package enroll

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"syscall"

	"github.com/wardflow/wardflow/runtime/pki"
)

var (
	errBody   = errors.New("the request's body is not what is wanted")
	errNobody = errors.New("show a certificate of the hospital's, which is needed here")
)

// A Problem is an error as the service gives it out: problem+json of RFC 9457.
// The [Client] returns it as its error.
type Problem struct {
	Type   string `json:"type"` // "urn:wardflow:problem:" and a word
	Title  string `json:"title"`
	Status int    `json:"status"` // of the HTTP answer
	Detail string `json:"detail,omitempty"`
}

func (p *Problem) Error() string {
	if p.Detail != "" {
		return "CA service: " + p.Detail
	}
	return "CA service: " + p.Title
}

const problemPrefix = "urn:wardflow:problem:"

// kinds are the errors that callers can tell apart, with the status and word
// that stand for them.
var kinds = []struct {
	err    error
	status int
	word   string
}{
	{ErrToken, http.StatusForbidden, "token"},
	{ErrExists, http.StatusConflict, "exists"},
	{ErrSuspended, http.StatusForbidden, "suspended"},
	{ErrRevoked, http.StatusForbidden, "revoked"},
	{pki.ErrRevoked, http.StatusForbidden, "revoked"},
	{pki.ErrRevokedForGood, http.StatusConflict, "revoked-for-good"},
	{ErrMayNot, http.StatusForbidden, "denied"},
	{ErrEarly, http.StatusTooManyRequests, "early"},
	{ErrEnough, http.StatusTooManyRequests, "enough"},
	{ErrUnknown, http.StatusNotFound, "unknown"},
	{pki.ErrNotIssued, http.StatusNotFound, "not-issued"},
	{pki.ErrCSR, http.StatusBadRequest, "csr"},
	{errBody, http.StatusBadRequest, "invalid"},
	{errNobody, http.StatusUnauthorized, "no-certificate"},
}

// Unwrap lets callers ask with errors.Is for [ErrToken] and its like.
func (p *Problem) Unwrap() error {
	for _, k := range kinds {
		if problemPrefix+k.word == p.Type {
			return k.err
		}
	}
	return nil
}

// problemOf is an error as the caller may see it.
func problemOf(err error) *Problem {
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return &Problem{Type: problemPrefix + k.word, Title: k.err.Error(), Status: k.status, Detail: err.Error()}
		}
	}
	var refused *pki.Refusal
	if errors.As(err, &refused) {
		return &Problem{Type: problemPrefix + "certificate", Title: "the certificate is not good", Status: http.StatusForbidden, Detail: err.Error()}
	}
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(syscall.Errno)) {
		return &Problem{Type: problemPrefix + "internal", Title: "the CA service could not do it: see its log", Status: http.StatusInternalServerError}
	}
	return &Problem{Type: problemPrefix + "refused", Title: "it can't be done", Status: http.StatusBadRequest, Detail: err.Error()}
}

func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller may be gone
}
