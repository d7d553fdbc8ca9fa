package demo

import "testing"

// A majority that is away for a moment is told; anything else that a node warns of
// is held against the run.
func TestPauses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`level=WARN msg="nothing can be agreed" node=a err="no majority"`:                                      true,
		`level=ERROR msg="chain stopped making blocks" node=a err="agree on block 25: no leader: no majority"`: true,
		`level=ERROR msg="chain stopped making blocks" node=a err="write block: no space left on device"`:      false,
		`level=WARN msg="link refused" node=a err="no majority"`:                                               false,
	} {
		if got := isPause(line); got != want {
			t.Errorf("isPause(%s) = %v", line, got)
		}
	}
}
