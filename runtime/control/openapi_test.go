package control_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/swaggest/openapi-go/openapi31"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/openapi"
)

var update = flag.Bool("update", false, "rewrite openapi.json")

// The description that is committed, and served, is what the routes, the types and
// their comments make; and it has every route, and no other.
func TestOpenAPI(t *testing.T) {
	got, err := openapi.Document(control.Routes(), ".", "../flow", "../tap")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		t.Errorf("openapi.json is not what the sources make: run `go generate ./runtime/control`. It differs at byte %d:\n%s\nwant\n%s", at, around(got, at), around(want, at))
	}
	var spec openapi31.Spec
	if err := json.Unmarshal(got, &spec); err != nil {
		t.Fatalf("it is no OpenAPI 3.1: %v", err)
	}
	if len(spec.Paths.MapOfPathItemValues) < 30 {
		t.Errorf("it has %d paths", len(spec.Paths.MapOfPathItemValues))
	}
}

func around(b []byte, at int) string {
	return string(b[max(0, at-120):min(len(b), at+120)])
}

// A node serves it.
func TestOpenAPIIsServed(t *testing.T) {
	b := newBench(t)
	status, head, body := b.do(b.viewer(), "GET", "/api/v1/openapi.json", "")
	if status != http.StatusOK || head.Get("Content-Type") != "application/json" || body != string(control.OpenAPI()) {
		t.Errorf("%d %v, %d bytes", status, head, len(body))
	}
	if status, _, _ := b.do(b.browser(b.h.Rogue().Staff("admin")), "GET", "/api/v1/openapi.json", ""); status != http.StatusForbidden {
		t.Errorf("a stranger: %d, want 403", status)
	}
}

// described is the document as answers are held against it: what it does not
// describe is not to be in them.
type described struct {
	doc     map[string]any
	schemas *jsonschema.Compiler
}

func readDescription(t *testing.T) *described {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(control.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	d := &described{doc: doc.(map[string]any), schemas: jsonschema.NewCompiler()}
	forbidMore(d.doc["components"].(map[string]any)["schemas"])
	d.schemas.AssertFormat()
	if err := d.schemas.AddResource("https://wardflow.test/openapi.json", d.doc); err != nil {
		t.Fatal(err)
	}
	return d
}

// forbidMore makes of "may have these members" "has no others".
func forbidMore(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			forbidMore(inner)
		}
	case []any:
		for _, inner := range v {
			forbidMore(inner)
		}
	}
}

// holds says how an answer differs from what is said of it; "" is not at all.
func (d *described) holds(t *testing.T, route string, status int, kind, body string) string {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	at := "#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(method) + "/responses/"
	answers := d.doc["paths"].(map[string]any)[path].(map[string]any)[strings.ToLower(method)].(map[string]any)["responses"].(map[string]any)
	answer, ok := answers[strconv.Itoa(status)].(map[string]any)
	if !ok {
		return "nobody has said that it answers that"
	}
	if r, ok := answer["$ref"].(string); ok {
		at = r
		answer = d.doc["components"].(map[string]any)["responses"].(map[string]any)["Problem"].(map[string]any)
	} else {
		at += strconv.Itoa(status)
	}
	content, ok := answer["content"].(map[string]any)
	if !ok {
		if body != "" {
			return "it has a body"
		}
		return ""
	}
	kind, _, _ = strings.Cut(kind, ";")
	as, ok := content[kind].(map[string]any)
	if !ok {
		return "it is " + kind
	}
	if _, ok := as["schema"]; !ok || !strings.HasSuffix(kind, "json") {
		return ""
	}
	s, err := d.schemas.Compile("https://wardflow.test/openapi.json" + at + "/content/" + strings.NewReplacer("/", "~1", "+", "+").Replace(kind) + "/schema")
	if err != nil {
		t.Fatalf("%s: %v", route, err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	if err := s.Validate(v); err != nil {
		return err.Error()
	}
	return ""
}

// What the API answers is what its description says, for every route: to who may,
// and to who may not.
func TestAnswersAreAsDescribed(t *testing.T) {
	b := newBench(t)
	b.ward.Refuse("ward:bed2:hr.out > ward:bed2:collector.in", "certificate of another root")
	b.ward.Spill(12)
	b.ward.Replicate("ward:bed1:check", 2)
	b.ward.Lack(true)
	d := readDescription(t)
	admin, stranger, guest := b.browser(b.h.Staff("admin")), b.browser(b.h.Rogue().Staff("admin")), b.viewer()
	bodies := map[string]string{
		"POST /apps": `{"name":"night","script":"x"}`, "POST /check": `{"name":"night","script":"x: nosuch()"}`, "POST /actors/{id}/report": `{}`,
		"POST /actors/{id}/move": `{"node":"ward"}`, "POST /actors/{id}/scale": `{"replicas":3}`, "POST /mocks/{id}/{mock}": `{"clear":true}`,
		"POST /policy/check": `{"text":""}`, "PUT /policy": `{"statement":""}`, "POST /rules/relay": `{"data":""}`,
		"POST /scripts/complete": `{"name":"a","script":"","line":1,"col":1}`, "POST /scripts/hover": `{"name":"a","script":"","line":1,"col":1}`, "POST /scripts/format": `{"name":"a","script":""}`,
		"POST /session": `{"token":"no"}`,
	}
	queries := map[string]string{"GET /evidence": "?of=x", "GET /links/why": "?from=a&to=b", "DELETE /actors/{id}/letters": "?upto=1"}
	var routes []string
	for r := range control.Routes() {
		if r != "GET /events" && r != "GET /links/{id}/tap" && r != "GET /openapi.json" {
			routes = append(routes, r)
		}
	}
	slices.SortFunc(routes, func(a, b string) int { // what looks first, what takes something away last
		order := func(r string) int { return slices.Index([]string{"GET", "POS", "PUT", "DEL"}, r[:3]) }
		if n := order(a) - order(b); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		path = "/api/v1" + strings.NewReplacer("{name}", "ward", "{code}", "WF0102", "{mock}", "io.lamp", "/actors/{id}", "/actors/ward:bed1:check", "{id}", "bedside").Replace(path) + queries[route]
		for who, c := range map[string]*http.Client{"admin": admin, "stranger": stranger, "guest": guest} {
			if who == "guest" && route == "DELETE /session" {
				continue // it is needed yet
			}
			kind := "application/json"
			switch route {
			case "POST /revocations":
				kind = "application/pkix-crl"
			case "POST /register/restore":
				kind = "application/octet-stream"
			}
			status, head, body := b.do(c, method, path, bodies[route], "Content-Type", kind)
			if why := d.holds(t, route, status, head.Get("Content-Type"), body); why != "" {
				t.Errorf("%s as %s answers %d, and its description says otherwise: %s\n%.600s", route, who, status, why, body)
			}
			if who == "admin" && status >= 500 && status != http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s", route, status, body)
			}
		}
	}
	if status, head, body := b.do(admin, "POST", "/api/v1/apps?dry-run", bodies["POST /apps"]); status != 200 {
		t.Errorf("plan: %d", status)
	} else if why := d.holds(t, "POST /apps", 200, head.Get("Content-Type"), body); why != "" {
		t.Errorf("a plan: %s", why)
	}
}
