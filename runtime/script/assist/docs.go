package assist

// What is said of the language's own names.

// predicates are the tests of nodes, each with its use and meaning.
var predicates = map[string][2]string{
	"node_attr_match": {`node_attr_match(index=["address", {"floor": "3"}])`, "The nodes that state these attributes of themselves."},
	"runtime_name":    {`runtime_name(name="bedside")`, "The node of this name."},
	"current_node":    {"current_node()", "The node that the script is deployed on."},
	"all_nodes":       {"all_nodes()", "Every node."},

	"actor_reqs_match":    {`actor_reqs_match(requires=["io.light"])`, "The nodes that offer these capabilities."},
	"port_property_match": {`port_property_match(port_property=["routing.round-robin"])`, "The nodes whose ports can do one of these. Small devices can't do all."},
	"near":                {`near(actors=["ecg"])`, "The node that has these actors, too: they are placed together."},
	"apart":               {`apart(actors=["ecg"])`, "The nodes that have none of these actors or of their replicas."},
	"device_scaling":      {"device_scaling(max=10)", "One of the actor on every node that fits, as nodes come and go."},
	"performance_scaling": {"performance_scaling(min=1, max=4, alone=false)", "As many of the actor as its queues need."},
	"manual_scaling":      {"manual_scaling()", "As many of the actor as somebody asks for."},
}

// properties are the port properties.
var properties = map[string]string{
	"routing":      "How tokens are shared out among the links of an out-port, or gathered from those of an in-port.",
	"queue_length": "How many tokens the port's own queue holds; 4 if nothing is said. With queue=\"disk\" how many may be on disk.",
	"tag":          "The label that tagged collectors give to tokens of this port.",
	"queue":        "Where tokens wait that can't be passed on: in memory, and then the sender waits, too; or on the disk of the sender's node, and it goes on.",
	"queue_bytes":  "How many bytes a queue on disk may hold.",
	"overflow":     "What happens when a queue on disk is full.",
	"nbr_peers":    "How many links the port has. It is counted; a value given here wins.",
}

// routings are the values of routing, and of other properties.
var routings = map[string]string{
	"default":            "every token to every peer",
	"fanout":             "every token to every peer",
	"round-robin":        "each token to the next peer in turn",
	"random":             "each token to a peer picked at random",
	"balanced":           "each token to the peer with the most room",
	"dispatch-ordered":   "in turn, in an order that the actor sets",
	"dispatch-mapped":    "a token {selector: value} to the peer that the actor maps the selector to",
	"collect-unordered":  "one token at a time, sources in turn",
	"collect-tagged":     "one token at a time, as {tag: value}",
	"collect-all-tagged": "one token of every source, as {tag: value, ...}",
	"collect-any-tagged": "one token of each source that has one, as {tag: value, ...}",
	"memory":             "a few tokens; then the sender waits",
	"disk":               "until the disk's share is full, over restarts",
	"block":              "the sender waits until there is room",
	"drop_oldest":        "the oldest tokens go",
	"latest_only":        "all but the newest token go",
}

// A term is a word of the language: what it does, and how it is written.
type term struct{ use, doc, snippet string }

// terms are the words that begin statements, and those within them.
var terms = map[string]term{
	"define":    {"define NAME = VALUE", "A constant, for wherever a value may stand.", "define ${1:NAME} = ${2:value}"},
	"component": {"component NAME(PARAMETER, ...) IN, ... -> OUT, ... { ... }", "A named piece of graph, made anew for each instance.", "component ${1:Name}(${2}) ${3:in} -> ${4:out} {\n\t$0\n}"},
	"include":   {"include NAME", "Everything that is in NAME.calvin: beside this file, or in a folder of -I.", "include $0"},
	"voidport":  {"OUT > voidport, voidport > IN", "Nothing: says that a port is not used.", ""},
	"rule":      {"rule NAME : EXPRESSION", "A name for where actors may run: predicates joined by &, | and ~.", "rule ${1:name} : $0"},
	"group":     {"group NAME : ACTOR, ...", "A name for a set of actors.", "group ${1:name} : $0"},
	"apply":     {"apply ACTOR, ... : EXPRESSION", "Says on which nodes actors, components or groups may run.", "apply ${1:actor} : $0"},
	"for":       {"for NAME in LIST { ... }", "Makes what is in braces once for each element of the list.", "for ${1:name} in ${2:list} {\n\t$0\n}"},
	"in":        {"for NAME in LIST { ... }", "", ""},
	"once":      {"once VALUE > IN", "One token, instead of the same one without end.", "once $0"},
	"test":      {`test "NAME" { ... }`, "Says which tokens come out when others go in; wardflow test runs it, in virtual time.", "test \"${1:name}\" {\n\tgive ${2:actor.port} [$3]\n\texpect ${4:actor.port} [$0]\n}"},
	"give":      {"give ACTOR.PORT [TOKEN, ...]", "Tokens for an in-port, instead of whatever the script links there.", "give ${1:actor.port} [$0]"},
	"expect":    {"expect ACTOR.PORT [TOKEN, ...]", "The tokens that an out-port gave since the last expect on it; with ... behind, others may follow.", "expect ${1:actor.port} [$0]"},
	"after":     {"after SECONDS", "Lets virtual time pass.", "after $0"},
	"set":       {"set CAPABILITY VALUE", "What the mock device of a capability reads from now on.", "set ${1:capability} $0"},
}

// common are the predicates that most rules need: they are offered first.
var common = []string{"node_attr_match", "runtime_name", "current_node", "all_nodes"}
