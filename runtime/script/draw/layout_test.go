package draw

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// random draws a picture: boxes of all shapes, frames two deep, and lines from
// any port to any, circles and all.
func random(rng *rand.Rand, depth int) *Picture {
	p := &Picture{Title: "random"}
	ports := func(prefix string, most int) []string {
		var names []string
		for i := range rng.IntN(most + 1) {
			names = append(names, fmt.Sprintf("%s%d", prefix, i))
		}
		return names
	}
	if depth > 0 {
		p.In, p.Out = ports("in", 3), ports("out", 3)
	}
	shapes := []Shape{Actor, Actor, Actor, Component, Value, Transform, Void}
	var from, to []End
	for _, port := range p.In {
		from = append(from, End{"", port})
	}
	for _, port := range p.Out {
		to = append(to, End{"", port})
	}
	for i := range 1 + rng.IntN(12) {
		b := &Box{Name: fmt.Sprintf("box_%d", i), Shape: shapes[rng.IntN(len(shapes))], Type: "std.Thing", Text: "value", In: ports("p", 4), Out: ports("p", 4)}
		if depth < 2 && rng.IntN(5) == 0 {
			b.Inside = random(rng, depth+1)
			b.In, b.Out = b.Inside.In, b.Inside.Out
		}
		for _, port := range b.In {
			to = append(to, End{b.Name, port})
		}
		for _, port := range b.Out {
			from = append(from, End{b.Name, port})
		}
		p.Boxes = append(p.Boxes, b)
	}
	if len(from) > 0 && len(to) > 0 {
		for range rng.IntN(30) {
			p.Lines = append(p.Lines, Line{from[rng.IntN(len(from))], to[rng.IntN(len(to))]})
		}
	}
	return p
}

// In any picture no two boxes overlap, every line is drawn from its port to
// its port, no line crosses a box, and all is within the sheet.
func TestLayout(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		p := random(rand.New(rand.NewPCG(seed, 0)), 0)
		checkSheet(t, fmt.Sprintf("seed %d", seed), p, layout(p))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func checkSheet(t *testing.T, name string, p *Picture, s *sheet) {
	t.Helper()
	for i, a := range s.nodes {
		if a.x < 0 || a.y < 0 || a.x+a.w > s.w || a.y+a.h > s.h {
			t.Errorf("%s: %v at %d,%d size %d,%d is not within %d,%d", name, a.box, a.x, a.y, a.w, a.h, s.w, s.h)
		}
		for _, b := range s.nodes[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("%s: %v and %v overlap", name, a.box, b.box)
			}
		}
		if a.inner != nil {
			checkSheet(t, name+" in "+a.box.Name, a.box.Inside, a.inner)
		}
	}
	if len(s.nodes) != len(p.Boxes)+len(p.In)+len(p.Out) {
		t.Errorf("%s: %d boxes and ports are drawn of %d", name, len(s.nodes), len(p.Boxes)+len(p.In)+len(p.Out))
	}
	if len(s.paths) != len(p.Lines) {
		t.Fatalf("%s: %d lines are drawn of %d", name, len(s.paths), len(p.Lines))
	}
	for i, path := range s.paths {
		checkPath(t, name, s, p.Lines[i], path)
	}
}

func checkPath(t *testing.T, name string, s *sheet, l Line, p path) {
	t.Helper()
	var from, to *node
	for _, n := range s.nodes {
		if n.box != nil && n.box.Name == l.From.Box || l.From.Box == "" && n.entry() && n.port == l.From.Port {
			from = n
		}
		if n.box != nil && n.box.Name == l.To.Box || l.To.Box == "" && n.exit() && n.port == l.To.Port {
			to = n
		}
	}
	points := trace(p)
	first, last := points[0], points[len(points)-1]
	if first != [2]int{from.x + from.w, from.y + from.out[l.From.Port]} {
		t.Errorf("%s: line %s starts at %v, not at its port", name, l, first)
	}
	if last != [2]int{to.x, to.y + to.in[l.To.Port]} {
		t.Errorf("%s: line %s ends at %v, not at its port", name, l, last)
	}
	for _, at := range points {
		if at[0] < 0 || at[0] > s.w || at[1] < 0 || at[1] > s.h {
			t.Errorf("%s: line %s leaves the sheet at %v", name, l, at)
			return
		}
		for _, n := range s.nodes {
			if at[0] > n.x && at[0] < n.x+n.w && at[1] > n.y && at[1] < n.y+n.h {
				t.Errorf("%s: line %s crosses %v at %v", name, l, n.box, at)
				return
			}
		}
	}
}

// trace are points along a path.
func trace(p path) [][2]int {
	points := [][2]int{{p.x, p.y}}
	at, level := p.x, p.y
	for _, s := range p.steps {
		const n = 16
		for i := 1; i <= n; i++ {
			t := float64(i) / n
			x := float64(at) + t*float64(s.x-at)
			y := float64(level) + t*float64(s.y-level)
			if s.bend != [2]int{} {
				c := [4]float64{(1 - t) * (1 - t) * (1 - t), 3 * (1 - t) * (1 - t) * t, 3 * (1 - t) * t * t, t * t * t}
				x = c[0]*float64(at) + c[1]*float64(at+s.bend[0]) + c[2]*float64(s.x+s.bend[1]) + c[3]*float64(s.x)
				y = (c[0]+c[1])*float64(level) + (c[2]+c[3])*float64(s.y)
			}
			points = append(points, [2]int{int(x), int(y)})
		}
		points[len(points)-1] = [2]int{s.x, s.y}
		at, level = s.x, s.y
	}
	return points
}

// The same picture gives the same bytes, in every format.
func TestSame(t *testing.T) {
	for seed := range uint64(20) {
		var first [3][]byte
		for n := range 3 {
			p := random(rand.New(rand.NewPCG(seed, 1)), 0)
			all := [3][]byte{p.SVG(), p.DOT(), p.Mermaid()}
			if n == 0 {
				first = all
			}
			for i := range all {
				if !bytes.Equal(all[i], first[i]) {
					t.Fatalf("seed %d: format %d differs from run to run", seed, i)
				}
			}
		}
	}
}

// Pooling finds the nearest numbers that do not fall, here against trying all.
func TestRising(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 2))
		want, weight := make([]int, 4), make([]int, 4)
		for i := range want {
			want[i], weight[i] = rng.IntN(6)*4, 1+rng.IntN(3)
		}
		cost := func(y []int) (sum int) {
			for i := range y {
				sum += weight[i] * (y[i] - want[i]) * (y[i] - want[i])
			}
			return sum
		}
		best := -1
		try := make([]int, 4)
		var rec func(i, from int)
		rec = func(i, from int) {
			if i == len(try) {
				if c := cost(try); best < 0 || c < best {
					best = c
				}
				return
			}
			for v := from; v <= 20; v++ {
				try[i] = v
				rec(i+1, v)
			}
		}
		rec(0, 0)
		got := rising(want, weight)
		for i := 1; i < len(got); i++ {
			if got[i] < got[i-1] {
				t.Fatalf("seed %d: rising(%v) = %v falls", seed, want, got)
			}
		}
		if cost(got) > best+3*4 { // a mean is rounded down
			t.Errorf("seed %d: rising(%v, %v) = %v costs %d, the best %d", seed, want, weight, got, cost(got), best)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	p := &Picture{Title: "chain"}
	for i := range 1000 {
		p.Boxes = append(p.Boxes, &Box{Name: fmt.Sprint(i), Shape: Actor, Type: "std.Identity", In: []string{"token"}, Out: []string{"token"}})
		if i > 0 {
			p.Lines = append(p.Lines, Line{End{fmt.Sprint(i / 2), "token"}, End{fmt.Sprint(i), "token"}})
		}
	}
	for b.Loop() {
		p.SVG()
	}
}
