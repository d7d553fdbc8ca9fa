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
