package stage_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

type args = map[string]flow.Value

func start(t testing.TB, cfg stage.Config) *stage.Stage {
	t.Helper()
	if cfg.Types == nil {
		cfg.Types = types()
	}
	s, err := stage.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// With one of two peers stopped, the other gets as many tokens as the two
// queues of a link hold, and no more (calvin-reference 2.5).
func TestStoppedPeer(t *testing.T) {
	for _, tt := range []struct {
		out, in any // queue_length; nil: not said
		want    int
	}{{nil, nil, 8}, {int64(2), int64(3), 5}, {int64(1), int64(1), 2}} {
		for seed := range uint64(50) {
			src := node("src", "count", nil)
			src.Ports = map[string]map[string]any{"out:out": {"queue_length": tt.out}}
			lazy := node("lazy", "stuck", nil)
			lazy.Ports = map[string]map[string]any{"in:in": {"queue_length": tt.in}}
			s := start(t, stage.Config{Seed: seed,
				Graph: &flow.Graph{Actors: []flow.Node{src, lazy, node("same", "same", nil)},
					Links: []flow.Link{link("src.out", "lazy.in"), link("src.out", "same.in")}},
				Watch: []flow.Endpoint{at("same.out")}})
			if end := s.Settle(nil); end != stage.AtRest {
				t.Fatalf("seed %d: ends because %s", seed, end)
			}
			if n := len(s.Given(at("same.out"))); n != tt.want {
				t.Fatalf("seed %d: with queues of %v and %v the other gets %d tokens, want %d", seed, tt.out, tt.in, n, tt.want)
			}
		}
	}
}

// A timer of a minute takes a minute of the stage's time.
func TestVirtualTime(t *testing.T) {
	s := start(t, stage.Config{Graph: &flow.Graph{Actors: []flow.Node{node("e", "every", args{"seconds": int64(60)})}},
		Watch: []flow.Endpoint{at("e.out")}})
	s.Run(context.Background(), s.Now().Add(59*time.Second), nil)
	if vs := s.Given(at("e.out")); len(vs) > 0 {
		t.Errorf("after 59 s it has given %v", vs)
	}
	s.Run(context.Background(), s.Now().Add(time.Second), nil)
	if vs := s.Given(at("e.out")); fmt.Sprint(vs) != "[1]" {
		t.Errorf("after 60 s it has given %v", vs)
	}
	if end := s.Run(context.Background(), s.Now().Add(24*time.Hour), nil); end != stage.TimeIsUp || len(s.Given(at("e.out"))) != 24*60 {
		t.Errorf("a day ends because %s", end)
	}
	if got := s.Now().Sub(stage.Began); got != 24*time.Hour+time.Minute {
		t.Errorf("the clock stands at %v", got)
	}
}

// A source without end does not hold the clock up, nor Settle.
func TestEndless(t *testing.T) {
	s := start(t, stage.Config{Graph: &flow.Graph{
		Actors: []flow.Node{node("c", "count", nil), node("e", "every", args{"seconds": int64(60)}), node("k", "sink", nil)},
		Links:  []flow.Link{link("c.out", "k.in")}}, Watch: []flow.Endpoint{at("c.out"), at("e.out")}})
	if end := s.Settle(nil); end != stage.Endless || !s.Now().Equal(stage.Began) {
		t.Errorf("Settle: %s at %v", end, s.Now())
	}
	seen := func() bool { return s.Count(at("c.out")) >= 110_000 }
	if end := s.Run(context.Background(), s.Now().Add(time.Hour), seen); end != stage.Enough || s.Count(at("c.out")) != 110_000 {
		t.Errorf("Run: %s", end)
	}
	begun := s.Now()
	s.Given(at("e.out"))
	end := s.Run(context.Background(), begun.Add(24*time.Hour), nil)
	if n := len(s.Given(at("e.out"))); end != stage.TimeIsUp || !s.Now().Equal(begun.Add(24*time.Hour)) || n != 24*60 {
		t.Errorf("a day ends because %s at %v with %d ticks", end, s.Now(), n)
	}
}

// Tokens are fed past the routing of a port, or as one of its peers.
func TestFeed(t *testing.T) {
	same := node("s", "same", nil)
	same.Ports = map[string]map[string]any{"in:in": {"routing": "collect-all-tagged"}}
	past := stage.Feed{To: at("s.in")}
	s := start(t, stage.Config{Graph: &flow.Graph{Actors: []flow.Node{same}}, Feeds: []stage.Feed{past}, Watch: []flow.Endpoint{at("s.out")}})
	if err := s.Feed(past, "x", flow.EOS); err != nil {
		t.Fatal(err)
	}
	s.Settle(nil)
	if got := s.Given(at("s.out")); !reflect.DeepEqual(got, []flow.Value{"x", flow.EOS}) {
		t.Errorf("gives %v", got)
	}
	if err := s.Feed(past, struct{}{}); err == nil {
		t.Error("takes what no token can carry")
	}
	if err := s.Feed(stage.Feed{To: at("s.on")}, 1); err == nil {
		t.Error("takes tokens for a port that is none of the feeds")
	}

	a, b := stage.Feed{To: at("s.in"), As: "a.out"}, stage.Feed{To: at("s.in"), As: "b.out"}
	s = start(t, stage.Config{Graph: &flow.Graph{Actors: []flow.Node{same}}, Feeds: []stage.Feed{a, b}, Watch: []flow.Endpoint{at("s.out")}})
	s.Feed(a, "x", "y")
	s.Feed(b, "z")
	s.Settle(nil)
	if got, want := s.Given(at("s.out")), []flow.Value{map[string]any{"a.out": "x", "b.out": "z"}}; !reflect.DeepEqual(got, want) || s.Left(a) != 1 {
		t.Errorf("gives %v, want %v", got, want)
	}
}

// What an actor can't take becomes a letter; one whose box is full stops.
func TestLetters(t *testing.T) {
	g := &flow.Graph{Actors: []flow.Node{node("s", "sum", nil)}}
	in := stage.Feed{To: at("s.in")}
	s := start(t, stage.Config{Graph: g, Feeds: []stage.Feed{in}, Watch: []flow.Endpoint{at("s.out")}})
	s.Feed(in, int64(1), "x", int64(2))
	s.Settle(nil)
	if got := fmt.Sprint(s.Given(at("s.out"))); got != "[1 3]" {
		t.Errorf("gives %s", got)
	}
	if ls := s.Letters(); len(ls) != 1 || ls[0].Why != "x is no number" || ls[0].Actor != "app:s" {
		t.Errorf("letters %v", ls)
	}
	for range 200 {
		s.Feed(in, "x")
	}
	s.Settle(nil)
	if len(s.Letters()) != 100 || s.Left(in) != 101 || !strings.Contains(s.Stopped()["app:s"], "dead letters are full") {
		t.Errorf("%d letters, %d tokens left, stopped: %v", len(s.Letters()), s.Left(in), s.Stopped())
	}
}

// A fault that is tried again costs virtual time only, and one that never ends
// ends the run.
func TestRetries(t *testing.T) {
	ts := types()
	fails := 5
	flaky := one("flaky", ins, outs, func(_ *simple, _ map[string]flow.Value, f *flow.Firing) error {
		if fails--; fails >= 0 {
			return errors.New("not today")
		}
		f.Give(0, f.In[0].Value)
		return nil
	})
	flaky.Spec.Fault = flow.FaultRetry
	ts["flaky"] = flaky
	in := stage.Feed{To: at("f.in")}
	cfg := stage.Config{Types: ts, Graph: &flow.Graph{Actors: []flow.Node{node("f", "flaky", nil)}},
		Feeds: []stage.Feed{in}, Watch: []flow.Endpoint{at("f.out")}}
	s := start(t, cfg)
	s.Feed(in, "x")
	if end := s.Run(context.Background(), time.Time{}, nil); end != stage.AtRest || len(s.Given(at("f.out"))) != 1 {
		t.Fatalf("ends because %s", end)
	}
	if got, want := s.Now().Sub(stage.Began), 3100*time.Millisecond; got != want { // 0.1 + 0.2 + … + 1.6
		t.Errorf("5 faults take %v, want %v", got, want)
	}
	fails = 1 << 30
	s.Feed(in, "y")
	if end := s.Run(context.Background(), time.Time{}, nil); end != stage.Vain || s.Left(in) != 1 || s.Faulted()["app:f"] != "not today" {
		t.Errorf("ends because %s, faulted %v", end, s.Faulted())
	}
	flaky.Spec.Fault = flow.FaultStop
	ts["flaky"] = flaky
	s = start(t, cfg)
	s.Feed(in, "x")
	if end := s.Run(context.Background(), time.Time{}, nil); end != stage.AtRest || s.Stopped()["app:f"] != "not today" || s.Left(in) != 1 {
		t.Errorf("ends because %s, stopped %v", end, s.Stopped())
	}
}

// What waits for a wake from another goroutine gets it.
func TestWake(t *testing.T) {
	ts := types()
	ts["late"] = late()
	s := start(t, stage.Config{Types: ts, Await: true, Graph: &flow.Graph{Actors: []flow.Node{node("l", "late", nil)}},
		Watch: []flow.Endpoint{at("l.out")}})
	if end := s.Run(context.Background(), time.Time{}, nil); end != stage.AtRest || len(s.Given(at("l.out"))) != 1 {
		t.Errorf("ends because %s", end)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ts["late"] = typ("late", nil, nil, func(*simple, map[string]flow.Value) []flow.Action { return nil })
	s = start(t, stage.Config{Types: ts, Await: true, Graph: &flow.Graph{Actors: []flow.Node{node("l", "every", args{"seconds": int64(1)})}}})
	if end := s.Run(ctx, time.Time{}, nil); end != stage.Interrupted {
		t.Errorf("with a context that is over it ends because %s", end)
	}
}

// late is an actor whose goroutine has something for it some time.
func late() flow.Type {
	t := typ("late", nil, outs, nil)
	t.New = func(map[string]flow.Value) (flow.Actor, error) { return &lateActor{came: make(chan string, 1)}, nil }
	return t
}

type lateActor struct {
	came chan string
	done bool
}

func (l *lateActor) Awaits() bool { return !l.done }

func (l *lateActor) Start(env flow.Env) error {
	go func() {
		l.came <- "at last"
		env.Wake()
	}()
	return nil
}

func (l *lateActor) Actions() []flow.Action {
	return []flow.Action{{Out: outs, Guard: func() bool { return len(l.came) > 0 }, Fire: func(f *flow.Firing) error {
		f.Give(0, <-l.came)
		l.done = true
		return nil
	}}}
}

func TestNewRefuses(t *testing.T) {
	broken := types()
	broken["same"] = flow.Type{Spec: flow.Spec{Name: "same"}, New: func(args) (flow.Actor, error) { return nil, errors.New("no such thing") }}
	for name, tt := range map[string]struct {
		cfg  stage.Config
		want string
	}{
		"no graph":     {stage.Config{}, "needs Graph"},
		"no type":      {stage.Config{Graph: &flow.Graph{Actors: []flow.Node{node("x", "what", nil)}}}, "actor app:x: there is no type what"},
		"a loose link": {stage.Config{Graph: &flow.Graph{Links: []flow.Link{link("a.out", "b.in")}}}, "one of its actors is not in the graph"},
		"a loose feed": {stage.Config{Graph: &flow.Graph{}, Feeds: []stage.Feed{{To: at("a.in")}}}, "feed app:a.in: there is no such actor"},
		"a bad actor":  {stage.Config{Types: broken, Graph: &flow.Graph{Actors: []flow.Node{node("x", "same", nil)}}}, "actor app:x: no such thing"},
	} {
		if tt.cfg.Types == nil {
			tt.cfg.Types = types()
		}
		if _, err := stage.New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}

// The seed decides everything; another seed, another schedule.
func TestSeed(t *testing.T) {
	merge := node("m", "same", nil)
	merge.Ports = map[string]map[string]any{"in:in": {"routing": "collect-unordered"}}
	run := func(seed uint64) string {
		s := start(t, stage.Config{Seed: seed, Migrate: 3, Watch: []flow.Endpoint{at("m.out")}, Graph: &flow.Graph{
			Actors: []flow.Node{merge, node("a", "limited", args{"steps": int64(30)}), node("b", "limited", args{"steps": int64(30), "base": int64(100)})},
			Links:  []flow.Link{link("a.out", "m.in"), link("b.out", "m.in")}}})
		s.Run(context.Background(), time.Time{}, nil)
		return fmt.Sprint(s.Given(at("m.out")))
	}
	seen := map[string]bool{}
	for seed := range uint64(5) {
		first, again := run(seed), run(seed)
		if first != again {
			t.Errorf("two runs with seed %d differ", seed)
		}
		seen[first] = true
	}
	if len(seen) < 2 {
		t.Error("5 seeds give one and the same schedule")
	}
}

// An actor that wants to be woken at once, again and again, as one does that is
// migrated again and again, does not hold the clock up.
func TestTimersThatAreDue(t *testing.T) {
	ts := types()
	ts["eager"] = flow.Type{Spec: flow.Spec{Name: "eager", State: 1}, New: func(args) (flow.Actor, error) {
		return &simple{begun: func(s *simple) { s.env.WakeAt(s.env.Now()) },
			actions: func(s *simple) []flow.Action {
				return []flow.Action{{Out: outs, Fire: func(f *flow.Firing) error {
					s.env.WakeAt(s.env.Now())
					f.Give(0, "x")
					return nil
				}}}
			}}, nil
	}}
	s := start(t, stage.Config{Types: ts, Migrate: 2, Graph: &flow.Graph{Actors: []flow.Node{node("e", "eager", nil), node("k", "sink", nil)},
		Links: []flow.Link{link("e.out", "k.in")}}})
	if end := s.Run(context.Background(), s.Now().Add(3*time.Millisecond), nil); end != stage.TimeIsUp {
		t.Errorf("ends because %s", end)
	}
}
