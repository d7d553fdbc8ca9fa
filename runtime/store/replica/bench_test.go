package replica_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

// One commit after the other, of ten readings with the place reached, as a
// storing actor makes them: three members in one process, each with its disk.
func BenchmarkCommit(b *testing.B) {
	h := pkitest.New(b)
	for name, pick := range map[string]func(*group) flow.NodeID{"leader": (*group).leader, "other": (*group).other} {
		b.Run(name, func(b *testing.B) {
			g := newGroup(b, b.TempDir(), "a", "b", "c")
			w := newWardOf(h, "p-1")
			s := g.members[pick(g)]
			readings := w.Readings(b, 10*b.N)
			b.ResetTimer()
			for n := range b.N {
				err := s.Commit(b.Context(), store.Batch{Waiting: storetest.Chunks(w, readings[10*n:10*n+10]),
					Checkpoint: flow.Checkpoint{Actor: storing, Epoch: 1, Taken: map[flow.LinkID]uint64{"l": uint64(10 * (n + 1))}}})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(10*b.N)/b.Elapsed().Seconds(), "readings/s")
		})
	}
}
