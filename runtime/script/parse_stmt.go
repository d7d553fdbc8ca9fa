package script

// instance reads NAME : TYPE(ARGS).
func (p *parser) instance() (Stmt, bool) {
	t := p.take()
	if t.kind != tIdent && t.kind != tBad {
		p.report(unexpected.at(p.file, p.where(t), p.describe(t), "an actor's name").
			help("'%s' is a word of the language: choose another name", p.text(t)))
	}
	name := Ident{p.where(t), p.text(t)}
	p.at++ // the colon
	in := &Instance{Name: name}
	ok := false
	if p.leads(p.at) && p.kind(1) == ':' {
		p.wrong("an actor type", "an actor is declared with NAME : TYPE()") // this is the next one
	} else if in.Type, ok = p.qualified("an actor type"); ok {
		in.Args, ok = p.arguments()
	}
	if !ok {
		p.file.lost[name.Name] = true
		return nil, false
	}
	if t.kind != tIdent {
		return nil, true
	}
	in.Span = p.since(name.Start)
	return in, true
}

// arguments reads (ARGS) behind a type.
func (p *parser) arguments() ([]Arg, bool) {
	if p.tok().kind == '(' {
		p.at++
		return p.args()
	}
	p.mend("'(' with the arguments", "write () when there are none", "()")
	return nil, p.over() || p.tok().kind == '}'
}

// args reads named arguments up to and with the closing parenthesis.
func (p *parser) args() ([]Arg, bool) {
	const named = "arguments are always named: NAME=VALUE"
	var args []Arg
	for p.tok().kind == tIdent && !p.resumes(p.at) {
		a := Arg{}
		a.Name, _ = p.ident("an argument's name")
		switch {
		case p.tok().kind == '=':
			p.at++
		case p.tok().kind == ':' && p.tok().Start.Line == a.Name.End.Line:
			p.instead("'=' after the argument's name '"+a.Name.Name+"'", named, "=")
		case len(args) > 0 && p.at > 1 && p.tokens[p.at-2].End == a.Name.Start:
			p.at--
			p.wrong("',' or ')'", "numbers are decimal, without a unit or exponent")
			return args, false
		default:
			p.wrong("'=' after the argument's name '"+a.Name.Name+"'", named)
			return args, false
		}
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
		if !p.begins(p.at) {
			p.wrong("an argument's name", named)
			return args, false
		}
	case tDefine, tComponent, tVoidport, tRule, tGroup, tApply:
		if p.kind(1) == '=' {
			p.ident("an argument's name")
			return args, false
		}
	case ',':
		p.wrong("an argument", "one comma between two arguments is enough")
		return args, false
	case '}', ']':
		p.instead("')'", "arguments end with )", ")")
		return args, true
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
			p.wrong("'.' and a port after '"+id.Name+"'", "links join ports, not actors: "+id.Name+".PORT")
			return n, false
		}
	}
	if p.tok().kind != '.' {
		help := ""
		if k := p.tok().kind; keyword(k) && p.kind(1) == '.' {
			help = "'" + p.text(p.tok()) + "' is a word of the language: choose another name"
		}
		p.wrong(what, help)
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
	case tArrow:
		p.at = start
		return p.link()
	case '=':
		if arrow := p.ahead(1); arrow.kind == '>' && arrow.Start == p.tok().End {
			t := p.tok()
			both := p.span(t.Start, arrow.End)
			p.report(unexpected.at(p.file, both, "'=>'", "'>'").help("links are written with >").edit(both, ">"))
			return nil, false
		}
		p.wrong("'>', '[' or '(' after the port", "links are written with >; properties are set with "+port.String()+"(NAME=VALUE)")
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
	if !p.want('(', "'(' and the port's properties", "") {
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
