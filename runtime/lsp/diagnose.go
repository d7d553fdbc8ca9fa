package lsp

import (
	"context"

	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// check tells the editor what is wrong with the open texts, whenever one of
// them has changed, until ctx is done. Texts that change meanwhile are looked at
// when it comes round again, however often they changed.
func (s *session) check(ctx context.Context) {
	told := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
		open := map[string]bool{}
		for _, d := range s.texts.all() {
			open[d.uri] = true
			if !s.texts.tellOnce(d) {
				continue
			}
			told[d.uri] = true
			found := s.diagnostics(s.texts.known(d))
			if s.notify(ctx, "textDocument/publishDiagnostics", diagnosticsParams{d.uri, d.version, found}) != nil {
				return // the editor is gone
			}
		}
		for uri := range told {
			if open[uri] {
				continue
			}
			delete(told, uri)
			if s.notify(ctx, "textDocument/publishDiagnostics", diagnosticsParams{URI: uri, Diagnostics: []diagnostic{}}) != nil {
				return
			}
		}
	}
}

// tellOnce reports whether the editor has yet to hear of a document as it is,
// and takes it for told.
func (t *texts) tellOnce(d *document) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := d.told
	d.told = true
	return !was && t.docs[d.uri] == d
}

// diagnostics are the issues of a script. Those of files that it includes are
// shown at the include line.
func (s *session) diagnostics(snap *assist.Snapshot) []diagnostic {
	all := []diagnostic{}
	for _, i := range snap.Issues() {
		if i.Severity != script.Note {
			all = append(all, s.diagnostic(snap, i))
		}
	}
	return all
}

// What is wrong with a name that nothing uses.
var unneeded = map[string]bool{"WF0209": true, "WF0214": true}

func (s *session) diagnostic(snap *assist.Snapshot, i script.Issue) diagnostic {
	d := diagnostic{Severity: 1, Code: i.Code, Source: "wardflow", Message: i.Msg}
	if i.Severity == script.Warning {
		d.Severity = 2
	}
	if unneeded[i.Code] {
		d.Tags = []int{1}
	}
	if i.Hint != "" {
		d.Message += "\nhelp: " + i.Hint
	}
	d.Message += "\n(wardflow explain " + i.Code + ")"
	l := newLayout(snap.Text(snap.Name()))
	if i.File == snap.Name() {
		d.Range = l.span(i.Span)
	} else {
		d.Range = l.span(snap.IncludeOf(i.File))
		d.Message = i.Pos() + ": " + d.Message
		d.Related = append(d.Related, s.related(snap, i.File, i.Span, "the mistake"))
	}
	for _, r := range i.Related {
		d.Related = append(d.Related, s.related(snap, r.File, r.Span, r.Msg))
	}
	return d
}

func (s *session) related(snap *assist.Snapshot, file string, at script.Span, msg string) related {
	return related{location{s.texts.uri(file), newLayout(snap.Text(file)).span(at)}, msg}
}
