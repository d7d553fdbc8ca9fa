package script

// A File is the tree of one script. Statements are in the order of the text,
// and nothing of it is lost: comments are kept beside the tree, and every node
// says where it stands, so what lies between two nodes can be looked up.
type File struct {
	Name       string // as given to Parse
	Src        []byte // the text; nodes point into it
	Constants  []*Constant
	Components []*Component
	Body       []Stmt
	Comments   []Comment // in the order of the text

	issues Issues          // what Parse found
	lost   map[string]bool // names declared by statements that could not be read
}

// A Pos is a place in a text.
type Pos struct {
	Line   int32 `json:"line"`   // from 1
	Col    int32 `json:"col"`    // from 1, in characters; a tab is one
	Offset int32 `json:"offset"` // from 0, in bytes
}

// A Span is a piece of a text, from Start up to but not with End.
type Span struct {
	Start Pos `json:"start"`
	End   Pos `json:"end"`
}

// Where is the span itself. Nodes embed Span and so have it.
func (s Span) Where() Span { return s }

// A Comment is one comment with its marks.
type Comment struct {
	Span
	Text string // "# ..." , "// ..." or "/* ... */", without the line end
}

// An Ident is a name where it stands. A qualified one has dots in Name, the
// path of an apply has colons.
type Ident struct {
	Span
	Name string
}

// A Constant is define NAME = VALUE.
type Constant struct {
	Span
	Name  Ident
	Value Expr
}

// A Component is the definition of a named piece of graph.
type Component struct {
	Span
	Name    Ident
	Params  []Ident
	In, Out []Ident
	Doc     *Doc // nil: none
	Body    []Stmt
}

// A Doc is a docstring.
type Doc struct {
	Span
	Text string // without quotes and outer white space
}

// A Stmt is one statement: *[Instance], *[Property], *[Link], *[RuleDef],
// *[Group] or *[Apply].
type Stmt interface {
	Where() Span
	stmt()
}

// An Instance declares an actor or an instance of a component.
type Instance struct {
	Span
	Name Ident
	Type Ident // qualified
	Args []Arg
}

// An Arg is NAME=VALUE.
type Arg struct {
	Name  Ident
	Value Expr
}

// A Property sets properties of a port.
type Property struct {
	Span
	Port PortName
	Dir  *Ident // "in", "out"; nil: not said
	Args []Arg
}

// A PortName is ACTOR.PORT, or .PORT seen from inside a component.
type PortName struct {
	Span
	Actor *Ident // nil: a port of the component itself
	Port  Ident
}

// A Link joins one source to targets. A source or target that is void has
// neither port nor value.
type Link struct {
	Span
	From Source
	To   []Target // at least one
}

// A Source is where a link starts: a port, a literal, or voidport.
type Source struct {
	Span
	Void  bool
	Port  *PortName // nil: a literal or void
	Label *Ident    // of the literal's actor; nil: none
	Value Expr      // of the literal; nil: a port or void
}

// A Target is where a link ends: a port, perhaps behind a transform, or
// voidport.
type Target struct {
	Span
	Void      bool
	Transform *Transform // nil: none
	Tag       Expr       // "@" and a number or string, which mean nothing; nil: none
	Port      *PortName  // nil: void
}

// A Transform replaces each token by Value.
type Transform struct {
	Span
	Label *Ident
	Value Expr
}

// A RuleDef gives a rule expression a name.
type RuleDef struct {
	Span
	Name Ident
	Rule RuleExpr
}

// A Group names a set of actors.
type Group struct {
	Span
	Name    Ident
	Members []Ident
}

// An Apply attaches a rule to actors, components or groups.
type Apply struct {
	Span
	Targets []Ident
	Rule    RuleExpr
}

func (*Instance) stmt() {}
func (*Property) stmt() {}
func (*Link) stmt()     {}
func (*RuleDef) stmt()  {}
func (*Group) stmt()    {}
func (*Apply) stmt()    {}

// An Expr is an argument: *[Scalar], *[List], *[Dict] or *[Name].
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

// A Name stands for a constant or a parameter.
type Name struct{ Ident }

func (*Scalar) expr() {}
func (*List) expr()   {}
func (*Dict) expr()   {}
func (*Name) expr()   {}

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
