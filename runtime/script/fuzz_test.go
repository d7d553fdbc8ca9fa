package script

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Whatever the text, reading it ends without a panic, each issue lies inside
// it, and what is read without mistake can be printed, parsed again to the same
// tree, and compiled to the same graph.
func FuzzCompile(f *testing.F) {
	seedFromGolden(f)
	f.Add([]byte("component A() -> {a:A()}a:A()"))
	f.Add(bytes.Repeat([]byte("["), 5000))
	f.Add([]byte("rule a:" + string(bytes.Repeat([]byte("~("), 5000))))
	f.Fuzz(func(t *testing.T, src []byte) { checkLaws(t, src) })
}

// seedFromGolden adds the scripts of the golden files.
func seedFromGolden(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
}

func checkLaws(t *testing.T, src []byte) {
	file, issues := Parse("x.calvin", src)
	graph, all := Compile(file, testTypes)
	for _, i := range append(all, issues...) {
		if s := i.Span; s.Start.Offset < 0 || s.Start.Line < 1 || s.Start.Col < 1 || int(s.Start.Offset) > len(src) {
			t.Fatalf("%v lies outside the text", i)
		}
		i.Format(file.Source)
	}
	if issues.Err() != nil {
		if graph != nil {
			t.Fatal("a graph in spite of errors")
		}
		return
	}
	text := Print(file)
	again, issues := Parse("x.calvin", text)
	if err := issues.Err(); err != nil {
		t.Fatalf("what was printed can't be read: %v\n%s", err, text)
	}
	if text2 := Print(again); !bytes.Equal(text, text2) {
		t.Fatalf("printed\n%s\nthen\n%s", text, text2)
	}
	graph2, all2 := Compile(again, testTypes)
	if (graph == nil) != (graph2 == nil) || len(all) != len(all2) {
		t.Fatalf("%v\nbecame\n%v", all, all2)
	}
	if graph == nil {
		return
	}
	if a, b := unlined(graph), unlined(graph2); a != b {
		t.Fatalf("graph\n%s\nbecame\n%s", a, b)
	}
}

// unlined is a graph's text without the line numbers of its rules.
func unlined(g *flow.Graph) string {
	var clear func(r flow.Rule) flow.Rule
	clear = func(r flow.Rule) flow.Rule {
		r.Line = 0
		terms := r.Terms
		r.Terms = nil
		for _, t := range terms {
			r.Terms = append(r.Terms, clear(t))
		}
		return r
	}
	c := *g
	c.Actors = nil
	for _, a := range g.Actors {
		if a.Rule != nil {
			r := clear(*a.Rule)
			a.Rule = &r
		}
		c.Actors = append(c.Actors, a)
	}
	return graphText(&c)
}

// Scripts that would make endless work are refused.
func TestLimits(t *testing.T) {
	doubling := "component C00() -> { a : std.Counter(n=1) a.integer > voidport }\n"
	for i := range 40 {
		doubling += "component " + cName(i+1) + "() -> { a : " + cName(i) + "() b : " + cName(i) + "() }\n"
	}
	doubling += "c : " + cName(40) + "()\n"
	rules := "a : std.Counter(n=1)\na.integer > voidport\nrule r0 : all_nodes()\n"
	for i := range 40 {
		rules += "rule r" + cName(i+1) + " : " + ruleAt(i) + " & " + ruleAt(i) + "\n"
	}
	groups := "a : std.Counter(n=1)\na.integer > voidport\ngroup C00 : a\n"
	for i := range 40 {
		groups += "group " + cName(i+1) + " : " + cName(i) + ", " + cName(i) + "\n"
	}
	list := "[" + string(bytes.Repeat([]byte("1,"), 400)) + "]"
	company := "component C() -> { for i in " + list + " { t : std.Counter(n=1) t.integer > voidport } }\nc : C()\n" +
		"for i in " + list + " {\nt : std.Counter(n=1)\nt.integer > voidport\napply t : r\n}\nrule r : apart(actors=[\"c\"])\n"
	for _, tt := range []struct{ name, src, code string }{
		{"company", company, tooLarge.code},
		{"actors", doubling, tooLarge.code},
		{"rules", rules, tooLarge.code},
		{"groups", groups + "apply C40 : all_nodes()\n", ""},
		{"nested values", "a : std.Constant(data=" + string(bytes.Repeat([]byte("["), 1_000_000)), tooDeep.code},
		{"nested rules", "rule a : " + string(bytes.Repeat([]byte("~"), 1_000_000)), tooDeep.code},
		{"nested fors", string(bytes.Repeat([]byte("for a in b {\n"), 100_000)), tooDeep.code},
		{"long rules", "rule a : b" + string(bytes.Repeat([]byte("&b"), 1_000_000)), tooDeep.code},
		{"noise", string(bytes.Repeat([]byte("\x00\x01"), 500_000)), tooMany.code},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, issues := compile("x.calvin", []byte(tt.src))
			if tt.code == "" {
				if err := issues.Err(); err != nil {
					t.Fatal(err)
				}
				return
			}
			if g != nil {
				t.Fatal("it compiled")
			}
			for _, i := range issues {
				if i.Code == tt.code {
					return
				}
			}
			t.Fatalf("issues %v, want one with code %s", issues, tt.code)
		})
	}
}

func cName(i int) string {
	return "C" + string("0123456789"[i/10]) + string("0123456789"[i%10])
}

func ruleAt(i int) string {
	if i == 0 {
		return "r0"
	}
	return "r" + cName(i)
}
