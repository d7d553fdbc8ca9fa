package stage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// An actor that panics leaves a letter and goes on from what it saves; what it
// had besides is gone.
func TestPanic(t *testing.T) {
	ts := types()
	made := 0
	ts["rash"] = typ("rash", ins, outs, func(s *simple, _ args) []flow.Action {
		made++
		return []flow.Action{{In: ins, Out: outs, Fire: func(f *flow.Firing) error {
			if f.In[0].Value == "x" {
				panic("x")
			}
			s.n++
			f.Give(0, s.n)
			return nil
		}}}
	})
	in := stage.Feed{To: at("r.in")}
	s := start(t, stage.Config{Types: ts, Graph: &flow.Graph{Actors: []flow.Node{node("r", "rash", nil)}},
		Feeds: []stage.Feed{in}, Watch: []flow.Endpoint{at("r.out")}})
	if err := s.Feed(in, int64(1), "x", int64(1)); err != nil {
		t.Fatal(err)
	}
	s.Settle(nil)
	if got := fmt.Sprint(s.Given(at("r.out"))); got != "[1 2]" || made != 2 {
		t.Errorf("gives %s, made %d times", got, made)
	}
	if ls := s.Letters(); len(ls) != 1 || ls[0].Why != "panic: x" {
		t.Errorf("letters %v", ls)
	}
}

// A holder stays where it is while it holds something.
type holder struct {
	simple
	holds string
}

func (h *holder) Holds() string { return h.holds }

func TestHolderStays(t *testing.T) {
	for holds, moves := range map[string]bool{"": true, "an open connection": false} {
		ts := types()
		ts["limited"] = flow.Type{Spec: flow.Spec{Name: "limited", State: 1}, New: func(args) (flow.Actor, error) {
			a := &holder{holds: holds}
			a.simple.actions = func(s *simple) []flow.Action {
				return []flow.Action{{Out: outs, Guard: func() bool { return s.n < 50 }, Fire: func(f *flow.Firing) error {
					s.n++
					f.Give(0, s.n)
					return nil
				}}}
			}
			return a, nil
		}}
		s := start(t, stage.Config{Types: ts, Migrate: 2, Watch: []flow.Endpoint{at("l.out")},
			Graph: &flow.Graph{Actors: []flow.Node{node("l", "limited", nil)}}})
		s.Settle(nil)
		if s.Count(at("l.out")) != 50 || (s.Moves() > 0) != moves {
			t.Errorf("holding %q: %d tokens, %d moves", holds, s.Count(at("l.out")), s.Moves())
		}
	}
}

// A keeper keeps its own checkpoints.
type keeper struct {
	simple
	kept []flow.Checkpoint
	fail error
}

func (k *keeper) Fence(context.Context, uint64) (flow.Checkpoint, error) {
	return flow.Checkpoint{}, nil
}

func (k *keeper) Commit(_ context.Context, c flow.Checkpoint) error {
	if k.fail != nil {
		return k.fail
	}
	k.kept = append(k.kept, c)
	return nil
}

func TestCommitter(t *testing.T) {
	ts := types()
	k := &keeper{}
	k.simple.actions = func(s *simple) []flow.Action {
		return []flow.Action{{In: ins, Fire: func(*flow.Firing) error { s.n++; return nil }}}
	}
	ts["keeper"] = flow.Type{Spec: flow.Spec{Name: "keeper", State: 1}, New: func(args) (flow.Actor, error) { return k, nil }}
	s := start(t, stage.Config{Types: ts, Migrate: 2, Graph: &flow.Graph{
		Actors: []flow.Node{node("k", "keeper", nil), node("l", "limited", args{"steps": int64(20)})},
		Links:  []flow.Link{link("l.out", "k.in")}}})
	s.Settle(nil)
	last := k.kept[len(k.kept)-1]
	if k.n != 20 || last.Taken[link("l.out", "k.in").ID()] != 20 || last.Epoch != 1 || len(last.State) == 0 {
		t.Errorf("it took %d tokens and kept %+v", k.n, last)
	}
	k.fail = errors.New("the disk is full")
	in := stage.Feed{To: at("k.in")}
	s, err := stage.New(stage.Config{Types: ts, Graph: &flow.Graph{Actors: []flow.Node{node("k", "keeper", nil)}}, Feeds: []stage.Feed{in}})
	if err == nil || !strings.Contains(err.Error(), "start actor app:k: the disk is full") {
		t.Errorf("New: %v, %v", s, err)
	}
}

// Later is what an actor says that can't decide yet: it is looked at again when
// something wakes it, and once a second.
func TestLater(t *testing.T) {
	ts := types()
	var looked []time.Duration
	ts["unsure"] = one("unsure", ins, outs, func(s *simple, _ args, f *flow.Firing) error {
		looked = append(looked, s.env.Now().Sub(stage.Began))
		if s.env.Now().Sub(stage.Began) < 2500*time.Millisecond {
			return fmt.Errorf("no rules yet: %w", flow.ErrLater)
		}
		f.Give(0, f.In[0].Value)
		return nil
	})
	in := stage.Feed{To: at("u.in")}
	s := start(t, stage.Config{Types: ts, Graph: &flow.Graph{Actors: []flow.Node{node("u", "unsure", nil)}},
		Feeds: []stage.Feed{in}, Watch: []flow.Endpoint{at("u.out")}})
	if err := s.Feed(in, "x"); err != nil {
		t.Fatal(err)
	}
	end := s.Run(context.Background(), time.Time{}, nil)
	if fmt.Sprint(looked) != "[0s 1s 2s 3s]" || s.Count(at("u.out")) != 1 || end != stage.AtRest {
		t.Errorf("looked at after %v; ends because %s", looked, end)
	}
}

// A told actor gives what it was told.
type told struct{ simple }

func (a *told) Report(args map[string]flow.Value) (flow.Value, error) {
	a.n, _ = args["n"].(int64)
	return "thanks", nil
}

// Actors answer between firings, and what they were told may let them fire.
func TestReport(t *testing.T) {
	ts := types()
	ts["told"] = flow.Type{Spec: flow.Spec{Name: "told", State: 1}, New: func(args) (flow.Actor, error) {
		a := &told{}
		a.simple.actions = func(s *simple) []flow.Action {
			return []flow.Action{{Out: outs, Guard: func() bool { return s.n > 0 }, Fire: func(f *flow.Firing) error {
				f.Give(0, s.n)
				s.n--
				return nil
			}}}
		}
		return a, nil
	}}
	s := start(t, stage.Config{Types: ts, Watch: []flow.Endpoint{at("t.out")},
		Graph: &flow.Graph{Actors: []flow.Node{node("t", "told", nil), node("s", "stuck", nil)}}})
	s.Settle(nil)
	if v, err := s.Report("app:t", args{"n": int64(2)}); v != "thanks" || err != nil {
		t.Errorf("Report: %v, %v", v, err)
	}
	s.Settle(nil)
	if got := fmt.Sprint(s.Given(at("t.out"))); got != "[2 1]" {
		t.Errorf("gives %s", got)
	}
	for id, want := range map[flow.ActorID]string{"app:q": "there is no actor app:q", "app:s": "actors of type stuck do not report"} {
		if _, err := s.Report(id, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %q", id, err, want)
		}
	}
}

// A panic whose letter has no room comes again after a pause, not at once.
func TestPanicWithoutRoom(t *testing.T) {
	ts := types()
	ts["rash"] = one("rash", ins, nil, func(*simple, args, *flow.Firing) error { panic("x") })
	in := stage.Feed{To: at("r.in")}
	s := start(t, stage.Config{Types: ts, Feeds: []stage.Feed{in}, Graph: &flow.Graph{
		Actors: []flow.Node{node("r", "rash", nil), node("k", "stuck", nil)}, Links: []flow.Link{link("r.dead_letter", "k.in")}}})
	for range 10 {
		if err := s.Feed(in, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if end := s.Run(context.Background(), time.Time{}, nil); end != stage.Vain || s.Left(in) != 2 || !strings.HasPrefix(s.Faulted()["app:r"], "panic: x") {
		t.Errorf("ends because %s with %d tokens left, faulted %v", end, s.Left(in), s.Faulted())
	}
}
