package script

// A Test is test "NAME" { ... }: what tokens come out of a part of the program
// when others go in. It is no part of what is deployed.
type Test struct {
	Span
	Name Scalar // a string
	Doc  *Doc   // nil: none
	Body []Stmt
}

// A Give puts the tokens of a list into an in-port, in place of what the script
// links to it.
type Give struct {
	Span
	Port   PortName
	Tokens Expr
}

// An Expect says which tokens an out-port gave since the last expect on it.
type Expect struct {
	Span
	Port   PortName
	Tokens Expr
	More   bool // "...": others may follow
}

// An After lets virtual time pass.
type After struct {
	Span
	Seconds Scalar // an int64 or float64, not negative
}

// A Set makes the mock device of a capability read a value from now on.
type Set struct {
	Span
	Capability Ident // qualified
	Value      Expr
}

func (*Test) stmt()   {}
func (*Give) stmt()   {}
func (*Expect) stmt() {}
func (*After) stmt()  {}
func (*Set) stmt()    {}
