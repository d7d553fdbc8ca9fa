package node_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// Whatever keeps questions and answers on their way, the skew that is told is
// right to within half of the time that they were, and the least delayed
// question is the one that is believed.
func TestSkewIsBounded(t *testing.T) {
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 0))
		ahead := time.Duration(rng.Int64N(int64(time.Minute))) - 30*time.Second
		var asked [][4]time.Time
		least := time.Hour
		for i := range 1 + rng.IntN(8) {
			left := begin.Add(time.Duration(i) * time.Second)
			upTo := func(d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }
			there, stay, back := upTo(200*time.Millisecond), upTo(time.Millisecond), upTo(200*time.Millisecond)
			least = min(least, there+back)
			asked = append(asked, [4]time.Time{left, left.Add(there + ahead), left.Add(there + stay + ahead), left.Add(there + stay + back)})
		}
		rtt, skew := node.BestOf(asked...)
		if rtt != least {
			t.Fatalf("seed %d: %s on the way, want the shortest, %s", seed, rtt, least)
		}
		if off := (skew - ahead).Abs(); off > rtt/2+time.Nanosecond {
			t.Fatalf("seed %d: skew %s is %s off the true %s, with %s on the way", seed, skew, off, ahead, rtt)
		}
	}
}

// An answer says nothing any more once clocks may have been set since.
func TestOldAskingsAreForgotten(t *testing.T) {
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	ask := func(at time.Time, way, ahead time.Duration) [4]time.Time {
		return [4]time.Time{at, at.Add(way + ahead), at.Add(way + ahead), at.Add(2 * way)}
	}
	_, skew := node.BestOf(ask(begin, time.Millisecond, time.Hour), ask(begin.Add(2*time.Minute), 10*time.Millisecond, 0))
	if skew != 0 {
		t.Fatalf("the skew is %s: the peer's clock was set two minutes ago and agrees", skew)
	}
}

func TestMedianSkew(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name string
		of   []time.Duration
		want time.Duration
	}{
		{"nobody", nil, 0},
		{"one", []time.Duration{3 * s}, 3 * s},
		{"two, one of them wrong", []time.Duration{90 * s, 0}, 0},
		{"one of three is wrong", []time.Duration{-1 * s, 3600 * s, 1 * s}, 1 * s},
		{"this node is wrong", []time.Duration{-60 * s, -61 * s, -60 * s, -62 * s}, -60 * s},
	} {
		if got := node.Median(tt.of); got != tt.want {
			t.Errorf("%s: median(%v) = %s, want %s", tt.name, tt.of, got, tt.want)
		}
	}
}

// Each node measures itself and how it finds the others, and whoever asks any of
// them sees it of all.
func TestFactsOfEachNode(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.startAll()
	facts := func(s *control.Snapshot, of flow.NodeID) *control.NodeFacts {
		for _, n := range s.Nodes {
			if n.ID == of {
				return n.Facts
			}
		}
		return nil
	}
	s := c.until("a", "both nodes have met and measured", func(s *control.Snapshot) bool {
		for _, n := range c.nodes {
			if err := n.LookNow(t.Context()); err != nil {
				t.Skip("this system can't be measured:", err)
			}
		}
		met := func(f *control.NodeFacts) bool {
			return f != nil && len(f.Peers) == 1 && f.Peers[0].RTT > 0 && f.Peers[0].Why == ""
		}
		return met(facts(s, "a")) && met(facts(s, "b"))
	})
	for _, n := range s.Nodes {
		f := n.Facts
		switch {
		case f.Cores < 1 || f.Memory == 0 || f.MemoryUsed == 0 || f.MemoryUsed > f.Memory || f.Resident == 0:
			t.Errorf("%s has measured %+v", n.ID, *f)
		case f.Disk == 0 || f.DiskFree > f.Disk || f.Files == 0 || f.Goroutines == 0 || f.Started.IsZero():
			t.Errorf("%s has measured %+v", n.ID, *f)
		case n.Load == nil || n.Load.Cores != f.Cores || n.Load.Memory != f.Memory:
			t.Errorf("the load of %s is %+v, and its facts %+v", n.ID, n.Load, *f)
		}
		// Both read one clock: what is told of their distance is the error.
		if p := f.Peers[0]; p.Skew > p.RTT/2+1e-4 || p.Skew < -p.RTT/2-1e-4 { // the clock itself may be slewed meanwhile
			t.Errorf("%s finds %+v", n.ID, p)
		}
	}
}
