// Package meter shows what a node counts to Prometheus, in its text format and in
// OpenMetrics.
//
//	m, err := meter.New(node.Reading)        // asked once for each scrape
//	mux.Handle("GET /metrics", m.Handler())  // for who may see
//	plain, err := m.Serve("127.0.0.1:9464")  // for a Prometheus on the same host
//
// Nothing is counted twice for it: a scrape reads what the engine, the door and
// the rest of the node count anyhow. Each node tells of itself only; sums over
// nodes are Prometheus' own. Names begin with wardflow_ and end in their unit.
// What they are labelled with are names of the script and of nodes: no patient and
// no value that was measured.
package meter
