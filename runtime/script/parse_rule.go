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
	if !p.want(':', "':' and the rule") {
		return nil, false
	}
	if r.Rule, ok = p.expr(); !ok {
		return nil, false
	}
	delete(p.file.lost, r.Name.Name)
	r.Span = p.since(start)
	return r, true
}

// expr reads a rule: terms joined by |.
func (p *parser) expr() (RuleExpr, bool) {
	return p.chain('|', func() (RuleExpr, bool) { return p.chain('&', p.term) })
}

// chain reads operands joined by op, from left to right.
func (p *parser) chain(op tokenKind, operand func() (RuleExpr, bool)) (RuleExpr, bool) {
	start := p.tok().Start
	left, ok := operand()
	for n := 1; ok && p.tok().kind == op; n++ {
		if n > maxDepth {
			p.report(tooDeep.at(p.file, p.tok().Span, maxDepth).help("give a part of the rule a name of its own"))
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

// term reads ~ RULE, ( RULE ), PREDICATE(ARGS) or NAME.
func (p *parser) term() (RuleExpr, bool) {
	t := p.tok()
	start := t.Start
	if p.depth++; p.depth > maxDepth {
		p.report(tooDeep.at(p.file, t.Span, maxDepth).help("give a part of the rule a name of its own"))
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
