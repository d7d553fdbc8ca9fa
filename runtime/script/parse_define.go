package script

// constant reads define NAME = VALUE.
func (p *parser) constant() bool {
	start := p.take().Start
	name, ok := p.ident("the constant's name")
	if !ok {
		return false
	}
	c := &Constant{Name: name}
	if ok = p.equals("'='"); ok {
		c.Value, ok = p.argument("the constant's value")
	}
	if !ok {
		p.file.lost[name.Name] = true
		return false
	}
	c.Span = p.since(start)
	p.file.Constants = append(p.file.Constants, c)
	return true
}

// equals takes "=", or what is often written for it.
func (p *parser) equals(want string) bool {
	if p.tok().kind == ':' {
		p.instead("'='", "a constant is defined with define NAME = VALUE", "=")
		return true
	}
	return p.want('=', want, "a constant is defined with define NAME = VALUE")
}

// component reads the definition of a component. Where its head is broken its
// body is read all the same, for the mistakes in it.
func (p *parser) component(around *place) bool {
	at := p.at
	start := p.take().Start
	c := &Component{}
	var ok bool
	if c.Name, ok = p.qualified("the component's name"); !ok {
		return false
	}
	p.file.lost[c.Name.Name] = true
	head := p.head(c)
	pl := &place{what: bComponent, name: "component " + c.Name.Name, head: c.Name.Span, col: start.Col, in: around, body: &c.Body}
	if !p.brace(pl, at, head, "") {
		return false
	}
	p.load.inner = map[string]bool{}
	p.block(pl, &c.Doc)
	c.Span = p.since(start)
	if head {
		delete(p.file.lost, c.Name.Name)
		p.file.Components = append(p.file.Components, c)
	}
	return true
}

// head reads a component's parameters and ports.
func (p *parser) head(c *Component) bool {
	if !p.want('(', "'(' and the component's parameters", "write () when there are none") || !p.params(c) || !p.close(')') {
		return false
	}
	const arrow = "the in-ports stand before ->, the out-ports behind it; -> also stands when there are none"
	if k := p.tok().kind; k != tArrow && k != tIdent && k != '>' {
		p.mend("'->' between in-ports and out-ports", arrow, " ->")
		return false
	}
	var ok bool
	if c.In, ok = p.names("the name of an in-port", tArrow); !ok {
		return false
	}
	switch p.tok().kind {
	case tArrow:
		p.at++
	case '>':
		p.instead("'->' between in-ports and out-ports", arrow, "->")
	default:
		p.wrong("'->' between in-ports and out-ports", arrow)
		return false
	}
	if p.begins(p.at) {
		return true // the brace is missing: that is said next
	}
	c.Out, ok = p.names("an out-port or '{'", '{')
	return ok
}

// params reads (IDENT ("=" argument)? ("," IDENT ("=" argument)?)*)?.
func (p *parser) params(c *Component) bool {
	for p.tok().kind != ')' {
		if len(c.Params) > 0 && !p.want(',', "',' or ')'", "") {
			return false
		}
		id, ok := p.ident("a parameter's name")
		if !ok {
			return false
		}
		param := Param{Ident: id}
		if p.tok().kind == '=' {
			p.at++
			if param.Default, ok = p.argument("the parameter's default"); !ok {
				return false
			}
		}
		c.Params = append(c.Params, param)
	}
	return true
}

// names reads (IDENT ("," IDENT)*)? up to a token of kind end.
func (p *parser) names(what string, end tokenKind) ([]Ident, bool) {
	var ids []Ident
	if p.tok().kind == end {
		return nil, true
	}
	for {
		if len(ids) > 0 {
			what = "the name of a port"
		}
		id, ok := p.ident(what)
		if !ok {
			return ids, false
		}
		ids = append(ids, id)
		switch {
		case p.tok().kind == ',':
			p.at++
		case p.tok().kind == tIdent && p.tok().Start.Line == id.End.Line:
			p.mend("','", "the names of ports are separated by commas", ",")
		default:
			return ids, true
		}
	}
}
