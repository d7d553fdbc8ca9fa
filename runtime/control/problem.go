package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// A Problem is an error as the API gives it out: problem+json of RFC 9457. The
// [Client] returns it as its error.
type Problem struct {
	Type   string  `json:"type"`   // "urn:wardflow:problem:" and a word of [problemWords]
	Title  string  `json:"title"`  // the same for every problem of the type
	Status int     `json:"status"` // of the HTTP answer
	Detail string  `json:"detail,omitempty"`
	Hint   string  `json:"hint,omitempty"` // what to do about it
	Issues []Issue `json:"issues,omitempty"`
	// Elsewhere are the nodes that could do it, https://host:port.
	Elsewhere []string `json:"elsewhere,omitempty"`
}

func (p *Problem) Error() string {
	s := p.Title
	if p.Detail != "" {
		s = p.Detail
	}
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Unwrap lets callers ask with errors.Is for [ErrNotFound] and its like, and
// with errors.As for a [*ScriptError].
func (p *Problem) Unwrap() error {
	if len(p.Issues) > 0 {
		return &ScriptError{p.Issues}
	}
	return sentinels[p.Word()]
}

// Word is the last part of the type: "not-found".
func (p *Problem) Word() string { return strings.TrimPrefix(p.Type, problemPrefix) }

const problemPrefix = "urn:wardflow:problem:"

// sentinels are the errors that a problem's word stands for.
var sentinels = map[string]error{
	"not-found":   ErrNotFound,
	"conflict":    ErrConflict,
	"invalid":     ErrInvalid,
	"unplaceable": ErrUnplaceable,
	"unavailable": ErrUnavailable,
	"no-majority": ErrNoMajority,
	"denied":      ErrDenied,
	"policy":      ErrPolicy,
	"unsigned":    ErrUnsigned,
	"login":       ErrDenied,
	"unreachable": ErrUnreachable,
	"untrusted":   ErrUntrusted,
}

// ErrPolicy reports what the policy does not let be, whoever asks for it: a
// link past the rules.
var ErrPolicy = errors.New("the policy does not allow it")

// ErrDenied reports a caller who may not do what it asked.
var ErrDenied = errors.New("denied")

func problem(status int, word, title, detail string, args ...any) *Problem {
	return &Problem{Type: problemPrefix + word, Title: title, Status: status, Detail: fmt.Sprintf(detail, args...)}
}

func (p *Problem) hint(format string, args ...any) *Problem {
	p.Hint = fmt.Sprintf(format, args...)
	return p
}

// problemOf turns a backend's error into what the caller may see. The second
// result is false for the node's own faults, whose text stays inside.
func problemOf(err error) (*Problem, bool) {
	var script *ScriptError
	var p *Problem
	var elsewhere *ElsewhereError
	switch {
	case errors.As(err, &p):
		return p, true
	case errors.As(err, &elsewhere):
		return elsewhere.problem(), true
	case errors.As(err, &script):
		p := problem(http.StatusUnprocessableEntity, "script", "the script does not compile", "mistakes in the script: %d", len(script.Mistakes()))
		p.Issues = script.Issues
		return p, true
	case errors.Is(err, ErrNotFound):
		return problem(http.StatusNotFound, "not-found", "not found", "%v", err), true
	case errors.Is(err, ErrConflict):
		return problem(http.StatusConflict, "conflict", "conflict", "%s", without(err, ErrConflict)), true
	case errors.Is(err, ErrInvalid):
		return problem(http.StatusBadRequest, "invalid", "not what is wanted", "%s", without(err, ErrInvalid)), true
	case errors.Is(err, ErrDenied):
		return problem(http.StatusForbidden, "denied", "denied", "%v", err).
			hint("an admin can permit it: `wardflow policy show` prints the rules"), true
	case errors.Is(err, ErrPolicy):
		return problem(http.StatusUnprocessableEntity, "policy", "the policy does not allow it", "%v", err).
			hint("`wardflow policy show` prints the rules"), true
	case errors.Is(err, ErrUnsigned):
		return problem(http.StatusUnprocessableEntity, "unsigned", "not signed", "%v", err).
			hint("use `wardflow app deploy` and a staff certificate that holds: it signs what it sends"), true
	case errors.Is(err, ErrUnplaceable):
		return problem(http.StatusUnprocessableEntity, "unplaceable", "no node is fit", "%v", err).
			hint("`wardflow app plan` shows what each actor asks for, `wardflow node list` what the nodes offer"), true
	case errors.Is(err, ErrUnreachable):
		return problem(http.StatusBadGateway, "unreachable", "the node does not answer", "%v", err).
			hint("is it running? Another node's address does as well"), true
	case errors.Is(err, ErrUntrusted):
		return problem(http.StatusBadGateway, "untrusted", "the node is not trusted", "%v", err), true
	case errors.Is(err, ErrUnavailable):
		return problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "%v", err).
			hint("try again in a few seconds"), true
	}
	return problem(http.StatusInternalServerError, "internal", "the node could not do it", "see the node's log"), false
}

// without is what an error says besides being of a kind, of which the problem's type
// speaks: each node that it came by may have said so once more.
func without(err, kind error) string {
	said := strings.ReplaceAll(err.Error(), kind.Error()+": ", "")
	if said = strings.ReplaceAll(said, ": "+kind.Error(), ""); said == "" {
		return kind.Error()
	}
	return said
}

// write sends the problem as the answer.
func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusServiceUnavailable || p.Word() == "under-way" {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller may be gone
}
