package script

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Parse reads a script that includes nothing: an include is a mistake, as no
// file can be found for it. The file is never nil: it holds every statement that
// could be understood, and its issues are kept for [Check] and [Compile]. The
// name is used in positions and to name the application.
func Parse(name string, src []byte) (*File, Issues) { return Load(name, src, nil) }

// maxSource keeps positions well within 32 bits.
const maxSource = math.MaxInt32 / 4

// maxDepth is how deep values, rules, components and includes may nest.
const maxDepth = 100

// A parser reads one text. What it reads goes into file; statements go where
// the place they stand in keeps them.
type parser struct {
	file   *File
	no     int32  // of the text, among the file's
	src    string // the text, of which names and strings are pieces
	tokens []token
	at     int
	depth  int // of the value or rule being read
	nested int // braces around

	load    *loader  // of includes
	past    order    // what has been seen of this text
	first   int      // the token with which the present statement began
	open    int      // the token before which a '}' was last missed; -1: none
	suspect *suspect // a place that may lack its brace; nil: none
}

// parse reads the text with a number, statements into a place. It gives the
// text's tokens.
func (f *File) parse(no int32, l *loader, in *place) []token {
	src := f.Texts[no].Src
	if len(src) > maxSource {
		top := Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}, Src: no}
		f.issues = append(f.issues, tooLarge.at(f, top, fmt.Sprintf("a script of %d bytes is too large: at most %d", len(src), maxSource)))
		return nil
	}
	p := &parser{file: f, no: no, src: string(src), tokens: scan(f, no), load: l, open: -1}
	p.statements(in)
	if !p.more() && f.issues[len(f.issues)-1].Code != tooMany.code {
		p.report(tooMany.at(f, p.where(p.tok()), maxIssues))
	}
	return p.tokens
}

// more reports whether it is worth reading on.
func (p *parser) more() bool { return len(p.file.issues) <= maxIssues }

func (p *parser) tok() *token { return &p.tokens[p.at] }

// ahead is the nth token from here; beyond the end it is the end.
func (p *parser) ahead(n int) *token { return &p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) kind(n int) tokenKind { return p.ahead(n).kind }

// text is what a token looks like in the script.
func (p *parser) text(t *token) string { return p.src[t.Start.Offset:t.End.Offset] }

// word reports whether the present token is a certain name.
func (p *parser) word(w string) bool { return p.tok().kind == tIdent && p.text(p.tok()) == w }

// take is the present token; the parser goes on to the next.
func (p *parser) take() *token {
	t := &p.tokens[p.at]
	if t.kind != tEnd {
		p.at++
	}
	return t
}

// since is the span from a position to the end of the last token taken.
func (p *parser) since(start Pos) Span {
	if p.at == 0 {
		return p.span(start, start)
	}
	end := p.tokens[p.at-1].End
	if end.Offset < start.Offset {
		end = start
	}
	return p.span(start, end)
}

func (p *parser) span(start, end Pos) Span { return Span{Start: start, End: end, Src: p.no} }

// where is the place of a token.
func (p *parser) where(t *token) Span { return p.span(t.Start, t.End) }

// leads reports whether a token is the first of its line.
func (p *parser) leads(at int) bool {
	return at == 0 || p.tokens[at-1].End.Line < p.tokens[at].Start.Line
}

func (p *parser) report(i Issue) { p.file.issues = append(p.file.issues, i) }

// here is where the last token ended.
func (p *parser) here() Span {
	if p.at == 0 {
		return p.span(p.tok().Start, p.tok().Start)
	}
	end := p.tokens[p.at-1].End
	return p.span(end, end)
}

// wrong reports that something else should stand here. Where the statement
// ends too early, that is the end of its last token. It says nothing about a
// token that the scanner has spoken of already.
func (p *parser) wrong(want, help string) { p.mend(want, help, "") }

// mend is wrong, with a text that mends it when put in behind the last token;
// "": none.
func (p *parser) mend(want, help, text string) {
	t := p.tok()
	var i Issue
	switch {
	case t.kind == tBad && !p.begins(p.at):
		return
	case t.kind == tEnd:
		if p.swallowed() {
			return
		}
		i = unexpectedEnd.at(p.file, p.here(), want)
	case p.at > p.first && p.over():
		i = missingClose.at(p.file, p.here(), want)
	default:
		i = unexpected.at(p.file, p.where(t), p.describe(t), want)
	}
	if rest := strings.TrimLeft(p.src[p.here().End.Offset:], " \t"); help == "" && strings.HasPrefix(rest, "//") {
		help = "the rest of the line is a comment: // begins one"
	}
	i = i.help("%s", help)
	if text != "" {
		i = i.edit(p.here(), text)
	}
	p.report(i)
}

// swallowed reports whether it has been said already why the text ends here.
func (p *parser) swallowed() bool {
	issues := p.file.issues
	if n := len(issues); n > 0 && issues[n-1].Code == unexpectedEnd.code {
		return true
	}
	return slices.ContainsFunc(issues, func(i Issue) bool {
		return (i.Code == openComment.code || i.Code == openDoc.code) && i.Span.Src == p.no
	})
}

// over reports whether the present token can't belong to the statement: the next
// begins, or it stands no further right, or closes what is around.
func (p *parser) over() bool {
	t := p.tok()
	return t.kind == tEnd || p.resumes(p.at) ||
		p.leads(p.at) && (closes(t.kind) || t.Start.Col <= p.tokens[p.first].Start.Col)
}

// instead reports a token that is often written for another, and takes it.
func (p *parser) instead(want, help, text string) {
	t := p.take()
	p.report(unexpected.at(p.file, p.where(t), p.describe(t), want).help("%s", help).edit(p.where(t), text))
}

func closes(k tokenKind) bool { return k == ')' || k == ']' || k == '}' }

func (p *parser) describe(t *token) string {
	switch t.kind {
	case tNumber:
		return "the number " + p.text(t)
	case tString, tRef:
		return "a string"
	case tDoc:
		return "a docstring"
	case tInclude:
		return "an include"
	}
	return "'" + p.text(t) + "'"
}

// want takes a token of a kind, or reports what is missing.
func (p *parser) want(k tokenKind, name, help string) bool {
	if p.tok().kind == k {
		p.at++
		return true
	}
	text := ""
	if k >= '!' {
		text = string(rune(k))
	}
	p.mend(name, help, text)
	return false
}

// close takes a closing bracket.
func (p *parser) close(k tokenKind) bool { return p.want(k, "'"+string(rune(k))+"'", "") }

func (p *parser) ident(what string) (Ident, bool) {
	t := p.tok()
	if t.kind != tIdent {
		help := ""
		if keyword(t.kind) && (!p.begins(p.at) || p.kind(1) == '=') {
			help = fmt.Sprintf("'%s' is a word of the language: choose another name", p.text(t))
		}
		p.wrong(what, help)
		return Ident{}, false
	}
	p.at++
	return Ident{p.where(t), p.text(t)}, true
}

// keyword reports whether a token is a word that can't be a name.
func keyword(k tokenKind) bool { return k >= tTrue && k <= tApply }

// qualified reads IDENT ("." IDENT)*.
func (p *parser) qualified(what string) (Ident, bool) {
	id, ok := p.ident(what)
	for ok && p.tok().kind == '.' {
		p.at++
		var part Ident
		if part, ok = p.ident("a name after the dot"); ok {
			id.End = part.End
			if text := p.src[id.Start.Offset:id.End.Offset]; len(text) == len(id.Name)+1+len(part.Name) {
				id.Name = text // no space within: no copy
			} else {
				id.Name += "." + part.Name
			}
		}
	}
	return id, ok
}
