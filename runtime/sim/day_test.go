package sim

import (
	"flag"
	"runtime"
	"testing"
	"time"
)

var day = flag.Duration("day", 0, "how long TestDay churns, in the time of the world; make sim: 24h")

// A day of churn leaves no more behind than its first hours: logs are cut,
// outboxes are settled, and nobody remembers what is over.
func TestDay(t *testing.T) {
	long := *day
	if long == 0 {
		long = 20 * time.Minute
	}
	w := newWorld(Config{Seed: 24, Storm: long})
	w.begin()
	w.mood.every = 30 * time.Second
	w.mood.slowDisks = false
	for _, d := range w.devices {
		d.every = 2 * time.Second
	}
	var early uint64
	for part := 1; part <= 8; part++ {
		w.until(long * time.Duration(part) / 8)
		if w.broken != nil {
			t.Fatal(w.broken)
		}
		heap := heapBytes()
		t.Logf("after %v: %d events, %d KiB, %d activations", w.now, w.done, heap>>10, w.judge.activations)
		if part == 2 {
			early = heap
		}
		if limit := early + early/2 + 1<<20; part > 2 && heap > limit {
			t.Fatalf("after %v the world takes %d bytes, and took %d after %v", w.now, heap, early, long/4)
		}
	}
	if w.settle(); w.broken != nil {
		t.Fatal(w.broken)
	}
	runtime.KeepAlive(w)
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
