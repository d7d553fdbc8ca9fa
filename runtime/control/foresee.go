package control

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What would happen: asked before somebody moves an actor or drains a node. It
// is worked out from what the asked node knows, and changes nothing.

// A Foreseer says what moving and draining would do, by the same placement
// that decides when it is done.
type Foreseer interface {
	// Choices are all nodes, by name, with whether an actor could be moved
	// there. An actor that is not there is [ErrNotFound].
	Choices(ctx context.Context, id flow.ActorID) ([]Choice, error)

	// Draining is what becomes of the actors of all applications that draining
	// a node touches: those it has, and others that give way. A node that is
	// not there is [ErrNotFound].
	Draining(ctx context.Context, node flow.NodeID) ([]Planned, error)
}

// A Choice is a node that an actor might be moved to.
type Choice struct {
	Node flow.NodeID `json:"node"`
	Here bool        `json:"here,omitempty"` // it runs there now
	Fit  bool        `json:"fit"`
	Why  string      `json:"why,omitempty"` // what is in the way, or why it could run there
	// Along are the other actors that would change their node with it: those
	// that must be near it, and those that give way.
	Along []Going `json:"along,omitempty"`
}

// A Going is an actor that would change its node.
type Going struct {
	Actor flow.ActorID `json:"actor"`
	From  flow.NodeID  `json:"from,omitempty"`
	To    flow.NodeID  `json:"to,omitempty"` // "": it would be nowhere
}

func (s *Server) foreseeRoutes() []route {
	return []route{
		{"GET /actors/{id}/choices", "see", s.getChoices},
		{"GET /nodes/{id}/drain", "see", s.getDraining},
	}
}

func (s *Server) getChoices(w http.ResponseWriter, r *http.Request) error {
	id := flow.ActorID(r.PathValue("id"))
	choices, err := s.cfg.Backend.Choices(r.Context(), id)
	if err != nil {
		return fmt.Errorf("look where %s could run: %w", id, err)
	}
	return reply(w, http.StatusOK, List[Choice]{APIVersion, list(choices)})
}

func (s *Server) getDraining(w http.ResponseWriter, r *http.Request) error {
	id := flow.NodeID(r.PathValue("id"))
	plan, err := s.cfg.Backend.Draining(r.Context(), id)
	if err != nil {
		return fmt.Errorf("look what draining %s would do: %w", id, err)
	}
	return reply(w, http.StatusOK, List[Planned]{APIVersion, list(plan)})
}

// Choices are the nodes, with whether an actor could be moved there.
func (c *Client) Choices(ctx context.Context, id flow.ActorID) ([]Choice, error) {
	l, err := call[List[Choice]](ctx, c, http.MethodGet, actorPath(id)+"/choices", nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// Draining is what draining a node would do.
func (c *Client) Draining(ctx context.Context, node flow.NodeID) ([]Planned, error) {
	l, err := call[List[Planned]](ctx, c, http.MethodGet, nodePath(node)+"/drain", nil)
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}
