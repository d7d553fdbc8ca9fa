package ioactors_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	ioactors "github.com/wardflow/wardflow/actors/io"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// mocks is a node on which every device is a mock.
func mocks(t *testing.T) (*actortest.Env, *device.Set) {
	t.Helper()
	set, env := device.Mocks(), actortest.NewEnv()
	for _, name := range set.Names() {
		d, err := set.Capability(name)
		if err != nil {
			t.Fatal(err)
		}
		env.Offer(name, d)
	}
	return env, set
}

func put(t *testing.T, set *device.Set, name string, vs ...flow.Value) {
	t.Helper()
	for _, v := range vs {
		if err := set.Put(name, v); err != nil {
			t.Fatal(err)
		}
	}
}

// What each actor gives for the changes of its device; the two that are alike
// are two.
func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		typ       flow.Type
		port      string
		set, want []flow.Value
	}{
		{ioactors.Button(), "state", []flow.Value{int64(1), int64(0), int64(0), true}, []flow.Value{int64(1), int64(0), int64(0), true}},
		{ioactors.DigitalIn(), "state", []flow.Value{int64(1), false, true}, []flow.Value{int64(1), int64(0), int64(1)}},
		{ioactors.Switch(), "state", []flow.Value{int64(1), int64(0), int64(1)}, []flow.Value{int64(1), int64(0), int64(1)}},
		{ioactors.TiltSwitch(), "open", []flow.Value{true, int64(0), int64(1)}, []flow.Value{true, false, true}},
		{ioactors.Knob(), "direction", []flow.Value{int64(-1), int64(1), int64(0), int64(1)}, []flow.Value{int64(-1), int64(1), int64(0), int64(1)}},
		{ioactors.StandardIn(), "out", []flow.Value{"the quick", "brown fox", flow.EOS}, []flow.Value{"the quick", "brown fox", flow.EOS}},
	} {
		t.Run(tt.typ.Spec.Name, func(t *testing.T) {
			env, set := mocks(t)
			b := actortest.Start(t, env, tt.typ, nil)
			b.Run()
			if got := b.Take(tt.port); got != nil {
				t.Fatalf("gives %v before anything changed", got)
			}
			put(t, set, tt.typ.Spec.Requires[0], tt.set...)
			if env.Woken() == 0 {
				t.Error("the actor was not woken")
			}
			b.Restart() // what has come moves with the actor
			b.Run()
			if got := b.Take(tt.port); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("gives %v, want %v", got, tt.want)
			}
		})
	}
}

// A switch that was turned while its actor moved has changed; a knob has not.
func TestChangedMeanwhile(t *testing.T) {
	for _, tt := range []struct {
		typ  flow.Type
		port string
		want []flow.Value
	}{
		{ioactors.Switch(), "state", []flow.Value{int64(0)}},
		{ioactors.Knob(), "direction", nil},
	} {
		env, set := mocks(t)
		b := actortest.Start(t, env, tt.typ, nil)
		name := tt.typ.Spec.Requires[0]
		put(t, set, name, int64(1))
		b.Run()
		b.Take(tt.port)
		other := device.NewMock(mustFind(t, name)) // where it goes to
		env.Offer(name, other)
		b.Restart()
		b.Run()
		if got := b.Take(tt.port); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %v, want %v", tt.typ.Spec.Name, got, tt.want)
		}
	}
}

func mustFind(t *testing.T, name string) device.Capability {
	t.Helper()
	c, ok := device.Find(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return c
}

// A device that can't be read is said once, and watched on.
func TestBrokenInput(t *testing.T) {
	env, set := mocks(t)
	b := actortest.Start(t, env, ioactors.Switch(), nil)
	set.Mock("io.switch").Break(errors.New("cable is loose"))
	b.Run()
	b.Run()
	if got := env.Logged(); len(got) != 1 || !strings.Contains(got[0], "cable is loose") {
		t.Errorf("logs %q, want one line about the cable", got)
	}
	set.Mock("io.switch").Break(nil)
	put(t, set, "io.switch", int64(1))
	b.Run()
	if got := b.Take("state"); len(got) != 1 {
		t.Errorf("gives %v after it was mended, want one token", got)
	}
}

// What each actor writes for its tokens, once each.
func TestWrites(t *testing.T) {
	for _, tt := range []struct {
		typ         flow.Type
		port        string
		given, want []flow.Value
	}{
		{ioactors.Light(), "on", []flow.Value{true, false, int64(2), "", "off"}, []flow.Value{int64(1), int64(0), int64(1), int64(0), int64(1)}},
		{ioactors.DigitalOut(), "state", []flow.Value{int64(1), int64(0), nil}, []flow.Value{int64(1), int64(0), int64(0)}},
		{ioactors.Buzzer(), "on", []flow.Value{true, int64(0), []any{int64(1)}}, []flow.Value{true, false, true}},
		{ioactors.PWM(), "dutycycle", []flow.Value{int64(1), 99.9, int64(-1), int64(101), "50", "x", true, nil}, []flow.Value{int64(1), int64(99), int64(0), int64(100), int64(50), int64(0), int64(1), int64(0)}},
		{ioactors.ServoMotor(), "angle", []flow.Value{int64(-90), 90.5, int64(180)}, []flow.Value{int64(-90), 90.5, int64(180)}},
	} {
		t.Run(tt.typ.Spec.Name, func(t *testing.T) {
			env, set := mocks(t)
			b := actortest.Start(t, env, tt.typ, nil)
			b.Feed(tt.port, tt.given...)
			b.Run()
			if got := set.Mock(tt.typ.Spec.Requires[0]).Written(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("writes %v, want %v", got, tt.want)
			}
		})
	}
}

// While the world fails the token waits; a token that can't do goes.
func TestWritesKeepsWhatItCouldNotWrite(t *testing.T) {
	env, set := mocks(t)
	b := actortest.Start(t, env, ioactors.ServoMotor(), nil)
	servo := set.Mock("io.servomotor")
	servo.Break(errors.New("no power"))
	b.Feed("angle", int64(10))
	if err := b.TryRun(); err == nil || !strings.Contains(err.Error(), "no power") || b.Left("angle") != 1 {
		t.Errorf("TryRun = %v with %d tokens left, want an error and 1", err, b.Left("angle"))
	}
	servo.Break(nil)
	b.Feed("angle", "left", int64(720), int64(20))
	for range 2 {
		if err := b.TryRun(); !errors.Is(err, flow.ErrUnfit) {
			t.Errorf("TryRun = %v, want ErrUnfit", err)
		}
	}
	b.Run()
	if got := servo.Written(); !reflect.DeepEqual(got, []flow.Value{int64(10), int64(20)}) {
		t.Errorf("writes %v, want 10 and 20", got)
	}
	if got := b.Letters(); len(got) != 2 || !strings.Contains(got[0].Why, "an angle is a number") || !strings.Contains(got[1].Why, "720 is not within") {
		t.Errorf("dead letters %v, want two", got)
	}
}

func TestLogLevels(t *testing.T) {
	for want, typ := range map[string]flow.Type{"INFO": ioactors.LogInfo(), "WARN": ioactors.LogWarning(), "ERROR": ioactors.LogError()} {
		env := actortest.NewEnv()
		b := actortest.Start(t, env, typ, nil)
		b.Feed("data", "hello", flow.EOS)
		b.Run()
		if got := env.Logged(); len(got) != 2 || !strings.HasPrefix(got[0], "level="+want) {
			t.Errorf("%s logs %q", typ.Spec.Name, got)
		}
	}
}

// Lines that somebody types come as they are typed.
func TestStandardInOfALine(t *testing.T) {
	env := actortest.NewEnv().Offer("io.stdin", device.NewLines(strings.NewReader("one\ntwo\n")))
	b := actortest.Start(t, env, ioactors.StandardIn(), nil)
	late := time.Now().Add(10 * time.Second)
	var got []flow.Value
	for len(got) < 3 && time.Now().Before(late) {
		b.Run()
		got = append(got, b.Take("out")...)
	}
	if want := []flow.Value{"one", "two", flow.EOS}; !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
	if a := b.Actor().(flow.Awaiter); a.Awaits() {
		t.Error("it awaits more after the end")
	}
}
