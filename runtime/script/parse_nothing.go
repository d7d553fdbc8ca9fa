package script

// What is said of a text where no statement begins.

// nothing reports what begins no statement.
func (p *parser) nothing(pl *place) {
	t := p.tok()
	switch {
	case closes(t.kind):
		p.report(unexpected.at(p.file, p.where(t), p.describe(t), "a statement").
			help("nothing is open here that it could close: leave it out").edit(p.where(t), ""))
		p.at++
	case t.kind == tDoc:
		p.report(unexpected.at(p.file, p.where(t), p.describe(t), "a statement").
			help("a docstring stands first in a component or test; # begins a comment"))
	case t.kind == '(':
		p.wrong("a statement", "a script has no functions, and no parentheses around values")
	case t.kind == '>':
		p.wrong("a statement", "a link begins with its source: ACTOR.PORT > ACTOR.PORT")
	case t.kind == ',':
		p.wrong("a statement", "a comma separates what stands in brackets, and ports of a link; numbers have none")
	case t.kind != tIdent:
		p.wrong("a statement", "")
	case p.kind(1) == tBad && !p.leads(p.at+1):
		p.at++ // what has been reported is part of it
	default:
		p.report(p.noStatement(pl))
		p.at++
	}
}

// aliases are words of other languages, and what they are here.
var aliases = map[string]string{
	"const": "define", "let": "define", "var": "define", "def": "define",
	"import": "include", "use": "include", "require": "include",
	"foreach": "for", "assert": "expect", "wait": "after", "function": "component",
}

// noStatement is the issue with a name that begins no statement.
func (p *parser) noStatement(pl *place) Issue {
	t := p.tok()
	i := noStatement.at(p.file, p.where(t), p.text(t))
	call := func(n int) bool { // IDENT ("." IDENT)* "("
		for p.kind(n) == tIdent && p.kind(n+1) == '.' {
			n += 2
		}
		return p.kind(n) == tIdent && p.kind(n+1) == '('
	}
	near := p.ahead(1).kind != tEnd && p.ahead(1).Start.Line == t.End.Line
	switch {
	case p.kind(1) == '=' && call(2):
		return i.help("an actor is declared with NAME : TYPE()").edit(p.where(p.ahead(1)), ":")
	case p.kind(1) == '=':
		return i.help("a constant is defined with define NAME = VALUE, at the top").edit(p.span(t.Start, t.Start), "define ")
	case p.kind(1) == tArrow:
		return i.help("links are written with >, and go from ACTOR.PORT to ACTOR.PORT")
	case p.text(t) == "include" && !p.leads(p.at):
		return i.help("an include has a line of its own")
	case p.text(t) == "include":
		return i.help("write include NAME on one line, without .calvin")
	case pl.what == bTest && words[p.text(t)] != bNone:
		return i.help("%s", usage[words[p.text(t)]])
	case p.leads(p.at) && near && p.wordHint(pl) != "":
		return i.help("%s", p.wordHint(pl))
	case !p.leads(p.at) && p.tokens[p.at-1].kind == tNumber && p.tokens[p.at-1].End == t.Start:
		return i.help("numbers are decimal, without a unit or exponent")
	case !p.leads(p.at):
		return i.help("is a comma missing before it?")
	case p.kind(1) == '(' || near && call(1):
		return i.help("an actor is declared with NAME : TYPE()")
	case pl.what == bTest:
		return i.help("a test has give, expect, after and set, and actors and links of its own")
	}
	return i.help("declare an actor with NAME : TYPE(), link ports with ACTOR.PORT > ACTOR.PORT")
}

// wordHint tells which word may have been meant; "" if none is near.
func (p *parser) wordHint(pl *place) string {
	name := p.text(p.tok())
	if is := aliases[name]; is != "" {
		return "that is " + is + " here: " + usage[beginnings[is]]
	}
	switch name {
	case "actor", "new":
		return "an actor is declared with NAME : TYPE()"
	case "link", "connect":
		return "links are written ACTOR.PORT > ACTOR.PORT"
	case "print":
		return "tokens that are linked to an actor of type io.Print are printed"
	}
	among := []string{"define", "component", "rule", "group", "apply", "for", "test", "include"}
	if pl.what == bTest {
		among = []string{"give", "expect", "after", "set"}
	}
	return nearest(name, among)
}
