package script

import (
	"embed"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed explain/*.txtar
var pages embed.FS

// A Page tells about one code: what the mistake is, why it is one, and a script
// that has it beside one that does not.
type Page struct {
	Code  string
	Title string // one sentence
	Why   string // a paragraph or more
	Bad   string
	Good  string

	// Files are the texts of the examples by name: bad.calvin, or another name
	// where that is the mistake, good.calvin, and what these include.
	Files map[string]string
	name  string // of the bad example
}

// Codes are the codes of all mistakes, sorted.
func Codes() []string { return slices.Sorted(maps.Keys(pagesByCode())) }

// Explain is the page of a code. It is not ok where there is no such code.
func Explain(code string) (Page, bool) {
	text, err := pages.ReadFile("explain/" + strings.ToUpper(code) + ".txtar")
	if err != nil {
		return Page{}, false
	}
	return readPage(strings.ToUpper(code), string(text)), true
}

func pagesByCode() map[string]bool {
	all, err := pages.ReadDir("explain")
	if err != nil {
		panic(err) // it is part of the binary
	}
	codes := map[string]bool{}
	for _, e := range all {
		codes[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = true
	}
	return codes
}

// readPage reads a page as txtar: a sentence, an empty line and why, then the
// files, the bad example first.
func readPage(code, text string) Page {
	p := Page{Code: code, Files: map[string]string{}}
	file := ""
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			file = strings.TrimSuffix(name, " --\n")
			if p.name == "" {
				p.name = file
			}
		} else if file != "" {
			p.Files[file] += line
		} else if p.Title == "" {
			p.Title = strings.TrimSpace(line)
		} else {
			p.Why += line
		}
	}
	p.Why = strings.TrimSpace(p.Why)
	p.Bad, p.Good = p.Files[p.name], p.Files["good.calvin"]
	return p
}
