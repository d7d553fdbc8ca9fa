package sqlite_test

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

// Fifty patients' readings as a storing actor brings them under load: each commit
// has some of every patient, with the place reached; a window covers a hundred.
// The processor's time counts: disks differ.
func BenchmarkWard(b *testing.B) {
	const patients, each, window = 50, 2, 100
	h := pkitest.New(b)
	var batches []store.Batch
	total := 0
	for p := range patients {
		w := newWard(h, fmt.Sprintf("p-%d", p+1))
		for n := 0; n < 400; n += window {
			readings := w.Readings(b, window)
			for k := 0; k < window; k += each {
				at := (n + k) / each
				for len(batches) <= at {
					batches = append(batches, store.Batch{})
				}
				batches[at].Waiting = append(batches[at].Waiting, storetest.Chunks(w, readings[k:k+each])...)
			}
			wins, _ := storetest.Window(b, w, w.Window(b, readings))
			last := &batches[(n+window)/each-1]
			last.Windows = append(last.Windows, wins...)
			total += window
		}
	}
	b.ResetTimer()
	var took time.Duration
	for range b.N {
		b.StopTimer()
		s := open(b, filepath.Join(b.TempDir(), "store.db"))
		began := processor(b)
		b.StartTimer()
		for n, batch := range batches {
			batch.Checkpoint = flow.Checkpoint{Actor: "store", Epoch: 1, Taken: map[flow.LinkID]uint64{"l": uint64(n + 1)}}
			if err := s.Commit(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		took += processor(b) - began
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(took.Nanoseconds())/1000/float64(total*b.N), "cpu-µs/reading")
	b.ReportMetric(float64(total*b.N)/b.Elapsed().Seconds(), "readings/s")
}

// processor is how long this process has computed.
func processor(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
