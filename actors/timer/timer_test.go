package timer_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/runtime/flow"
)

func at(d time.Duration) time.Time { return actortest.Began.Add(d) }

func TestTicker(t *testing.T) {
	env := actortest.NewEnv()
	var k timer.Ticker
	k.Start(env, 0, 10*time.Second)
	if !k.Due() {
		t.Fatal("is not due at once")
	}
	k.Next(env.Now())
	for _, tt := range []struct {
		after time.Duration
		due   bool
	}{{9 * time.Second, false}, {10 * time.Second, true}, {time.Hour, true}} {
		env.Set(at(tt.after))
		if k.Due() != tt.due {
			t.Errorf("after %v: due is %v", tt.after, !tt.due)
		}
	}
	k.Next(env.Now()) // an hour late: what was missed is not made up for
	if want := at(time.Hour + 10*time.Second).UnixNano(); k.At != want {
		t.Errorf("is due at %v, want %v", time.Unix(0, k.At), time.Unix(0, want))
	}
	env.Set(at(-time.Hour))
	moved := timer.Ticker{At: k.At}
	moved.Start(env, 0, 10*time.Second)
	env.Set(at(10*time.Second - time.Hour))
	if !moved.Due() {
		t.Error("a clock set back silences it")
	}
}

func TestAlarm(t *testing.T) {
	env := actortest.NewEnv()
	var a timer.Alarm
	a.Start(env, time.Minute)
	if a.IsSet() || a.Due() {
		t.Fatal("is set from the start")
	}
	a.Set(env.Now(), time.Minute)
	env.Set(at(59 * time.Second))
	moved := timer.Alarm{At: a.At}
	moved.Start(env, time.Minute)
	if moved.Due() {
		t.Error("is due a second too early")
	}
	env.Set(at(time.Minute))
	if !moved.Due() {
		t.Error("is not due in time")
	}
	moved.Clear()
	if moved.IsSet() || moved.Due() {
		t.Error("is set after Clear")
	}
}

func TestLine(t *testing.T) {
	env := actortest.NewEnv()
	var l timer.Line
	l.Start(env, time.Minute)
	for i, d := range []time.Duration{2 * time.Second, time.Second} { // the second waits for the first
		if err := l.Hold(env.Now(), d, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	var moved timer.Line
	if err := moved.SetState(l.State()); err != nil {
		t.Fatal(err)
	}
	env.Set(at(time.Second))
	moved.Start(env, time.Minute)
	if moved.Due() {
		t.Error("the second leaves before the first")
	}
	env.Set(at(2 * time.Second))
	var got []flow.Value
	for moved.Due() {
		got = append(got, moved.Next())
	}
	if want := []flow.Value{int64(0), int64(1)}; !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
}

// Whatever a line takes, a state can carry it.
func TestFullLine(t *testing.T) {
	env := actortest.NewEnv()
	var l timer.Line
	l.Start(env, time.Minute)
	if err := l.Hold(env.Now(), time.Second, strings.Repeat("x", 300<<10)); !errors.Is(err, flow.ErrUnfit) {
		t.Errorf("Hold of 300 kB gives %v, want it unfit", err)
	}
	n := 0
	for ; l.Room(); n++ {
		if err := l.Hold(env.Now(), time.Second, strings.Repeat("x", 250<<10/(n+1))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := flow.AppendValue(nil, l.State()); err != nil {
		t.Errorf("state of %d tokens: %v", n, err)
	}
	var many timer.Line
	many.Start(env, time.Minute)
	for n = 0; many.Room(); n++ {
		if err := many.Hold(env.Now(), time.Second, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n != 4096 {
		t.Errorf("takes %d tokens, want 4096", n)
	}
	if err := l.SetState(many.State()); err != nil || l.Room() {
		t.Errorf("SetState gives %v and a line with room: %v", err, l.Room())
	}
	if err := l.SetState([]any{"soon", nil}); err == nil {
		t.Error("SetState takes a string as a time")
	}
}
