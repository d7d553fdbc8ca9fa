package firing_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

var tooLong = strings.Repeat("x", flow.MaxToken)

// moody is an action that takes one token from each of two in-ports, and then
// does one thing or another.
func moody(rng *rand.Rand) flow.Action {
	return flow.Action{In: []string{"in", "also"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		switch rng.IntN(8) {
		case 0:
			return errors.New("no")
		case 1:
			return flow.ErrLater
		case 2:
			panic("oh")
		case 3:
			f.Give(0, make(chan int))
		case 4:
			f.Give(0, tooLong)
		case 5:
			f.Give(0, "text") // dispatch-mapped does not take it
		case 6:
		default:
			f.Give(0, map[string]any{"x.in": f.In[0].Value})
		}
		return nil
	}}
}

// A firing takes and gives everything or nothing, whatever the action does:
// its tokens are taken from both ports and stand in a letter or were the
// action's, or they stay.
func TestAllOrNothing(t *testing.T) {
	routings := []string{"", "round-robin", "balanced", "random", "dispatch-mapped"}
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 3))
		also := &queue{limit: 4}
		policy := []flow.FaultPolicy{"", flow.FaultRetry}[rng.IntN(2)]
		routing := routings[rng.IntN(len(routings))]
		r := newRig(t, 2, 1+rng.IntN(3), "collect-unordered", routing, actor{actions: []flow.Action{moody(rng)}},
			func(c *firing.Config) {
				c.Spec = &flow.Spec{Fault: policy}
				link := c.In[0].Link
				link.To.Port = "also"
				c.In = append(c.In, firing.InLink{Link: link, End: also})
			}, linked(2))
		for step := range 50 {
			r.shake(rng, also, step)
			in, second, out, letters := lens(r.ins), also.Len(), lens(r.outs), r.letters.Len()
			res, err := r.acts.Fire(now)
			in, second, out, letters = in-lens(r.ins), second-also.Len(), lens(r.outs)-out, r.letters.Len()-letters
			most := 1
			if routing == "" {
				most = len(r.outs)
			}
			switch {
			case err != nil && res.Fired,
				!res.Fired && (in != 0 || second != 0 || out != 0 || letters != 0),
				res.Fired && (in != 1 || second != 1),
				letters != res.Letters, letters > 1, letters > 0 && out > 0, out != 0 && out != most:
				t.Fatalf("seed %d, step %d: %+v, %v: takes %d and %d, gives %d and %d letters",
					seed, step, res, err, in, second, out, letters)
			}
		}
	}
}

// shake lays tokens into some in-links and takes some of what was given.
func (r *rig) shake(rng *rand.Rand, also *queue, step int) {
	for _, q := range append(r.ins[:len(r.ins):len(r.ins)], also) {
		if q.Room() > 0 && rng.IntN(3) > 0 {
			q.put([]flow.Value{int64(step), "x", flow.EOS}[rng.IntN(3)])
		}
	}
	for _, q := range append(r.outs[:len(r.outs):len(r.outs)], r.letters) {
		if q.Len() > 0 && rng.IntN(3) == 0 {
			q.Take(now)
		}
	}
}

func lens(qs []*queue) (n int) {
	for _, q := range qs {
		n += q.Len()
	}
	return n
}
