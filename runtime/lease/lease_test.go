package lease

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Two nodes and a row of leaders, each with a clock that runs up to a tenth too
// fast or too slow and started at any time: whatever is lost, late or repeated,
// no leader takes the lease of a node for ended while that node holds it.
func TestNeverTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := func(name string) func(time.Duration) time.Time {
			rate := rapid.Float64Range(0.91, 1.09).Draw(t, name+" rate")
			start := time.Unix(rapid.Int64Range(0, 1e9).Draw(t, name+" start"), 0)
			return func(d time.Duration) time.Time { return start.Add(time.Duration(float64(d) * rate)) }
		}
		node, leader := clock("node"), clock("leader 0")
		holder := Holder{Terms: Default}
		grantor := NewGrantor(Default, leader(0))
		granted := map[time.Duration]bool{} // renewals on their way back, by when they were sent
		var now time.Duration
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "wait"))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0: // a renewal, heard at once or after a while
				sent := now - time.Duration(rapid.Int64Range(0, int64(min(now, 3*time.Second))).Draw(t, "way"))
				grantor.Heard("a", leader(now))
				granted[sent] = true
			case 1: // an answer arrives, perhaps for the second time
				for sent := range granted {
					holder.Renewed(node(sent), node(now))
					break
				}
			case 2: // another leader is elected; the older one grants nothing from now on
				leader = clock("leader " + string(rune('1'+n%9)))
				grantor = NewGrantor(Default, leader(now))
			}
			if holder.Holds(node(now)) && !grantor.Leased("a", leader(now)) {
				t.Fatalf("at %v the node holds its lease and the leader would give it away", now)
			}
		}
	})
}

func TestZeroHolderHoldsNothing(t *testing.T) {
	var h Holder
	if h.Holds(time.Time{}) || h.Holds(time.Now()) {
		t.Error("a node that never renewed holds a lease")
	}
}

func TestALapseEndsTheTerm(t *testing.T) {
	start := time.Unix(0, 0)
	h := Holder{Terms: Default}
	h.Renewed(start, start)
	first := h.Term()
	h.Renewed(start.Add(3*time.Second), start.Add(3500*time.Millisecond))
	if h.Term() != first {
		t.Error("a renewal in time began another term")
	}
	h.Renewed(start.Add(7900*time.Millisecond), start.Add(8*time.Second))
	if h.Term() == first || !h.Holds(start.Add(8*time.Second)) {
		t.Error("a renewal after the lease had lapsed went on with its term")
	}
}

func TestDead(t *testing.T) {
	elected := time.Unix(1000, 0)
	at := func(s float64) time.Time { return elected.Add(time.Duration(s * float64(time.Second))) }
	for _, c := range []struct {
		name string
		s    Signs
		now  time.Time
		want bool
	}{
		{"up", Signs{Heard: at(9)}, at(10), false},
		{"up in gossip, silent for long: the leader itself may be cut off from it", Signs{Heard: at(1)}, at(60), false},
		{"gossip alone", Signs{Gone: true, Heard: at(9)}, at(10), false},
		{"gossip, and silence", Signs{Gone: true, Heard: at(8)}, at(10), true},
		{"gossip, never heard, elected a moment ago", Signs{Gone: true}, at(1), false},
		{"gossip, never heard", Signs{Gone: true}, at(2), true},
		{"refused", Signs{Heard: at(9), Refused: at(9.5)}, at(9.6), true},
		{"refused before the election, and never heard since", Signs{Refused: at(-1)}, at(0.1), true},
		{"refused, then heard again", Signs{Heard: at(9.7), Refused: at(9.5)}, at(9.8), false},
		{"said good-bye", Signs{Heard: at(9.9), Left: true}, at(10), true},
	} {
		if got := Dead(c.s, elected, c.now); got != c.want {
			t.Errorf("%s: dead is %v", c.name, got)
		}
	}
	w := NewWatch(elected)
	w.Note("a", Signs{Heard: at(3)})
	if w.Dead("a", at(9)) || w.Dead(flow.NodeID("b"), at(1)) || !w.Dead("b", at(2)) {
		t.Error("the watch does not say what its signs say")
	}
}
