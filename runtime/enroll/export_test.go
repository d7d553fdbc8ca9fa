package enroll

import "net/http"

// Handlers are what answers with TLS and without.
func (s *Server) Handlers() (private, public http.Handler) { return s.routes(), s.publicRoutes() }
