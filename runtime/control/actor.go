package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Asked is what goes to an actor's report, or comes back from it.
type Asked struct {
	APIVersion string                     `json:"apiVersion,omitempty"` // of answers
	Args       map[string]json.RawMessage `json:"args,omitempty"`       // to the actor
	Value      json.RawMessage            `json:"value,omitempty"`      // from it; both as package flow writes values in JSON
}

// postReport asks an actor. It is a POST: a report may also take what it is
// handed.
func (s *Server) postReport(w http.ResponseWriter, r *http.Request) error {
	var in Asked
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	args := map[string]flow.Value{}
	for name, v := range in.Args {
		var err error
		if args[name], err = flow.UnmarshalValue(v); err != nil {
			return problem(http.StatusBadRequest, "bad-request", "bad request", "args: %s: %v", name, err)
		}
	}
	id := flow.ActorID(r.PathValue("id"))
	v, err := s.cfg.Backend.Report(r.Context(), CallerOf(r).ID, id, args)
	if err != nil {
		return fmt.Errorf("ask actor %s: %w", id, err)
	}
	b, err := flow.MarshalValue(v)
	if err != nil {
		return fmt.Errorf("ask actor %s: %w", id, err)
	}
	return reply(w, http.StatusOK, Asked{APIVersion: APIVersion, Value: b})
}

func (s *Server) getLetters(w http.ResponseWriter, r *http.Request) error {
	id := flow.ActorID(r.PathValue("id"))
	letters, err := s.cfg.Backend.Letters(r.Context(), CallerOf(r).ID, id)
	if err != nil {
		return fmt.Errorf("dead letters of %s: %w", id, err)
	}
	return reply(w, http.StatusOK, List[Letter]{APIVersion, list(letters)})
}

// deleteLetters drops those up to ?upto=NUMBER, so that none goes unseen that
// came since somebody looked.
func (s *Server) deleteLetters(w http.ResponseWriter, r *http.Request) error {
	id := flow.ActorID(r.PathValue("id"))
	upto, err := strconv.ParseUint(r.URL.Query().Get("upto"), 10, 64)
	if err != nil {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "upto=%q", r.URL.Query().Get("upto")).
			hint("say up to which letter: its number")
	}
	if err := s.cfg.Backend.DropLetters(r.Context(), CallerOf(r).ID, id, upto); err != nil {
		return fmt.Errorf("drop letters of %s: %w", id, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) postResume(w http.ResponseWriter, r *http.Request) error {
	id := flow.ActorID(r.PathValue("id"))
	if err := s.cfg.Backend.Resume(r.Context(), CallerOf(r).ID, id); err != nil {
		return fmt.Errorf("let actor %s go on: %w", id, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Report asks a running actor and gives back what it answers.
func (c *Client) Report(ctx context.Context, id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	asked := Asked{Args: map[string]json.RawMessage{}}
	for name, v := range args {
		b, err := flow.MarshalValue(v)
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", name, err)
		}
		asked.Args[name] = b
	}
	a, err := call[Asked](ctx, c, http.MethodPost, actorPath(id)+"/report", asked)
	if err != nil {
		return nil, err
	}
	return flow.UnmarshalValue(a.Value)
}

// Letters are the dead letters that an actor keeps, oldest first.
func (c *Client) Letters(ctx context.Context, id flow.ActorID) ([]Letter, error) {
	l, err := call[List[Letter]](ctx, c, http.MethodGet, actorPath(id)+"/letters", nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// DropLetters takes the dead letters of an actor up to that number out.
func (c *Client) DropLetters(ctx context.Context, id flow.ActorID, upto uint64) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, fmt.Sprintf("%s/letters?upto=%d", actorPath(id), upto), nil)
	return err
}

// Resume lets an actor go on that stopped.
func (c *Client) Resume(ctx context.Context, id flow.ActorID) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, actorPath(id)+"/resume", struct{}{})
	return err
}

func actorPath(id flow.ActorID) string { return "/actors/" + url.PathEscape(string(id)) }
