package std_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	. "github.com/wardflow/wardflow/actors/casetest"
	"github.com/wardflow/wardflow/actors/std"
	"github.com/wardflow/wardflow/runtime/flow"
)

// at lays a token into an in-port after a time.
type at struct {
	after time.Duration
	token flow.Value
}

// timeline runs an actor, laying tokens into its in-port at their times, and is
// what it gives on out, with the seconds since the start. The actor is moved to
// another node each 100 ms.
func timeline(t *testing.T, typ flow.Type, args Args, in, out string, until time.Duration, tokens ...at) (got []Values) {
	t.Helper()
	b := actortest.Start(t, actortest.NewEnv(), typ, args)
	for d := time.Duration(0); d <= until; d += 100 * time.Millisecond {
		b.Restart()
		for len(tokens) > 0 && tokens[0].after <= d {
			b.Feed(in, tokens[0].token)
			tokens = tokens[1:]
		}
		b.Run()
		for _, v := range b.Take(out) {
			got = append(got, Values{d.Seconds(), v})
		}
		b.Advance(100 * time.Millisecond)
	}
	return got
}

func TestTimelines(t *testing.T) {
	second := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	abc := []at{{0, "a"}, {second(0.2), "b"}, {second(0.3), "c"}}
	for _, tt := range []struct {
		name    string
		typ     flow.Type
		args    Args
		in, out string
		tokens  []at
		want    []Values
	}{
		{"Trigger gives at once and then each tick", std.Trigger(), Args{"tick": 1.5, "data": "x"}, "", "data", nil,
			[]Values{{0.0, "x"}, {1.5, "x"}, {3.0, "x"}, {4.5, "x"}}},
		{"CountTimer gives after a period", std.CountTimer(), Args{"sleep": int64(2), "start": int64(7), "steps": int64(2)}, "", "integer", nil,
			[]Values{{2.0, int64(7)}, {4.0, int64(8)}}},
		{"ClassicDelay gives the first at once, then one each delay", std.ClassicDelay(), Args{"delay": int64(1)}, "token", "token", abc,
			[]Values{{0.0, "a"}, {1.0, "b"}, {2.0, "c"}}},
		{"ClassicDelay counts from the last one that passed", std.ClassicDelay(), Args{"delay": int64(1)}, "token", "token", []at{{0, "a"}, {second(1.5), "b"}, {second(1.6), "c"}},
			[]Values{{0.0, "a"}, {1.5, "b"}, {2.5, "c"}}},
		{"RecTimer is the same", std.RecTimer(), Args{"delay": int64(1)}, "token", "token", abc,
			[]Values{{0.0, "a"}, {1.0, "b"}, {2.0, "c"}}},
		{"DelayToken keeps the spacing", std.DelayToken(), Args{"delay": int64(2)}, "token", "token", abc,
			[]Values{{2.0, "a"}, {2.2, "b"}, {2.3, "c"}}},
		{"DelayToken without delay", std.DelayToken(), Args{"delay": int64(0)}, "token", "token", abc,
			[]Values{{0.0, "a"}, {0.2, "b"}, {0.3, "c"}}},
		{"Watchdog passes data", std.Watchdog(), Args{"timeout": int64(1), "immediate": true}, "data", "data", abc,
			[]Values{{0.0, "a"}, {0.2, "b"}, {0.3, "c"}}},
		{"Watchdog tells of silence from the start", std.Watchdog(), Args{"timeout": int64(2), "immediate": true}, "data", "timeout", nil,
			[]Values{{2.0, true}, {4.0, true}}},
		{"Watchdog tells again after each further silence", std.Watchdog(), Args{"timeout": int64(1), "immediate": true}, "data", "timeout", abc,
			[]Values{{1.3, true}, {2.3, true}, {3.3, true}, {4.3, true}}},
		{"Watchdog waits for the first token", std.Watchdog(), Args{"timeout": int64(1), "immediate": false}, "data", "timeout", []at{{second(3), "a"}},
			[]Values{{4.0, true}, {5.0, true}}},
		{"Watchdog is silent before it", std.Watchdog(), Args{"timeout": int64(1), "immediate": false}, "data", "timeout", nil, nil},
		{"Burn holds each token", std.Burn(), Args{"duration": int64(1)}, "token", "token", abc,
			[]Values{{1.0, "a"}, {2.0, "b"}, {3.0, "c"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := timeline(t, tt.typ, tt.args, tt.in, tt.out, second(5), tt.tokens...); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("gives %v, want %v", got, tt.want)
			}
		})
	}
}

// A timer keeps what remains of its period through a restart, does not make up
// for periods that nobody saw, and goes on when the clock is set back.
func TestTimerRestarts(t *testing.T) {
	env := actortest.NewEnv()
	b := actortest.Start(t, env, std.Trigger(), Args{"tick": int64(10), "data": "x"})
	b.Run()
	b.Take("data")
	b.Advance(7 * time.Second)
	b.Restart()
	b.Advance(2 * time.Second)
	if got := b.Take("data"); got != nil {
		t.Fatalf("gives %v after 9 of 10 seconds", got)
	}
	b.Advance(time.Second)
	if got := b.Take("data"); len(got) != 1 {
		t.Fatalf("gives %v after 10 seconds, want one", got)
	}
	env.Set(env.Now().Add(time.Hour))
	b.Restart()
	b.Run()
	if got := b.Take("data"); len(got) != 1 {
		t.Fatalf("gives %d tokens after an hour of absence, want one", len(got))
	}
	env.Set(env.Now().Add(-24 * time.Hour))
	b.Restart()
	b.Advance(10 * time.Second)
	if got := b.Take("data"); len(got) != 1 {
		t.Errorf("gives %d tokens in a tick after the clock was set back, want one", len(got))
	}
}

// A Trigger without a pause gives as fast as it is taken, and DelayToken takes
// only what it can carry in its state.
func TestWithoutLimits(t *testing.T) {
	Run(t, std.Trigger(), []Case{{Name: "tick of 0", Args: Args{"tick": 0.0, "data": 1}, Room: 3, Out: Ports{"data": {1, 1, 1}}}})
	b := actortest.Start(t, actortest.NewEnv(), std.DelayToken(), Args{"delay": int64(1)})
	b.Room = 40
	for range b.Room {
		b.Feed("token", strings.Repeat("x", 4<<10))
	}
	b.Run()
	if n := b.Left("token"); n != 8 {
		t.Errorf("%d tokens are left waiting, want 8", n)
	}
	b.Restart()
	b.Advance(2 * time.Second)
	if n := len(b.Take("token")); n != b.Room {
		t.Errorf("gives %d tokens, want %d", n, b.Room)
	}
}

func BenchmarkIdentity(b *testing.B) {
	a, err := actortest.New(std.Identity(), nil)
	if err != nil {
		b.Fatal(err)
	}
	act := a.Actions()[0]
	f := flow.Firing{In: []flow.Token{{Value: int64(72)}}}
	b.ReportAllocs()
	for b.Loop() {
		f.Reset(actortest.Began)
		f.In = f.In[:1]
		if err := act.Fire(&f); err != nil {
			b.Fatal(err)
		}
	}
}
