package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
)

// Base is where all paths lie.
const Base = "/api/v1"

// Document describes the routes, which are by their patterns the actions that
// they ask leave for: "GET /apps" → "see". Folders are those of the sources that
// the types are from.
func Document(routes map[string]string, folders ...string) ([]byte, error) {
	if err := check(operations, routes); err != nil {
		return nil, err
	}
	says, err := readComments(folders)
	if err != nil {
		return nil, fmt.Errorf("read what the sources say: %w", err)
	}
	d := &document{schemas: schemas{says: says, all: map[string]any{}}, paths: map[string]map[string]any{}}
	for _, t := range types {
		if _, err := d.schemas.of(t); err != nil {
			return nil, err
		}
	}
	for i := range operations {
		if err := d.add(&operations[i], routes[operations[i].route]); err != nil {
			return nil, fmt.Errorf("%s: %w", operations[i].route, err)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d.whole()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type document struct {
	schemas schemas
	paths   map[string]map[string]any
}

// object is shorter than what it is.
type object = map[string]any

func (d *document) whole() object {
	var groups []object
	for _, t := range tags {
		groups = append(groups, object{"name": t[0], "description": t[1]})
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title":   "Wardflow control API",
			"version": "1",
			"summary": "See what runs in a hospital's dataflow, and steer it",
			"description": "Every node serves this. Who asks shows a staff certificate (mutual TLS), or a session that a one-time link opened, which may only look. " +
				"What one may do, the hospital's policy says (x-wardflow-action), and GET /session tells. Errors are problem+json (RFC 9457). " +
				"Under " + control.APIVersion + " fields, values of enumerations and routes may be added; none is renamed, removed or given a new meaning.",
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []object{{"url": Base, "description": "any node"}},
		"tags":     groups,
		"paths":    d.paths,
		"security": []object{{"certificate": []string{}}, {"session": []string{}}},
		"components": object{
			"schemas":    d.schemas.all,
			"responses":  object{"Problem": object{"description": "Why not, and what to do about it", "content": object{"application/problem+json": object{"schema": ref("Problem")}}}},
			"parameters": object{"IdempotencyKey": idempotencyKey()},
			"securitySchemes": object{
				"certificate": object{"type": "mutualTLS", "description": "a staff certificate of the hospital"},
				"session":     object{"type": "apiKey", "in": "cookie", "name": "__Host-wardflow", "description": "of whoever opened a one-time link: may look, and change nothing"},
			},
		},
	}
}

func ref(name string) object { return object{"$ref": definitions + name} }

func idempotencyKey() object {
	return object{"name": "Idempotency-Key", "in": "header", "required": false,
		"description": "Any text of up to 255 signs, such as a UUID. A request with the same key, of the same caller and with the same body, within an hour, is answered as the first was (Idempotency-Replayed: true) and happens once; with another body it is 422. Answers of 401, 403 and 5xx are not kept.",
		"schema":      object{"type": "string", "minLength": 1, "maxLength": 255}}
}

func (d *document) add(o *operation, action string) error {
	answers := object{}
	for _, status := range o.failures() {
		answers[strconv.Itoa(status)] = object{"$ref": "#/components/responses/Problem"}
	}
	answers["default"] = object{"$ref": "#/components/responses/Problem"}
	good, err := d.answer(o)
	if err != nil {
		return err
	}
	answers[strconv.Itoa(o.good())] = good
	if o.id == "deployApp" {
		plan, err := d.schemas.of(control.PlanResult{})
		if err != nil {
			return err
		}
		answers["200"] = object{"description": "with ?dry-run: what would happen", "content": object{"application/json": object{"schema": plan}}}
	}
	op := object{"operationId": o.id, "summary": o.says, "tags": []string{o.tag}, "responses": answers}
	if o.more != "" {
		op["description"] = o.more
	}
	if action != "" {
		op["x-wardflow-action"] = action
	} else {
		op["security"] = []object{}
	}
	if params := d.parameters(o); len(params) > 0 {
		op["parameters"] = params
	}
	if o.takes != nil {
		if op["requestBody"], err = d.body(o); err != nil {
			return err
		}
	}
	path := o.path()
	if d.paths[path] == nil {
		d.paths[path] = object{}
	}
	d.paths[path][strings.ToLower(o.method())] = op
	return nil
}

func (d *document) answer(o *operation) (object, error) {
	out := object{"description": "done"}
	if o.gives == nil && o.as == "" {
		return out, nil
	}
	out["description"] = o.says
	content := object{"schema": object{"type": "string"}}
	if o.as == "application/octet-stream" {
		content = object{}
	}
	if o.gives != nil {
		schema, err := d.schemas.of(o.gives)
		if err != nil {
			return nil, err
		}
		content = object{"schema": schema}
	}
	kind := o.as
	if kind == "" {
		kind = "application/json"
	}
	out["content"] = object{kind: content}
	switch {
	case slices.ContainsFunc(o.query, func(p parameter) bool { return p.name == "after" }):
		out["headers"] = object{"Link": object{"description": `the next page, rel="next" (RFC 8288); absent on the last`, "schema": object{"type": "string"}}}
	case o.good() == http.StatusCreated && o.id == "deployApp":
		out["headers"] = object{"Location": object{"description": "of the application", "schema": object{"type": "string"}}}
	}
	return out, nil
}

func (d *document) body(o *operation) (object, error) {
	kind, content := o.kind, object{}
	if kind == "" {
		kind = "application/json"
		schema, err := d.schemas.of(o.takes)
		if err != nil {
			return nil, err
		}
		content["schema"] = schema
	}
	return object{"required": true, "content": object{kind: content}}, nil
}

func (d *document) parameters(o *operation) []object {
	var out []object
	for _, name := range parameters(o.path()) {
		out = append(out, object{"name": name, "in": "path", "required": true, "description": inPath(o.path(), name), "schema": object{"type": "string"}})
	}
	for _, p := range o.query {
		param := object{"name": p.name, "in": "query", "description": p.says, "schema": object{"type": p.typ}}
		if p.typ == "flag" {
			param["schema"], param["allowEmptyValue"] = object{"type": "string", "maxLength": 0}, true
		}
		if p.need {
			param["required"] = true
		}
		out = append(out, param)
	}
	if o.method() != http.MethodGet && !slices.Contains(control.Unkeyed(), o.route) {
		out = append(out, object{"$ref": "#/components/parameters/IdempotencyKey"})
	}
	return out
}

// Operations are the IDs of all operations by their routes.
func Operations() map[string]string {
	out := map[string]string{}
	for i := range operations {
		out[operations[i].route] = operations[i].id
	}
	return maps.Clone(out)
}
