package device_test

import (
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/device/devicetest"
	"github.com/wardflow/wardflow/runtime/device/mqtt/mqtttest"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestTopic(t *testing.T) {
	devicetest.RunInput(t, func(t *testing.T) devicetest.InputRig {
		b := mqtttest.Start(t)
		in := open(t, "io.temperature", "", map[string]any{"driver": "mqtt", "broker": b.URL(), "topic": "ward/3/temp", "field": "temp.now"}).(device.Input)
		say := func(v flow.Value) {
			text, _ := flow.MarshalValue(map[string]any{"temp": map[string]any{"now": v}})
			b.Say("ward/3/temp", string(text), true)
		}
		say(36.0)
		hear(t, in, 36.0)
		// Values arrive in their own time: reading waits until they have.
		change := temperatures(say)
		return devicetest.InputRig{Input: in, Change: func() (flow.Value, time.Time) {
			v, at := change()
			hear(t, in, v)
			return v, at
		}, Break: func() { b.Say("ward/3/temp", "{", false); hear(t, in, nil) }, Mend: func() { say(20.0); hear(t, in, 20.0) }}
	})
	devicetest.RunOutput(t, func(t *testing.T) devicetest.OutputRig {
		b := mqtttest.Start(t)
		heard := b.Hear("ward/3/lamp")
		out := open(t, "io.light", "", map[string]any{"driver": "mqtt", "broker": b.URL(), "topic": "ward/3/lamp"}).(device.Output)
		var last flow.Value
		return devicetest.OutputRig{Output: out, Good: []flow.Value{int64(1), int64(0)}, Bad: "bright",
			World: func(want flow.Value) flow.Value {
				for last != want {
					last, _ = flow.UnmarshalValue([]byte((<-heard)[len("ward/3/lamp "):]))
				}
				select {
				case more := <-heard:
					t.Errorf("heard %s as well", more)
				default:
				}
				return last
			}}
	})
}

// hear waits until an input reads want; nil: until it gives an error.
func hear(t *testing.T, in device.Input, want flow.Value) {
	t.Helper()
	woken := make(chan struct{}, 1)
	var once sync.Once
	late := time.AfterFunc(10*time.Second, func() { once.Do(func() { close(woken) }) })
	defer late.Stop()
	feed := in.Watch(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	defer feed.Close()
	for {
		v, err := in.Read(time.Time{})
		if err == nil && v == want || err != nil && err != device.ErrSilent && want == nil {
			return
		}
		if _, ok := <-woken; !ok {
			t.Fatalf("Read = %v, %v; want %v", v, err, want)
		}
	}
}
