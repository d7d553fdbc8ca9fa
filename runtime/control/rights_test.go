package control_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// rights is what every route of the API asks leave for, and about what. A route
// that is not here, or asks for something else, fails the test: any new right
// shows in review.
var rights = map[string]control.Ask{
	"GET /status":                  {Do: "see"},
	"GET /apps":                    {Do: "see"},
	"GET /apps/{name}":             {Do: "see", App: "ward"},
	"GET /nodes":                   {Do: "see"},
	"GET /actors":                  {Do: "see"},
	"GET /links":                   {Do: "see"},
	"GET /refusals":                {Do: "see"},
	"GET /register":                {Do: "see"},
	"GET /session":                 {Do: "see"},
	"GET /openapi.json":            {Do: "see"},
	"GET /revocations":             {Do: "see"},
	"GET /policy":                  {Do: "see"},
	"GET /certificates":            {Do: "see"}, // no keys, and no names on cards
	"GET /timeline":                {Do: "see"},
	"GET /links/why":               {Do: "see"},
	"GET /links/{id}/tap":          {Do: "tap", Actor: "ward:bed1:collector"},
	"GET /events":                  {Do: "see"},
	"GET /mocks":                   {Do: "see"}, // what they say takes the right to drive them
	"POST /mocks/{id}/{mock}":      {Do: "mock", Node: "bedside"},
	"DELETE /session":              {Do: "see"},
	"POST /revocations":            {Do: "check"}, // any staff: the list proves itself
	"POST /rules/relay":            {Do: "check"}, // any staff: the contract judges who signed
	"POST /check":                  {Do: "check"},
	"POST /policy/check":           {Do: "check"},
	"POST /scripts/complete":       {Do: "check"},
	"POST /scripts/hover":          {Do: "check"},
	"POST /scripts/format":         {Do: "check"},
	"GET /types":                   {Do: "see"},
	"GET /explanations/{code}":     {Do: "see"},
	"GET /actors/{id}/choices":     {Do: "see", Actor: "ward:bed1:check"},
	"GET /nodes/{id}/drain":        {Do: "see", Node: "bedside"},
	"POST /apps":                   {Do: "deploy", App: "night"},
	"POST /logins":                 {Do: "login"},
	"GET /audit":                   {Do: "audit"},
	"GET /evidence":                {Do: "prove"}, // bundles hold readings
	"GET /checks":                  {Do: "prove"},
	"DELETE /apps/{name}":          {Do: "stop", App: "ward"},
	"PUT /policy":                  {Do: "policy"},
	"POST /actors/{id}/report":     {Do: "report", Actor: "ward:bed1:check"},
	"GET /actors/{id}/letters":     {Do: "letters", Actor: "ward:bed1:check"},
	"DELETE /actors/{id}/letters":  {Do: "letters", Actor: "ward:bed1:check"},
	"POST /actors/{id}/resume":     {Do: "resume", Actor: "ward:bed1:check"},
	"POST /actors/{id}/move":       {Do: "move", Actor: "ward:bed1:check"},
	"POST /actors/{id}/scale":      {Do: "scale", Actor: "ward:bed1:check"},
	"PUT /nodes/{id}/drain":        {Do: "drain", Node: "bedside"},
	"DELETE /nodes/{id}/drain":     {Do: "drain", Node: "bedside"},
	"DELETE /nodes/{id}":           {Do: "leave", Node: "bedside"},
	"PUT /register/voters/{id}":    {Do: "vote", Node: "bedside"},
	"DELETE /register/voters/{id}": {Do: "vote", Node: "bedside"},
	"GET /register/backup":         {Do: "backup"},
	"POST /register/restore":       {Do: "restore"},
	"POST /gossip/rotate":          {Do: "rotate"},
}

// asks notes what the server asks leave for, and refuses it.
type asks struct {
	mu  sync.Mutex
	all []control.Ask
}

func (a *asks) may(_ control.Caller, ask control.Ask) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, ask)
	return fmt.Errorf("%w: as this test has it", control.ErrDenied)
}

func (a *asks) taken() []control.Ask {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.all
	a.all = nil
	return all
}

// Every route asks the one point of decision, once, for what it is about; and
// what that refuses does not happen, leaves an audit event and says why.
func TestEveryRouteAsks(t *testing.T) {
	a := &asks{}
	var mu sync.Mutex
	var events []flow.AuditEvent
	b := newBench(t, func(c *control.Config) {
		c.May = a.may
		c.Audit = func(e flow.AuditEvent) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		}
	})
	admin := b.browser(b.h.Staff("admin"))
	routes := append(b.s.Routes(), "GET /events")
	for _, route := range routes {
		if route == "POST /session" { // by which one comes to a session: the secret of the link decides
			continue
		}
		want, ok := rights[route]
		if !ok {
			t.Errorf("%s: nobody has said what it asks leave for", route)
			continue
		}
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{name}", "ward", "/links/{id}", "/links/ward:bed1:collector.out%20%3E%20ward:bed1:check.in", "/actors/{id}", "/actors/ward:bed1:check", "{id}", "bedside").Replace(path)
		status, _, body := b.do(admin, method, "/api/v1"+path, bodyFor(method))
		if got := a.taken(); !slices.Equal(got, []control.Ask{want}) {
			t.Errorf("%s asked for %+v, want %+v once", route, got, want)
		}
		if status != http.StatusForbidden || !strings.Contains(body, "as this test has it") {
			t.Errorf("%s: %d %s, want 403 with the reason", route, status, body)
		}
		mu.Lock()
		if len(events) != 1 || events[0].Who != adminURI || !events[0].Proven || events[0].Kind != flow.AuditRequest || !events[0].Refused() {
			t.Errorf("%s: audit events %+v, want one that names the caller", route, events)
		}
		events = nil
		mu.Unlock()
	}
	for route := range rights {
		if !slices.Contains(routes, route) {
			t.Errorf("%s: there is no such route", route)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q, though all was refused", did)
	}
	if status, _, _ := b.do(admin, "POST", "/api/v1/apps?dry-run", bodyFor("POST")); status != http.StatusForbidden {
		t.Errorf("plan: %d, want 403", status)
	}
	if got := a.taken(); !slices.Equal(got, []control.Ask{{Do: "check", App: "night"}}) {
		t.Errorf("a plan asked for %+v", got)
	}
}

const adminURI = "spiffe://people.h1.health.example/staff/admin"

func bodyFor(method string) string {
	if method == "POST" || method == "PUT" {
		return `{"name":"night","script":"x"}`
	}
	return ""
}

// All paths that the server has are routes of the table: none stands beside it.
func TestNoRouteBesideTheTable(t *testing.T) {
	b := newBench(t)
	pattern := regexp.MustCompile(`^(GET|POST|PUT|DELETE) /[a-z/{}.]+$`)
	for _, r := range b.s.Routes() {
		if !pattern.MatchString(r) {
			t.Errorf("route %q is none", r)
		}
	}
	if _, err := control.Serve(control.Config{Backend: controltest.New(nil), Own: func() flow.Signer { return flow.Signer{} },
		Verify: func([]*x509.Certificate) (flow.Identity, error) { return flow.Identity{}, nil }}); err == nil || !strings.Contains(err.Error(), "May is not set") {
		t.Errorf("a server without a point of decision: %v", err)
	}
}

// A deployment is signed by the client, and says what is signed.
func TestSignedDeployment(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	if _, err := c.Deploy(t.Context(), control.Deployment{Name: "night", Script: "x", Includes: map[string]string{"y": "z"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.client(flow.Signer{}, b.h.Verifier()).Deploy(t.Context(), control.Deployment{Name: "night", Script: "x"}); !errors.Is(err, control.ErrUnsigned) {
		t.Errorf("without a certificate: %v, want ErrUnsigned", err)
	}
}
