package device_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

func trace(t *testing.T, p device.Pace, values ...flow.Value) *device.Trace {
	t.Helper()
	tr, err := device.NewTrace("night", values, p)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// A trace is read at its pace, once or again and again; what it played last
// stays, and setting ends it.
func TestPlay(t *testing.T) {
	m := device.NewMock(capability(t, "io.temperature"))
	tr := trace(t, device.Pace{Once: true}, 36.0, 37.0, 38.0)
	if err := m.Play(tr, start); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]flow.Value{0: 36.0, 999 * time.Millisecond: 36.0, time.Second: 37.0, 2 * time.Second: 38.0, 2999 * time.Millisecond: 38.0} {
		if got, err := m.Read(start.Add(after)); err != nil || got != want {
			t.Errorf("after %v it reads %v, %v, want %v", after, got, err, want)
		}
	}
	if s := m.State(start.Add(time.Second)); s.Trace != "night" || s.Length != 3*time.Second || !s.Began.Equal(start) {
		t.Errorf("playing it is %+v", s)
	}
	if s := m.State(start.Add(time.Minute)); s.Trace != "" || s.Value != 38.0 {
		t.Errorf("at its end it is %+v", s)
	}
	again := trace(t, device.Pace{Times: []time.Duration{5 * time.Second, 7 * time.Second}, Speed: 2}, 36.0, 37.0)
	if err := m.Play(again, start); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]flow.Value{0: 36.0, time.Second: 37.0, 2 * time.Second: 36.0, 3 * time.Second: 37.0} {
		if got, err := m.Read(start.Add(after)); err != nil || got != want {
			t.Errorf("after %v of an endless one it reads %v, %v, want %v", after, got, err, want)
		}
	}
	if err := m.Set(40.0); err != nil {
		t.Fatal(err)
	}
	if got, _ := m.Read(start.Add(time.Second)); got != 40.0 {
		t.Errorf("set while it played it reads %v", got)
	}
	if err := m.Play(trace(t, device.Pace{}, 36.0, 1000.0), start); err == nil || !strings.Contains(err.Error(), "value 2 of the trace: 1000 is not within") {
		t.Errorf("a trace of what it can't be: %v", err)
	}
}

// Who watches gets each value of a trace at its time, the first too if he was
// there when it began.
func TestPlayFeed(t *testing.T) {
	m := device.NewMock(capability(t, "io.switch"))
	f := m.Watch(func() {})
	defer f.Close()
	if err := m.Play(trace(t, device.Pace{Once: true}, int64(1), int64(0), int64(1)), start); err != nil {
		t.Fatal(err)
	}
	late := m.Watch(func() {})
	defer late.Close()
	var got, later []string
	for now := start; now.Before(start.Add(10 * time.Second)); now = now.Add(500 * time.Millisecond) {
		for of, all := range map[device.Feed]*[]string{f: &got, late: &later} {
			for {
				v, ok, err := of.Next(now)
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				*all = append(*all, fmt.Sprintf("%v at %v", v, now.Sub(start)))
			}
			if due := of.Due(); !due.IsZero() && !due.After(now) {
				t.Fatalf("at %v it has nothing and is due at %v", now.Sub(start), due)
			}
		}
	}
	if want := []string{"1 at 0s", "0 at 1s", "1 at 2s"}; !slices.Equal(got, want) {
		t.Errorf("the feed gave %v, want %v", got, want)
	}
	if want := []string{"0 at 1s", "1 at 2s"}; !slices.Equal(later, want) {
		t.Errorf("a feed that came later gave %v, want %v", later, want)
	}
}

func TestNewTraceRefuses(t *testing.T) {
	one, two := []flow.Value{1.0}, []flow.Value{1.0, 2.0}
	for want, tt := range map[string]struct {
		values []flow.Value
		pace   device.Pace
	}{
		"holds no value":                   {nil, device.Pace{}},
		"20001 values: want up to 20000":   {make([]flow.Value, device.MaxTrace+1), device.Pace{}},
		"value 1 of the trace is no":       {[]flow.Value{math.NaN()}, device.Pace{}},
		"speed is -1":                      {one, device.Pace{Speed: -1}},
		"speed is NaN":                     {one, device.Pace{Speed: math.NaN()}},
		"1 values and 2 times":             {one, device.Pace{Times: make([]time.Duration, 2)}},
		"want one of them":                 {one, device.Pace{Times: make([]time.Duration, 1), Every: 1}},
		"a value every 1ns":                {one, device.Pace{Every: 1}},
		"a value every -1ns":               {one, device.Pace{Every: -1}},
		"time 2 of the trace, 1ns, lies b": {two, device.Pace{Times: []time.Duration{2, 1}}},
	} {
		if _, err := device.NewTrace("x", tt.values, tt.pace); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", tt.pace, err, want)
		}
	}
}
