package firing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// naiveIn says what a collecting port with these queues hands over next, and
// takes it. It is written from the table in calvin-reference 1.5.
func naiveIn(routing string, q [][]flow.Value, turn *int) (flow.Value, bool) {
	tag := func(i int) string { return string(rune('a'+i)) + ".out" }
	var some []int
	for i := range q {
		if len(q[i]) > 0 {
			some = append(some, i)
		}
	}
	if len(some) == 0 || routing == "collect-all-tagged" && len(some) < len(q) {
		return nil, false
	}
	if routing == "collect-unordered" || routing == "collect-tagged" {
		i := some[0]
		for _, n := range some {
			if n >= *turn {
				i = n
				break
			}
		}
		v := q[i][0]
		q[i], *turn = q[i][1:], (i+1)%len(q)
		if e, ok := v.(flow.Exception); ok && routing == "collect-tagged" {
			return flow.Exception{Kind: e.Kind, Value: dict(tag(i), e.Value)}, true
		}
		if routing == "collect-tagged" {
			return dict(tag(i), v), true
		}
		return v, true
	}
	for _, i := range some {
		if e, ok := q[i][0].(flow.Exception); ok {
			q[i] = q[i][1:]
			return flow.Exception{Kind: e.Kind, Value: dict(tag(i), e.Value)}, true
		}
	}
	all := dict()
	for _, i := range some {
		all[tag(i)] = q[i][0]
		q[i] = q[i][1:]
	}
	return all, true
}

// However tokens arrive, a collecting port hands over what the model does.
func TestCollectAgainstModel(t *testing.T) {
	for _, routing := range []string{"collect-unordered", "collect-tagged", "collect-all-tagged", "collect-any-tagged"} {
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 0))
			n := 1 + rng.IntN(4)
			r := newRig(t, n, 1, routing, "", actor{actions: []flow.Action{pass()}})
			model, turn := make([][]flow.Value, n), 0
			for step := range 60 {
				if i := rng.IntN(n); rng.IntN(2) == 0 && r.ins[i].Room() > 0 {
					v := flow.Value(int64(step))
					if rng.IntN(8) == 0 {
						v = flow.EOS
					}
					r.ins[i].put(v)
					model[i] = append(model[i], v)
					continue
				}
				r.outs[0].tokens = nil
				fired := r.fire(t)
				want, wants := naiveIn(routing, model, &turn)
				if fired != wants || fired && fmt.Sprint(r.outs[0].values()[0]) != fmt.Sprint(want) {
					t.Fatalf("seed %d, step %d: %s of %d hands over %v (%v), want %v (%v)",
						seed, step, routing, n, r.outs[0].values(), fired, want, wants)
				}
			}
		}
	}
}

// naiveOut says which peers the kth token goes to, nil when it has to wait.
func naiveOut(routing string, k int, room []int) []int {
	var all []int
	for i, r := range room {
		all = append(all, i)
		if r == 0 && routing == "fanout" {
			return nil
		}
	}
	switch routing {
	case "fanout":
		return all
	case "balanced":
		if best := slices.Max(room); best > 0 {
			return []int{slices.Index(room, best)}
		}
		return nil
	}
	if i := k % len(room); room[i] > 0 { // round-robin, dispatch-ordered
		return []int{i}
	}
	return nil
}

// However peers take their tokens, a dispatching port gives them where the
// model does.
func TestDispatchAgainstModel(t *testing.T) {
	for _, routing := range []string{"fanout", "round-robin", "dispatch-ordered", "balanced"} {
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 1))
			n := 1 + rng.IntN(4)
			r := newRig(t, 1, n, "", routing, actor{actions: []flow.Action{pass()}})
			k, laid := 0, int64(0)
			for step := range 80 {
				if i := rng.IntN(n); rng.IntN(2) == 0 {
					if r.outs[i].Len() > 0 {
						r.outs[i].Take(now)
					}
					continue
				}
				room := make([]int, n)
				for i, q := range r.outs {
					room[i] = q.Room()
				}
				if r.ins[0].Room() > 0 {
					r.ins[0].put(laid)
					laid++
				}
				to := naiveOut(routing, k, room)
				if fired := r.fire(t); fired != (to != nil) {
					t.Fatalf("seed %d, step %d: %s fires %v, want peers %v of room %v", seed, step, routing, fired, to, room)
				}
				if to != nil {
					for _, i := range to {
						if got := r.outs[i].tokens[r.outs[i].Len()-1]; got.Value != int64(k) {
							t.Fatalf("seed %d, step %d: %s gives %v to peer %d, want %d", seed, step, routing, got.Value, i, k)
						}
					}
					k++
				}
			}
		}
	}
}

// Random routing decides in advance: a full peer holds all others up, each
// token goes to one, and the order of each peer is kept.
func TestRandomRouting(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 2))
		n := 1 + rng.IntN(4)
		r := newRig(t, 1, n, "", "random", actor{actions: []flow.Action{pass()}}, func(c *firing.Config) { c.Seed = seed })
		next := make([]int64, n)
		taken, k := int64(0), int64(0)
		for range 200 {
			if i := rng.IntN(n); rng.IntN(2) == 0 {
				if r.outs[i].Len() > 0 {
					v := r.outs[i].tokens[0].Value.(int64)
					if v < next[i] {
						t.Fatalf("seed %d: peer %d gets %d after %d", seed, i, v, next[i]-1)
					}
					r.outs[i].Take(now)
					next[i] = v + 1
					taken++
				}
				continue
			}
			if r.ins[0].Room() > 0 {
				r.ins[0].put(k)
				k++
			}
			if !r.fire(t) && !slices.ContainsFunc(r.outs, func(q *queue) bool { return q.Room() == 0 }) {
				t.Fatalf("seed %d: waits although every peer has room", seed)
			}
		}
		for _, q := range r.outs {
			taken += int64(q.Len())
		}
		if left := int64(r.ins[0].Len()); taken+left != k {
			t.Fatalf("seed %d: %d of %d tokens went somewhere", seed, taken, k-left)
		}
	}
}
