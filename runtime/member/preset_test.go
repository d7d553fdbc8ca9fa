package member

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A node that falls silent is lost to all within the times that the formulas of
// Preset give, and in about the time that its table says.
func TestPresets(t *testing.T) {
	for _, tt := range []struct {
		preset Preset
		about  time.Duration // of ten nodes
	}{{Local, 3 * time.Second}, {LAN, 6 * time.Second}, {WAN, 40 * time.Second}} {
		for _, n := range []int{3, 10} {
			t.Run(fmt.Sprint(tt.preset, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					took := tt.preset.losses(t, n, 5)
					soonest, latest, err := tt.preset.Lost(n)
					if err != nil || took[0] < soonest || took[len(took)-1] > latest {
						t.Errorf("lost after %v, want %v to %v, %v", took, soonest, latest, err)
					}
					if median := took[len(took)/2]; n == 10 && (median < tt.about*2/3 || median > tt.about*3/2) {
						t.Errorf("lost after %v in the median, the table says %v", median, tt.about)
					}
				})
			})
		}
	}
	if _, _, err := Preset("fast").Lost(3); err == nil {
		t.Error("an unknown preset has times")
	}
}

// losses is how long it takes until all have lost a node that crashes, sorted.
func (p Preset) losses(t *testing.T, n, often int) (took []time.Duration) {
	t.Helper()
	c := newCluster(t)
	defer c.stop()
	var ids []flow.NodeID
	start := func(i int) {
		cfg := c.config(flow.NodeID(fmt.Sprintf("n%02d", i)), fmt.Sprintf("n%02d:1", i), "n00:1")
		cfg.Preset = p
		c.start(cfg)
	}
	for i := range n {
		ids = append(ids, flow.NodeID(fmt.Sprintf("n%02d", i)))
		start(i)
	}
	for round := range often {
		c.untilUp(ids...)
		time.Sleep(time.Minute + time.Duration(round)*137*time.Millisecond)
		gone := ids[1+round%(n-1)]
		c.crash(gone)
		at := time.Now()
		for id := range c.nodes {
			c.until(id, "the loss of "+string(gone), func(all []Member) bool { return !find(all, gone).Up })
		}
		took = append(took, time.Since(at))
		start(1 + round%(n-1))
	}
	slices.Sort(took)
	return took
}
