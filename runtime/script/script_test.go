package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/flow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testSpecs are the actor types that the tests' scripts use.
var testSpecs = map[string]flow.Spec{}

func init() {
	num := flow.ArgSpec{Name: "n", Kind: "number", Doc: "how many", Default: int64(1)}
	for _, s := range []flow.Spec{
		{Name: "std.Constant", Args: []flow.ArgSpec{{Name: "data", Required: true}}, Out: []flow.Port{{Name: "token", Kind: "arg(data)"}}},
		{Name: "std.Once", Args: []flow.ArgSpec{{Name: "data", Required: true}}, Out: ports("token")},
		{Name: "std.Constantify", Args: []flow.ArgSpec{{Name: "constant", Required: true}}, In: ports("in"), Out: []flow.Port{{Name: "out", Kind: "arg(constant)"}}},
		{Name: "flow.Void", Out: ports("void")},
		{Name: "flow.Terminator", In: ports("void")},
		{Name: "std.Identity", In: ports("token"), Out: ports("token")},
		{Name: "std.Counter", Args: []flow.ArgSpec{num}, Out: ports("integer")},
		{Name: "std.Join", In: []flow.Port{{Name: "token", Routing: "collect-unordered"}}, Out: ports("token")},
		{Name: "std.Compare", Args: []flow.ArgSpec{{Name: "rel", Kind: "string", Required: true}}, In: ports("a", "b"), Out: ports("result")},
		{Name: "sensor.Temperature", Args: []flow.ArgSpec{{Name: "period", Kind: "number", Required: true, Doc: "seconds between readings"}}, Out: ports("centigrade")},
		{Name: "std.Add", In: ports("a", "b"), Out: ports("result")},
		{Name: "std.Delay", Args: []flow.ArgSpec{{Name: "ms", Kind: "integer<ms>", Default: int64(1)}}, In: []flow.Port{{Name: "in", Kind: "number"}}, Out: []flow.Port{{Name: "out", Kind: "like(in)"}}},
		{Name: "flow.Init", Args: []flow.ArgSpec{{Name: "data", Required: true}}, In: ports("in"), Out: ports("out")},
		{Name: "flow.Alternate", Args: []flow.ArgSpec{{Name: "order", Kind: "list<string>", Required: true}}, In: []flow.Port{{Name: "token", Routing: "collect-all-tagged"}}, Out: ports("token")},
		{Name: "sensor.Body", Out: []flow.Port{{Name: "celsius", Kind: "number<Cel>"}, {Name: "fahrenheit", Kind: "number<degF>"}}},
		{Name: "io.Fever", Args: []flow.ArgSpec{{Name: "limit", Kind: "number<Cel>", Default: 38.5}}, In: []flow.Port{{Name: "celsius", Kind: "number<Cel>"}}, Out: []flow.Port{{Name: "alarm", Kind: "bool"}}},
		{Name: "io.Print", In: ports("token")},
		{Name: "io.Light", In: ports("on")},
	} {
		testSpecs[s.Name] = s
	}
}

func ports(names ...string) []flow.Port {
	var ps []flow.Port
	for _, n := range names {
		ps = append(ps, flow.Port{Name: n})
	}
	return ps
}

func testTypes(name string) (flow.Spec, bool) {
	s, ok := testSpecs[name]
	return s, ok
}

// testActions take all in-ports and give all out-ports, except where an actor
// of the real kind does otherwise.
func testActions(typ string, args map[string]flow.Value) ([]flow.Action, error) {
	s := testSpecs[typ]
	all := flow.Action{In: portNames(s.In), Out: portNames(s.Out)}
	switch typ {
	case "flow.Void":
		return nil, nil
	case "flow.Init":
		return []flow.Action{{Out: all.Out}, all}, nil
	case "sensor.Temperature":
		if args["period"] == int64(0) {
			return nil, errors.New("argument period: want seconds above 0")
		}
	}
	return []flow.Action{all}, nil
}

func compile(name string, src []byte) (*flow.Graph, Issues) {
	o := build(name, src, nil, nil)
	return o.Graph, o.Issues
}

func build(name string, src []byte, includes map[string][]byte, args map[string]flow.Value) *Outcome {
	find := func(_, name string) (string, []byte, error) {
		if text, ok := includes[name+".calvin"]; ok {
			return name + ".calvin", text, nil
		}
		return "", nil, fs.ErrNotExist
	}
	f, _ := Load(name, src, find)
	return Build(f, testTypes, WithNames(keys(testSpecs)), WithActions(testActions), WithArgs(args))
}

// Each golden file says what it shows, then gives a script, and what comes of
// it: issues as a person sees them, the graph, or Calvin's deployable.
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
	src := ar.Files[0]
	text := src.Data
	if bytes.Contains(ar.Comment, []byte("CRLF")) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	want := txtar.Archive{Comment: ar.Comment, Files: []txtar.File{src}}
	add := func(name, text string) {
		want.Files = append(want.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	includes, args := map[string][]byte{}, map[string]flow.Value{}
	for _, f := range ar.Files[1:] {
		switch {
		case strings.HasSuffix(f.Name, ".calvin"):
			includes[f.Name] = f.Data
		case f.Name == "args":
			v, err := flow.UnmarshalValue(f.Data)
			if err != nil {
				t.Fatal(err)
			}
			args = v.(map[string]any)
		default:
			continue
		}
		add(f.Name, string(f.Data))
	}
	o := build(src.Name, text, includes, args)
	source := func(name string) []byte {
		if name == src.Name {
			return text
		}
		return includes[name]
	}
	if s := o.Issues.Format(source); s != "" {
		add("issues", strings.ReplaceAll(s, "\r\n", "\n"))
	}
	if o.Graph != nil {
		add("graph", graphText(o.Graph))
	}
	if len(o.Tests) > 0 {
		add("tests", trialsText(o.Tests))
	}
	if slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == "deployable" }) {
		d, err := o.Deployable()
		if err != nil {
			t.Fatal(err)
		}
		add("deployable", string(d))
	}
	if slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == "printed" }) {
		f, _ := Parse(src.Name, text)
		add("printed", string(Print(f)))
	}
	got := txtar.Format(&want)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old := txtar.Format(ar); !bytes.Equal(got, old) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, old)
	}
}

// graphText is a graph as golden files show it.
func graphText(g *flow.Graph) string {
	var b strings.Builder
	js := func(v any) string {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return err.Error()
		}
		return strings.TrimSpace(out.String())
	}
	for _, a := range g.Actors {
		fmt.Fprintf(&b, "%s : %s", a.ID, a.Type)
		if len(a.Args) > 0 {
			fmt.Fprintf(&b, " %s", js(a.Args))
		}
		b.WriteByte('\n')
		for _, k := range keys(a.Ports) {
			if len(a.Ports[k]) > 1 || a.Ports[k]["nbr_peers"] != int64(1) {
				fmt.Fprintf(&b, "    %s %s\n", k, js(a.Ports[k]))
			}
		}
		if a.Rule != nil {
			fmt.Fprintf(&b, "    rule %s\n", ruleText(*a.Rule))
		}
	}
	for _, l := range g.Links {
		fmt.Fprint(&b, l.ID())
		if l.FromAs != l.From.Actor.Local()+"."+l.From.Port || l.ToAs != l.To.Actor.Local()+"."+l.To.Port || l.Tag != l.FromAs {
			fmt.Fprintf(&b, "  (%s > %s, tag %s)", l.FromAs, l.ToAs, l.Tag)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// trialsText are tests as golden files show them.
func trialsText(tests []Trial) string {
	var b strings.Builder
	for _, t := range tests {
		fmt.Fprintf(&b, "%d: %q %s\n", t.Span.Start.Line, t.Name, t.Doc)
		for _, s := range t.Steps {
			fmt.Fprintf(&b, "    %s %s %v %v", s.Do, s.As, s.Ports, s.Values)
			if s.More {
				b.WriteString(" ...")
			}
			if s.After > 0 {
				fmt.Fprint(&b, " ", s.After)
			}
			b.WriteByte('\n')
		}
		if t.Graph != nil {
			b.WriteString(graphText(t.Graph))
		}
	}
	return b.String()
}

func ruleText(r flow.Rule) string {
	var parts []string
	for _, t := range r.Terms {
		parts = append(parts, ruleText(t))
	}
	s := r.Op + "(" + strings.Join(parts, ", ") + ")"
	if r.Op == "match" {
		if r.Args == nil {
			return fmt.Sprintf("%s@%d", r.Name, r.Line)
		}
		args, err := json.Marshal(r.Args)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%s%s@%d", r.Name, args, r.Line)
	}
	if r.Name != "" {
		s = r.Name + "=" + s
	}
	return s
}

// Calvin's own example of a signature (calvin-reference, section 1.7).
func TestSignature(t *testing.T) {
	const want = "84d582e5e5c3a95bf20849693d7758370fc724809ffdcb0a4a5be1e96673ac21"
	spec := testSpecs["io.Print"]
	if got := Signature(&spec); got != want {
		t.Fatalf("Signature(io.Print) = %s, want %s", got, want)
	}
}

// Compiling twice gives the same graph, to the byte.
func TestCompileIsDeterministic(t *testing.T) {
	src := ward(20)
	first := ""
	for range 5 {
		g, issues := compile("ward.calvin", src)
		if err := issues.Err(); err != nil {
			t.Fatal(err)
		}
		text := graphText(g)
		if first == "" {
			first = text
		}
		if text != first {
			t.Fatal("two compilations differ")
		}
	}
}

// ward is a script with n beds of five actors each.
func ward(n int) []byte {
	var b strings.Builder
	b.WriteString("define PERIOD = 0.5\n\ncomponent Alarm(limit) reading -> alarm {\n" +
		"  \"\"\"Tells when a reading is above its limit.\"\"\"\n" +
		"  cmp : std.Compare(rel=\">\")\n  lim : std.Constantify(constant=limit)\n  .reading > lim.in, cmp.a\n" +
		"  lim.out > cmp.b\n  cmp.result > .alarm\n}\n\n# The beds.\n")
	for i := range n {
		fmt.Fprintf(&b, "bed%d : sensor.Temperature(period=PERIOD)\nhot%d : Alarm(limit=38.5)\nlamp%d : io.Light()\n", i, i, i)
		fmt.Fprintf(&b, "log%d : io.Print()\nbed%d.centigrade > hot%d.reading\n", i, i, i)
		fmt.Fprintf(&b, "hot%d.alarm > lamp%d.on, /\"fever\"/ log%d.token\n", i, i, i)
		fmt.Fprintf(&b, "bed%d.centigrade[out](queue_length=10)\n\n", i)
	}
	b.WriteString("rule ward : node_attr_match(index=[\"address\", {\"floor\": \"3\"}]) & ~current_node()\napply bed0, hot0 : ward\n")
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	src := ward(400) // about 100 kB
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := Parse("ward.calvin", src); len(issues) > 0 {
			b.Fatal(issues)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	src := ward(400)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if text, issues := Format(src, "ward.calvin"); text == nil {
			b.Fatal(issues)
		}
	}
}

// 10,000 actors: 1,667 beds of six.
func BenchmarkCompile(b *testing.B) {
	f, _ := Parse("ward.calvin", ward(1667))
	b.ReportAllocs()
	for b.Loop() {
		g, issues := Compile(f, testTypes)
		if err := issues.Err(); err != nil {
			b.Fatal(err)
		}
		if len(g.Actors) < 10_000 {
			b.Fatalf("%d actors", len(g.Actors))
		}
	}
}
