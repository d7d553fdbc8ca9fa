package play

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// BenchmarkVirtual is a millisecond of a script that never rests: a thousand
// tokens from a counter to a sink.
func BenchmarkVirtual(b *testing.B) {
	all := actors.All()
	f, _ := script.Parse("bench.calvin", []byte("c : std.Counter()\ns : test.Sink()\nc.integer > s.token\n"))
	g, issues := script.Compile(f, script.TypesOf(all))
	if g == nil {
		b.Fatal(issues)
	}
	b.ReportAllocs()
	_, err := Run(b.Context(), Config{Graph: g, Types: all, Virtual: true, For: time.Duration(b.N) * time.Millisecond,
		Capability: func(flow.ActorID, string) (any, error) { return nil, nil }})
	if err != nil {
		b.Fatal(err)
	}
}
