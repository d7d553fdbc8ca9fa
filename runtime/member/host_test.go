package member

import (
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wardflow/wardflow/runtime/flow"
)

func TestStepOf(t *testing.T) {
	for _, tt := range []struct {
		said  int
		share float64
		want  int
	}{
		{-1, 0, 0}, {-1, 0.13, 25}, {-1, 0.12, 0}, {-1, 1, 100}, {-1, 7, 100}, {-1, -1, 0},
		{50, 0.66, 50}, {50, 0.34, 50}, {50, 0.68, 75}, {50, 0.32, 25}, {50, 0.01, 0}, {100, 0.84, 100}, {100, 0.82, 75},
	} {
		if got := stepOf(tt.said, tt.share); got != tt.want {
			t.Errorf("stepOf(%d, %v) = %d, want %d", tt.said, tt.share, got, tt.want)
		}
	}
	said, changes := 50, 0
	for n := range 1000 { // noise at the border between two steps
		if s := stepOf(said, 0.625+0.04*float64(n%3-1)); s != said {
			said, changes = s, changes+1
		}
	}
	if changes > 1 {
		t.Errorf("noise of 4 percent changed the step %d times", changes)
	}
}

// What a node measures of its computer reaches the others, signed like all it
// says, and only when a step has changed.
func TestMeasuredAttributes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		var idle, looks atomic.Int64
		idle.Store(90)
		cfg := c.config("a", "a:1")
		cfg.Measure = func() (Host, error) {
			if looks.Add(1)%7 == 0 {
				return Host{}, errors.New("no such file")
			}
			return Host{CPU: 8000, Memory: 16 << 30, CPUIdle: float64(idle.Load()+looks.Load()%3) / 100, MemoryOK: 0.5}, nil
		}
		a := c.start(cfg)
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		sees := func(cpu string) {
			t.Helper()
			want := flow.Attributes{"address": {"room": "of a"}, "cpuTotal": {"value": "8000"}, "memTotal": {"value": fmt.Sprint(16 << 30)},
				"cpuAvail": {"value": cpu}, "memAvail": {"value": "50"}}
			c.until("b", "cpuAvail "+cpu, func(all []Member) bool { return reflect.DeepEqual(find(all, "a").Attributes, want) })
		}
		sees("100")
		seq := a.said.at.seq
		idle.Store(30)
		sees("25")
		if a.said.at.seq > seq+2 { // one for the key it made with b, one for the step
			t.Errorf("%d statements for one step", a.said.at.seq-seq)
		}
		info := a.Self()
		info.Attributes = flow.Attributes{"address": {"room": "of a"}}
		if err := a.Update(info); err != nil {
			t.Fatal(err)
		}
		sees("25")
	})
}

func TestMeter(t *testing.T) {
	var m Meter
	for range 2 {
		h, err := m.Measure()
		if err != nil {
			t.Skip(err)
		}
		if h.CPU < 100 || h.Memory < 16<<20 || h.CPUIdle < 0 || h.CPUIdle > 1 || h.MemoryOK <= 0 || h.MemoryOK > 1 {
			t.Errorf("Measure = %+v", h)
		}
	}
}
