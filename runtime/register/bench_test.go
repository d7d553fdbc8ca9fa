package register

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Three voters in one process, on one disk: 64 KiB of steps of 64 actors.
func BenchmarkCommit(b *testing.B) {
	for _, voters := range [][]flow.NodeID{{"a"}, {"a", "b", "c"}} {
		b.Run(fmt.Sprint(len(voters), " voters"), func(b *testing.B) {
			r, ids := benchCluster(b, voters, 64)
			steps := make([]flow.Checkpoint, len(ids))
			for b.Loop() {
				for i, id := range ids {
					steps[i] = flow.Checkpoint{Actor: id, Epoch: 1, State: make([]byte, 1000)}
				}
				if stale, err := r.Commit(b.Context(), steps); err != nil || stale != nil {
					b.Fatal(stale, err)
				}
			}
		})
	}
}

// A thousand actors of one node, each claimed anew.
func BenchmarkClaimAll(b *testing.B) {
	r, ids := benchCluster(b, []flow.NodeID{"a", "b", "c"}, 1000)
	for b.Loop() {
		if claimed, refused, err := r.ClaimAll(b.Context(), ids, 0); err != nil || len(claimed) != len(ids) {
			b.Fatal(len(claimed), refused, err)
		}
	}
}

// Renewals of two hundred nodes at a time: they share rounds.
func BenchmarkRenew(b *testing.B) {
	r, _ := benchCluster(b, []flow.NodeID{"a", "b", "c"}, 1)
	b.ResetTimer()
	b.SetParallelism(100)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := r.Renew(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}

// A View of ten thousand actors after a change.
func BenchmarkView(b *testing.B) {
	s := newState()
	s.apply(1, putApp{ward("source")})
	p := putPlan{App: "ward"}
	for i := range 10_000 {
		p.Placements = append(p.Placements, flow.Placement{Actor: flow.ActorID(fmt.Sprintf("ward:n%d", i)), Node: "a", Why: []string{"fewest actors"}})
	}
	s.apply(2, p)
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			s.view()
		}
	})
	b.Run("pack", func(b *testing.B) {
		v := s.view()
		for b.Loop() {
			if _, err := packView(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchCluster is the leader of some voters, with actors claimed by it.
func benchCluster(b testing.TB, voters []flow.NodeID, actors int) (*Register, []flow.ActorID) {
	c := newCluster(b, voters...)
	c.tune = func(cfg *Config) { cfg.Election = time.Second }
	for _, id := range voters {
		c.start(id)
	}
	id := c.leader()
	r := c.nodes[id]
	where, ids := many(actors, id)
	deploy(b, r, where)
	if claimed, _, err := r.ClaimAll(context.Background(), ids, 0); err != nil || len(claimed) != actors {
		b.Fatal(err)
	}
	return r, ids
}
