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
			switch rng.IntN(5) {
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

// A ring that was once full lets its memory go when it has not needed it for
// a while.
func TestRingShrinks(t *testing.T) {
	var r ring[int32]
	r.pushAll(make([]int32, 10_000))
	r.drop(10_000)
	if len(r.buf) == 0 {
		t.Error("a ring that has just been full has let its memory go")
	}
	r.pushAll(make([]int32, 5))
	r.drop(5)
	if len(r.buf) != 0 {
		t.Errorf("a ring that needs 5 slots keeps %d", len(r.buf))
	}
}
