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

// include reports a line "include NAME" and skips it.
func (p *parser) include() (Stmt, bool) {
	start := p.take().Start
	name := ""
	for p.tok().kind != tEnd && !p.leads(p.at) {
		t := p.take()
		name += p.text(t)
	}
	p.report(includeLine.at(p.file, p.since(start), name).
		help("copy the text of %s.calvin here", name))
	return nil, true
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

// link reads SOURCE > TARGETS.
func (p *parser) link() (Stmt, bool) {
	l := &Link{}
	start := p.tok().Start
	var ok bool
	if l.From, ok = p.source(); !ok {
		return nil, false
	}
	arrow := p.tok().Span
	if !p.want('>', "'>'") {
		return nil, false
	}
	for {
		t, ok := p.target()
		if !ok {
			return nil, false
		}
		l.To = append(l.To, t)
		if p.tok().kind != ',' {
			break
		}
		p.at++
	}
	l.Span = p.since(start)
	if p.tok().kind == '>' {
		p.report(chained.at(p.file, p.tok().Span).help("start a new link here, from an out-port"))
		return nil, false
	}
	return p.void(l, arrow)
}

// void looks after voidport, which stands alone.
func (p *parser) void(l *Link, arrow Span) (Stmt, bool) {
	for _, t := range l.To {
		var say string
		switch {
		case t.Void && l.From.Void && len(l.To) == 1:
			p.report(pointless.at(p.file, arrow).help("leave the line out"))
			return nil, true
		case t.Void && len(l.To) > 1:
			say = "can't stand in a list of ports"
		case t.Void && l.From.Port == nil && !l.From.Void:
			say = "can't be fed from a literal"
		case t.Void && l.From.Port != nil && l.From.Port.Actor == nil:
			say = "can't be linked to a component's own port"
		case l.From.Void && t.Transform != nil:
			say = "can't feed a transform"
		case l.From.Void && t.Port != nil && t.Port.Actor == nil:
			say = "can't be linked to a component's own port"
		default:
			continue
		}
		where := t.Span
		if l.From.Void {
			where = l.From.Span
		}
		p.report(voidMixed.at(p.file, where, say).help("voidport is linked to ports of actors only, by a link of its own"))
		return nil, true
	}
	return l, true
}

func (p *parser) source() (Source, bool) {
	start := p.tok().Start
	var s Source
	ok := true
	switch k := p.tok().kind; {
	case k == tVoidport:
		p.at++
		s.Void = true
	case k == '.' || k == tIdent && p.kind(1) == '.':
		var n PortName
		n, ok = p.port("a port")
		s.Port = &n
	default:
		if k == ':' {
			p.at++
			var label Ident
			if label, ok = p.ident("a label"); !ok {
				return s, false
			}
			s.Label = &label
		}
		s.Value, ok = p.argument("a value")
	}
	s.Span = p.since(start)
	return s, ok
}

func (p *parser) target() (Target, bool) {
	start := p.tok().Start
	var t Target
	if p.tok().kind == tVoidport {
		p.at++
		t.Void = true
		t.Span = p.since(start)
		return t, true
	}
	if p.tok().kind == '/' {
		p.at++
		tr := &Transform{}
		if p.tok().kind == ':' {
			p.at++
			label, ok := p.ident("a label")
			if !ok {
				return t, false
			}
			tr.Label = &label
		}
		var ok bool
		if tr.Value, ok = p.argument("the value that replaces each token"); !ok || !p.close('/') {
			return t, false
		}
		tr.Span = p.since(start)
		t.Transform = tr
		if p.tok().kind == tVoidport {
			p.report(voidMixed.at(p.file, p.tok().Span, "can't be the target of a transform").help("leave the transform out"))
			return t, false
		}
	}
	if p.tok().kind == '@' && !p.tag(&t) {
		return t, false
	}
	if p.begins(p.at) {
		p.wrong("a port to link to", "")
		return t, false
	}
	n, ok := p.port("a port to link to")
	if !ok {
		return t, false
	}
	if t.Tag != nil && n.Actor == nil {
		p.report(unexpected.at(p.file, t.Tag.Where(), "a tag", "a component's own port").help("leave the tag out"))
	}
	t.Port = &n
	t.Span = p.since(start)
	return t, true
}

// tag reads "@" and a number or string.
func (p *parser) tag(t *Target) bool {
	at := p.take().Start
	if k := p.tok().kind; k != tNumber && k != tString && k != tRef {
		p.wrong("a number or string after '@'", "")
		return false
	}
	var ok bool
	if t.Tag, ok = p.scalar(1); !ok {
		return false
	}
	p.report(unusedTag.at(p.file, p.since(at)).help(`set the property of the out-port: ACTOR.PORT(tag="...")`))
	return true
}

// group reads group NAME : A, B.
func (p *parser) group() (Stmt, bool) {
	start := p.take().Start
	g := &Group{}
	var ok bool
	if g.Name, ok = p.ident("the group's name"); !ok {
		return nil, false
	}
	p.file.lost[g.Name.Name] = true
	if !p.want(':', "':'") {
		return nil, false
	}
	if g.Members, ok = p.paths(false); !ok {
		return nil, false
	}
	delete(p.file.lost, g.Name.Name)
	g.Span = p.since(start)
	return g, true
}

// apply reads apply A, B : RULE.
func (p *parser) apply() (Stmt, bool) {
	start := p.take().Start
	a := &Apply{}
	var ok bool
	if a.Targets, ok = p.paths(true); !ok || !p.want(':', "':' and a rule") {
		return nil, false
	}
	if a.Rule, ok = p.expr(); !ok {
		return nil, false
	}
	a.Span = p.since(start)
	return a, true
}

// paths reads PATH ("," PATH)*. Where a rule follows, the last colon is not
// part of a path.
func (p *parser) paths(rule bool) ([]Ident, bool) {
	var ids []Ident
	for {
		id, ok := p.ident("the name of an actor, component or group")
		if !ok {
			return ids, false
		}
		for p.inPath(id.End, rule) {
			p.at++
			part, _ := p.ident("")
			id.Name += ":" + part.Name
			id.End = part.End
		}
		ids = append(ids, id)
		if p.tok().kind != ',' {
			return ids, true
		}
		p.at++
	}
}

// inPath reports whether a colon and a name follow that belong to the path
// which ends at end: no space between, and if a rule is to come, a comma or
// another colon behind them on the same line.
func (p *parser) inPath(end Pos, rule bool) bool {
	colon, name, after := p.ahead(0), p.ahead(1), p.ahead(2)
	if colon.kind != ':' || name.kind != tIdent || colon.Start != end || name.Start != colon.End {
		return false
	}
	return !rule || (after.kind == ':' || after.kind == ',') && after.Start.Line == name.End.Line
}
