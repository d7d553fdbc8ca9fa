// Package view is the live page: the ward's graph as it is now, with rates,
// refusals and reasons. Its sources lie beside this file, and what Vite makes
// of them in dist, which is committed: building Wardflow needs no Node.
//
// To change the page, edit src/ and run `go generate` here, which makes the
// same files everywhere; a test compares them. A new panel is one file in
// src/panels and one line in src/panels.ts.
package view

import (
	"embed"
	"io/fs"
)

//go:generate npm ci
//go:generate npm run build

//go:embed all:dist
var built embed.FS

// Files are the built files, index.html at the root. All that may be kept for
// ever lies under assets/.
func Files() fs.FS {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return files
}
