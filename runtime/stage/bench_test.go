package stage_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// BenchmarkHops is a token's way from a source over one actor to another: two
// links of two queues each.
func BenchmarkHops(b *testing.B) {
	s, err := stage.New(stage.Config{Types: types(),
		Graph: &flow.Graph{Actors: []flow.Node{node("c", "limited", args{"steps": int64(b.N)}), node("s", "same", nil), node("k", "sink", nil)},
			Links: []flow.Link{link("c.out", "s.in"), link("s.out", "k.in")}}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	if end := s.Run(b.Context(), time.Time{}, nil); end != stage.AtRest {
		b.Fatal(end)
	}
}
