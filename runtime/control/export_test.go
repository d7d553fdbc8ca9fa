package control

// Routes are the patterns of all routes, below /api/v1.
func (s *Server) Routes() []string {
	var all []string
	for _, r := range s.routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Connections are how many callers are connected.
func (s *Server) Connections() int { return len(s.watch.open()) }
