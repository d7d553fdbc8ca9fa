package device_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/devicetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

func capability(t *testing.T, name string) device.Capability {
	t.Helper()
	c, ok := device.Find(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return c
}

var start = devicetest.Began()

// What is read of a thermometer that says 20 all the time, with each fault, at
// times after it began.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault device.Fault
		after time.Duration
		want  flow.Value // nil: silence
	}{
		{"stuck", device.Fault{Kind: device.Stuck}, time.Hour, 20.0},
		{"drift, by a twentieth of the range", device.Fault{Kind: device.Drift}, 2 * time.Minute, 38.0},
		{"drift", device.Fault{Kind: device.Drift, PerMinute: -0.5}, 90 * time.Second, 19.25},
		{"drift, in thousandths", device.Fault{Kind: device.Drift, PerMinute: 1}, time.Second, 20.017},
		{"drift beyond the range", device.Fault{Kind: device.Drift, PerMinute: 1e6}, time.Minute, 1000020.0},
		{"out of range, a tenth above", device.Fault{Kind: device.Beyond}, 0, 143.0},
		{"out of range", device.Fault{Kind: device.Beyond, Value: int64(-80)}, 0, -80.0},
		{"silence", device.Fault{Kind: device.Silence}, 0, nil},
		{"for a time, still", device.Fault{Kind: device.Silence, For: time.Minute}, time.Minute - 1, nil},
		{"for a time, over", device.Fault{Kind: device.Silence, For: time.Minute}, time.Minute, 20.0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := device.NewMock(capability(t, "io.temperature"))
			if err := m.Fail(tt.fault, start); err != nil {
				t.Fatal(err)
			}
			got, err := m.Read(start.Add(tt.after))
			if tt.want == nil {
				if !errors.Is(err, device.ErrSilent) || m.State(start.Add(tt.after)).Heard {
					t.Errorf("Read = %v, %v, want silence", got, err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("Read = %v, %v, want %v", got, err, tt.want)
			}
			m.Mend()
			if got, err := m.Read(start.Add(tt.after)); err != nil || got != 20.0 {
				t.Errorf("mended it reads %v, %v", got, err)
			}
		})
	}
}

// A fault that such a device can't have is refused, with those that it can.
func TestUnfitFaults(t *testing.T) {
	for _, tt := range []struct {
		of    string
		fault device.Fault
		want  string
	}{
		{"io.light", device.Fault{Kind: device.Drift}, "want one of [stuck silence]"},
		{"io.accelerometer", device.Fault{Kind: device.Beyond}, "want one of [stuck silence]"},
		{"io.button", device.Fault{Kind: device.Drift}, "want one of [stuck out-of-range silence]"},
		{"io.temperature", device.Fault{Kind: "broken"}, `there is no fault "broken": want one of [stuck drift out-of-range silence]`},
		{"io.temperature", device.Fault{Kind: device.Stuck, For: -1}, "want a time above 0"},
		{"io.temperature", device.Fault{Kind: device.Drift, PerMinute: math.NaN()}, "drift of NaN"},
		{"io.temperature", device.Fault{Kind: device.Beyond, Value: 40.0}, "is within -55 and 125: to read that is no fault"},
		{"io.temperature", device.Fault{Kind: device.Beyond, Value: "hot"}, "hot is no number"},
		{"io.temperature", device.Fault{Kind: device.Beyond, Value: math.Inf(1)}, "no number that it could say"},
	} {
		m := device.NewMock(capability(t, tt.of))
		err := m.Fail(tt.fault, start)
		if !errors.Is(err, device.ErrUnfitFault) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %+v: %v, want %q", tt.of, tt.fault, err, tt.want)
		}
		if m.State(start).Fault != nil {
			t.Errorf("%s has a fault all the same", tt.of)
		}
	}
}

// Each device has the faults that it says it can have, and whatever it reads
// then is of its kind, or at least a number where it says numbers.
func TestEveryDeviceCanFail(t *testing.T) {
	for _, c := range device.Capabilities() {
		if len(c.Faults()) < 2 {
			t.Errorf("%s can have %v only", c.Name, c.Faults())
		}
		for _, kind := range c.Faults() {
			m := device.NewMock(c)
			if err := m.Fail(device.Fault{Kind: kind}, start); err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			v, err := m.Read(start.Add(time.Minute))
			switch kind {
			case device.Stuck:
				if err != nil || !reflect.DeepEqual(v, c.Rest) {
					t.Errorf("%s stuck at %v reads %v, %v", c.Name, c.Rest, v, err)
				}
			case device.Beyond:
				if err != nil || c.Check(v) == nil || !strings.Contains(c.Check(v).Error(), "is not within") {
					t.Errorf("%s out of range reads %v, %v: %v", c.Name, v, err, c.Check(v))
				}
			}
		}
	}
}

// What actors write to a faulty device gets nowhere: silent, it is an error;
// stuck, nothing happens.
func TestFaultyOutput(t *testing.T) {
	m := device.NewMock(capability(t, "io.light"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.Write(int64(1)))
	must(m.Fail(device.Fault{Kind: device.Stuck}, start))
	must(m.Write(int64(0)))
	if s := m.State(start); s.Value != int64(1) || s.Writes != 2 {
		t.Errorf("a lamp that is stuck at 1 is %+v", s)
	}
	must(m.Fail(device.Fault{Kind: device.Silence, For: time.Minute}, start))
	if err := m.Write(int64(0)); err == nil || errors.Is(err, flow.ErrUnfit) {
		t.Errorf("writing to a silent lamp: %v, want an error after which one tries again", err)
	}
	if next := m.Heal(start); !next.Equal(start.Add(time.Minute)) {
		t.Errorf("there is something to heal at %v", next)
	}
	woken := 0
	defer m.Watch(func() { woken++ }).Close()
	if next := m.Heal(start.Add(time.Minute)); !next.IsZero() || woken != 1 {
		t.Errorf("healed, there is something to heal at %v, and who watches was woken %d times", next, woken)
	}
	must(m.Write(int64(0)))
	if s := m.State(start.Add(time.Minute)); s.Value != int64(0) {
		t.Errorf("mended the lamp is %+v", s)
	}
}

// A button that is stuck or silent has no changes; what was pressed meanwhile is
// gone. Out of range is a change itself.
func TestFaultyFeed(t *testing.T) {
	m := device.NewMock(capability(t, "io.button"))
	woken := 0
	f := m.Watch(func() { woken++ })
	defer f.Close()
	take := func(now time.Time) (all []flow.Value) {
		t.Helper()
		for {
			v, ok, err := f.Next(now)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return all
			}
			all = append(all, v)
		}
	}
	press := func() {
		t.Helper()
		for _, v := range []flow.Value{int64(1), int64(0)} {
			if err := m.Set(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, kind := range []device.FaultKind{device.Stuck, device.Silence} {
		if err := m.Fail(device.Fault{Kind: kind, For: time.Minute}, start); err != nil {
			t.Fatal(err)
		}
		press()
		if got := take(start); got != nil {
			t.Errorf("%s: it changes to %v", kind, got)
		}
		if due := f.Due(); !due.Equal(start.Add(time.Minute)) {
			t.Errorf("%s: due at %v, want when the fault is over", kind, due)
		}
		if got := take(start.Add(time.Minute)); got != nil || !f.Due().IsZero() {
			t.Errorf("%s: over, it changes to %v, and is due at %v", kind, got, f.Due())
		}
		press()
		if got := take(start.Add(time.Minute)); !reflect.DeepEqual(got, []flow.Value{int64(1), int64(0)}) {
			t.Errorf("%s: over, a press is %v", kind, got)
		}
	}
	was := woken
	if err := m.Fail(device.Fault{Kind: device.Beyond}, start); err != nil {
		t.Fatal(err)
	}
	if got := take(start); !reflect.DeepEqual(got, []flow.Value{int64(2)}) || woken == was {
		t.Errorf("out of range: it changes to %v, woken %d times", got, woken-was)
	}
}

// A sensor says what it measures, until it is driven, and again when it is let
// go. It sticks at what it said last.
func TestThrough(t *testing.T) {
	b := device.NewBench([]string{"bed-1-*"})
	c := device.Capability{Name: "bed-1-temp", Kind: "number<Cel>", Range: &device.Range{Min: 15, Max: 50}, Use: device.Reads}
	m, leave := b.Join(c)
	says := func(measured, want flow.Value) {
		t.Helper()
		got, err := m.Through(measured, start)
		if want == nil && errors.Is(err, device.ErrSilent) {
			return
		}
		if err != nil || got != want {
			t.Errorf("measuring %v it says %v, %v, want %v", measured, got, err, want)
		}
	}
	if s := m.State(start); s.Value != nil || s.Heard || !s.Own {
		t.Errorf("before it measured it is %+v", s)
	}
	says(36.8, 36.8)
	says(90.0, 90.0) // by itself it may say anything
	if err := m.Set(39.0); err != nil {
		t.Fatal(err)
	}
	says(36.9, 39.0)
	if err := m.Fail(device.Fault{Kind: device.Stuck}, start); err != nil {
		t.Fatal(err)
	}
	m.Set(41.0)
	says(36.9, 39.0)
	m.Mend()
	says(36.9, 41.0)
	m.Clear(start)
	says(36.7, 36.7)
	if err := m.Fail(device.Fault{Kind: device.Silence}, start); err != nil {
		t.Fatal(err)
	}
	says(36.6, nil)
	if s := m.State(start); s.Heard || s.Value != 36.7 {
		t.Errorf("silent it is %+v", s)
	}
	again, leaveAgain := b.Join(c) // its actor was started anew
	leave()
	leave()
	if again != m || b.Mocks()["bed-1-temp"] != m {
		t.Error("started anew the sensor is another")
	}
	leaveAgain()
	if len(b.Mocks()) > 0 {
		t.Errorf("the sensor has gone, and %v are there", b.Mocks())
	}
	if m, leave := b.Join(device.Capability{Name: "bed-11-temp"}); m != nil {
		t.Error("a sensor that nobody has named can be driven")
	} else {
		leave()
	}
}

// Whatever a mock is made to do, in whatever order: it reads what the simplest
// account of it says.
func TestDrivesTogether(t *testing.T) {
	c := capability(t, "io.humidity")
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		m, now := device.NewMock(c), start
		value := c.Rest
		var fault device.FaultKind
		var since, until time.Time
		var held flow.Value
		for range 40 {
			now = now.Add(time.Duration(rng.IntN(30_000)) * time.Millisecond)
			if fault != "" && !until.IsZero() && !now.Before(until) {
				fault = ""
			}
			reads := func() flow.Value {
				switch fault {
				case device.Stuck:
					return held
				case device.Beyond:
					return 110.0
				case device.Drift:
					return math.Round((value.(float64)+now.Sub(since).Minutes()*5)*1000) / 1000
				}
				return value
			}
			switch rng.IntN(4) {
			case 0:
				value = float64(rng.IntN(100))
				if err := m.Set(value); err != nil {
					t.Fatal(err)
				}
			case 1:
				was := reads()
				if fault == device.Silence {
					was = value
				}
				fault, since, until, held = device.FaultKinds[rng.IntN(4)], now, time.Time{}, was
				f := device.Fault{Kind: fault, For: time.Duration(rng.IntN(3)) * time.Minute}
				if f.For > 0 {
					until = now.Add(f.For)
				}
				if err := m.Fail(f, now); err != nil {
					t.Fatal(err)
				}
			case 2:
				if m.Mend(); true {
					fault = ""
				}
			}
			got, err := m.Read(now)
			if fault == device.Silence {
				if !errors.Is(err, device.ErrSilent) {
					t.Fatalf("seed %d: silent it reads %v, %v", seed, got, err)
				}
			} else if err != nil || got != reads() {
				t.Fatalf("seed %d: with fault %q it reads %v, %v, want %v", seed, fault, got, err, reads())
			}
		}
	}
}
