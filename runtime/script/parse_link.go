package script

// link reads SOURCE > TARGETS.
func (p *parser) link() (Stmt, bool) {
	l := &Link{}
	at, start := p.at, p.tok().Start
	var ok bool
	if l.From, ok = p.source(); !ok {
		return nil, false
	}
	arrow := p.where(p.tok())
	switch {
	case p.tok().kind == tArrow && !p.leads(p.at):
		p.instead("'>'", "links are written with >", ">")
	case p.tok().kind == ',' && l.From.Port == nil:
		p.wrong("'>'", "a link has one source: write one link for each")
		return nil, false
	case l.From.Value != nil && p.tok().kind != '>':
		p.noArrow(l.From.Value, at)
		return nil, false
	case !p.want('>', "'>'", ""):
		return nil, false
	}
	if p.tok().kind == '>' {
		p.instead("a port to link to", "one > is enough", "")
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
		p.report(chained.at(p.file, p.where(p.tok())).help("start a new link here, from an out-port"))
		p.at++
		return nil, false
	}
	return p.void(l, arrow)
}

// noArrow reports a value, whose first token is at, that no link follows.
func (p *parser) noArrow(v Expr, at int) {
	first, next := &p.tokens[at], p.tok()
	_, field := v.(*Field)
	adjacent := at > 0 && p.tokens[at-1].End == first.Start
	switch {
	case first.kind == tNumber && next.kind == tIdent && next.Start == first.End:
		both := p.span(first.Start, next.End)
		p.report(unexpected.at(p.file, both, "'"+p.text(first)+p.text(next)+"'", "a statement").help("names start with a letter"))
	case field && (next.kind == '(' || next.kind == '['):
		p.wrong("'>'", "a port has one dot: ACTOR.PORT")
	case !p.leads(at) && first.kind == '[' && adjacent:
		p.report(unexpected.at(p.file, p.where(first), "'['", "the next statement").help("a list can't be taken apart; NAME.FIELD is what a dictionary has"))
	case !p.leads(at): // it went on from the statement before
		p.report(unexpected.at(p.file, p.where(first), p.describe(first), "the next statement").help("is something missing before it?"))
	default:
		p.mend("'>'", "a value alone does nothing: link it with VALUE > ACTOR.PORT", "")
	}
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
		if l.From.Void && !t.Void {
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
	case k == '.' || k == tIdent && p.kind(1) == '.' && !p.sum(p.at):
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
		if p.word("once") && p.introduces(p.at) && p.ahead(1).Start.Line == p.tok().End.Line {
			p.at++
			s.Once = true
		}
		s.Value, ok = p.whole("a value")
	}
	s.Span = p.since(start)
	return s, ok
}

func (p *parser) target() (Target, bool) {
	start := p.tok().Start
	var t Target
	if p.tok().kind == tVoidport && !(p.leads(p.at) && p.kind(1) == '>') {
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
		if tr.Value, ok = p.argument("the value that replaces each token"); !ok || !p.want('/', "'/'", "a transform stands between two slashes: /VALUE/") {
			return t, false
		}
		tr.Span = p.since(start)
		t.Transform = tr
		if p.tok().kind == tVoidport {
			p.report(voidMixed.at(p.file, p.where(p.tok()), "can't be the target of a transform").help("leave the transform out"))
			return t, false
		}
	}
	at := p.tok().Start
	if p.tok().kind == '@' && !p.tag(&t) {
		return t, false
	}
	tag := p.since(at)
	switch k := p.tok().kind; {
	case p.begins(p.at):
		p.wrong("a port to link to", "")
		return t, false
	case k == tNumber || k == tString || k == '[' || k == '{':
		p.wrong("a port to link to", "a value that replaces each token stands between slashes: /VALUE/ ACTOR.PORT")
		return t, false
	}
	n, ok := p.port("a port to link to")
	if !ok {
		return t, false
	}
	if t.Tag != nil && n.Actor == nil {
		p.report(unexpected.at(p.file, tag, "a tag", "a component's own port").help("leave the tag out").edit(tag, ""))
	} else if t.Tag != nil {
		p.report(unusedTag.at(p.file, tag).help(`set the property of the out-port: ACTOR.PORT(tag="...")`).edit(tag, ""))
	}
	if dot := p.tok(); dot.kind == '.' && dot.Start == n.End && n.Actor != nil {
		p.wrong("the end of the port", "a port has one dot: ACTOR.PORT")
		return t, false
	}
	t.Port = &n
	t.Span = p.since(start)
	return t, true
}

// tag reads "@" and a number or string.
func (p *parser) tag(t *Target) bool {
	p.at++
	if k := p.tok().kind; k != tNumber && k != tString && k != tRef {
		p.wrong("a number or string after '@'", "")
		return false
	}
	var ok bool
	t.Tag, ok = p.scalar(1, true)
	return ok
}
