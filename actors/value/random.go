package value

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/wardflow/wardflow/runtime/flow"
)

// RandomCapability is what a node may offer so that chance differs from node to
// node and run to run: any value with a method Uint64() uint64, such as a
// *rand.Rand. It is asked for one number, once in an actor's life. No actor
// requires it.
const RandomCapability = "math.random"

// A Random is an actor's random numbers. They follow from a seed and from how
// many have been drawn, and both are state: an actor that moves goes on with the
// numbers that it would have drawn where it was. The seed comes from
// [RandomCapability]; where it is not offered, from the actor's name, and then a
// run can be repeated.
type Random struct {
	Seed  int64 // 0: not chosen yet
	Drawn int64
}

// Start chooses the seed, unless it came with the state.
func (r *Random) Start(env flow.Env) {
	if r.Seed != 0 {
		return
	}
	if c, err := env.Capability(RandomCapability); err == nil {
		if source, ok := c.(interface{ Uint64() uint64 }); ok {
			r.Seed = int64(source.Uint64())
		}
	}
	if r.Seed == 0 {
		h := fnv.New64a()
		h.Write([]byte(env.ID()))
		r.Seed = int64(h.Sum64() | 1)
	}
}

// Below is a whole number from 0 to n-1, each as likely. n is above 0.
func (r *Random) Below(n uint64) uint64 { return r.draw().Uint64N(n) }

// Float is a number from 0 up to, not including, 1.
func (r *Random) Float() float64 { return r.draw().Float64() }

// draw is a generator for one number.
func (r *Random) draw() *rand.Rand {
	r.Drawn++
	return rand.New(rand.NewPCG(uint64(r.Seed), uint64(r.Drawn)))
}
