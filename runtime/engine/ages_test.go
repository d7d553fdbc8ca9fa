package engine

import (
	"testing"
	"time"
)

func TestAges(t *testing.T) {
	var a Ages
	if got := a.Quantile(0.5); got != 0 {
		t.Errorf("median of nothing = %v, want 0", got)
	}
	for range 99 {
		a.add(3*time.Millisecond, 1)
	}
	a.add(5*time.Second, 1)
	a.add(-time.Second, 1) // a clock that jumped
	for _, tt := range []struct {
		q        float64
		low, top time.Duration
	}{
		{0, 0, time.Microsecond},
		{0.5, 3 * time.Millisecond, 6 * time.Millisecond},
		{1, 5 * time.Second, 10 * time.Second},
	} {
		if got := a.Quantile(tt.q); got < tt.low || got > tt.top {
			t.Errorf("Quantile(%v) = %v, want between %v and %v", tt.q, got, tt.low, tt.top)
		}
	}
}
