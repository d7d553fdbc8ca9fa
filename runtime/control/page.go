package control

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// A page serves the built files. Those under assets/ have a hash in their name and
// never change; they are packed, once, for all who take gzip. Nothing else that
// this server says is packed: where an attacker can choose a part of what is
// packed together with a secret, its size gives the secret away (BREACH).
type page struct {
	files fs.FS
	plain http.Handler

	mu     sync.Mutex // guards packed
	packed map[string][]byte
}

func newPage(files fs.FS) *page {
	return &page{files: files, plain: http.FileServerFS(files), packed: map[string][]byte{}}
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		problem(http.StatusMethodNotAllowed, "bad-request", "bad request", "%s is not for the page", r.Method).write(w)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	w.Header().Set("Vary", "Accept-Encoding")
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if takesGzip(r) && strings.HasPrefix(name, "assets/") && packable[path.Ext(name)] {
		if data, err := p.pack(name); err == nil {
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Length", strconv.Itoa(len(data)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(data) // the caller may be gone
			}
			return
		}
	}
	p.plain.ServeHTTP(w, r)
}

// packable are the kinds of file that gzip makes smaller.
var packable = map[string]bool{".js": true, ".css": true, ".svg": true, ".txt": true}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}

func (p *page) pack(name string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if data, ok := p.packed[name]; ok {
		return data, nil
	}
	raw, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	if _, err := zip.Write(raw); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	p.packed[name] = buf.Bytes()
	return buf.Bytes(), nil
}
