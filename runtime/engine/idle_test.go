package engine_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// idlers starts pairs of actors, each with a link, that have passed one token
// and wait.
func idlers(t testing.TB, pairs int) *engine.Engine {
	t.Helper()
	types := flow.Types{
		"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: 1}, nil }},
		"test.Same":   {New: func(map[string]flow.Value) (flow.Actor, error) { return same{}, nil }},
	}
	eng, err := engine.New(engine.Config{Types: types, Checkpoints: instant{},
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
	if err != nil {
		t.Fatal(err)
	}
	for n := range pairs {
		from, to := flow.ActorID(fmt.Sprintf("ward:bed%d:ecg", n)), flow.ActorID(fmt.Sprintf("ward:bed%d:check", n))
		l := flow.Link{From: flow.Endpoint{Actor: from, Port: "out"}, To: flow.Endpoint{Actor: to, Port: "in"}}
		for _, a := range []engine.Activation{
			{Actor: flow.Node{ID: to, Type: "test.Same"}, Epoch: 1, In: []flow.Link{l}},
			{Actor: flow.Node{ID: from, Type: "test.Source"}, Epoch: 1, Out: []flow.Link{l}},
		} {
			if err := eng.Start(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
	}
	return eng
}

// resting waits until nothing moves.
func resting(t testing.TB, eng *engine.Engine) uint64 {
	for {
		before, rest := eng.AtRest()
		if after, still := eng.AtRest(); rest && still && before == after {
			return after
		}
		runtime.Gosched()
	}
}

// Actors that wait have no goroutine, and nothing wakes them.
func TestIdleActorsHaveNoGoroutines(t *testing.T) {
	few := idlers(t, 1)
	defer few.Close()
	resting(t, few)
	base := runtime.NumGoroutine()
	eng := idlers(t, 1000)
	moves := resting(t, eng)
	until(t, "the mailboxes' goroutines have ended", func() bool { return runtime.NumGoroutine() <= base+10 })
	if now := resting(t, eng); now != moves {
		t.Errorf("%d actors were woken although nothing happened", now-moves)
	}
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkIdle is what 10,000 actors that wait take of memory, each.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		eng := idlers(b, 5000)
		resting(b, eng)
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/actor")
		b.ReportMetric(float64(runtime.NumGoroutine()), "goroutines")
		if err := eng.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
