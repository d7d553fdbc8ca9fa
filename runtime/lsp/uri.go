package lsp

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
)

// nameOf is the name that a document's script has: the path of a file, and of
// what is no file something that no path is.
func nameOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(`:/\. `, r) {
				return '_'
			}
			return r
		}, uri)
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.Clean(filepath.FromSlash(path))
}

// uriOf is the URI of a file.
func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
