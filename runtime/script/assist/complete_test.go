package assist_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// | is the cursor; want are the labels in the order they are offered in, with
// ... where more may follow; ! is before one that must not be there.
var completions = []struct{ name, src, want string }{
	{"an empty script", "|", "define component include for test rule group apply voidport once"},
	{"a namespace and components", "component Bed() -> {\n}\nb : |", "Bed flow.Terminator flow.Void io.Print io.Thermometer std.Constant std.Constantify std.Counter std.Join"},
	{"types of a namespace", "c : std.|", "std.Constant std.Constantify std.Counter std.Join"},
	{"types of a namespace, part of a name", "c : std.Cou|", "std.Constant std.Constantify std.Counter std.Join"},
	{"nothing behind a type", "c : std.Counter |", ""},
	{"types from a file that is included", "include library\na : |", "Alarm ..."},
	{"files to include", "include |", "library"},

	{"out-ports at the start of a link", "c : std.Counter()\nc.|", "integer dead_letter"},
	{"in- and out-ports, for a property may be of either", "j : std.Join()\nj.|\n", "token dead_letter a b"},
	{"in-ports behind the arrow", "c : std.Counter()\nj : std.Join()\nc.integer > j.|", "a b"},
	{"those with no link first", "c : std.Counter()\nj : std.Join()\nc.integer > j.a\nc.integer > j.|", "b a"},
	{"whole ports with no link, then actors", "c : std.Counter()\nj : std.Join()\np : io.Print()\nc.integer > j.a\nc.integer > |", "j.b p.token c j p voidport"},
	{"the next target of a list", "c : std.Counter()\nj : std.Join()\nc.integer > j.a, |", "j.b c j voidport"},
	{"behind a transform", "c : std.Counter()\nj : std.Join()\nc.integer > /1/ |", "j.a j.b c j voidport"},
	{"in a transform", "define X = 1\nc : std.Counter()\nc.integer > /|", "X false null true"},
	{"ports of a component's instance", "include library\na : Alarm()\na.|", "alarm reading"},
	{"an actor declared below", "c.|\nc : std.Counter()\n", "integer dead_letter"},
	{"an actor whose name has a label", ":five 5 > p.token\np : io.Print()\nfive.|", "token dead_letter"},

	{"a component's own ports", "component C() in -> out {\n  |\n}", ".in for voidport once"},
	{"in-ports of it on the left", "component C() in -> out {\n  .|\n}", "in out"},
	{"out-ports of it on the right", "component C() in -> out {\n  j : std.Join()\n  j.token > .|\n}", "out"},
	{"in one that is not closed", "component C(limit) in -> out {\n  j : std.Join()\n  .in > |", ".out j.a j.b j voidport"},
	{"parameters", "define X = 1\ncomponent C(limit) in -> out {\n  k : std.Constant(data=|", "limit X false null true"},

	{"arguments: those that must be given first", "k : std.Constant(|)", "data dump"},
	{"arguments that are not given", "k : std.Constant(data=1, |)", "dump"},
	{"no argument twice, given before or behind", "k : std.Constant(|, data=1)", "dump"},
	{"arguments of a component", "component C(limit, name=\"x\") in -> out {\n}\nc : C(|)", "limit name"},
	{"values of an argument", "define X = 1\nk : std.Constant(data=1, dump=|)", "false true X null"},
	{"constants in a list", "define X = 1\nk : std.Constant(data=[1, |])", "X false null true"},
	{"constants in a sum", "define X = 1\nk : std.Constant(data=\"a\" + |)", "X false null true"},
	{"the line below an open bracket", "k : std.Constant(data=1\nc : |", "flow.Terminator ..."},
	{"the value of a constant", "define X = 1\ndefine Y = |", "X false null true"},

	{"properties", "j : std.Join()\nj.a(|)", "routing queue_length tag nbr_peers queue queue_bytes overflow"},
	{"routings of in-ports", "j : std.Join()\nj.a(routing=|)", `"collect-unordered" "collect-tagged" "collect-all-tagged" "collect-any-tagged" ...`},
	{"routings of out-ports, in quotes", "c : std.Counter()\nc.integer(routing=\"|\")", "default fanout round-robin random balanced dispatch-ordered dispatch-mapped"},
	{"directions", "j : std.Join()\nj.a[|]", "in out"},

	{"predicates and rules", "rule far : ~near\nrule near : |", "far all_nodes current_node node_attr_match runtime_name ..."},
	{"behind an operator", "rule near : current_node() & |", "all_nodes current_node node_attr_match runtime_name ..."},
	{"nothing behind an operand", "rule near : current_node() |", ""},
	{"the arguments of a predicate", "rule r : node_attr_match(|)", "index"},
	{"attributes", "rule r : node_attr_match(index=[\"|\"])", "address cpuAffinity cpuAvail cpuTotal memAvail memTotal node_name owner user_extra zone"},
	{"fields of an attribute", "rule r : node_attr_match(index=[\"owner\", {\"|\"}])", "organization organizationalUnit role personOrGroup"},
	{"whom to be near", "c : std.Counter()\nd : std.Counter()\ngroup g : c\napply d : near(actors=[\"|\"])", "c d g"},
	{"where a queue is", "c : std.Counter()\nc.integer(queue=\"|\")", "memory disk"},
	{"what a rule is applied to", "c : std.Counter()\ngroup g : c\napply |", "c g"},
	{"in a component", "component Bed() -> {\n  ecg : std.Counter()\n}\nbed : Bed()\napply bed:|", "ecg"},
	{"in a round of a for", "for bed in [\"a-1\"] {\n  ecg : std.Counter()\n}\nc : std.Counter()\napply c, bed_a-1:|", "ecg"},
	{"the rule that is applied", "c : std.Counter()\nrule near : current_node()\napply c : |", "near all_nodes current_node node_attr_match runtime_name ..."},
	{"members of a group", "c : std.Counter()\ngroup g : |", "c"},

	{"what a for goes over", "define BEDS = [\"1\"]\nfor bed in |", "BEDS false null true"},
	{"in", "for bed |", "in"},
	{"the variable, and names from outside", "p : io.Print()\nfor bed in [\"1\"] {\n  bed > |\n}", "p.token p voidport"},
	{"the variable as a value", "for bed in [\"1\"] {\n  k : std.Constant(data=|)\n}", "bed false null true"},

	{"in a test", "c : std.Counter()\ntest \"t\" {\n  |\n}", "c give expect after set"},
	{"what is given to", "j : std.Join()\ntest \"t\" {\n  give |\n}", "j.a j.b j"},
	{"what is expected", "j : std.Join()\ntest \"t\" {\n  expect j.|\n}", "token dead_letter"},
	{"in a component, in a test", "component Bed() -> {\n  ecg : std.Counter()\n}\nbed : Bed()\ntest \"t\" {\n  expect bed:ecg.|\n}", "integer dead_letter"},
	{"the device that is set", "t : io.Thermometer()\ntest \"t\" {\n  set |\n}", "io.temperature"},

	{"nothing in a comment", "# c|", ""},
	{"nothing in a number", "k : std.Constant(data=1|)", ""},
	{"nothing in a string of no meaning", "k : std.Constant(data=\"|\")", ""},
	{"nothing in a docstring", "component C() -> {\n  \"\"\"a |\"\"\"\n}", ""},
}

func TestComplete(t *testing.T) {
	for _, tt := range completions {
		t.Run(tt.name, func(t *testing.T) {
			s, offset := read(t, tt.src)
			got := labels(s.Complete(offset))
			want, more := strings.CutSuffix(tt.want, "...")
			fields := strings.Fields(want)
			if more && len(got) > len(fields) {
				got = got[:len(fields)]
			}
			if !slices.Equal(got, fields) {
				t.Errorf("%q offers\n%s, want\n%s", tt.src, strings.Join(got, " "), tt.want)
			}
		})
	}
}

func labels(items []assist.Item) []string {
	var all []string
	for _, i := range items {
		all = append(all, i.Label)
	}
	return all
}

// What is taken replaces the whole word that is being typed, brings the
// brackets that are lacking, and says what must be filled in.
func TestCompletionEdits(t *testing.T) {
	for _, tt := range []struct{ src, label, want string }{
		{"c : std.Cou|", "std.Counter", "c : std.Counter($0)"},
		{"c : std.C|ou(", "std.Counter", "c : std.Counter("},
		{"c : |", "std.Constant", "c : std.Constant(data=${1})"},
		{"k : std.Constant(da|)", "data", "k : std.Constant(data=$0)"},
		{"k : std.Constant(da|=1)", "data", "k : std.Constant(data=1)"},
		{"c : std.Counter()\nc.integer(routing=\"rou|\")", "round-robin", "c : std.Counter()\nc.integer(routing=\"round-robin\")"},
		{"c : std.Counter()\nc.inte|ger > voidport", "integer", "c : std.Counter()\nc.integer > voidport"},
	} {
		s, offset := read(t, tt.src)
		items := s.Complete(offset)
		i := slices.IndexFunc(items, func(i assist.Item) bool { return i.Label == tt.label })
		if i < 0 {
			t.Errorf("%q offers %v, want %s among them", tt.src, labels(items), tt.label)
			continue
		}
		text := strings.Replace(tt.src, "|", "", 1)
		if got := string(assist.Apply([]byte(text), []script.Edit{items[i].Edit})); got != tt.want {
			t.Errorf("%q with %s becomes %q, want %q", tt.src, tt.label, got, tt.want)
		}
	}
}
