package script

// statement reads one statement. A statement that broke off after its name was
// known is returned as far as it was read, so that using the name is no second
// mistake; ok is false then, too.
func (p *parser) statement() (s Stmt, ok bool) {
	switch t := p.tok(); t.kind {
	case tIdent:
		switch p.kind(1) {
		case ':':
			return p.instance()
		case '.':
			return p.portStatement()
		case '>':
			return p.link()
		}
		if p.text(t) == "include" && p.leads(p.at) {
			return p.include()
		}
		hint := "declare an actor with NAME : TYPE(), link ports with ACTOR.PORT > ACTOR.PORT"
		switch {
		case p.kind(1) == '=':
			hint = "a constant is defined with define NAME = VALUE"
		case !p.leads(p.at):
			hint = "is a comma missing before it?"
		}
		p.report(noStatement.at(p.file, t.Span, p.text(t)).help("%s", hint))
		p.at++
		return nil, false
	case '.':
		return p.portStatement()
	case tTrue, tFalse, tNull:
		if p.kind(1) == ':' {
			p.report(unexpected.at(p.file, t.Span, p.describe(t), "an actor's name").
				help("'%s' is a word of the language: choose another name", p.text(t)))
			p.at++
			return nil, false
		}
		return p.link()
	case tVoidport, ':', tNumber, tString, tRef, '[', '{':
		return p.link()
	case tRule:
		return p.rule()
	case tGroup:
		return p.group()
	case tApply:
		return p.apply()
	}
	p.wrong("a statement", "")
	return nil, false
}

// include reads include NAME.
func (p *parser) include() (Stmt, bool) {
	start := p.take().Start
	name, ok := p.ident("the name of a script, without .calvin")
	if !ok {
		return nil, false
	}
	i := &Include{Span: p.since(start), Name: name}
	p.file.Includes = append(p.file.Includes, i)
	return i, true
}

// instance reads NAME : TYPE(ARGS).
func (p *parser) instance() (Stmt, bool) {
	name, _ := p.ident("a name")
	p.at++ // the colon
	in := &Instance{Name: name}
	ok := false
	in.Type, ok = p.qualified("an actor type")
	if !ok {
		p.file.lost[name.Name] = true
		return nil, false
	}
	if !p.want('(', "'(' and the arguments") {
		p.file.lost[name.Name] = true
		return nil, false
	}
	in.Args, ok = p.args()
	if !ok {
		p.file.lost[name.Name] = true
		return nil, false
	}
	in.Span = p.since(name.Start)
	return in, true
}

// args reads named arguments up to and with the closing parenthesis.
func (p *parser) args() ([]Arg, bool) {
	var args []Arg
	for p.tok().kind == tIdent && !p.begins(p.at) {
		a := Arg{}
		a.Name, _ = p.ident("an argument's name")
		if p.tok().kind != '=' {
			p.wrong("'=' after the argument's name '"+a.Name.Name+"'", "arguments are always named: NAME=VALUE")
			return args, false
		}
		p.at++
		var ok bool
		if a.Value, ok = p.argument("the argument's value"); !ok {
			return args, false
		}
		args = append(args, a)
		if p.tok().kind == ',' {
			p.at++
		}
	}
	switch p.tok().kind {
	case tNumber, tString, tRef, tTrue, tFalse, tNull, '[', '{':
		p.wrong("an argument's name", "arguments are always named: NAME=VALUE")
		return args, false
	}
	return args, p.close(')')
}

// port reads ACTOR.PORT or .PORT.
func (p *parser) port(what string) (PortName, bool) {
	var n PortName
	start := p.tok().Start
	if p.tok().kind == tIdent {
		id, _ := p.ident("")
		n.Actor = &id
		if p.tok().kind != '.' {
			p.wrong("'.' and a port after '"+id.Name+"'", "")
			return n, false
		}
	}
	if p.tok().kind != '.' {
		p.wrong(what, "")
		return n, false
	}
	p.at++
	var ok bool
	if n.Port, ok = p.ident("the port's name"); !ok {
		return n, false
	}
	n.Span = p.since(start)
	return n, true
}

// portStatement reads what starts with a port: a property or a link.
func (p *parser) portStatement() (Stmt, bool) {
	start := p.at
	port, ok := p.port("a port")
	if !ok {
		return nil, false
	}
	switch p.tok().kind {
	case '(', '[':
		return p.property(port)
	case '>':
		p.at = start
		return p.link()
	case ',':
		p.wrong("'>'", "a link has one source: write one link for each")
	default:
		p.wrong("'>', '[' or '(' after the port", "")
	}
	return nil, false
}

// property reads ([DIRECTION])? (ARGS) after a port.
func (p *parser) property(port PortName) (Stmt, bool) {
	s := &Property{Port: port}
	if p.tok().kind == '[' {
		p.at++
		dir, ok := p.ident("in or out")
		if !ok {
			return nil, false
		}
		if dir.Name != "in" && dir.Name != "out" {
			p.report(badDirection.at(p.file, dir.Span, dir.Name).help("write [in] or [out]"))
		}
		s.Dir = &dir
		if !p.close(']') {
			return nil, false
		}
	}
	if !p.want('(', "'(' and the port's properties") {
		return nil, false
	}
	var ok bool
	if s.Args, ok = p.args(); !ok {
		return nil, false
	}
	s.Span = p.since(port.Start)
	if s.Dir != nil && s.Dir.Name != "in" && s.Dir.Name != "out" {
		return nil, true // reported above
	}
	return s, true
}
