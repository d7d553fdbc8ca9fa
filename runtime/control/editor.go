package control

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What an editor of scripts asks for: the page has one, and anything else that
// speaks HTTP may be one. Nothing here changes anything.

// An Editor helps people who write scripts, by the actor types of this node.
type Editor interface {
	// Complete is what could stand at a place of a script, the likeliest first,
	// at most [MaxCompletions]. The script may be broken.
	Complete(ctx context.Context, at ScriptPlace) ([]Completion, error)

	// Hover tells about what stands at a place of a script; a Hover without
	// text where there is nothing to say.
	Hover(ctx context.Context, at ScriptPlace) (*Hover, error)

	// Format is a script in the one style. A script with mistakes is a
	// [*ScriptError].
	Format(ctx context.Context, d Deployment) (string, error)

	// Types are the actor types that scripts may use, by name.
	Types(ctx context.Context) ([]flow.Spec, error)

	// Explain is the page about a kind of mistake: "WF0102". A code that there
	// is not is [ErrNotFound].
	Explain(ctx context.Context, code string) (*Explanation, error)
}

// MaxCompletions is how many completions are offered at most.
const MaxCompletions = 500

// A Range is a piece of a script, from 1, columns in characters. The end is
// not in it: an empty range is a place.
type Range struct {
	Line    int `json:"line"`
	Col     int `json:"col"`
	EndLine int `json:"endLine"`
	EndCol  int `json:"endCol"`
}

// A TextEdit puts Text where a range of a script is.
type TextEdit struct {
	Range
	Text string `json:"text"`
}

// A Fix mends an issue. Its edits are all made, or none, and don't overlap.
type Fix struct {
	Title string     `json:"title"` // "write ward.Sensor"
	Edits []TextEdit `json:"edits"`
}

// A ScriptPlace is a place in a script that is being written.
type ScriptPlace struct {
	Deployment
	Line int `json:"line"` // from 1
	Col  int `json:"col"`  // from 1, in characters
}

// A Completion is something that could stand at a place.
type Completion struct {
	TextEdit        // what it puts where; with Snippet, ${1:so} is to be filled in
	Label    string `json:"label"`
	Kind     string `json:"kind"`             // "actor type", "in-port", "keyword" …
	Detail   string `json:"detail,omitempty"` // a word on what it is
	Doc      string `json:"doc,omitempty"`    // Markdown
	Filter   string `json:"filter,omitempty"` // what is typed is compared with it; "": with the label
	Snippet  bool   `json:"snippet,omitempty"`
}

// A Hover is what there is to know about a name.
type Hover struct {
	APIVersion string `json:"apiVersion"` // filled in by the server
	Range
	Text string `json:"text"` // Markdown; "": nothing
}

// An Explanation is the page about a kind of mistake.
type Explanation struct {
	APIVersion string `json:"apiVersion"` // filled in by the server
	Code       string `json:"code"`
	Title      string `json:"title"` // one sentence
	Why        string `json:"why"`   // a paragraph or more, Markdown
	Bad        string `json:"bad"`   // a script that has the mistake
	Good       string `json:"good"`  // one that has not
}

// A Formatted is a script in the one style.
type Formatted struct {
	APIVersion string `json:"apiVersion"`
	Script     string `json:"script"`
}

func (s *Server) editorRoutes() []route {
	return []route{
		{"POST /scripts/complete", "check", s.postComplete},
		{"POST /scripts/hover", "check", s.postHover},
		{"POST /scripts/format", "check", s.postFormat},
		{"GET /types", "see", s.getTypes},
		{"GET /explanations/{code}", "see", s.getExplanation},
	}
}

func (s *Server) readPlace(w http.ResponseWriter, r *http.Request) (at ScriptPlace, err error) {
	if err := s.read(w, r, &at); err != nil {
		return at, err
	}
	if at.Line < 1 || at.Col < 1 {
		return at, problem(http.StatusBadRequest, "bad-request", "bad request", "place %d:%d", at.Line, at.Col).
			hint("lines and columns count from 1")
	}
	at.Deployment.setFile()
	return at, nil
}

// setFile names the script after its application if it has no name of its own.
func (d *Deployment) setFile() {
	if d.File == "" {
		d.File = d.Name + ".calvin"
	}
}

func (s *Server) postComplete(w http.ResponseWriter, r *http.Request) error {
	at, err := s.readPlace(w, r)
	if err != nil {
		return err
	}
	items, err := s.cfg.Backend.Complete(r.Context(), at)
	if err != nil {
		return fmt.Errorf("complete %s: %w", at.File, err)
	}
	return reply(w, http.StatusOK, List[Completion]{APIVersion, list(items[:min(len(items), MaxCompletions)])})
}

func (s *Server) postHover(w http.ResponseWriter, r *http.Request) error {
	at, err := s.readPlace(w, r)
	if err != nil {
		return err
	}
	note, err := s.cfg.Backend.Hover(r.Context(), at)
	if err != nil {
		return fmt.Errorf("tell about %s: %w", at.File, err)
	}
	v := *note
	v.APIVersion = APIVersion
	return reply(w, http.StatusOK, v)
}

func (s *Server) postFormat(w http.ResponseWriter, r *http.Request) error {
	var d Deployment
	if err := s.read(w, r, &d); err != nil {
		return err
	}
	d.setFile()
	text, err := s.cfg.Backend.Format(r.Context(), d)
	if err != nil {
		return fmt.Errorf("format %s: %w", d.File, err)
	}
	return reply(w, http.StatusOK, Formatted{APIVersion, text})
}

func (s *Server) getTypes(w http.ResponseWriter, r *http.Request) error {
	types, err := s.cfg.Backend.Types(r.Context())
	if err != nil {
		return fmt.Errorf("list the actor types: %w", err)
	}
	return reply(w, http.StatusOK, List[flow.Spec]{APIVersion, list(types)})
}

func (s *Server) getExplanation(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	page, err := s.cfg.Backend.Explain(r.Context(), code)
	if err != nil {
		return fmt.Errorf("explain %q: %w", code, err)
	}
	v := *page
	v.APIVersion = APIVersion
	return reply(w, http.StatusOK, v)
}
