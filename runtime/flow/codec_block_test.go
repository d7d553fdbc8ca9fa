package flow_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

func sealedRun(tokens, size int) []flow.Token {
	ts := make([]flow.Token, tokens)
	for i := range ts {
		ts[i] = flow.Token{Seq: uint64(i + 1), Source: "w:a", Made: time.Unix(1e9, 0).UTC(), Value: flow.Sealed{Kind: "reading", Bytes: bytes.Repeat([]byte{byte(i)}, size)}}
	}
	return ts
}

// Sealed values of a run share memory, and yet none can reach into another: to
// append to one leaves the others as they are.
func TestSealedValuesOfARunAreApart(t *testing.T) {
	for _, size := range []int{0, 1, 86, 256, 257, 3000} {
		want := sealedRun(50, size)
		b, n, err := flow.AppendRun(nil, want, 1<<20)
		if err != nil || n != len(want) {
			t.Fatalf("AppendRun = %d, %v", n, err)
		}
		got, err := flow.ReadRun(nil, b, len(want))
		if err != nil {
			t.Fatal(err)
		}
		clear(b) // it keeps nothing of b
		for i := range got {
			_ = append(got[i].Value.(flow.Sealed).Bytes, 0xff)
		}
		for i := range got {
			if s := got[i].Value.(flow.Sealed); !bytes.Equal(s.Bytes, want[i].Value.(flow.Sealed).Bytes) {
				t.Fatalf("size %d: value %d is %x", size, i, s.Bytes)
			}
		}
	}
}

func BenchmarkReadRun(b *testing.B) {
	run, _, err := flow.AppendRun(nil, sealedRun(64, 86), 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	var room []flow.Token
	b.ReportAllocs()
	for b.Loop() {
		if room, err = flow.ReadRun(room[:0], run, 64); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/token")
}
