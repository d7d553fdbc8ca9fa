package engine_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An actor that can't take a token goes on with the next one, and what it could
// not take is in its box, also after a restart, until somebody takes it out.
func TestDeadLettersStayInTheBox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do := func(n int64) error {
			if n == 3 {
				return errors.New("three is unlucky")
			}
			return nil
		}
		p, sink := adder(t, "", do, int64(1), int64(2), flow.EOS, int64(3), int64(4))
		p.start()
		p.settle()
		if want := ints(1, 3, 7); !slices.Equal(sink.values, want) {
			t.Fatalf("c took %v, want %v", sink.values, want)
		}
		for run := range 2 {
			s := p.stat("app:b")
			if s.State != engine.Running || s.Boxed != 2 || len(s.Newest) != 2 {
				t.Fatalf("run %d: b is %s with %d letters, want it running with 2", run, s.State, s.Boxed)
			}
			ls, err := p.eng.Letters("app:b")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(ls[0].Tokens, map[string]flow.Value{"in": flow.EOS}) || ls[1].Why != "three is unlucky" {
				t.Fatalf("run %d: the letters are %+v", run, ls)
			}
			if run == 0 && (s.Letters != 2 || s.Errors != 2 || s.LastError != "three is unlucky") {
				t.Errorf("b has written %d letters with %d errors, the last %q", s.Letters, s.Errors, s.LastError)
			}
			p.close()
			p.start()
			p.settle()
		}
		ls, _ := p.eng.Letters("app:b")
		if err := p.eng.DropLetters(t.Context(), "app:b", ls[0].Number); err != nil {
			t.Fatal(err)
		}
		p.settle()
		p.close()
		p.start()
		if ls, _ := p.eng.Letters("app:b"); len(ls) != 1 || ls[0].Why != "three is unlucky" {
			t.Errorf("after a letter was taken out and a restart, the box has %+v", ls)
		}
		p.close()
	})
}

// The dead_letter port, when it is linked, takes the letters as tokens.
func TestDeadLettersGoWhereTheyAreLinkedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := adder(t, "", nil, flow.EOS, int64(1))
		post := &got{}
		p.types["test.Post"] = flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return post, nil }}
		p.nodes = append(p.nodes, flow.Node{ID: "app:post", Type: "test.Post"})
		p.links = append(p.links, wire(t, "app:b.dead_letter > app:post.in"))
		p.start()
		p.settle()
		want := []flow.Value{map[string]any{"actor": "app:b", "why": "no action takes exception tokens there",
			"tokens": map[string]any{"in": map[string]any{"$exception": "EOSToken", "value": "End of stream"}}}}
		if !reflect.DeepEqual(post.values, want) {
			t.Errorf("dead_letter gave %v, want %v", post.values, want)
		}
		if s := p.stat("app:b"); s.Boxed != 0 || s.Letters != 1 {
			t.Errorf("b wrote %d letters, %d of them into its box; want 1 and 0", s.Letters, s.Boxed)
		}
		p.close()
	})
}

// A full box stops the actor and loses nothing.
func TestAFullBoxStopsTheActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var give []flow.Value
		for range 130 {
			give = append(give, flow.EOS)
		}
		p, sink := adder(t, "", nil, append(give, int64(5))...)
		p.start()
		for _, want := range []int{100, 30} {
			p.settle()
			if s := p.stat("app:b"); s.Boxed != want || want == 100 && (s.State != engine.Stopped || !strings.Contains(s.Why, "full")) {
				t.Fatalf("b is %s (%s) with %d letters, want %d", s.State, s.Why, s.Boxed, want)
			}
			ls, _ := p.eng.Letters("app:b")
			if err := p.eng.DropLetters(t.Context(), "app:b", ls[len(ls)-1].Number); err != nil {
				t.Fatal(err)
			}
			if err := p.eng.Resume("app:b"); err != nil {
				t.Fatal(err)
			}
		}
		p.settle()
		if want := ints(5); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// A letter that no checkpoint takes is not written: the actor stands and the
// tokens are where they were.
func TestALetterTooLargeStopsTheActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		huge := func(b byte) flow.Value {
			return flow.Sealed{Kind: "test", Bytes: slices.Repeat([]byte{b}, 500_000)}
		}
		joins := flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return joining{}, nil }}
		p := &plant{t: t,
			types: flow.Types{"test.Join": joins,
				"test.Give": {New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: []flow.Value{huge(1)}}, nil }}},
			nodes: []flow.Node{{ID: "app:a", Type: "test.Give"}, {ID: "app:b", Type: "test.Give"}, {ID: "app:c", Type: "test.Join"}},
			links: []flow.Link{wire(t, "app:a.out > app:c.in"), wire(t, "app:b.out > app:c.other")}}
		p.start()
		p.settle()
		if s := p.stat("app:c"); s.State != engine.Stopped || !strings.Contains(s.Why, "too large") || s.Boxed != 0 {
			t.Errorf("c is %s (%s) with %d letters", s.State, s.Why, s.Boxed)
		}
		_, links := p.eng.Stats()
		for _, l := range links {
			if !l.Out && l.Held != 1 {
				t.Errorf("link %s has %d tokens, want the one that was not taken", l.ID, l.Held)
			}
		}
		p.close()
	})
}

// joining takes two tokens and never likes them.
type joining struct{}

func (joining) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in", "other"}, Fire: func(*flow.Firing) error { return errors.New("no") }}}
}

// FaultStop leaves the tokens, and Resume lets the actor try again.
func TestFaultStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mended := false
		do := func(n int64) error {
			if n == 2 && !mended {
				return errors.New("two is broken")
			}
			return nil
		}
		p, sink := adder(t, flow.FaultStop, do, ints(1, 2, 3)...)
		p.start()
		p.settle()
		if s := p.stat("app:b"); s.State != engine.Stopped || s.Why != "two is broken" || s.Boxed != 0 {
			t.Fatalf("b is %s (%s) with %d letters", s.State, s.Why, s.Boxed)
		}
		mended = true
		p.settle()
		if want := ints(1); !slices.Equal(sink.values, want) {
			t.Fatalf("c took %v although nobody let b go on", sink.values)
		}
		if err := p.eng.Resume("app:b"); err != nil {
			t.Fatal(err)
		}
		p.settle()
		if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
			t.Errorf("c took %v, want %v", sink.values, want)
		}
		p.close()
	})
}

// A panic, or giving what no token can carry, leaves nothing behind: whatever the actor's value had become, it goes
// on with the state that it had before the firing, and what it gave since its
// last checkpoint is neither lost nor repeated.
func TestAPanicRestoresTheState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var give, want []flow.Value
		sum := int64(0)
		for n := range int64(200) {
			give = append(give, n)
			sum += n
			want = append(want, sum)
			if n%50 == 20 {
				give = append(give, -n, int64(1000))
			}
		}
		p, sink := adder(t, flow.FaultLetter, nil, give...)
		p.start()
		p.settle()
		if !slices.Equal(sink.values, want) {
			t.Errorf("c took %d sums, want %d; %v", len(sink.values), len(want), sink.values)
		}
		if s := p.stat("app:b"); s.Boxed != 8 || s.Errors != 8 || s.Firings < 200 {
			t.Errorf("b has %d letters, %d errors and %d firings, want 8, 8 and 200 or more", s.Boxed, s.Errors, s.Firings)
		}
		p.close()
	})
}

// The same for an actor that stops, or is tried again: it stands before the
// token with which it panics.
func TestAPanicOfAnActorThatKeepsItsTokens(t *testing.T) {
	for _, policy := range []flow.FaultPolicy{flow.FaultStop, flow.FaultRetry} {
		synctest.Test(t, func(t *testing.T) {
			p, sink := adder(t, policy, nil, ints(1, 2, 3, -4, 5)...)
			p.start()
			for range 3 {
				p.settle()
				sum, err := p.eng.Report(t.Context(), "app:b", nil)
				if sum != int64(6) || err != nil {
					t.Fatalf("%s: b says %v, %v; want 6", policy, sum, err)
				}
				if s := p.stat("app:b"); s.State == engine.Running || !strings.Contains(s.LastError, "can't add -4") {
					t.Fatalf("%s: b is %s: %s", policy, s.State, s.LastError)
				}
				if err := p.eng.Resume("app:b"); err != nil {
					t.Fatal(err)
				}
			}
			if want := ints(1, 3, 6); !slices.Equal(sink.values, want) {
				t.Errorf("%s: c took %v, want %v", policy, sink.values, want)
			}
			p.close()
		})
	}
}

// Asking an actor changes nothing but what it changes itself, and a panic
// while it answers is undone.
func TestReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := adder(t, "", nil, ints(1, 2, 3)...)
		p.start()
		p.settle()
		ask := func(add flow.Value) (flow.Value, error) {
			return p.eng.Report(t.Context(), "app:b", map[string]flow.Value{"add": add})
		}
		if v, err := ask(nil); v != int64(6) || err != nil {
			t.Errorf("b answers %v, %v; want 6", v, err)
		}
		if v, err := ask(int64(10)); v != int64(16) || err != nil {
			t.Errorf("b answers %v, %v; want 16", v, err)
		}
		p.settle()
		if _, err := ask("a word"); err == nil || !strings.Contains(err.Error(), "can't add a word") {
			t.Errorf("a panic of the answer is %v", err)
		}
		p.settle()
		if v, err := ask(nil); v != int64(16) || err != nil {
			t.Errorf("after the panic b answers %v, %v; want 16", v, err)
		}
		p.settle()
		p.close()
		p.start()
		if v, err := ask(nil); v != int64(16) || err != nil {
			t.Errorf("after a restart b answers %v, %v; want 16", v, err)
		}
		if _, err := p.eng.Report(t.Context(), "app:c", nil); !errors.Is(err, engine.ErrNoReport) {
			t.Errorf("asking c: %v, want ErrNoReport", err)
		}
		if _, err := p.eng.Report(t.Context(), "app:d", nil); !errors.Is(err, engine.ErrNotRunning) {
			t.Errorf("asking nobody: %v, want ErrNotRunning", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.eng.Report(ctx, "app:b", nil); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("asking in a hurry: %v", err)
		}
		p.close()
	})
}

// stopping counts how often it is stopped.
type stopping struct{ stops int }

func (*stopping) Actions() []flow.Action { return nil }
func (s *stopping) Stop()                { s.stops++ }

// However many stop an actor at once, it is stopped once, and all return when it
// is.
func TestStoppedByMany(t *testing.T) {
	s := &stopping{}
	p := &plant{t: t, nodes: []flow.Node{{ID: "app:a", Type: "test.Stop"}},
		types: flow.Types{"test.Stop": {New: func(map[string]flow.Value) (flow.Actor, error) { return s, nil }}}}
	p.start()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := p.eng.Stop(t.Context(), "app:a"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.stops != 1 {
		t.Errorf("it was stopped %d times", s.stops)
	}
	p.close()
}
