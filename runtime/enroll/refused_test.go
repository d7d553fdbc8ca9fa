package enroll

import (
	"fmt"
	"testing"
	"time"
)

// Of what one address does without end, ever less is told; others are told as at
// first, and so is the address itself a minute later.
func TestTally(t *testing.T) {
	var ta tally
	now, told := time.Now(), 0
	for range 10_000 {
		if worthTelling(ta.count("192.0.2.7:1", now)) {
			told++
		}
	}
	// 1 to 10, then 20 to 100 by tens, and so on.
	if told < 10 || told > 60 {
		t.Errorf("of 10,000 refusals %d are told", told)
	}
	for _, other := range []string{"192.0.2.8:1", "[2001:db8::1]:5", "no address", "[fe80::1%eth0]:1"} {
		if n := ta.count(other, now); n != 1 {
			t.Errorf("%s: %d", other, n)
		}
	}
	if n := ta.count("[2001:db8::ffff]:9", now); n != 2 {
		t.Errorf("an address of the same network: %d", n)
	}
	if n := ta.count("192.0.2.7:1", now.Add(tallyOver)); n != 1 {
		t.Errorf("a minute later: %d", n)
	}
	for i := range tallyMost + 1000 {
		ta.count(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255), now.Add(tallyOver))
	}
	if len(ta.by) > tallyMost+1 {
		t.Errorf("%d addresses are kept", len(ta.by))
	}
}
