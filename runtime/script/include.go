package script

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A Find gets the text of a file to include: NAME.calvin, for an include line in
// the file from. It gives the path the file was found under, by which a file
// that was included before is known, and an error that is [fs.ErrNotExist] when
// there is no such file. It looks beside from first, then where the user says.
type Find func(from, name string) (path string, src []byte, err error)

// Load reads a script and what it includes. An include stands for what is in
// the file, with these differences to Calvin: a file is included once, however
// often it is asked for (in a component: once in each), files may include files,
// each keeps the order of definitions for itself, and each issue is in the file
// that has the mistake. A nil find finds nothing.
//
// The file is never nil: it holds every statement that could be understood, and
// its issues are kept for [Check] and [Compile].
func Load(name string, src []byte, find Find) (*File, Issues) {
	f := &File{Name: name, Src: src, Texts: []Text{{name, src}}, lost: map[string]bool{}}
	l := &loader{find: find, stack: []entry{{path: path.Clean(name)}}, seen: map[string]bool{}}
	f.parse(0, l, &place{body: &f.Body, whole: true})
	f.issues = f.issues.settle(f)
	return f, f.issues
}

// A loader follows includes.
type loader struct {
	find  Find
	blind bool            // includes are not followed
	stack []entry         // the files being read, each included by the one before
	seen  map[string]bool // paths that are, or have been, part of the program
	inner map[string]bool // the same for the component that is being read
}

// An entry is a file being read, and the line that asked for it.
type entry struct {
	path string
	line Span
}

// include reads include NAME and what it stands for.
func (p *parser) include(pl *place, fits bool) (Stmt, bool) {
	start := p.take().Start
	t := p.take() // its name: the scanner sees to that
	i := &Include{Span: p.since(start), Name: Ident{p.where(t), p.text(t)}}
	if next := p.tok(); next.kind != tEnd && !p.leads(p.at) {
		p.report(unexpected.at(p.file, p.where(next), p.describe(next), "the end of the line").help("an include has a line of its own"))
		return nil, false
	}
	if !fits {
		return nil, true
	}
	p.file.Includes = append(p.file.Includes, i)
	if name := i.Name.Name; strings.ContainsAny(name, `/\:*?"'<>`) {
		help := "files are looked for beside the script, then in the folders given with -I; the line has the name alone"
		p.file.partial = true
		if bare := strings.TrimSuffix(strings.Trim(name, `"'<>`), ".calvin"); !strings.ContainsAny(bare, `/\:*?"'<>`) && bare != "" {
			p.report(badInclude.at(p.file, i.Name.Span, name).help("write it without quotes: include %s", bare).edit(i.Name.Span, bare))
			return nil, true
		}
		p.report(badInclude.at(p.file, i.Name.Span, name).help("%s", help))
		return nil, true
	}
	p.follow(i, pl)
	return nil, true
}

// follow reads the file that an include names into a place.
func (p *parser) follow(i *Include, pl *place) {
	l, f := p.load, p.file
	if l.blind {
		return
	}
	from := l.stack[len(l.stack)-1].path
	if p.no == 0 {
		from = f.Name
	}
	var src []byte
	at, err := "", error(fs.ErrNotExist)
	if l.find != nil {
		at, src, err = l.find(from, i.Name.Name)
	}
	f.partial = f.partial || err != nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.report(p.notFound(i))
		return
	case err != nil:
		p.report(unreadInclude.at(f, i.Name.Span, i.Name.Name+".calvin", err))
		return
	}
	i.Found = at
	key := path.Clean(at)
	if n := slices.IndexFunc(l.stack, func(e entry) bool { return e.path == key }); n >= 0 {
		p.report(l.circle(f, i, n))
		return
	}
	seen := l.seen
	if pl.what == bComponent {
		seen = l.inner
	}
	if seen[key] {
		return
	}
	if len(l.stack) > maxDepth {
		p.report(tooDeep.at(f, i.Span, maxDepth))
		return
	}
	seen[key] = true
	f.Texts = append(f.Texts, Text{at, src})
	l.stack = append(l.stack, entry{key, i.Span})
	f.parse(int32(len(f.Texts)-1), l, &place{what: pl.what, name: pl.name, head: pl.head, in: pl.in, body: pl.body, whole: true})
	l.stack = l.stack[:len(l.stack)-1]
}

// undefined are the kinds of issue that a missing include may be the cause of.
var undefined = []mistake{undefinedConst, undefinedName, unknownType, missingComp, undefinedActor, unknownRule, unknownTarget}

// guess reports whether an issue may go away when all includes can be read.
func (f *File) guess(i Issue) bool {
	return f.partial && slices.ContainsFunc(undefined, func(k mistake) bool { return k.code == i.Code })
}

// notFound is the issue with a file that isn't there.
func (p *parser) notFound(i *Include) Issue {
	is := missingInclude.at(p.file, i.Name.Span, i.Name.Name)
	if bare, ok := strings.CutSuffix(i.Name.Name, ".calvin"); ok {
		return is.help("the name stands without .calvin: include %s", bare).edit(i.Name.Span, bare)
	}
	if p.load.find == nil {
		return is.help("no files came with this script")
	}
	return is.help("it is looked for beside the script that includes it, then in the folders given with -I")
}

// circle is the issue with a file that is being read already: the nth.
func (l *loader) circle(f *File, i *Include, n int) Issue {
	var trail []string
	for _, e := range l.stack[n:] {
		trail = append(trail, path.Base(e.path))
	}
	trail = append(trail, trail[0])
	is := circularInclude.at(f, i.Span, trail[0], strings.Join(trail, " > ")).help("leave one of the includes out")
	for _, e := range l.stack[n+1:] {
		is = is.see(e.line, "included from here")
	}
	return is
}
