package sensor_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// mock offers a mock of the capability that a type requires.
func mock(t *testing.T, typ flow.Type) (*actortest.Env, *device.Mock) {
	t.Helper()
	c, ok := device.Find(typ.Spec.Requires[0])
	if !ok {
		t.Fatalf("%s requires %v, and the table has no such device", typ.Spec.Name, typ.Spec.Requires)
	}
	m := device.NewMock(c)
	return actortest.NewEnv().Offer(c.Name, m), m
}

func TestTriggered(t *testing.T) {
	for _, tt := range []struct {
		typ     flow.Type
		in, out string
	}{
		{sensor.TriggeredTemperature(), "trigger", "centigrade"},
		{sensor.TriggeredDistance(), "trigger", "meters"},
		{sensor.TriggeredPressure(), "trigger", "mbar"},
		{sensor.TriggeredRelativeHumidity(), "measure", "percent"},
		{sensor.TriggeredSoilMoisture(), "trigger", "level"},
	} {
		t.Run(tt.typ.Spec.Name, func(t *testing.T) {
			env, m := mock(t, tt.typ)
			b := actortest.Start(t, env, tt.typ, nil)
			rest := m.Value()
			b.Feed(tt.in, true)
			b.Run()
			high := 2.5
			if tt.typ.Spec.Requires[0] == "io.pressure" {
				high = 990.25
			}
			if err := m.Set(high); err != nil {
				t.Fatal(err)
			}
			b.Feed(tt.in, "True", nil)
			b.Run()
			if got, want := b.Take(tt.out), []flow.Value{rest, high, high}; !reflect.DeepEqual(got, want) {
				t.Errorf("gives %v, want %v", got, want)
			}
			m.Break(errors.New("no answer"))
			b.Feed(tt.in, int64(0))
			if err := b.TryRun(); err == nil || b.Left(tt.in) != 1 {
				t.Errorf("TryRun of a broken sensor = %v, %d tokens left; want an error and 1", err, b.Left(tt.in))
			}
		})
	}
}

// silent says nothing until it is told to.
type silent struct {
	*device.Mock
	speaks bool
}

func (s *silent) Read(now time.Time) (flow.Value, error) {
	if !s.speaks {
		return nil, device.ErrSilent
	}
	return s.Mock.Read(now)
}

// A sensor that has not said anything yet is waited for.
func TestSilent(t *testing.T) {
	typ := sensor.TriggeredTemperature()
	env, m := mock(t, typ)
	s := &silent{Mock: m}
	env.Offer("io.temperature", s)
	b := actortest.Start(t, env, typ, nil)
	b.Feed("trigger", true)
	if err := b.TryRun(); !errors.Is(err, flow.ErrLater) || b.Left("trigger") != 1 {
		t.Fatalf("TryRun = %v, want ErrLater", err)
	}
	before := env.Woken()
	s.speaks = true
	if err := m.Set(36.8); err != nil {
		t.Fatal(err)
	}
	if env.Woken() == before {
		t.Error("the actor was not woken")
	}
	b.Run()
	if got := b.Take("centigrade"); !reflect.DeepEqual(got, []flow.Value{36.8}) {
		t.Errorf("gives %v, want 36.8", got)
	}
	p := actortest.Start(t, env, sensor.Temperature(), map[string]flow.Value{"period": int64(1)})
	s.speaks = false
	p.Advance(3 * time.Second)
	if got := p.Take("centigrade"); got != nil {
		t.Errorf("a silent sensor gives %v", got)
	}
}

func TestPeriodic(t *testing.T) {
	still := map[string]any{"x": int64(0), "y": int64(0), "z": int64(0)}
	for _, tt := range []struct {
		typ    flow.Type
		port   string
		period flow.Value
		takes  time.Duration
		rest   flow.Value
	}{
		{sensor.Temperature(), "centigrade", 0.5, 500 * time.Millisecond, 20.0},
		{sensor.Distance(), "meters", int64(2), 2 * time.Second, 2.0},
		{sensor.Accelerometer(), "acceleration", int64(20_000), 20 * time.Millisecond, still},
		{sensor.Gyroscope(), "rotation", "20ms", 20 * time.Millisecond, still},
	} {
		t.Run(tt.typ.Spec.Name, func(t *testing.T) {
			env, _ := mock(t, tt.typ)
			b := actortest.Start(t, env, tt.typ, map[string]flow.Value{"period": tt.period})
			b.Run()
			b.Advance(tt.takes - 1)
			if got := b.Take(tt.port); got != nil {
				t.Errorf("gives %v before one period", got)
			}
			b.Restart() // what remains of the period moves with it
			b.Advance(1 + 2*tt.takes)
			if got := b.Take(tt.port); !reflect.DeepEqual(got, []flow.Value{tt.rest, tt.rest, tt.rest}) {
				t.Errorf("gives %v after three periods", got)
			}
			for _, bad := range []flow.Value{int64(0), int64(-1), "soon", nil} {
				if _, err := actortest.New(tt.typ, map[string]flow.Value{"period": bad}); err == nil || !strings.Contains(err.Error(), "period") {
					t.Errorf("period %v: %v, want an error that names it", bad, err)
				}
			}
		})
	}
}

func TestSensorChanges(t *testing.T) {
	for _, tt := range []struct {
		typ  flow.Type
		port string
	}{{sensor.HallEffect(), "state"}, {sensor.LightBreaker(), "open"}} {
		env, m := mock(t, tt.typ)
		b := actortest.Start(t, env, tt.typ, nil)
		for _, v := range []flow.Value{true, int64(0), int64(1)} {
			if err := m.Set(v); err != nil {
				t.Fatal(err)
			}
		}
		b.Run()
		if got := b.Take(tt.port); !reflect.DeepEqual(got, []flow.Value{true, false, true}) {
			t.Errorf("%s gives %v", tt.typ.Spec.Name, got)
		}
	}
}

func TestRFIDReader(t *testing.T) {
	env, m := mock(t, sensor.RFIDReader())
	b := actortest.Start(t, env, sensor.RFIDReader(), nil)
	card := map[string]any{"cardno": "04A2", "data": "nurse"}
	for range 2 { // the same card again is another token
		if err := m.Set(card); err != nil {
			t.Fatal(err)
		}
	}
	b.Run()
	want := map[string]any{"cardno": "04A2", "data": "nurse", "timestamp": float64(actortest.Began.Unix())}
	if got := b.Take("data"); !reflect.DeepEqual(got, []flow.Value{want, want}) {
		t.Errorf("gives %v, want %v twice", got, want)
	}
	if len(card) != 2 {
		t.Error("the value of the device was changed")
	}
}

// A recording of a real patient, at its pace.
func TestTemperatureOfARecording(t *testing.T) {
	actortest.SharedData(t)
	set, err := device.Open(device.Settings{"io.temperature": {"driver": "recording",
		"path": "../../../shared/data/wearable-empatica-e4/TEMP.csv", "skip": 2, "every": "250ms"}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	in, err := set.Capability("io.temperature")
	if err != nil {
		t.Fatal(err)
	}
	b := actortest.Start(t, actortest.NewEnv().Offer("io.temperature", in), sensor.Temperature(), map[string]flow.Value{"period": int64(10)})
	b.Advance(time.Minute)
	got := b.Take("centigrade")
	if len(got) != 6 {
		t.Fatalf("gives %d values in a minute, want 6", len(got))
	}
	for _, v := range got {
		if f, ok := v.(float64); !ok || f < 15 || f > 45 {
			t.Errorf("gives %v, which is no temperature of a wrist", v)
		}
	}
}
