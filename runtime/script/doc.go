// Package script turns CalvinScript into a graph: text → tree → checked → graph.
//
// The steps are apart, and each reports every mistake it can find:
//
//	file, issues := script.Load("ward.calvin", src, find)  // text → tree
//	issues = script.Check(file, types)                      // tree → checked
//	graph, issues := script.Compile(file, types)            // tree → checked → flow.Graph
//
// Each step's issues include those of the steps before it, so a caller looks at
// the last ones only. [Compile] gives a graph only when there is no error among
// them: a script that is half understood runs nowhere.
//
// # Grammar
//
// X* is none or more, X+ one or more, X? optional; terminals are in quotes.
//
//	script     = constant* component* statement*             and includes anywhere between
//	include    = "include" FILE                               a line of its own
//	constant   = "define" IDENT "=" argument
//	component  = "component" qname "(" ( param ( "," param )* )? ")" names? "->" names?
//	             "{" DOCSTRING? inner+ "}"
//	param      = IDENT ( "=" argument )?
//	inner      = instance | property | link | for | include
//	statement  = instance | property | link | for | rule | group | apply | test
//	instance   = IDENT ":" qname "(" args ")"
//	property   = port ( "[" ( "in" | "out" ) "]" )? "(" args ")"
//	link       = port ">" "voidport"
//	           | "voidport" ">" target ( "," target )*
//	           | source ">" target ( "," target )*
//	source     = port | ( ":" IDENT )? "once"? argument
//	target     = ( "/" ( ":" IDENT )? argument "/" )? ( "@" ( NUMBER | STRING ) )? port
//	port       = IDENT? "." IDENT
//	args       = ( IDENT "=" argument ","? )*
//	argument   = operand ( "+" operand )*
//	operand    = value | IDENT ( "." IDENT )*
//	value      = "{" ( string ":" argument ","? )* "}" | "[" ( argument ","? )* "]"
//	           | "true" | "false" | "null" | NUMBER | string
//	string     = ( STRING | "&" IDENT "." IDENT )+
//	rule       = "rule" IDENT ":" expr
//	group      = "group" IDENT ":" path ( "," path )*
//	apply      = "apply" path ( "," path )* ":" expr
//	path       = IDENT ( ":" IDENT )*
//	expr       = expr "|" expr | expr "&" expr | "~" expr | "(" expr ")"
//	           | IDENT "(" args ")" | IDENT
//	for        = "for" IDENT "in" argument "{" ( instance | property | link | apply | for )+ "}"
//	test       = "test" string "{" DOCSTRING? trial+ "}"
//	trial      = instance | property | link | give | expect | after | set
//	give       = "give" path "." IDENT argument
//	expect     = "expect" path "." IDENT argument "..."?
//	after      = "after" NUMBER
//	set        = "set" qname argument
//
// Rule operators bind in the order ~ & |. The colons of a path stand without
// spaces, which keeps it apart from the colon before a rule. The dot of a field
// stands on the line of its name. An argument a.b before > is a port; a field is
// what has more dots, a label, "once" or a "+". A string that begins a line and
// has > behind it on that line begins a link, and does not go on the string
// before; Calvin has a syntax error there.
//
// # What Calvin doesn't have
//
// All of it is read only where Calvin has a syntax error, so each old script
// means what it meant. The new words are no keywords: for, in, test, give,
// expect, after, set, once and include are names wherever Calvin takes a name,
// and words only in front of a name or a value on their line, where none of
// Calvin's statements goes on. There are few of them, and nothing computes: what
// a script makes can be read off it.
//
// include is Calvin's own, but there a step before the compiler pastes texts
// together, once for each line that asks, and every position behind it is off.
// Here a file is read as a file: once, in the place of the line, with positions
// and an order of definitions of its own; a library of components can be included
// at the top and constants may follow. A component may include what belongs in
// it, as pasting allows.
//
// Constants inside lists and dictionaries, because a constant that must be
// repeated in ["address", {"floor": "3"}] is none. Fields, so that one dictionary
// can hold what belongs to a bed. "+" joins strings or lists and adds numbers: the
// name of a device is made of the name of a ward and of a bed, and nothing else
// was missing often enough to be worth an expression language.
//
// Parameters with defaults, because actors have them: a component can take an
// actor's place.
//
// for makes a part of the graph once for each element of a list. The list is
// known when the script is compiled, so the graph is as fixed as one written out,
// and the paths say so: bed_3:ecg is the ecg of the third bed, in rules, tests
// and dead letters. Elements are called as they are when each is another string or
// whole number of letters, digits, _ and -, else 1, 2, 3; names have no -, so the -
// of an element is written _ in a path. A for stands in braces like a component, whose scope it has, and
// in a component has no apply.
//
// once gives one token, where a literal alone gives one after the other without
// end, as in Calvin. Most literals are settings that are meant to be told once;
// the word says so at the place that is read first.
//
// near and apart in rules, because where an actor should run is often said by
// another: a display beside its source, two copies of a check on two nodes. They
// name actors, components and groups as apply does, in strings, since arguments
// have no names of actors; in a named rule they mean those of the whole script.
// As predicates about scaling do, they hold by themselves: beside | or behind ~
// they are errors. Of cpuTotal, memTotal, cpuAvail and memAvail node_attr_match
// takes an amount, as in ["memTotal", "1G"], and means at least that; the
// attribute zone is what a node's certificate says, whatever the node says.
//
// The port property queue, because a link to a host that can't be reached should
// be no matter of how an actor is written: with queue="disk" at either of its
// ports, tokens that can't be passed on wait on the disk of the sender's node, as
// many as queue_bytes and queue_length let, and overflow says what follows then:
// "block" (the sender waits), "drop_oldest" or "latest_only".
//
// test stands in the script that it tests, since what is moved apart is not kept
// up to date. A test is written in the words of the graph: tokens into ports,
// tokens out of ports, time that passes, devices that read a value. Time is
// virtual and mocks stand for devices, so a test of an hour runs at once and the
// same each time.
//
// # Style
//
// [Format] writes scripts in one style, as wardflow fmt does. [Print] writes a
// tree without its comments.
//
// # Kinds
//
// Actor types may say what their ports carry, in the language of package kind.
// What each link carries is followed from port to port, through components,
// transforms and actors that pass on what they get, and a link is an error when
// no token on it could ever be taken. What is not said fits everything.
//
// # Warnings
//
// They keep no script from running: a loop of links that nothing starts, an actor
// that only voidport leads to, a constant that nothing uses, a for without
// elements. Each is told only when it is certain: where an actor's type does not
// say what its actor waits for, the actor is asked ([WithActions]).
//
// # Where we differ from Calvin
//
// Calvin's compiler was run beside this one over random scripts, right ones and
// wrong ones. The outcome is the same but for this, where Calvin loses what was
// written, crashes, or keeps silent:
//
//   - Parameters, and variables of for, shadow constants. true, false and null end
//     where the word ends. CRLF is a line end.
//   - What is declared twice is an error: constants, components, arguments, rules,
//     groups, the rule of an actor. So are components that contain themselves, a
//     direction that the port does not have, and equal tags at a port that collects
//     by tags.
//   - A source without the property tag is known by its name, source.port, where
//     Calvin draws a random one.
//   - Two links with the same two ends are an error, also where the in-port collects:
//     links have no other names.
//   - A link from a component to itself joins what is inside. Calvin leaves behind
//     a port that is not there.
//   - Where several links lead to a port of an actor, what is set on that port itself
//     comes before what is set on the far side of borders. In Calvin that hangs on
//     the order of the links.
//   - A name that is an in-port and an out-port needs its direction, however many
//     links it has. queue_length and nbr_peers are whole numbers from 1.
//   - A component may have a dotted name that no actor type has.
//   - Rules refer forwards and nest, groups are expanded, targets must be there, and
//     predicates and their arguments are looked at. A rule section with any mistake
//     refuses the script. Every rule has its form as requirements, also where Calvin
//     gives up or forgets a ~ beside a |.
//   - Actors with replicas need out-ports before them that share out, in-ports
//     behind them that collect, and a type that bears it. A rule has one scaling.
//     A component that device_scaling is applied to is on each node as a whole,
//     and its links stay within.
//   - Every actor type has the out-port dead_letter, which need not be linked.
//   - Arguments and links of which the actor type says the kind must be of it.
//   - Every issue has its real place. That an argument is left to its default is a
//     note; a missing type is told once. [Outcome.Deployable] has both as Calvin
//     tells them. What Calvin sees only in components that are used is a warning in
//     others.
package script
