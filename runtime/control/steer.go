package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The part of the API that goes to [Cluster].

// A Moved says where an actor is to run: "" lets placement decide again.
type Moved struct {
	Node flow.NodeID `json:"node"`
}

// A Scaled says how many replicas of an actor are to run.
type Scaled struct {
	Replicas int `json:"replicas"` // 1 to [MaxReplicas]
}

// MaxReplicas is how many replicas of one actor people may ask for.
const MaxReplicas = 1000

// maxBackup is how long a backup may be that is restored, in bytes.
const maxBackup = 4 << 30

// restoring takes as long as the backup does that is sent.
const restoring = "POST /register/restore"

func (s *Server) clusterRoutes() []route {
	return slices.Concat(s.revocationRoutes(), s.policyRoutes(), s.ruleRoutes(), s.evidenceRoutes(), s.checkRoutes(), s.tapRoutes(), s.mockRoutes(), s.certificateRoutes(), s.timelineRoutes(), s.editorRoutes(), s.foreseeRoutes(), []route{
		{"POST /actors/{id}/move", "move", s.postMove},
		{"POST /actors/{id}/scale", "scale", s.postScale},
		{"PUT /nodes/{id}/drain", "drain", s.drain(true)},
		{"DELETE /nodes/{id}/drain", "drain", s.drain(false)},
		{"DELETE /nodes/{id}", "leave", s.deleteNode},
		{"GET /register", "see", s.getRegister},
		{"PUT /register/voters/{id}", "vote", s.vote(true)},
		{"DELETE /register/voters/{id}", "vote", s.vote(false)},
		{"GET /register/backup", "backup", s.getBackup},
		{restoring, "restore", s.postRestore},
		{"POST /gossip/rotate", "rotate", s.postRotate},
	})
}

// done answers that something was agreed, and where its result will be seen.
func done(w http.ResponseWriter, err error, doing string, args ...any) error {
	if err != nil {
		return fmt.Errorf(doing+": %w", append(args, err)...)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) postMove(w http.ResponseWriter, r *http.Request) error {
	var in Moved
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	id := flow.ActorID(r.PathValue("id"))
	return done(w, s.cfg.Backend.Move(r.Context(), CallerOf(r).ID, id, in.Node), "move %s", id)
}

func (s *Server) postScale(w http.ResponseWriter, r *http.Request) error {
	var in Scaled
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	if in.Replicas < 1 || in.Replicas > MaxReplicas {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "%d replicas", in.Replicas).
			hint("give a number from 1 to %d", MaxReplicas)
	}
	id := flow.ActorID(r.PathValue("id"))
	return done(w, s.cfg.Backend.Scale(r.Context(), CallerOf(r).ID, id, in.Replicas), "scale %s", id)
}

func (s *Server) drain(on bool) func(http.ResponseWriter, *http.Request) error {
	doing := map[bool]string{true: "drain %s", false: "end the draining of %s"}[on]
	return func(w http.ResponseWriter, r *http.Request) error {
		id := flow.NodeID(r.PathValue("id"))
		return done(w, s.cfg.Backend.Drain(r.Context(), CallerOf(r).ID, id, on), doing, id)
	}
}

func (s *Server) deleteNode(w http.ResponseWriter, r *http.Request) error {
	id := flow.NodeID(r.PathValue("id"))
	return done(w, s.cfg.Backend.Leave(r.Context(), CallerOf(r).ID, id), "take %s out", id)
}

func (s *Server) getRegister(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	if snap.Register == nil {
		return fmt.Errorf("the register: %w", ErrNotFound)
	}
	return reply(w, http.StatusOK, snap.Register)
}

func (s *Server) vote(on bool) func(http.ResponseWriter, *http.Request) error {
	doing := map[bool]string{true: "make %s a voter", false: "take the vote of %s"}[on]
	return func(w http.ResponseWriter, r *http.Request) error {
		id := flow.NodeID(r.PathValue("id"))
		return done(w, s.cfg.Backend.Vote(r.Context(), CallerOf(r).ID, id, on), doing, id)
	}
}

// getBackup sends the backup as it is made. What fails before the first byte
// is a problem; later the connection is cut, so that nobody takes half a
// backup for a whole one.
func (s *Server) getBackup(w http.ResponseWriter, r *http.Request) error {
	out := &download{w: w, rc: http.NewResponseController(w), patience: s.cfg.Patience}
	defer func() { _ = out.rc.SetWriteDeadline(time.Time{}) }() // the connection may be used again
	err := s.cfg.Backend.Backup(r.Context(), CallerOf(r).ID, out)
	switch {
	case err == nil:
		out.begin() // an empty one too
		return nil
	case !out.begun:
		return fmt.Errorf("back up the register: %w", err)
	}
	s.cfg.Log.Error("backup broke off", "peer", CallerOf(r).ID.URI, "err", err)
	panic(http.ErrAbortHandler)
}

// A download is an answer of bytes, whose header goes out with the first.
type download struct {
	w        http.ResponseWriter
	rc       *http.ResponseController
	patience time.Duration
	begun    bool
}

func (d *download) begin() {
	if !d.begun {
		d.begun = true
		d.w.Header().Set("Content-Type", "application/octet-stream")
		d.w.WriteHeader(http.StatusOK)
	}
}

func (d *download) Write(b []byte) (int, error) {
	d.begin()
	if err := d.rc.SetWriteDeadline(time.Now().Add(d.patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return d.w.Write(b)
}

// postRestore takes a backup as the body; with ?force it takes the place of
// what the register holds.
func (s *Server) postRestore(w http.ResponseWriter, r *http.Request) error {
	if kind := r.Header.Get("Content-Type"); kind != "application/octet-stream" {
		return problem(http.StatusUnsupportedMediaType, "bad-request", "bad request", "content type %q", kind).hint("send application/octet-stream")
	}
	in := &upload{r: http.MaxBytesReader(w, r.Body, maxBackup), rc: http.NewResponseController(w), patience: s.cfg.Patience}
	defer in.rest()
	return done(w, s.cfg.Backend.Restore(r.Context(), CallerOf(r).ID, in, r.URL.Query().Has("force")), "restore the register")
}

// An upload is a long body of which every piece must come within patience.
type upload struct {
	r        io.Reader
	rc       *http.ResponseController
	patience time.Duration
}

func (u *upload) Read(b []byte) (int, error) {
	_ = u.rc.SetReadDeadline(time.Now().Add(u.patience)) // not for every writer, in tests
	return u.r.Read(b)
}

func (u *upload) rest() { _ = u.rc.SetReadDeadline(time.Time{}) }

func (s *Server) postRotate(w http.ResponseWriter, r *http.Request) error {
	return done(w, s.cfg.Backend.Rotate(r.Context(), CallerOf(r).ID), "rotate the gossip key")
}

// Move sends an actor to a node; "" lets placement decide again.
func (c *Client) Move(ctx context.Context, id flow.ActorID, node flow.NodeID) error {
	return c.do(ctx, http.MethodPost, actorPath(id)+"/move", Moved{node})
}

// Scale says how many replicas of an actor run.
func (c *Client) Scale(ctx context.Context, id flow.ActorID, replicas int) error {
	return c.do(ctx, http.MethodPost, actorPath(id)+"/scale", Scaled{replicas})
}

// Drain sends the actors of a node elsewhere, or with on false lets new ones
// come.
func (c *Client) Drain(ctx context.Context, node flow.NodeID, on bool) error {
	return c.do(ctx, putOrDelete(on), nodePath(node)+"/drain", nil)
}

// Leave takes a node out for good.
func (c *Client) Leave(ctx context.Context, node flow.NodeID) error {
	return c.do(ctx, http.MethodDelete, nodePath(node), nil)
}

// Register is the cluster's agreed memory, as the node sees it.
func (c *Client) Register(ctx context.Context) (*RegisterState, error) {
	return call[RegisterState](ctx, c, http.MethodGet, "/register", nil)
}

// Vote gives a node a vote in the register, or takes it back.
func (c *Client) Vote(ctx context.Context, node flow.NodeID, on bool) error {
	return c.do(ctx, putOrDelete(on), "/register/voters/"+url.PathEscape(string(node)), nil)
}

// Backup writes the whole register. After an error what was written is no
// backup.
func (c *Client) Backup(ctx context.Context, to io.Writer) error {
	resp, err := c.send(ctx, http.MethodGet, "/register/backup", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(to, resp.Body); err != nil {
		return fmt.Errorf("read the backup of %s: %w", c.base, c.reached(ctx, err))
	}
	return nil
}

// Restore gives the register what Backup wrote.
func (c *Client) Restore(ctx context.Context, from io.Reader, force bool) error {
	path := "/register/restore"
	if force {
		path += "?force"
	}
	resp, err := c.sendBody(ctx, http.MethodPost, path, "application/octet-stream", from)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Rotate gives gossip a new key.
func (c *Client) Rotate(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "/gossip/rotate", struct{}{})
}

// do sends a request whose answer has no body.
func (c *Client) do(ctx context.Context, method, path string, body any) error {
	_, err := call[struct{}](ctx, c, method, path, body)
	return err
}

func putOrDelete(on bool) string {
	if on {
		return http.MethodPut
	}
	return http.MethodDelete
}

func nodePath(id flow.NodeID) string { return "/nodes/" + url.PathEscape(string(id)) }
