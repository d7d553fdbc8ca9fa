package register

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An op is a call as its caller saw it: one setting written, or read after Sync.
type op struct {
	write     bool
	value     string
	from, to  time.Time
	undecided bool // no answer: a write that may or may not happen, at any later time
}

// linear reports whether there is an order of the calls, each between its begin
// and its end, in which every reading gives what was written last (Herlihy and
// Wing 1990; the search is Wing and Gong's).
func linear(ops []op) bool {
	seen := map[string]bool{}
	var try func(done uint64, value string) bool
	try = func(done uint64, value string) bool {
		key := fmt.Sprint(done, value)
		if seen[key] {
			return false
		}
		seen[key] = true
		first := time.Time{} // nothing may begin after the end of what is to come
		all := true
		for i, o := range ops {
			if done&(1<<i) == 0 && !o.undecided {
				if all = false; first.IsZero() || o.to.Before(first) {
					first = o.to
				}
			}
		}
		if all {
			return true
		}
		for i, o := range ops {
			if done&(1<<i) != 0 || o.from.After(first) || !o.write && o.value != value {
				continue
			}
			next := value
			if o.write {
				next = o.value
			}
			if try(done|1<<i, next) {
				return true
			}
		}
		return false
	}
	return try(0, "")
}

func TestLinearTellsRightFromWrong(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(int64(n), 0) }
	w := func(v string, from, to int) op { return op{write: true, value: v, from: at(from), to: at(to)} }
	r := func(v string, from, to int) op { return op{value: v, from: at(from), to: at(to)} }
	lost := w("1", 0, 1)
	lost.undecided = true
	tests := []struct {
		name string
		ops  []op
		want bool
	}{
		{"read after write", []op{w("1", 0, 1), r("1", 2, 3)}, true},
		{"old value", []op{w("1", 0, 1), w("2", 2, 3), r("1", 4, 5)}, false},
		{"at the same time", []op{w("1", 0, 9), w("2", 0, 9), r("2", 1, 2), r("1", 3, 4)}, true},
		{"twice", []op{w("1", 0, 9), w("2", 0, 9), r("1", 1, 2), r("2", 3, 4), r("1", 5, 6)}, false},
		{"without an answer", []op{lost, r("", 2, 3), r("1", 4, 5)}, true},
		{"come and gone", []op{lost, r("1", 2, 3), r("", 4, 5)}, false},
	}
	for _, tt := range tests {
		if got := linear(tt.ops); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// Clients on all nodes write and read one setting while nodes are cut off,
// answers are lost and voters change. Whatever they see could have come from one
// copy.
func TestLinearizable(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	c.start("d")
	c.start("home")
	c.leader()
	ctx := within(t)
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		rng := rand.New(rand.NewPCG(uint64(round), 1))
		c.w.Lose(func() func(_, _ flow.NodeID, kind string) bool {
			var mu sync.Mutex
			dice := rand.New(rand.NewPCG(uint64(round), 2))
			return func(_, _ flow.NodeID, kind string) bool {
				mu.Lock()
				defer mu.Unlock()
				return kind == "register.apply" && dice.IntN(4) == 0
			}
		}())
		key, ops := fmt.Sprint("key ", round), make(chan op, 64)
		var clients sync.WaitGroup
		for _, id := range []flow.NodeID{"a", "b", "c", "d", "home"} {
			r, dice := c.nodes[id], rand.New(rand.NewPCG(uint64(round), uint64(id[0])))
			clients.Go(func() {
				for n := range 8 {
					ops <- call(ctx, r, key, dice, fmt.Sprintf("%s%d", id, n))
				}
			})
		}
		trouble(t, c, rng, round)
		clients.Wait()
		c.w.Lose(nil)
		close(ops)
		var all []op
		for o := range ops {
			if !o.undecided || o.write {
				all = append(all, o)
			}
		}
		if !linear(all) {
			t.Fatalf("round %d: no single copy would have shown this:\n%+v", round, all)
		}
	}
}

// call makes one call with a short patience.
func call(ctx context.Context, r *Register, key string, dice *rand.Rand, value string) op {
	short, cancel := context.WithTimeout(ctx, time.Duration(20+dice.IntN(400))*time.Millisecond)
	defer cancel()
	o := op{write: dice.IntN(2) == 0, value: value, from: time.Now()}
	var err error
	if o.write {
		err = r.PutSetting(short, key, []byte(value))
	} else if err = r.Sync(short); err == nil {
		o.value = string(r.View().Settings[key])
	}
	o.to, o.undecided = time.Now(), err != nil
	return o
}

// trouble cuts one node off for a while, and has d come or go as a voter.
func trouble(t *testing.T, c *cluster, rng *rand.Rand, round int) {
	ctx, cancel := context.WithTimeout(within(t), 5*time.Second)
	defer cancel()
	victim := []flow.NodeID{"a", "b", "c", "d", "home"}[rng.IntN(5)]
	if rng.IntN(2) == 0 {
		victim = c.leader()
	}
	c.w.Isolate(victim, true)
	c.leader(victim)
	c.w.Isolate(victim, false)
	var err error
	if round%2 == 0 {
		err = c.nodes["a"].AddVoter(ctx, Voter{ID: "d", Addr: "d:7000"})
	} else {
		err = c.nodes["a"].RemoveVoter(ctx, "d")
	}
	if err != nil {
		t.Logf("round %d: %v", round, err) // it may be too short of time on a busy machine
	}
}
