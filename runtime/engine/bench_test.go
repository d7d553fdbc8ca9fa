package engine_test

import (
	"context"
	"testing"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// instant keeps nothing: what is measured is the engine.
type instant struct{}

func (instant) Commit(context.Context, []flow.Checkpoint) ([]flow.ActorID, error) { return nil, nil }

// counting counts what it gets, up to n.
type counting struct {
	n    int
	done chan struct{}
}

func (c *counting) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error {
		if c.n--; c.n == 0 {
			close(c.done)
		}
		return nil
	}}}
}

// same gives what it takes.
type same struct{}

func (same) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}

// BenchmarkHops is a source, one actor that passes on, and a sink on one node:
// two hops a token, with queue accounting, checkpoints made and nothing kept.
func BenchmarkHops(b *testing.B) {
	sink := &counting{n: b.N, done: make(chan struct{})}
	eng, err := engine.New(engine.Config{Checkpoints: instant{},
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
		Types: flow.Types{
			"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: int64(b.N)}, nil }},
			"test.Same":   {New: func(map[string]flow.Value) (flow.Actor, error) { return same{}, nil }},
			"test.Count":  {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
		}})
	if err != nil {
		b.Fatal(err)
	}
	defer eng.Close()
	b.ReportAllocs()
	b.ResetTimer()
	for _, a := range []engine.Activation{
		{Actor: flow.Node{ID: "app:c", Type: "test.Count"}, Epoch: 1, In: chain[1:]},
		{Actor: flow.Node{ID: "app:b", Type: "test.Same"}, Epoch: 1, In: chain[:1], Out: chain[1:]},
		{Actor: flow.Node{ID: "app:a", Type: "test.Source"}, Epoch: 1, Out: chain[:1]},
	} {
		if err := eng.Start(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
	<-sink.done
}
