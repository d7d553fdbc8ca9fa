package stage_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// Where routing leaves something to chance, no token is lost or comes twice,
// and those of one source keep their order.
func TestChanceKeepsOrder(t *testing.T) {
	for _, in := range []string{"collect-unordered", "collect-tagged", "collect-any-tagged"} {
		for _, out := range []string{"fanout", "round-robin", "random", "balanced"} {
			for seed := range uint64(40) {
				checkOrder(t, in, out, seed)
			}
		}
	}
}

// checkOrder runs three sources of 50 tokens each into one port, from where
// they go to two.
func checkOrder(t *testing.T, in, out string, seed uint64) {
	g := &flow.Graph{}
	mid := node("mid", "same", nil)
	mid.Ports = map[string]map[string]any{"in:in": {"routing": in}, "out:out": {"routing": out}}
	g.Actors = append(g.Actors, mid)
	for i, n := range []string{"s0", "s1", "s2"} {
		g.Actors = append(g.Actors, node(n, "limited", args{"steps": int64(50), "base": int64(1000 * i)}))
		g.Links = append(g.Links, link(n+".out", "mid.in"))
	}
	cfg := stage.Config{Graph: g, Types: types(), Seed: seed, Migrate: int(seed % 5)}
	for _, n := range []string{"k0", "k1"} {
		g.Actors = append(g.Actors, node(n, "same", nil))
		g.Links = append(g.Links, link("mid.out", n+".in"))
		cfg.Watch = append(cfg.Watch, at(n+".out"))
	}
	s := start(t, cfg)
	if end := s.Run(t.Context(), s.Now().Add(time.Second), nil); end != stage.AtRest {
		t.Fatalf("%s, %s, seed %d: ends because %s", in, out, seed, end)
	}
	seen := map[int64]int{}
	for _, e := range cfg.Watch {
		last := map[int64]int64{}
		for _, v := range s.Given(e) {
			for _, n := range untagged(v) {
				if source := n / 1000; n <= last[source] {
					t.Fatalf("%s, %s, seed %d: %d comes after %d", in, out, seed, n, last[source])
				} else {
					last[source] = n
				}
				seen[n]++
			}
		}
	}
	copies := 1
	if out == "fanout" {
		copies = 2
	}
	for i := range int64(3 * 50) {
		if n := 1000*(i/50) + i%50 + 1; seen[n] != copies {
			t.Fatalf("%s, %s, seed %d: %d comes %d times", in, out, seed, n, seen[n])
		}
	}
	s.Close()
}

// untagged are the numbers in a token.
func untagged(v flow.Value) (all []int64) {
	d, ok := v.(map[string]any)
	if !ok {
		return []int64{v.(int64)}
	}
	for _, n := range d {
		all = append(all, n.(int64))
	}
	return all
}
