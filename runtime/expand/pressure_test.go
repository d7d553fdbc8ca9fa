package expand

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// Two full queues within 10 s make one more; 30 s of quiet make one less.
func TestPressure(t *testing.T) {
	p := NewPressure(Scaling{Min: 1, Max: 3}, 1)
	for _, look := range []struct {
		at   int // seconds
		full bool
		want int
	}{
		{0, true, 1}, {12, true, 1}, // 12 s apart: no pressure
		{15, true, 2}, {20, true, 2}, // the new one is given time to help
		{30, true, 2}, {35, true, 3},
		{50, true, 3}, {51, true, 3}, {52, true, 3}, // there are no more
		{80, false, 3}, {83, false, 2}, {100, false, 2}, {114, false, 1}, {500, false, 1},
	} {
		if got := p.Look(began.Add(time.Duration(look.at)*time.Second), look.full); got != look.want {
			t.Fatalf("at %d s: %d replicas, want %d", look.at, got, look.want)
		}
	}
}

// Under a load that stays the same the number settles: it is changed ever more
// seldom, since each replica that was taken away too early doubles the patience.
func TestPressureSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(2, 12).Draw(t, "max")
		need := rapid.IntRange(1, 2*most).Draw(t, "needed")
		every := time.Duration(rapid.IntRange(2, 9).Draw(t, "seconds between looks")) * time.Second
		p := NewPressure(Scaling{Min: 1, Max: most}, rapid.IntRange(1, most).Draw(t, "running"))
		const days = 5
		want, changes, late := p.Look(began, false), 0, 0
		for at := every; at < days*24*time.Hour; at += every {
			now := p.Look(began.Add(at), want < need) // the queues are full while there are too few
			if now < 1 || now > most || now > want+1 || now < want-1 {
				t.Fatalf("from %d to %d of 1 to %d", want, now, most)
			}
			if now != want {
				changes++
				if at > (days-2)*24*time.Hour {
					late++
				}
			}
			want = now
		}
		// 30 s doubled until a day, two changes each, and the way there.
		if limit := 2*most + 2*int(math.Log2(float64(steady/quiet))+1) + 2*days; changes > limit || late > 6 {
			t.Fatalf("%d changes, %d of them in the last two days, want at most %d and 6", changes, late, limit)
		}
		if top := min(need, most); want < top-1 || want > top {
			t.Fatalf("%d replicas where %d are needed", want, top)
		}
	})
}

// Looks that come late, twice or backwards do no harm.
func TestPressureOddClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPressure(Scaling{Min: 2, Max: 5}, 99)
		for range rapid.IntRange(0, 60).Draw(t, "looks") {
			at := began.Add(time.Duration(rapid.IntRange(-1000, 100000).Draw(t, "second")) * time.Second)
			if got := p.Look(at, rapid.Bool().Draw(t, "full")); got < 2 || got > 5 {
				t.Fatalf("%d replicas of 2 to 5", got)
			}
		}
	})
}
