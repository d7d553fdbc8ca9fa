package lsp

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

// A texts holds what is open in the editor, and finds what is not on disk.
type texts struct {
	cfg Config

	mu    sync.Mutex // guards all below
	docs  map[string]*document
	dirs  []string // where includes are looked for, after the script's own folder
	roots []string // folders that are open in the editor
}

// A document is an open text. Its fields do not change: a change makes a new
// one.
type document struct {
	uri     string
	name    string // of its script
	version int
	src     []byte

	// Under the lock of texts: what is known of it, nil when something has
	// changed since, and what the editor was told of it last.
	snap *assist.Snapshot
	told bool
}

func newTexts(cfg Config) *texts {
	return &texts{cfg: cfg, docs: map[string]*document{}, dirs: cfg.Includes}
}

// begin takes what the editor says of itself.
func (t *texts) begin(roots []folder, includes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range roots {
		t.roots = append(t.roots, nameOf(r.URI))
	}
	for _, dir := range includes {
		if !filepath.IsAbs(dir) && len(t.roots) > 0 {
			dir = filepath.Join(t.roots[0], dir)
		}
		t.dirs = append(slices.Clip(t.dirs), dir)
	}
}

func (t *texts) open(uri string, version int, text string) {
	t.put(&document{uri: uri, name: nameOf(uri), version: version, src: []byte(text)})
}

// put enters a text. What is known of all of them may have changed: they may
// include it.
func (t *texts) put(d *document) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.docs[d.uri] = d
	t.stale(d.name)
}

// stale forgets what is known of the texts that have to do with a file: those
// that include it, or lack an include. The lock is held.
func (t *texts) stale(name string) {
	for _, d := range t.docs {
		if d.snap != nil && (d.snap.Text(name) != nil || d.snap.Lacks()) {
			d.snap, d.told = nil, false
		}
	}
}

// forget forgets what is known of all texts.
func (t *texts) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range t.docs {
		d.snap, d.told = nil, false
	}
}

// change makes edits, each in the text that the one before it left.
func (t *texts) change(uri string, version int, changes []change) {
	t.mu.Lock()
	d := t.docs[uri]
	t.mu.Unlock()
	if d == nil {
		return
	}
	src := d.src
	for _, c := range changes {
		if c.Range == nil {
			src = []byte(c.Text)
			continue
		}
		l := newLayout(src)
		from := l.offset(c.Range.Start)
		to := max(from, l.offset(c.Range.End))
		src = slices.Concat(src[:from], []byte(c.Text), src[to:])
	}
	t.put(&document{uri: uri, name: d.name, version: version, src: src})
}

// shut forgets a text: from now on it is what is on disk.
func (t *texts) shut(uri string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := t.docs[uri]; d != nil {
		delete(t.docs, uri)
		t.stale(d.name)
	}
}

// all are the open documents, sorted by URI.
func (t *texts) all() []*document {
	t.mu.Lock()
	defer t.mu.Unlock()
	docs := make([]*document, 0, len(t.docs))
	for _, d := range t.docs {
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b *document) int { return strings.Compare(a.uri, b.uri) })
	return docs
}

// snapshot is what is known of an open document, nil if it is not open.
func (t *texts) snapshot(uri string) (*document, *assist.Snapshot) {
	t.mu.Lock()
	d := t.docs[uri]
	t.mu.Unlock()
	if d == nil {
		return nil, nil
	}
	return d, t.known(d)
}

func (t *texts) known(d *document) *assist.Snapshot {
	t.mu.Lock()
	snap := d.snap
	t.mu.Unlock()
	if snap == nil {
		snap = assist.Read(d.name, d.src, t.world())
		t.mu.Lock()
		d.snap = snap
		t.mu.Unlock()
	}
	return snap
}

// world is what there is besides a text.
func (t *texts) world() assist.World {
	return assist.World{Types: t.cfg.Types, Names: t.cfg.Names, Find: t.find, Beside: t.beside}
}

// find is a script.Find: a text that is open, else a file.
func (t *texts) find(from, name string) (string, []byte, error) {
	for _, dir := range t.folders(from) {
		path := filepath.Join(dir, name+".calvin")
		if src, ok := t.opened(path); ok {
			return path, src, nil
		}
		src, err := os.ReadFile(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, src, err
		}
	}
	return "", nil, fs.ErrNotExist
}

// folders are where the includes of a script are looked for. A text that is no
// file has no folder.
func (t *texts) folders(from string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !filepath.IsAbs(from) {
		return t.dirs
	}
	return append([]string{filepath.Dir(from)}, t.dirs...)
}

func (t *texts) opened(path string) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range t.docs {
		if d.name == path {
			return d.src, true
		}
	}
	return nil, false
}

// beside are the scripts that one could include.
func (t *texts) beside(from string) []string {
	var names []string
	for _, dir := range t.folders(from) {
		files, err := filepath.Glob(filepath.Join(dir, "*.calvin"))
		if err != nil {
			continue // a folder with brackets in its name
		}
		for _, f := range files {
			if f != from {
				names = append(names, strings.TrimSuffix(filepath.Base(f), ".calvin"))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// uri is the URI of a script: the editor's own where it is open there.
func (t *texts) uri(name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range t.docs {
		if d.name == name {
			return d.uri
		}
	}
	return uriOf(name)
}

// How many scripts are looked at for the uses of a name, and how many files and
// folders to find them.
const (
	maxScripts = 1000
	maxFiles   = 20_000
)

// others are the scripts besides one in which its names may be used: those that
// are open, and those in the editor's folders and the script's own.
func (t *texts) others(not string) []*assist.Snapshot {
	seen := map[string]bool{not: true}
	var all []*assist.Snapshot
	for _, d := range t.all() {
		if !seen[d.name] {
			seen[d.name] = true
			all = append(all, t.known(d))
		}
	}
	t.mu.Lock()
	roots := slices.Clone(t.roots)
	t.mu.Unlock()
	if filepath.IsAbs(not) {
		roots = append(roots, filepath.Dir(not))
	}
	for _, root := range roots {
		for _, path := range scripts(root, maxScripts-len(all)) {
			if seen[path] {
				continue
			}
			seen[path] = true
			if src, err := os.ReadFile(path); err == nil {
				all = append(all, assist.Read(path, src, t.world()))
			}
		}
	}
	return all
}

// scripts are the scripts in a folder and below, at most so many.
func scripts(root string, most int) []string {
	var all []string
	seen := 0
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch seen++; {
		case len(all) >= most || seen > maxFiles:
			return fs.SkipAll
		case err != nil:
			return fs.SkipDir // what can't be read is not looked at
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".calvin"):
			all = append(all, path)
		}
		return nil
	})
	return all
}
