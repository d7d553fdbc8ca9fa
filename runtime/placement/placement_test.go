package placement

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/flow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each golden file says what it shows, gives the nodes and the actors, the
// plan of before where there is one, and the plan that follows.
//
//	nodes   NAME [down] [drain] [offers CAP,CAP] [ATTRIBUTE.FIELD=VALUE]...
//	actors  NAME [needs CAP,CAP] [as CERTIFICATE] [local] [exclusive] [ports ROUTING]
//	        [of ACTOR NUMBER] [for NODE] [on RULE]
//	links   FROM TO
//	old     ACTOR NODE
//	flags   failover | here NODE | pin ACTOR NODE BY | gone NODE | leased NODE |
//	        acting ACTOR NODE | zone FIELD VALUE
//
// A rule is a list of terms that all must hold: ATTRIBUTE.FIELD=VALUE,
// ATTRIBUTE>=AMOUNT, name=NODE, near=ACTOR, apart=ACTOR, here, or an unknown
// word; ~ before one turns it round.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(ar.Comment)) == 0 {
		t.Fatal("no sentence on top")
	}
	in := readInput(t, ar)
	out := Plan(in)
	var b strings.Builder
	for _, pl := range out.Placements {
		node := string(pl.Node)
		if node == "" {
			node = "nowhere"
		}
		fmt.Fprintf(&b, "%s on %s\n", pl.Actor, node)
		for _, w := range pl.Why {
			fmt.Fprintf(&b, "    %s\n", w)
		}
	}
	for _, m := range out.Moves {
		fmt.Fprintf(&b, "move %s from %q to %q\n", m.Actor, m.From, m.To)
	}
	for _, id := range slices.Sorted(maps.Keys(out.Stays)) {
		fmt.Fprintf(&b, "stays %s: %s\n", id, out.Stays[id])
	}
	for _, id := range slices.Sorted(maps.Keys(out.Unpinned)) {
		fmt.Fprintf(&b, "unpinned %s: %s\n", id, out.Unpinned[id])
	}
	want := txtar.Archive{Comment: ar.Comment}
	for _, f := range ar.Files {
		if f.Name != "plan" {
			want.Files = append(want.Files, f)
		}
	}
	want.Files = append(want.Files, txtar.File{Name: "plan", Data: []byte(b.String())})
	got := txtar.Format(&want)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old := txtar.Format(ar); !bytes.Equal(got, old) {
		t.Errorf("got\n%s\nwant\n%s", got, old)
	}
}

func readInput(t *testing.T, ar *txtar.Archive) Input {
	g := flow.Graph{App: "app"}
	specs := map[string]flow.Spec{}
	in := Input{Here: map[string]flow.NodeID{}, Specs: func(typ string) (flow.Spec, bool) { s, ok := specs[typ]; return s, ok }}
	for _, f := range ar.Files {
		for _, line := range strings.Split(strings.TrimSpace(string(f.Data)), "\n") {
			w := strings.Fields(line)
			if len(w) == 0 {
				continue
			}
			switch f.Name {
			case "nodes":
				in.Nodes = append(in.Nodes, readNode(w))
			case "actors":
				n, spec := readActor(w)
				g.Actors = append(g.Actors, n)
				if w[len(w)-1] != "unknown" {
					specs[n.Type] = spec
				}
			case "links":
				g.Links = append(g.Links, flow.Link{
					From: flow.Endpoint{Actor: flow.ActorID("app:" + w[0]), Port: "o"},
					To:   flow.Endpoint{Actor: flow.ActorID("app:" + w[1]), Port: "i"},
				})
			case "old":
				in.Old = append(in.Old, flow.Placement{Actor: flow.ActorID("app:" + w[0]), Node: flow.NodeID(w[1]), Epoch: 1})
			case "flags":
				readFlag(t, &in, w)
			case "plan":
			default:
				t.Fatalf("unknown file %s", f.Name)
			}
		}
	}
	in.Graphs = []flow.Graph{g}
	return in
}

func readFlag(t *testing.T, in *Input, w []string) {
	is := func(id flow.NodeID) func(flow.NodeID) bool { return func(n flow.NodeID) bool { return n == id } }
	switch w[0] {
	case "failover":
		in.Failover = true
	case "here":
		in.Here["app"] = flow.NodeID(w[1])
	case "pin":
		if in.Pins == nil {
			in.Pins = map[flow.ActorID]Pin{}
		}
		in.Pins[flow.ActorID("app:"+w[1])] = Pin{Node: flow.NodeID(w[2]), By: w[3]}
	case "gone":
		in.Gone = is(flow.NodeID(w[1]))
	case "leased":
		in.Leased = is(flow.NodeID(w[1]))
	case "acting":
		in.Acting = func(id flow.ActorID) flow.NodeID {
			if id.Local() == w[1] {
				return flow.NodeID(w[2])
			}
			return ""
		}
	case "zone":
		in.Zones = map[string]map[string]string{"": {w[1]: w[2]}}
	default:
		t.Fatalf("unknown flag %s", w[0])
	}
}

func readNode(w []string) NodeView {
	n := NodeView{NodeInfo: flow.NodeInfo{ID: flow.NodeID(w[0]), Attributes: flow.Attributes{}}, Up: true}
	for i := 1; i < len(w); i++ {
		attr, value, isAttr := strings.Cut(w[i], "=")
		switch {
		case w[i] == "down":
			n.Up = false
		case w[i] == "drain":
			n.Drain = true
		case w[i] == "offers":
			i++
			n.Capabilities = strings.Split(w[i], ",")
		case isAttr:
			typ, field, _ := strings.Cut(attr, ".")
			if n.Attributes[typ] == nil {
				n.Attributes[typ] = map[string]string{}
			}
			n.Attributes[typ][field] = value
		}
	}
	return n
}

func readActor(w []string) (flow.Node, flow.Spec) {
	n := flow.Node{ID: flow.ActorID("app:" + w[0]), Type: "t." + w[0], Args: map[string]flow.Value{}}
	spec := flow.Spec{Name: n.Type}
	for i := 1; i < len(w); i++ {
		switch w[i] {
		case "local":
			n.Local = true
		case "exclusive":
			spec.Exclusive = true
		case "ports":
			n.Ports = map[string]map[string]any{"in:i": {"routing": w[i+1], "nbr_peers": int64(2)}}
		case "of":
			number, _ := strconv.Atoi(w[i+2])
			n.Replica = &flow.Replica{Of: flow.ActorID("app:" + w[i+1]), Number: number}
		case "for":
			n.Replica.Node = flow.NodeID(w[i+1])
		case "needs":
			spec.Requires = strings.Split(w[i+1], ",")
		case "as":
			spec.Identity = "device"
			n.Args["device"] = w[i+1]
		case "on":
			n.Rule = &flow.Rule{Op: "and", Name: "r"}
			for _, term := range w[i+1:] {
				n.Rule.Terms = append(n.Rule.Terms, readTerm(term))
			}
			return n, spec
		}
	}
	return n, spec
}

func readTerm(s string) flow.Rule {
	if rest, ok := strings.CutPrefix(s, "~"); ok {
		return flow.Rule{Op: "not", Terms: []flow.Rule{readTerm(rest)}, Line: 1}
	}
	if attr, amount, ok := strings.Cut(s, ">="); ok {
		return flow.Rule{Op: "match", Name: "node_attr_match", Args: map[string]flow.Value{"index": []any{attr, amount}}, Line: 1}
	}
	attr, value, isAttr := strings.Cut(s, "=")
	typ, field, dotted := strings.Cut(attr, ".")
	switch {
	case attr == near || attr == apart:
		return companion(attr, "app:"+value)
	case isAttr && dotted:
		return attrRule(typ, map[string]any{field: value})
	case isAttr:
		return flow.Rule{Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": value}, Line: 1}
	case s == "here":
		return flow.Rule{Op: "match", Name: "current_node", Line: 1}
	}
	return flow.Rule{Op: "match", Name: s, Line: 1}
}

func attrRule(typ string, fields map[string]any) flow.Rule {
	return flow.Rule{Op: "match", Name: "node_attr_match", Args: map[string]flow.Value{"index": []any{typ, fields}}, Line: 1}
}

// A rule that can't be understood matches no node, not even when it is turned
// round or stands beside one that matches.
func TestBrokenRulesMatchNothing(t *testing.T) {
	fine := flow.Rule{Op: "match", Name: "all_nodes"}
	for name, bad := range map[string]flow.Rule{
		"unknown predicate": {Op: "match", Name: "near_the_window"},
		"unknown operator":  {Op: "xor", Terms: []flow.Rule{fine, fine}},
		"no operator":       {},
		"empty and":         {Op: "and"},
		"empty or":          {Op: "or"},
		"not of two":        {Op: "not", Terms: []flow.Rule{fine, fine}},
		"argument missing":  {Op: "match", Name: "node_attr_match"},
		"argument too many": {Op: "match", Name: "all_nodes", Args: map[string]flow.Value{"x": "y"}},
		"index of one":      {Op: "match", Name: "node_attr_match", Args: map[string]flow.Value{"index": []any{"address"}}},
		"no field":          attrRule("address", map[string]any{}),
		"number for string": attrRule("address", map[string]any{"floor": int64(3)}),
		"here not known":    {Op: "match", Name: "current_node"},
		"name no string":    {Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": true}},
	} {
		for wrap, r := range map[string]flow.Rule{
			"alone": bad,
			"not":   {Op: "not", Terms: []flow.Rule{bad}},
			"or":    {Op: "or", Terms: []flow.Rule{fine, bad}},
			"and":   {Op: "and", Terms: []flow.Rule{fine, bad}},
		} {
			t.Run(name+" "+wrap, func(t *testing.T) {
				out := Plan(Input{
					Graphs: []flow.Graph{{App: "app", Actors: []flow.Node{{ID: "app:a", Type: "t", Rule: &r}}}},
					Specs:  func(string) (flow.Spec, bool) { return flow.Spec{}, true },
					Nodes:  []NodeView{{NodeInfo: flow.NodeInfo{ID: "n"}, Up: true}},
				})
				pl := out.Placements[0]
				if pl.Node != "" || len(pl.Why) != 1 || !strings.Contains(pl.Why[0], "can't be evaluated") {
					t.Fatalf("placed on %q: %v", pl.Node, pl.Why)
				}
			})
		}
	}
}

// BenchmarkPlan places a thousand actors on two hundred nodes: all anew, with
// one node down, and with nothing to do.
func BenchmarkPlan(b *testing.B) {
	in := Input{Failover: true, Specs: func(string) (flow.Spec, bool) { return flow.Spec{Requires: []string{"c3"}}, true }}
	for i := range 200 {
		in.Nodes = append(in.Nodes, NodeView{NodeInfo: flow.NodeInfo{
			ID: flow.NodeID("n" + strconv.Itoa(i)), Capabilities: []string{"c1", "c2", "c3"},
			Attributes: flow.Attributes{"address": {"floor": strconv.Itoa(i % 5)}, CPUTotal: {value: strconv.Itoa(1000 * (1 + i%3))}},
		}, Up: true})
	}
	g := flow.Graph{App: "app"}
	for i := range 1000 {
		id := func(i int) flow.ActorID { return flow.ActorID("app:" + strconv.Itoa(i)) }
		r := flow.Rule{Op: "and", Terms: []flow.Rule{attrRule("address", map[string]any{"floor": strconv.Itoa(i / 2 % 5)}),
			{Op: "not", Terms: []flow.Rule{{Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": "n3"}}}}}}
		switch {
		case i%20 == 1:
			r.Terms = append(r.Terms, companion(near, string(id(i-1))))
		case i%20 > 11:
			r.Terms = append(r.Terms, companion(apart, string(id(i-1))))
		}
		g.Actors = append(g.Actors, flow.Node{ID: id(i), Type: "t", Rule: &r})
		if i > 0 {
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: id(i - 1), Port: "o"}, To: flow.Endpoint{Actor: id(i), Port: "i"}})
		}
	}
	in.Graphs = []flow.Graph{g}
	run := func(name string, in Input) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if un := Plan(in).Unplaced(); len(un) > 0 {
					b.Fatalf("actors without a node: %+v", un[0])
				}
			}
		})
	}
	run("anew", in)
	in.Old = Plan(in).Placements
	run("again", in)
	in.Nodes[7].Up = false
	run("failover", in)
}

func TestPredicatesOfCapabilities(t *testing.T) {
	lamp := NodeView{NodeInfo: flow.NodeInfo{ID: "lamp", Capabilities: []string{"io.light", "io.button"}}, Up: true}
	for _, tt := range []struct {
		name string
		args map[string]flow.Value
		fits bool
		why  string // or the error
	}{
		{"actor_reqs_match", map[string]flow.Value{"requires": []any{"io.light"}}, true, "it offers io.light"},
		{"actor_reqs_match", map[string]flow.Value{"requires": []any{"io.light", "io.buzzer"}}, false, "it does not offer io.buzzer"},
		{"actor_reqs_match", nil, false, `actor_reqs_match wants requires=["CAPABILITY"]`},
		{"device_scaling", map[string]flow.Value{"max": int64(3)}, true, ""},
	} {
		fits, why, err := matcher{explain: true}.predicate(&flow.Rule{Op: "match", Name: tt.name, Args: tt.args}, &lamp)
		if err != nil {
			why = err.Error()
		}
		if fits != tt.fits || !strings.HasPrefix(why, tt.why) {
			t.Errorf("%s(%v) = %v, %q, want %v, %q", tt.name, tt.args, fits, why, tt.fits, tt.why)
		}
	}
}
