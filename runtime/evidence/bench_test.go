package evidence_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// BenchmarkVerify is a whole bundle: a reading, two checks in two blocks, six
// witnesses. It reports the size of the file.
func BenchmarkVerify(b *testing.B) {
	s := newScene(b, false)
	text, err := s.bundle.Encode()
	must(b, err)
	o := s.options()
	for b.Loop() {
		bundle, err := evidence.Parse(text)
		must(b, err)
		_, err = bundle.Verify(o)
		must(b, err)
	}
	b.ReportMetric(float64(len(text)), "bytes")
}

// BenchmarkFind looks for a reading's check among 100,000, knowing about when it
// was taken, and not knowing.
func BenchmarkFind(b *testing.B) {
	s := newScene(b, false)
	l, err := tlog.Open(tlog.Config{Dir: b.TempDir()})
	must(b, err)
	defer l.Close()
	c := s.record(proof.AtCollector)
	for i := range 100_000 {
		other := *c
		if other.At = s.now.Add(time.Duration(i-90_000) * time.Second); i != 90_000 {
			other.Leaf, other.Seq = [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, uint64(1000+i)
		}
		e, err := other.Encode()
		must(b, err)
		_, err = l.Append(e)
		must(b, err)
		if i%10_000 == 0 {
			_, err := l.Sync()
			must(b, err)
		}
	}
	_, err = l.Sync()
	must(b, err)
	for _, tt := range []struct {
		name string
		at   time.Time
	}{{"by time", s.now}, {"all", time.Time{}}} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				found, err := evidence.Find(b.Context(), l, evidence.Query{Device: s.device, Stream: s.stream, Seq: s.seq, At: tt.at}, 1)
				if err != nil || len(found) != 1 || found[0] != 90_000 {
					b.Fatalf("found %v, %v", found, err)
				}
			}
		})
	}
}
