// Package view is the live page: the ward's graph as it is now, with rates,
// refusals and reasons. Its sources lie beside this file, and what Vite makes
// of them in dist, which is committed: building Wardflow needs no Node.
//
// To change the page, edit src/ and run `go generate` here, which makes the
// same files everywhere; a test compares them. A new panel is one file in
// src/panels and one line in src/panels.ts, fetched when its tab is opened: the
// first load has a limit, which a test holds. `make bench-view` measures what all
// of it costs a browser and a node. WARDFLOW_PAGE names a folder with another
// build, for the tests and the benchmark to try.
package view
