package engine_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// scales weighs the steps that are brought to it.
type scales struct{ most atomic.Int64 }

func (s *scales) Commit(_ context.Context, steps []flow.Checkpoint) ([]flow.ActorID, error) {
	for _, step := range steps {
		b, err := flow.AppendCheckpoint(nil, step)
		if err != nil {
			panic(err) // it would be offered for ever
		}
		s.most.Store(max(s.most.Load(), int64(len(b))))
	}
	return nil, nil
}

// heavy gives n tokens of 200 kB.
type heavy struct{ n int }

func (h *heavy) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return h.n > 0 }, Fire: func(f *flow.Firing) error {
		h.n--
		f.Give(0, flow.Sealed{Kind: "test", Bytes: make([]byte, 200_000)})
		return nil
	}}}
}

// awkward gives what no token can carry, then what it should have.
type awkward struct {
	bad   flow.Value
	tries int
}

func (a *awkward) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return a.tries < 2 }, Fire: func(f *flow.Firing) error {
		a.tries++
		if a.tries == 1 {
			f.Give(0, a.bad)
		} else {
			f.Give(0, int64(1))
		}
		return nil
	}}}
}

// A value that no token can carry is its actor's fault and nobody else's: it
// never gets as far as a checkpoint.
func TestWhatNoTokenCarriesIsAFaultOfItsActor(t *testing.T) {
	deep := flow.Value(int64(1))
	for range flow.MaxDepth + 2 {
		deep = []any{deep}
	}
	for name, bad := range map[string]flow.Value{
		"a Go int": 7, "inside a list": []any{int32(1)}, "too deep": deep,
		"too large": flow.Sealed{Kind: "test", Bytes: make([]byte, flow.MaxToken)},
	} {
		t.Run(name, func(t *testing.T) {
			sink := countdown(1)
			s := &scales{}
			eng, err := engine.New(engine.Config{Checkpoints: s,
				Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
				Types: flow.Types{
					"test.Awkward": {New: func(map[string]flow.Value) (flow.Actor, error) { return &awkward{bad: bad}, nil }},
					"test.Count":   {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
				}})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range []engine.Activation{
				{Actor: flow.Node{ID: "app:b", Type: "test.Count"}, Epoch: 1, In: chain[:1]},
				{Actor: flow.Node{ID: "app:a", Type: "test.Awkward"}, Epoch: 1, Out: chain[:1]},
			} {
				if err := eng.Start(t.Context(), a); err != nil {
					t.Fatal(err)
				}
			}
			<-sink.done
			actors, _ := eng.Stats()
			if actors[0].Errors != 1 {
				t.Errorf("the actor has %d errors, want the one for what it gave", actors[0].Errors)
			}
			if err := eng.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// However large the tokens are, no step grows beyond what a register takes, and
// the actor goes on after each.
func TestStepsOfLargeTokensStaySmall(t *testing.T) {
	sink := countdown(60)
	s := &scales{}
	eng, err := engine.New(engine.Config{Checkpoints: s,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
		Types: flow.Types{
			"test.Heavy": {New: func(map[string]flow.Value) (flow.Actor, error) { return &heavy{60}, nil }},
			"test.Count": {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
		}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []engine.Activation{
		{Actor: flow.Node{ID: "app:b", Type: "test.Count"}, Epoch: 1, In: chain[:1]},
		{Actor: flow.Node{ID: "app:a", Type: "test.Heavy"}, Epoch: 1, Out: chain[:1]},
	} {
		if err := eng.Start(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	<-sink.done
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	if most := s.most.Load(); most > 3<<20/2 {
		t.Errorf("a step had %d bytes, want at most one and a half MiB", most)
	}
}
