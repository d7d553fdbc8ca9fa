package script

// rule reads rule NAME : EXPR.
func (p *parser) rule() (Stmt, bool) {
	start := p.take().Start
	r := &RuleDef{}
	var ok bool
	if r.Name, ok = p.ident("the rule's name"); !ok {
		return nil, false
	}
	p.file.lost[r.Name.Name] = true
	if !p.colon("':' and the rule") {
		return nil, false
	}
	if r.Rule, ok = p.expr(); !ok {
		return nil, false
	}
	delete(p.file.lost, r.Name.Name)
	r.Span = p.since(start)
	return r, true
}

// colon takes ":", or what is often written for it.
func (p *parser) colon(want string) bool {
	switch t := p.tok(); {
	case t.kind == '=':
		p.instead("':'", "write :", ":")
		return true
	case t.kind == tIdent && !p.begins(p.at) && !p.leads(p.at):
		p.wrong(want, "names are separated by commas")
		return false
	}
	return p.want(':', want, "")
}

// expr reads a rule: terms joined by |.
func (p *parser) expr() (RuleExpr, bool) {
	return p.chain('|', func() (RuleExpr, bool) { return p.chain('&', p.term) })
}

// chain reads operands joined by op, from left to right.
func (p *parser) chain(op tokenKind, operand func() (RuleExpr, bool)) (RuleExpr, bool) {
	start := p.tok().Start
	left, ok := operand()
	for n := 1; ok && p.joins(op); n++ {
		if n > maxDepth {
			p.report(tooDeep.at(p.file, p.where(p.tok()), maxDepth).help("give a part of the rule a name of its own"))
			return nil, false
		}
		p.at++
		var right RuleExpr
		if right, ok = operand(); ok {
			left = &RuleOp{p.since(start), byte(op), left, right}
		}
	}
	return left, ok
}

// joins reports whether an operator stands here. It is taken from people who
// write and, or, && and || with a word about how it is written.
func (p *parser) joins(op tokenKind) bool {
	long := map[tokenKind]string{'&': "and", '|': "or"}[op]
	want := "'" + string(rune(op)) + "'"
	switch {
	case p.tok().kind == op && p.kind(1) == op:
		p.at++
		p.instead("a rule", "one "+string(rune(op))+" is enough", "")
		p.at--
	case p.word(long) && !p.leads(p.at) && (p.kind(1) == tIdent || p.kind(1) == '~' || p.kind(1) == '('):
		p.instead(want, "rules are joined by & and |", string(rune(op)))
		p.at--
	default:
		return p.tok().kind == op
	}
	return true
}

// term reads ~ RULE, ( RULE ), PREDICATE(ARGS) or NAME.
func (p *parser) term() (RuleExpr, bool) {
	t := p.tok()
	start := t.Start
	if p.depth++; p.depth > maxDepth {
		p.report(tooDeep.at(p.file, p.where(t), maxDepth).help("give a part of the rule a name of its own"))
		p.depth = 0
		return nil, false
	}
	defer func() { p.depth = max(0, p.depth-1) }()
	switch t.kind {
	case '~':
		p.at++
		r, ok := p.term()
		if !ok {
			return nil, false
		}
		return &RuleNot{p.since(start), r}, true
	case '(':
		p.at++
		r, ok := p.expr()
		if !ok || !p.close(')') {
			return nil, false
		}
		return r, true
	case tIdent:
		if p.begins(p.at) {
			break // the next statement
		}
		if p.word("not") && p.kind(1) == tIdent {
			p.instead("a rule", "not is written ~", "~")
			p.at--
			t.kind = '~'
			p.depth--
			return p.term()
		}
		id, _ := p.ident("")
		if p.tok().kind != '(' {
			return &RuleName{id}, true
		}
		p.at++
		args, ok := p.args()
		return &Predicate{p.since(start), id, args}, ok
	}
	p.wrong("a rule", "a rule is a predicate such as node_attr_match(index=[...]), the name of a rule, ~RULE, or rules joined by & and |")
	return nil, false
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
	if !p.colon("':' and the members") {
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
	if a.Targets, ok = p.paths(true); !ok || !p.colon("':' and a rule") {
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
			p.part(&id)
		}
		ids = append(ids, id)
		if p.tok().kind != ',' {
			return ids, true
		}
		p.at++
	}
}

// part adds a colon and a name to a path.
func (p *parser) part(id *Ident) {
	p.at++
	t := p.take()
	id.Name += ":" + p.text(t)
	id.End = t.End
}

// adjoins reports whether a colon and a name follow without a space what ends
// at end.
func (p *parser) adjoins(end Pos) bool {
	colon, name := p.ahead(0), p.ahead(1)
	return colon.kind == ':' && name.kind == tIdent && colon.Start == end && name.Start == colon.End
}

// inPath reports whether a colon and a name follow that belong to the path
// which ends at end: no space between, and if a rule is to come, a comma
// behind them, or another colon on the same line.
func (p *parser) inPath(end Pos, rule bool) bool {
	after := p.ahead(2)
	return p.adjoins(end) && (!rule || after.kind == ',' || after.kind == ':' && after.Start.Line == p.ahead(1).End.Line)
}
