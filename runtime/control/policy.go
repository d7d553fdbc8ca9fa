package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The policy: who may link to whom, and what people may do.

// A Ruler has the policy. A [Backend] that is none answers [ErrNotFound].
type Ruler interface {
	// Policy is what is in force on this node.
	Policy(ctx context.Context) (*Policy, error)
	// CheckPolicy says what would change if text were the hospital's own policy.
	// A text with a mistake is an [ErrInvalid] that has its place.
	CheckPolicy(ctx context.Context, text string) (*PolicyCheck, error)
	// PutPolicy puts what [SignPolicy] made: a text that an admin has signed.
	PutPolicy(ctx context.Context, by flow.Identity, statement []byte) (*PolicyCheck, error)
	// WhyLink tells step by step why a link is there or is not. Its ends are
	// actors, or ports as [flow.Endpoint.String] writes them.
	WhyLink(ctx context.Context, from, to string) (*LinkWhy, error)
}

// A Policy is who may do what.
type Policy struct {
	APIVersion string       `json:"apiVersion"`
	Rules      []PolicyRule `json:"rules"`   // the built-in first, then the hospital's own
	BuiltIn    string       `json:"builtIn"` // text
	Schema     string       `json:"schema"`  // what rules may speak of
	Own        string       `json:"own"`     // the hospital's text; "": there is none
	By         string       `json:"by,omitempty"`
	At         time.Time    `json:"at,omitzero"` // when it was signed
	Admins     []string     `json:"admins"`      // of this node's file: they may do everything
}

// A PolicyRule is one of its rules.
type PolicyRule struct {
	ID      string `json:"id"`
	Permits bool   `json:"permits"` // false: it forbids
	Says    string `json:"says,omitempty"`
	Mend    string `json:"mend,omitempty"` // what to do about a refusal
	Own     bool   `json:"own,omitempty"`
	Line    int    `json:"line"` // of its text
}

// A PolicyCheck is what another policy would change of what runs.
type PolicyCheck struct {
	APIVersion string       `json:"apiVersion"`
	Rules      []PolicyRule `json:"rules"`
	Cut        []PolicyCut  `json:"cut"`  // links that may be now, and might not then
	Open       []PolicyCut  `json:"open"` // links that may not be now, and might then
	Apps       []PolicyCut  `json:"apps"` // applications whose signer may not deploy them then: a node that starts anew refuses them
}

// A PolicyCut is a link or an application, and why.
type PolicyCut struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// A LinkWhy is why a link is there or is not.
type LinkWhy struct {
	APIVersion string       `json:"apiVersion"`
	Link       flow.LinkID  `json:"link,omitempty"` // "": the script has none between them
	From       flow.ActorID `json:"from"`
	To         flow.ActorID `json:"to"`
	May        bool         `json:"may"` // all of what follows holds
	Steps      []WhyStep    `json:"steps"`
}

// A WhyStep is one of the things that must hold, in the order in which they are
// looked at.
type WhyStep struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Why  string `json:"why,omitempty"`
}

type policyText struct {
	Text string `json:"text"`
}

type policyStatement struct {
	Statement []byte `json:"statement"`
}

func (s *Server) policyRoutes() []route {
	return []route{
		{"GET /policy", "see", s.getPolicy},
		{"POST /policy/check", "check", s.postPolicyCheck},
		{"PUT /policy", "policy", s.putPolicy},
		{"GET /links/why", "see", s.getLinkWhy},
	}
}

func (s *Server) ruler() (Ruler, error) {
	if r, ok := s.cfg.Backend.(Ruler); ok {
		return r, nil
	}
	return nil, fmt.Errorf("a policy here: %w", ErrNotFound)
}

func (s *Server) getPolicy(w http.ResponseWriter, r *http.Request) error {
	rl, err := s.ruler()
	if err != nil {
		return err
	}
	p, err := rl.Policy(r.Context())
	if err != nil {
		return fmt.Errorf("show the policy: %w", err)
	}
	v := *p
	v.APIVersion, v.Rules, v.Admins = APIVersion, list(v.Rules), list(v.Admins)
	return reply(w, http.StatusOK, v)
}

func (s *Server) postPolicyCheck(w http.ResponseWriter, r *http.Request) error {
	rl, err := s.ruler()
	if err != nil {
		return err
	}
	var in policyText
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	c, err := rl.CheckPolicy(r.Context(), in.Text)
	if err != nil {
		return fmt.Errorf("check the policy: %w", err)
	}
	return reply(w, http.StatusOK, c.whole())
}

func (s *Server) putPolicy(w http.ResponseWriter, r *http.Request) error {
	rl, err := s.ruler()
	if err != nil {
		return err
	}
	var in policyStatement
	if err := s.read(w, r, &in); err != nil {
		return err
	}
	c, err := rl.PutPolicy(r.Context(), CallerOf(r).ID, in.Statement)
	if err != nil {
		return fmt.Errorf("change the policy: %w", err)
	}
	return reply(w, http.StatusOK, c.whole())
}

func (c *PolicyCheck) whole() PolicyCheck {
	v := *c
	v.APIVersion, v.Rules, v.Cut, v.Open, v.Apps = APIVersion, list(v.Rules), list(v.Cut), list(v.Open), list(v.Apps)
	return v
}

func (s *Server) getLinkWhy(w http.ResponseWriter, r *http.Request) error {
	rl, err := s.ruler()
	if err != nil {
		return err
	}
	q := r.URL.Query()
	why, err := rl.WhyLink(r.Context(), q.Get("from"), q.Get("to"))
	if err != nil {
		return fmt.Errorf("explain a link: %w", err)
	}
	v := *why
	v.APIVersion, v.Steps = APIVersion, list(v.Steps)
	if !s.seesAll(CallerOf(r)) {
		snap, err := s.whole(r.Context())
		if err != nil {
			return err
		}
		v.Steps = outlinedSteps(v.Steps, snap.Actors)
	}
	return reply(w, http.StatusOK, v)
}

// Policy is what is in force on the node.
func (c *Client) Policy(ctx context.Context) (*Policy, error) {
	return call[Policy](ctx, c, http.MethodGet, "/policy", nil)
}

// CheckPolicy says what would change if text were the hospital's own policy.
func (c *Client) CheckPolicy(ctx context.Context, text string) (*PolicyCheck, error) {
	return call[PolicyCheck](ctx, c, http.MethodPost, "/policy/check", policyText{text})
}

// PutPolicy signs a text with the certificate that the client shows, and makes
// it the hospital's own policy; "" goes back to the built-in rules.
func (c *Client) PutPolicy(ctx context.Context, text string) (*PolicyCheck, error) {
	by, err := signer(c.conf)
	if err != nil {
		return nil, fmt.Errorf("sign the policy: %w", err)
	}
	statement, err := SignPolicy(by, text, time.Now())
	if err != nil {
		return nil, err
	}
	return call[PolicyCheck](ctx, c, http.MethodPut, "/policy", policyStatement{statement})
}

// WhyLink tells why a link is there or is not, step by step.
func (c *Client) WhyLink(ctx context.Context, from, to string) (*LinkWhy, error) {
	return call[LinkWhy](ctx, c, http.MethodGet, "/links/why?"+url.Values{"from": {from}, "to": {to}}.Encode(), nil)
}
