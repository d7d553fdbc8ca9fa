package engine_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wardflow/wardflow/runtime/flow"
)

// asks gives a list of values and notes how many are not settled.
type asks struct {
	gives
	left *counts
}

// counts is a list that an actor writes and a test reads.
type counts struct {
	mu   sync.Mutex // guards list
	list []int
}

func (c *counts) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, n)
}

// all gives the list, and begins a new one if it is told to.
func (c *counts) all(anew bool) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := slices.Clone(c.list)
	if anew {
		c.list = nil
	}
	return list
}

func (a *asks) Unsettled(port string, left int) {
	if port == "out" {
		a.left.add(left)
	}
}

// An actor that wants to know hears when what it gave has taken effect; one
// that is started again hears what is still open of the time before.
func TestSettlersAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told counts
		var later atomic.Bool
		later.Store(true)
		p, sink := adder(t, flow.FaultRetry, func(n int64) error {
			if later.Load() && n == 3 {
				return flow.ErrLater
			}
			return nil
		})
		p.types["test.Give"] = flow.Type{
			Spec: flow.Spec{State: 1, Out: []flow.Port{{Name: "out"}}},
			New: func(map[string]flow.Value) (flow.Actor, error) {
				return &asks{gives{list: ints(1, 2, 3)}, &told}, nil
			}}
		p.start()
		p.settle()
		left := told.all(true)
		if len(sink.values) != 2 || left[0] != 0 || left[len(left)-1] != 1 {
			t.Errorf("the sink took %v, the source was told %v; want none left at first and 1 at last", sink.values, left)
		}
		p.close()

		p.start()
		p.settle()
		left = told.all(false)
		if len(left) == 0 || slices.Min(left) != 1 || left[len(left)-1] != 1 { // at first perhaps what its checkpoint knew
			t.Errorf("the next activation was told %v, want the 1 of the time before", left)
		}
		later.Store(false)
		p.settle()
		p.close()
		left = told.all(false)
		if len(sink.values) != 3 || left[len(left)-1] != 0 {
			t.Errorf("the sink took %v, the source was told %v; want none left", sink.values, left)
		}
	})
}
