package sensor_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// driven is a thermometer that gives a reading a second, and its mock.
func driven(t *testing.T, may string, args map[string]flow.Value) (*actortest.Bench, *device.Bench) {
	t.Helper()
	env, mocks := bedside(t, nil), device.NewBench([]string{may})
	env.Offers[device.Driven] = device.Join(mocks.Join)
	full := map[string]flow.Value{"device": "monitor", "signal": "temperature", "seed": int64(42), "rate": int64(1)}
	for k, v := range args {
		full[k] = v
	}
	b := actortest.Start(t, env, sensor.Generator(), full)
	b.Room = 1 << 20
	b.Run()
	return b, mocks
}

func values(rs []*proof.Reading) (all []float64) {
	for _, r := range rs {
		for i := range r.Samples {
			all = append(all, float64(r.Micro(i))/1e6)
		}
	}
	return all
}

// What a driven sensor says is signed and numbered as ever. While it is silent it
// gives nothing and counts nothing; then it goes on where its own signal is.
func TestDriven(t *testing.T) {
	b, mocks := driven(t, "mon*", nil)
	m := mocks.Mocks()["monitor"]
	if m == nil {
		t.Fatal("the sensor can't be driven")
	}
	if c := m.About(); c.Doc != "Body temperature" || c.Unit() != "Cel" || c.Range == nil || *c.Range != (device.Range{Min: 15, Max: 50}) {
		t.Errorf("it is %+v", c)
	}
	now := actortest.Began
	pass := func(d time.Duration) []*proof.Reading {
		now = now.Add(d)
		b.Advance(d)
		return taken(t, b)
	}
	own := pass(3 * time.Second)
	if len(own) == 0 || values(own)[0] < 36 || values(own)[0] > 38 {
		t.Fatalf("by itself it says %v", values(own))
	}
	if err := m.Set(41.7); err != nil {
		t.Fatal(err)
	}
	held := pass(2 * time.Second)
	for _, v := range values(held) {
		if v != 41.7 {
			t.Errorf("held at 41.7 it says %v", values(held))
		}
	}
	if err := m.Fail(device.Fault{Kind: device.Silence, For: 10 * time.Second}, now); err != nil {
		t.Fatal(err)
	}
	if silent := pass(9 * time.Second); len(silent) > 0 {
		t.Errorf("silent it says %v", values(silent))
	}
	m.Clear(now)
	again := pass(3 * time.Second)
	last := held[len(held)-1]
	if len(again) == 0 || again[0].Seq != last.Seq+1 || again[0].At.Sub(last.At) < 9*time.Second || values(again)[0] > 38 {
		t.Errorf("after a silence it says %v from number %d at %v, after number %d at %v", values(again), again[0].Seq, again[0].At, last.Seq, last.At)
	}
	if err := m.Fail(device.Fault{Kind: device.Beyond}, now); err != nil {
		t.Fatal(err)
	}
	if beyond := values(pass(time.Second)); len(beyond) != 1 || beyond[0] != 53.5 {
		t.Errorf("out of range it says %v", beyond)
	}
}

// Of a waveform each sample is driven: what is stuck is a flat line, and a trace
// plays within a reading.
func TestDrivenWave(t *testing.T) {
	b, mocks := driven(t, "*", map[string]flow.Value{"signal": "ecg", "rate": int64(100)})
	m := mocks.Mocks()["monitor"]
	b.Advance(2 * time.Second)
	taken(t, b)
	now := actortest.Began.Add(2 * time.Second)
	if err := m.Fail(device.Fault{Kind: device.Stuck}, now); err != nil {
		t.Fatal(err)
	}
	b.Advance(2 * time.Second)
	flat := values(taken(t, b))
	for _, v := range flat {
		if v != flat[0] {
			t.Fatalf("a lead that is stuck says %v", flat)
		}
	}
	m.Clear(now)
	square, err := device.NewTrace("square", []flow.Value{-1.0, 1.0}, device.Pace{Every: 250 * time.Millisecond})
	if err == nil {
		err = m.Play(square, now.Add(2*time.Second))
	}
	if err != nil {
		t.Fatal(err)
	}
	b.Advance(2 * time.Second)
	high, low := 0, 0
	for _, v := range values(taken(t, b)) {
		switch v {
		case 1:
			high++
		case -1:
			low++
		default:
			t.Fatalf("it plays %v, which is not in the trace", v)
		}
	}
	if high < 80 || low < 80 {
		t.Errorf("of a square wave it plays %d high and %d low samples", high, low)
	}
}

// A sensor that the node's file does not name is none that can be driven.
func TestNotDriven(t *testing.T) {
	b, mocks := driven(t, "other", nil)
	if len(mocks.Mocks()) > 0 {
		t.Errorf("%v can be driven", mocks.Mocks())
	}
	b.Advance(time.Second)
	if len(taken(t, b)) == 0 {
		t.Error("it says nothing")
	}
}
