package control

import (
	_ "embed"
	"net/http"
	"slices"
)

//go:generate go test -run TestOpenAPI -update .

//go:embed openapi.json
var openAPI []byte

// OpenAPI describes the API: OpenAPI 3.1, in JSON. Package openapi makes it.
func OpenAPI() []byte { return slices.Clone(openAPI) }

// Routes are the patterns of all routes below /api/v1, and the action that each
// asks leave for; "" is none.
func Routes() map[string]string {
	out := map[string]string{"GET /events": "see"}
	for _, r := range (*Server)(nil).routes() {
		switch r.do {
		case inside:
			out[r.pattern] = "deploy"
		default:
			out[r.pattern] = r.do
		}
	}
	return out
}

// Unkeyed are the routes that change something and take no Idempotency-Key.
func Unkeyed() []string { return slices.Clone(notOnce) }

// getOpenAPI gives the description of the API.
func (s *Server) getOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // the caller may be gone
	return nil
}
