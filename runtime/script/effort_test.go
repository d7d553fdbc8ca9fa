package script

import (
	"fmt"
	"strings"
	"testing"
)

// numbers is a list of n of them, as a script writes it.
func numbers(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// nested writes components in components: the first, then n that each have the one
// before in them, as body says with %d.
func nested(first, head, body string, n int) string {
	var b strings.Builder
	b.WriteString("component C0" + first + "\n")
	for i := range n {
		fmt.Fprintf(&b, "component C%d%s {\n%s\n}\n", i+1, head, strings.ReplaceAll(body, "CC", fmt.Sprintf("C%d", i)))
	}
	return b.String()
}

// laborious are scripts of a few lines that would take for ever, or all memory.
func laborious() map[string]string {
	loop := "for a in " + numbers(200) + " {\nfor b in " + numbers(150) + " {\n%s\n}\n}\n"
	chain := "component D0() p -> out, all {\nx : std.Identity()\n.p > x.token\nx.token > .out\nx.token > .all\n}\n"
	for i := range 12 {
		chain += fmt.Sprintf("component D%d() p -> out, all {\nb : D%d()\na : D%[2]d()\na.out > b.p\nb.out > .out\n.p > a.p\na.all > .all\nb.all > .all\n}\n", i+1, i)
	}
	sums := "define A0 = " + numbers(1000) + "\n"
	for i := range 9 {
		sums += fmt.Sprintf("define A%d = A%d + A%[2]d\n", i+1, i)
	}
	for i := range 400 {
		sums += fmt.Sprintf("define B%d = A9 + [1]\n", i)
	}
	tests := fmt.Sprintf(loop, "x : std.Counter()\nx.integer > voidport")
	for i := range 100 {
		tests += fmt.Sprintf("test \"%d\" {\nafter 1\n}\n", i)
	}
	rules := "x : std.Counter()\nx.integer > voidport\napply x : r0\n"
	for i := range 20000 {
		rules += fmt.Sprintf("rule r%d : r%d\n", i, i+1)
	}
	return map[string]string{
		"ports that double": nested("() p, q -> {\nx : flow.Terminator()\n.p > x.void\n.q > x.void\n}", "() p, q -> ",
			"c : CC()\n.p > c.p\n.p > c.q\n.q > c.p\n.q > c.q", 60) + "s : std.Counter()\nc : C60()\ns.integer > c.p\ns.integer > c.q\n",
		"links from all to all": nested("() p -> out {\nx : std.Identity()\n.p > x.token\nx.token > .out\n}", "() p -> out",
			"a : CC()\nb : CC()\na.out > .out\nb.out > .out\n.p > a.p\n.p > b.p", 10) + "c : C10()\nd : C10()\nc.out > d.p\nd.out > c.p\n",
		"a way through many": nested("() -> out {\n"+fmt.Sprintf(loop, "x : std.Counter()\nx.integer > .out")+"}", "() -> out",
			"a : CC()\na.out > .out", 90) + "c : C90()\nt : flow.Terminator()\nc.out > t.void\n",
		"kinds that come one by one": chain + "d : D12()\ns : std.Counter()\nt : std.Identity()\nt.token > voidport\n" +
			"t.token[in](routing=\"collect-unordered\")\ns.integer > d.p\nd.out > voidport\nd.all > t.token\n",
		"sums of lists":    sums,
		"many tests":       tests,
		"large arguments":  fmt.Sprintf(loop, "x : std.Constant(data="+numbers(2000)+")\nx.token > voidport"),
		"long preferences": fmt.Sprintf(loop, "x : std.Counter()\nx.integer > voidport\nx.integer(queue_length="+numbers(900)+")\nx.integer(queue_length="+numbers(800)+")"),
		"rules of rules":   rules,
	}
}

// What would take too long ends, and says where it has become too much and what to do.
func TestEffortIsBounded(t *testing.T) {
	for name, src := range laborious() {
		t.Run(name, func(t *testing.T) {
			f, _ := Parse("x.calvin", []byte(src))
			g, issues := Compile(f, testTypes, withSteps(maxSteps/20))
			if g != nil {
				t.Fatalf("it compiled, to %d actors and %d links", len(g.Actors), len(g.Links))
			}
			for _, i := range issues {
				if i.Code == tooDeep.code && name == "rules of rules" {
					return
				}
				if i.Code == tooLarge.code {
					if !strings.Contains(i.Hint, "make less of it") || i.Span.Start.Line < 1 {
						t.Errorf("%v: %q at %v", i, i.Hint, i.Span)
					}
					return
				}
			}
			t.Errorf("refused, and not for its size: %v", issues)
		})
	}
}

// What stands side by side has room: tens of thousands of actors, each with links.
func TestLargeScriptsHaveRoom(t *testing.T) {
	g, issues := compile("x.calvin", []byte("for a in "+numbers(100)+" {\nfor b in "+numbers(100)+
		" {\nx : std.Counter(n=1)\nx.integer > voidport\n}\n}\n"))
	if err := issues.Err(); err != nil || len(g.Actors) != 20_000 {
		t.Fatalf("%v", err)
	}
}

func BenchmarkLaborious(b *testing.B) {
	for name, src := range laborious() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				compile("x.calvin", []byte(src))
			}
		})
	}
}
