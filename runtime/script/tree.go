package script

// A File is the tree of one script. Statements are in the order of the text,
// and nothing of it is lost: comments are kept beside the tree, and every node
// says where it stands, so what lies between two nodes can be looked up.
//
// What the script includes stands in the lists below where the include line was.
type File struct {
	Name       string // as given to Parse
	Src        []byte // the text; nodes point into it
	Texts      []Text // all texts that nodes point into: the script's own, then those included
	Includes   []*Include
	Constants  []*Constant
	Components []*Component
	Body       []Stmt
	Comments   []Comment // of Src, in its order

	issues  Issues          // what Parse found
	lost    map[string]bool // names declared by statements that could not be read
	partial bool            // an include could not be read: what seems undefined may be in it
}

// A Text is one file that a script is read from.
type Text struct {
	Name string // as positions show it
	Src  []byte
}

// Source is the text of the file with a name that an issue has, for
// [Issue.Format]; nil if there is none.
func (f *File) Source(name string) []byte {
	for _, t := range f.Texts {
		if t.Name == name {
			return t.Src
		}
	}
	return nil
}

// name is the name of the file that a span lies in.
func (f *File) name(s Span) string {
	if int(s.Src) < len(f.Texts) {
		return f.Texts[s.Src].Name
	}
	return f.Name
}

// A Pos is a place in a text.
type Pos struct {
	Line   int32 `json:"line"`   // from 1
	Col    int32 `json:"col"`    // from 1, in characters; a tab is one
	Offset int32 `json:"offset"` // from 0, in bytes
}

// A Span is a piece of a text, from Start up to but not with End.
type Span struct {
	Start Pos   `json:"start"`
	End   Pos   `json:"end"`
	Src   int32 `json:"-"` // which of File.Texts; 0 is the script itself
}

// before puts spans in the order of the texts.
func (s Span) before(t Span) bool {
	if s.Src != t.Src {
		return s.Src < t.Src
	}
	return s.Start.Offset < t.Start.Offset
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

// An Include is a line include NAME. What it stands for has been read into the
// lists of the file, or into the body of the component it is in.
type Include struct {
	Span
	Name  Ident  // without .calvin
	Found string // the file that stands here, or did before; "": none
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
	Params  []Param
	In, Out []Ident
	Doc     *Doc // nil: none
	Body    []Stmt
}

// A Param is a parameter of a component.
type Param struct {
	Ident
	Default Expr // for instances that do not give it; nil: they must
}

// A Doc is a docstring.
type Doc struct {
	Span
	Text string // without quotes and outer white space
}

// A Stmt is one statement: *[Instance], *[Property], *[Link] and *[For]; in the
// program also *[RuleDef], *[Group], *[Apply] and *[Test]; in a test, besides the
// first three, *[Give], *[Expect], *[After] and *[Set].
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

// A PortName is ACTOR.PORT, or .PORT seen from inside a component. In give and
// expect the actor may be a path, such as bed_3:ecg.
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

// A Source is where a link starts: a port, a literal, or voidport. A source
// a.b is always read as a port, never as a [Field].
type Source struct {
	Span
	Void  bool
	Port  *PortName // nil: a literal or void
	Label *Ident    // of the literal's actor; nil: none
	Once  bool      // the literal is one token, not an endless stream
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

// A For makes what is in its body once for each element of a list. The body
// has instances, properties, links and more of its kind, in the program applies.
type For struct {
	Span
	Var  Ident
	Over Expr // the list
	Body []Stmt
}

func (*Instance) stmt() {}
func (*Property) stmt() {}
func (*Link) stmt()     {}
func (*RuleDef) stmt()  {}
func (*Group) stmt()    {}
func (*Apply) stmt()    {}
func (*For) stmt()      {}
