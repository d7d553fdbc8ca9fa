// Package script turns CalvinScript into a graph: text → tree → checked → graph.
//
// The steps are apart, and each reports every mistake it can find:
//
//	file, issues := script.Parse("ward.calvin", src)  // text → tree
//	issues = script.Check(file, types)                 // tree → checked
//	graph, issues := script.Compile(file, types)       // tree → checked → flow.Graph
//
// Each step's issues include those of the steps before it, so a caller looks at
// the last ones only. [Compile] gives a graph only when there is no error among
// them: a script that is half understood runs nowhere.
//
// # Grammar
//
// X* is none or more, X+ one or more, X? optional; terminals are in quotes.
// This is Calvin's grammar; the one addition is path.
//
//	script     = constant* component* statement*
//	constant   = "define" IDENT "=" argument
//	component  = "component" qname "(" names? ")" names? "->" names?
//	             "{" DOCSTRING? inner+ "}"
//	inner      = instance | property | link
//	statement  = instance | property | link | rule | group | apply
//	instance   = IDENT ":" qname "(" args ")"
//	property   = port ( "[" ( "in" | "out" ) "]" )? "(" args ")"
//	link       = port ">" "voidport"
//	           | "voidport" ">" target ( "," target )*
//	           | ( port | ( ":" IDENT )? argument ) ">" target ( "," target )*
//	target     = ( "/" ( ":" IDENT )? argument "/" )? ( "@" ( NUMBER | STRING ) )? port
//	port       = IDENT? "." IDENT
//	args       = ( IDENT "=" argument ","? )*
//	argument   = value | IDENT
//	value      = "{" ( string ":" value ","? )* "}" | "[" ( value ","? )* "]"
//	           | "true" | "false" | "null" | NUMBER | string
//	string     = ( STRING | "&" IDENT "." IDENT )+
//	rule       = "rule" IDENT ":" expr
//	group      = "group" IDENT ":" path ( "," path )*
//	apply      = "apply" path ( "," path )* ":" expr
//	path       = IDENT ( ":" IDENT )*
//	expr       = expr "|" expr | expr "&" expr | "~" expr | "(" expr ")"
//	           | IDENT "(" args ")" | IDENT
//
// A path names an actor inside a component, such as bed1:ecg; its colons stand
// without spaces, which keeps it apart from the colon before a rule. Rule
// operators bind in the order ~ & |.
//
// # Where we differ from Calvin
//
// Only where Calvin loses or crashes. Parameters shadow constants; true, false
// and null end where the word ends; CRLF is a line end; every issue has its
// real place; names declared twice, components that contain themselves,
// contradictory directions and equal tags are errors; a component may have a
// dotted name; groups are expanded; rules may refer forwards and nest; a rule
// section with any mistake refuses the script.
package script
