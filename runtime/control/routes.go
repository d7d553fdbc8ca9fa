package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A route is one thing that can be asked. What changes nothing is a GET. For
// each the node is asked whether the caller may, but for the one by which a
// caller comes to a session.
type route struct {
	pattern string
	do      string // what it asks leave for
	handle  func(http.ResponseWriter, *http.Request) error
}

// routes are all of them, under /api/v1. The stream of events writes its own
// errors and stands by itself in [Serve].
func (s *Server) routes() []route {
	return append(s.clusterRoutes(), []route{
		{"GET /status", "see", s.getStatus},
		{"GET /apps", "see", listing(s, listedApps)},
		{"GET /apps/{name}", "see", s.getApp},
		{"GET /nodes", "see", listing(s, listedNodes)},
		{"GET /actors", "see", listing(s, listedActors)},
		{"POST /actors/{id}/report", "report", s.postReport},
		{"GET /actors/{id}/letters", "letters", s.getLetters},
		{"DELETE /actors/{id}/letters", "letters", s.deleteLetters},
		{"POST /actors/{id}/resume", "resume", s.postResume},
		{"GET /links", "see", listing(s, listedLinks)},
		{"GET /audit", "audit", s.getAudit},
		{"GET /refusals", "see", listing(s, listedRefusals)},
		{"POST /apps", inside, s.onRecord(s.postApp)},
		{"DELETE /apps/{name}", "stop", s.deleteApp},
		{"POST /check", "check", s.postCheck},
		{"POST /logins", "login", s.postLogin},
		{"GET /openapi.json", "see", s.getOpenAPI},
		{"GET /session", "see", s.getSession},
		{"POST /session", anybody, s.postSession},
		{"DELETE /session", "see", s.deleteSession},
	}...)
}

// methods are those by which a route can be.
var methods = []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete}

// nothing is what to say to a request that no route answers: by what other
// methods the same address is answered, if it is (RFC 9110, section 15.5.6).
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) *Problem {
	var allow []string
	for _, method := range methods {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.api.Handler(other); strings.HasPrefix(pattern, method+" ") && !strings.HasSuffix(pattern, " /api/") {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		return problem(http.StatusNotFound, "not-found", "not found", "nothing answers %s %s", r.Method, r.URL.Path).
			hint("GET /api/v1/openapi.json says what there is")
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	return problem(http.StatusMethodNotAllowed, "bad-request", "bad request", "%s is not for %s", r.Method, r.URL.Path).
		hint("use %s", strings.Join(allow, " or "))
}

// snapshot is the whole one without the scripts, which only who asks for one
// application gets.
func (s *Server) snapshot(ctx context.Context) (*Snapshot, error) {
	v, err := s.whole(ctx)
	if err != nil {
		return nil, err
	}
	v.Apps = slices.Clone(v.Apps)
	for i := range v.Apps {
		v.Apps[i].Script, v.Apps[i].Includes = "", nil
	}
	return v, nil
}

// whole asks the backend and fills in what is the server's to fill in.
func (s *Server) whole(ctx context.Context) (*Snapshot, error) {
	snap, err := s.cfg.Backend.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("take a snapshot: %w", err)
	}
	v := *snap
	v.APIVersion = APIVersion
	v.Nodes, v.Apps, v.Actors, v.Links = list(v.Nodes), list(v.Apps), list(v.Actors), list(v.Links)
	v.Links = withSpools(v.Links, v.Actors)
	v.Refusals = list(v.Refusals[:min(len(v.Refusals), MaxRefusals)])
	v.Alarms = list(v.Alarms[:min(len(v.Alarms), MaxAlarms)])
	v.Events = list(v.Events[:min(len(v.Events), MaxEvents)])
	return &v, nil
}

// withSpools shows on a link what waits in the spool that it leads into.
func withSpools(links []LinkState, actors []ActorState) []LinkState {
	spools := map[flow.ActorID]*SpoolState{}
	for _, a := range actors {
		if a.Spool != nil {
			spools[a.ID] = a.Spool
		}
	}
	if len(spools) == 0 {
		return links
	}
	links = slices.Clone(links) // the backend's are not ours to change
	for i := range links {
		links[i].Spool = spools[links[i].To.Actor]
	}
	return links
}

// list makes null an empty list, so that nobody who reads JSON has to.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func (s *Server) getStatus(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.shown(r)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, snap)
}

func (s *Server) getApp(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.whole(r.Context())
	if err != nil {
		return err
	}
	if !s.seesAll(CallerOf(r)) {
		snap = outlined(snap)
	}
	name := r.PathValue("name")
	i := slices.IndexFunc(snap.Apps, func(a App) bool { return a.Name == name })
	if i < 0 {
		return fmt.Errorf("application %q: %w", name, ErrNotFound)
	}
	d := AppDetail{App: snap.Apps[i], Parts: []ActorState{}, Links: []LinkState{}}
	d.APIVersion = APIVersion
	if !s.knowsPatients(CallerOf(r), name) {
		d.App = unnamedApp(d.App)
	}
	for _, a := range snap.Actors {
		if a.App == name {
			d.Parts = append(d.Parts, a)
		}
	}
	for _, l := range snap.Links {
		if l.App == name {
			d.Links = append(d.Links, l)
		}
	}
	return reply(w, http.StatusOK, d)
}

// appName is what an application may be called: the name is the first part of
// its actors' names, so it has no colon and no dot.
var appName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)

// postApp deploys, or with ?dry-run plans.
func (s *Server) postApp(w http.ResponseWriter, r *http.Request) error {
	var d Deployment
	if err := s.read(w, r, &d); err != nil {
		return err
	}
	if !appName.MatchString(d.Name) {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "application name %q", d.Name).
			hint("a letter, then letters, digits, '_' or '-', at most 63 in all")
	}
	if d.File == "" {
		d.File = d.Name + ".calvin"
	}
	planned := r.URL.Query().Has("dry-run")
	do := "deploy"
	if planned {
		do = "check"
	}
	if err := s.ask(r, Ask{Do: do, App: d.Name}); err != nil {
		return err
	}
	if planned {
		done, err := s.turn(r)
		if err != nil {
			return err
		}
		defer done()
		plan, err := s.cfg.Backend.Plan(r.Context(), d)
		if err != nil {
			return fmt.Errorf("plan %s: %w", d.Name, err)
		}
		v := *plan
		v.APIVersion, v.Actors, v.Links = APIVersion, list(v.Actors), list(v.Links)
		if !s.knowsPatients(CallerOf(r), d.Name) {
			v.Actors = unnamedChanges(v.Actors, v.Patients)
		}
		return reply(w, http.StatusOK, v)
	}
	app, err := s.cfg.Backend.Deploy(r.Context(), CallerOf(r).ID, d)
	if err != nil {
		return fmt.Errorf("deploy %s: %w", d.Name, err)
	}
	v := *app
	v.APIVersion = APIVersion
	w.Header().Set("Location", "/api/v1/apps/"+d.Name)
	return reply(w, http.StatusCreated, v)
}

func (s *Server) deleteApp(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if err := s.cfg.Backend.Stop(r.Context(), CallerOf(r).ID, name); err != nil {
		return fmt.Errorf("stop %s: %w", name, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// postCheck answers 200 with the issues of a script, whether it compiles or not.
func (s *Server) postCheck(w http.ResponseWriter, r *http.Request) error {
	var d Deployment
	if err := s.read(w, r, &d); err != nil {
		return err
	}
	file := d.File
	if file == "" {
		file = d.Name + ".calvin"
	}
	d.File = file
	issues, err := s.cfg.Backend.Check(r.Context(), d)
	if err != nil {
		return fmt.Errorf("check %s: %w", file, err)
	}
	return reply(w, http.StatusOK, List[Issue]{APIVersion, list(issues)})
}

// A Login is a one-time link to the page.
type Login struct {
	APIVersion string    `json:"apiVersion"`
	Link       string    `json:"link"`  // with the secret after "#", which browsers send to nobody
	Until      time.Time `json:"until"` // when it can no longer be used
}

func (s *Server) postLogin(w http.ResponseWriter, r *http.Request) error {
	login := s.login("https://"+r.Host, r.TLS.PeerCertificates)
	s.cfg.Log.Info("one-time link issued", "peer", CallerOf(r).ID.URI, "until", login.Until)
	return reply(w, http.StatusCreated, login)
}

// postSession exchanges the secret of a one-time link for a session.
func (s *Server) postSession(w http.ResponseWriter, r *http.Request) error {
	var in entry
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	session, until, ok := s.passes.exchange(in.Token, time.Now())
	if !ok {
		p := problem(http.StatusUnauthorized, "login", "log in first", "this link was used already, is too old, or who gave it may not let people in any more").hint(loginHint)
		s.refused(r, CallerOf(r), p)
		return p
	}
	http.SetCookie(w, cookie(session, until))
	s.cfg.Log.Info("viewer logged in", "peer", r.RemoteAddr, "until", until)
	return reply(w, http.StatusCreated, Caller{Role: RoleViewer, Until: until})
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.passes.end(c.Value)
	}
	http.SetCookie(w, cookie("", time.Unix(0, 0)))
	forgetAll(w)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func cookie(value string, until time.Time) *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Value: value, Path: "/", Expires: until, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// read takes one JSON value from the body, which is small, arrives soon, and
// has no field that we don't know.
func (s *Server) read(w http.ResponseWriter, r *http.Request, v any) error {
	return readJSON(w, r, s.cfg.MaxBody, s.cfg.Patience, v)
}

func reply(w http.ResponseWriter, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // the caller may be gone
	return nil
}
