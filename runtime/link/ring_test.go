package link

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// However a ring is used, it holds what a slice would.
func TestRingAgreesWithASlice(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var r ring[int32]
		var want []int32
		for n := range int32(300) {
			switch rng.IntN(6) {
			case 0:
				*r.push() = n
				want = append(want, n)
			case 1, 2:
				some := make([]int32, rng.IntN(20))
				for i := range some {
					some[i] = n
				}
				r.pushAll(some)
				want = append(want, some...)
			case 3:
				k := rng.IntN(len(want) + 1)
				r.drop(k)
				want = want[k:]
			case 4:
				k := rng.IntN(len(want) + 1)
				r.pop(k)
				want = want[:len(want)-k]
			case 5:
				r.trim()
			}
			var got []int32
			for len(got) < r.n {
				got = append(got, r.view(len(got))...)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: the ring holds %v, want %v", seed, got, want)
			}
		}
	}
}

// A ring that was once full shrinks to what it holds.
func TestRingShrinks(t *testing.T) {
	var r ring[int32]
	r.pushAll(make([]int32, 10_000))
	r.drop(9_997)
	if r.trim(); len(r.buf) != 4 || r.n != 3 {
		t.Errorf("a ring of 3 keeps %d slots", len(r.buf))
	}
	r.drop(3)
	if r.trim(); len(r.buf) != 0 {
		t.Errorf("an empty ring keeps %d slots", len(r.buf))
	}
}
