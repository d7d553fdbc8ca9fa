package script

// An Expr is an argument: *[Scalar], *[List], *[Dict], *[Name], *[Field] or
// *[Sum].
type Expr interface {
	Where() Span
	expr()
}

// A Scalar is null, a bool, an int64, a float64 or a string (adjacent strings
// joined). How it was written is the text at its span.
type Scalar struct {
	Span
	Value any
}

// A List is [ ... ].
type List struct {
	Span
	Items []Expr
}

// A Dict is { ... }. A key given twice is in Items twice; the last one counts.
type Dict struct {
	Span
	Items []Entry
}

// An Entry is one key of a dictionary with its value.
type Entry struct {
	Key   Scalar // a string
	Value Expr
}

// A Name stands for a constant, a parameter or the variable of a for.
type Name struct{ Ident }

// A Field is NAME.FIELD.FIELD...: what a dictionary has under a key, and so on.
type Field struct {
	Span
	Of   Name
	Path []Ident // at least one
}

// A Sum is A + B + ...: numbers added, strings or lists joined.
type Sum struct {
	Span
	Items []Expr // at least two, none a Sum
}

func (*Scalar) expr() {}
func (*List) expr()   {}
func (*Dict) expr()   {}
func (*Name) expr()   {}
func (*Field) expr()  {}
func (*Sum) expr()    {}

// A RuleExpr is part of a rule: *[RuleOp], *[RuleNot], *[Predicate] or *[RuleName].
type RuleExpr interface {
	Where() Span
	rule()
}

// A RuleOp joins two rules: '&' or '|'.
type RuleOp struct {
	Span
	Op          byte
	Left, Right RuleExpr
}

// A RuleNot is ~ and a rule.
type RuleNot struct {
	Span
	Rule RuleExpr
}

// A Predicate is a test of nodes.
type Predicate struct {
	Span
	Name Ident
	Args []Arg
}

// A RuleName refers to a rule by name.
type RuleName struct{ Ident }

func (*RuleOp) rule()    {}
func (*RuleNot) rule()   {}
func (*Predicate) rule() {}
func (*RuleName) rule()  {}
