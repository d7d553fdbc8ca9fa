package firing_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A spring is both ends of a link that always has a token and always room.
type spring struct{ token flow.Token }

func (*spring) Len() int                     { return 1 }
func (*spring) Take(time.Time)               {}
func (*spring) Room() int                    { return 1 }
func (*spring) Made() uint64                 { return 0 }
func (s *spring) Offer(t *flow.Token, _ int) { s.token = *t }

func (s *spring) Peek(t *flow.Token, _ *flow.Identity) bool {
	*t = s.token
	return true
}

// springs is an actor that passes on from some links to others.
func springs(t testing.TB, ins, outs int, inRouting, outRouting string) *firing.Actions {
	r := newRig(t, ins, outs, inRouting, outRouting, actor{actions: []flow.Action{pass()}}, func(c *firing.Config) {
		c.Given = nil
		for i := range c.In {
			c.In[i].End = &spring{flow.Token{Value: "x"}}
		}
		for i := range c.Out {
			c.Out[i].End = &spring{}
		}
	})
	return r.acts
}

var shapes = []struct {
	name      string
	in, out   int
	from, to  string
	allocates bool
}{
	{"one link", 1, 1, "", "", false},
	{"fanout of 3", 1, 3, "", "", false},
	{"unordered of 3", 3, 1, "collect-unordered", "", false},
	{"round-robin of 3", 1, 3, "", "round-robin", false},
	{"balanced of 3", 1, 3, "", "balanced", false},
	{"random of 3", 1, 3, "", "random", false},
	{"all-tagged of 3", 3, 1, "collect-all-tagged", "", true},
}

// Where no value must be put together, a firing allocates nothing.
func TestFireAllocatesNothing(t *testing.T) {
	for _, s := range shapes {
		acts := springs(t, s.in, s.out, s.from, s.to)
		n := testing.AllocsPerRun(100, func() {
			if res, err := acts.Fire(now); !res.Fired || err != nil {
				t.Fatal(res, err)
			}
		})
		if !s.allocates && n > 0 {
			t.Errorf("%s: %v allocations a firing", s.name, n)
		}
	}
}

func BenchmarkFire(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			acts := springs(b, s.in, s.out, s.from, s.to)
			b.ReportAllocs()
			for b.Loop() {
				acts.Fire(now)
			}
		})
	}
}
