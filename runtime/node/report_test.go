package node

import (
	"testing"
	"time"
)

// A rate is measured over a stretch that is never short again, whatever the
// moment of the look: else what comes once a second is seen as 0, then 2.
func TestRatesAreEven(t *testing.T) {
	g := &gatherer{}
	g.begin()
	begun := time.Now()
	for i := range 100 {
		at := begun.Add(time.Duration(i) * gatherAll)
		g.put(&report{Node: "a", At: at})
		old := g.old["a"]
		if i == 0 {
			if old != nil {
				t.Fatal("a rate from one report")
			}
			continue
		}
		over := at.Sub(old.At)
		if want := min(rateOver, at.Sub(begun)); over < want || over > 2*rateOver {
			t.Errorf("after %v a rate is measured over %v, want %v to %v", at.Sub(begun), over, want, 2*rateOver)
		}
	}
}
