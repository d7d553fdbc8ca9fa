package std_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/std"
	"github.com/wardflow/wardflow/runtime/flow"
)

type values = []flow.Value

func run(t *testing.T, typ flow.Type, args map[string]flow.Value, in, out string, tokens ...flow.Value) values {
	t.Helper()
	b := actortest.Start(t, actortest.NewEnv(), typ, args)
	if in != "" {
		b.Feed(in, tokens...)
	}
	b.Run()
	return b.Take(out)
}

func TestPassing(t *testing.T) {
	odd := flow.Exception{Kind: "ExceptionToken", Value: "can't add a string"}
	for name, tt := range map[string]struct {
		typ     flow.Type
		args    map[string]flow.Value
		in, out string
		give    values
		want    values
	}{
		"Constantify":            {std.Constantify(), map[string]flow.Value{"constant": int64(42)}, "in", "out", values{int64(1), "a", flow.EOS}, values{int64(42), int64(42), int64(42)}},
		"Identity":               {std.Identity(), nil, "token", "token", values{int64(1), nil, flow.EOS}, values{int64(1), nil, flow.EOS}},
		"Sum":                    {std.Sum(), nil, "integer", "integer", values{int64(1), int64(2), int64(3)}, values{int64(1), int64(3), int64(6)}},
		"Sum of mixed":           {std.Sum(), nil, "integer", "integer", values{int64(1), 0.5, int64(-1)}, values{int64(1), 1.5, 0.5}},
		"Sum beyond int64":       {std.Sum(), nil, "integer", "integer", values{int64(math.MaxInt64), int64(1)}, values{int64(math.MaxInt64), 0x1p63}},
		"Sum below int64":        {std.Sum(), nil, "integer", "integer", values{int64(math.MinInt64), int64(-1)}, values{int64(math.MinInt64), -0x1p63}},
		"Sum keeps what is none": {std.Sum(), nil, "integer", "integer", values{int64(5), "x", flow.EOS, int64(0)}, values{int64(5), odd, flow.EOS, int64(5)}},
	} {
		if got := run(t, tt.typ, tt.args, tt.in, tt.out, tt.give...); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %v, want %v", name, got, tt.want)
		}
	}
}

func TestConstantGivesWithoutEnd(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), std.Constant(), map[string]flow.Value{"data": nil})
	for range 3 {
		b.Run()
		if got := b.Take("token"); len(got) != b.Room || got[0] != nil {
			t.Fatalf("gives %d tokens %v, want %d nulls", len(got), got, b.Room)
		}
	}
}

func TestCounterGoesOnElsewhere(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), std.Counter(), nil)
	b.Room = 3
	b.Run()
	first := b.Take("integer")
	b.Restart()
	b.Run()
	if got, want := append(first, b.Take("integer")...), (values{int64(1), int64(2), int64(3), int64(4), int64(5), int64(6)}); !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
}

func TestSumGoesOnElsewhere(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), std.Sum(), nil)
	b.Feed("integer", int64(40))
	b.Run()
	b.Restart()
	b.Feed("integer", int64(2))
	b.Run()
	if got := b.Take("integer"); !reflect.DeepEqual(got, values{int64(40), int64(42)}) {
		t.Errorf("gives %v, want 40, 42", got)
	}
}

func TestIdentityDumps(t *testing.T) {
	env := actortest.NewEnv()
	b := actortest.Start(t, env, std.Identity(), map[string]flow.Value{"dump": true})
	b.Feed("token", "x")
	b.Run()
	if got := env.Logged(); len(got) != 1 || got[0] != `level=INFO msg="token passed" port=token token=x` {
		t.Errorf("logged %q", got)
	}
}

// The first token of a Trigger comes at once, that of a CountTimer after one period.
func TestTimers(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), std.Trigger(), map[string]flow.Value{"tick": int64(12), "data": "x"})
	b.Run()
	if got := b.Take("data"); len(got) != 1 {
		t.Fatalf("Trigger gives %v at once, want x", got)
	}
	b.Advance(36 * time.Second)
	if got := b.Take("data"); len(got) != 3 {
		t.Errorf("Trigger gives %v in three ticks", got)
	}

	b = actortest.Start(t, actortest.NewEnv(), std.CountTimer(), map[string]flow.Value{"sleep": 0.5, "start": int64(7), "steps": int64(3)})
	b.Run()
	if got := b.Take("integer"); got != nil {
		t.Fatalf("CountTimer gives %v at once, want nothing", got)
	}
	b.Advance(499 * time.Millisecond)
	b.Advance(time.Millisecond)
	if got := b.Take("integer"); !reflect.DeepEqual(got, values{int64(7)}) {
		t.Fatalf("CountTimer gives %v after a period, want 7", got)
	}
	b.Advance(time.Minute)
	if got := b.Take("integer"); !reflect.DeepEqual(got, values{int64(8), int64(9)}) {
		t.Errorf("CountTimer gives %v in the end, want 8, 9", got)
	}
}

// A timer keeps what remains of its period through a restart, does not make up
// for periods that nobody saw, and goes on when the clock is set back.
func TestTimerRestarts(t *testing.T) {
	env := actortest.NewEnv()
	b := actortest.Start(t, env, std.Trigger(), map[string]flow.Value{"tick": int64(10), "data": "x"})
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

func TestArgumentsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		typ  flow.Type
		args map[string]flow.Value
		want string
	}{
		"no data":       {std.Constant(), nil, "argument data: is missing"},
		"no constant":   {std.Constantify(), nil, "argument constant: is missing"},
		"no tick":       {std.Trigger(), map[string]flow.Value{"data": "x"}, "argument tick: is missing"},
		"steps below 0": {std.CountTimer(), map[string]flow.Value{"steps": int64(-1)}, "argument steps: want 0 or more, not -1"},
		"dump":          {std.Identity(), map[string]flow.Value{"dump": "yes"}, "argument dump: want true or false, not a string"},
	} {
		if _, err := actortest.New(tt.typ, tt.args); err == nil || err.Error() != tt.want {
			// tick's zero value fails as well; the first error is the one to read
			t.Errorf("%s: New gives %v, want %s", name, err, tt.want)
		}
	}
}
