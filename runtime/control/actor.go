package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

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
	a, err := call[Asked](ctx, c, http.MethodPost, "/actors/"+url.PathEscape(string(id))+"/report", asked)
	if err != nil {
		return nil, err
	}
	return flow.UnmarshalValue(a.Value)
}
