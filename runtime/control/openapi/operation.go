package openapi

import (
	"fmt"
	"net/http"
	"strings"
)

// An operation is what a route does, in words and types.
type operation struct {
	route string // "GET /apps/{name}"
	id    string // of the operation; it never changes
	tag   string // the group it is shown in
	says  string // one line
	more  string // what that leaves open
	query []parameter
	takes any    // the body; nil: none
	kind  string // of the body; "": application/json

	status int    // of a good answer; 0: 200
	gives  any    // its body; nil: none
	as     string // its content type; "": application/json
	fails  []int  // answers beside 401, 403 and those that a parameter or a body makes
}

// A parameter is one of the query.
type parameter struct {
	name string
	says string
	typ  string // of JSON: "string", "integer", "boolean"; "flag": it is there or not
	need bool
}

// Conventions that more than one operation follows.
var (
	paged = []parameter{
		{"limit", "how many at most, 1 to 1000; without it all come at once", "integer", false},
		{"after", `where a page begins: what the one before gave as "next"`, "string", false},
	}
	dryRun = parameter{"dry-run", "say what would happen, and do nothing", "flag", false}
)

func filters(names ...string) []parameter {
	var out []parameter
	for _, n := range names {
		name, says, _ := strings.Cut(n, ": ")
		out = append(out, parameter{name, says, "string", false})
	}
	return append(out, paged...)
}

func (o *operation) method() string { m, _, _ := strings.Cut(o.route, " "); return m }
func (o *operation) path() string   { _, p, _ := strings.Cut(o.route, " "); return p }

// good is the status of a good answer.
func (o *operation) good() int {
	switch {
	case o.status != 0:
		return o.status
	case o.gives == nil && o.as == "":
		return http.StatusNoContent
	}
	return http.StatusOK
}

// failures are the statuses of problems that may come, sorted.
func (o *operation) failures() []int {
	has := map[int]bool{}
	for _, s := range o.fails {
		has[s] = true
	}
	if o.id != "openSession" {
		has[http.StatusUnauthorized], has[http.StatusForbidden] = true, true
	} else {
		has[http.StatusUnauthorized] = true
	}
	if strings.Contains(o.path(), "{") {
		has[http.StatusNotFound] = true
	}
	if o.takes != nil || len(o.query) > 0 {
		has[http.StatusBadRequest] = true
	}
	if o.takes != nil {
		has[http.StatusRequestEntityTooLarge], has[http.StatusUnsupportedMediaType] = true, true
	}
	if o.method() != http.MethodGet && o.tag != "session" && o.tag != "scripts" {
		has[http.StatusMisdirectedRequest], has[http.StatusServiceUnavailable] = true, true
	}
	var out []int
	for s := 400; s < 600; s++ {
		if has[s] {
			out = append(out, s)
		}
	}
	return out
}

// parameters are the names in a path.
func parameters(path string) []string {
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}

// inPath says what a parameter of a path is.
func inPath(path, name string) string {
	switch {
	case name == "name":
		return "an application's name"
	case name == "code":
		return "of a kind of mistake, such as WF0102"
	case name == "mock":
		return "the mock device's name on its node"
	case strings.HasPrefix(path, "/actors/"):
		return "an actor's ID, such as ward:bed1:check; escape what a URL needs escaped"
	case strings.HasPrefix(path, "/links/"):
		return `a link's ID, such as "ward:bed1:hr.out > ward:bed1:collector.in", escaped`
	}
	return "a node's ID"
}

// check refuses tables that can't be right.
func check(ops []operation, routes map[string]string) error {
	ids, has := map[string]string{}, map[string]bool{}
	for i := range ops {
		o := &ops[i]
		if other, twice := ids[o.id]; twice {
			return fmt.Errorf("%s and %s are both called %s", other, o.route, o.id)
		}
		ids[o.id], has[o.route] = o.route, true
		if _, ok := routes[o.route]; !ok {
			return fmt.Errorf("%s: there is no such route", o.route)
		}
		if o.says == "" || o.tag == "" || o.id == "" {
			return fmt.Errorf("%s: id, tag or words are missing", o.route)
		}
	}
	for r := range routes {
		if !has[r] {
			return fmt.Errorf("%s: nobody has said what it does: give it a line in runtime/control/openapi/operations.go", r)
		}
	}
	return nil
}
