package node_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A shelf is what a keeper keeps: it survives the application.
type shelf struct {
	mu     sync.Mutex
	values []int64
	newest flow.Checkpoint
}

func (s *shelf) have() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.values)
}

// keeper stores numbers with its own checkpoint, as ward.Store does readings.
type keeper struct {
	s    *shelf
	left []int64
}

func (k *keeper) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		if n, ok := f.In[0].Value.(int64); ok { // the counter ends with EOS
			k.left = append(k.left, n)
		}
		return nil
	}}}
}

func (k *keeper) Commit(_ context.Context, c flow.Checkpoint) error {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if c.Epoch < k.s.newest.Epoch {
		return flow.ErrStale
	}
	k.s.values, k.left, k.s.newest = append(k.s.values, k.left...), nil, c
	return nil
}

func (k *keeper) Fence(_ context.Context, epoch uint64) (flow.Checkpoint, error) {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if epoch < k.s.newest.Epoch {
		return flow.Checkpoint{}, flow.ErrStale
	}
	k.s.newest.Epoch = epoch
	return k.s.newest, nil
}

const twelve = `
count : test.FiniteCounter(start=1, steps=12)
pass : flow.Init(data=0)
keep : t.Keeper()
count.integer > pass.in
pass.out > keep.in
`

// The same script, another one and the first again under one name: whatever was
// there before, each begins anew, and what it stores is whole.
func TestRedeployingBeginsAnew(t *testing.T) {
	t.Parallel()
	kept := &shelf{}
	c := newCluster(t, "a")
	c.types = talking()
	c.types["t.Keeper"] = flow.Type{Spec: flow.Spec{Name: "t.Keeper", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: kept}, nil }}
	c.startAll()
	counted := func(times int) {
		t.Helper()
		var want []int64
		for range times {
			for n := range int64(13) {
				want = append(want, n)
			}
		}
		c.until("a", "all is stored", func(*control.Snapshot) bool { return len(kept.have()) >= len(want) })
		if got := kept.have(); !slices.Equal(got, want) {
			t.Fatalf("after %d deployments the store has %v, want %v", times, got, want)
		}
	}
	c.deploy("a", "app", twelve+"count2 : test.FiniteCounter(steps=0)\ncount2.integer > voidport\n")
	counted(1)
	if err := c.nodes["a"].Stop(t.Context(), c.h.Staff("dr").ID, "app"); err != nil {
		t.Fatal(err)
	}
	c.until("a", "it is gone", func(s *control.Snapshot) bool { return len(s.Apps) == 0 })
	c.deploy("a", "app", twelve)
	counted(2)
	c.deploy("a", "app", "sink : test.Sink()\n1 > sink.token\n")
	c.until("a", "the other one runs", func(s *control.Snapshot) bool { return link(s, "app:_literal_const_1.token").Tokens > 5 })
	c.deploy("a", "app", twelve)
	counted(3)
}
