package node

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A node that has had its share waits until it has some again; others do not.
func TestShares(t *testing.T) {
	t.Parallel()
	s := shares{what: "water", most: 10, each: 2, atOnce: 3}
	now := time.Unix(1000, 0)
	drink := func(peer flow.NodeID, cost float64) error {
		end, err := s.begin(peer, now)
		if err == nil {
			end(cost)
		}
		return err
	}
	for i, tt := range []struct {
		peer flow.NodeID
		cost float64
		wait time.Duration // before
		ok   bool
	}{
		{"a", 4, 0, true}, {"a", 4, 0, true}, {"a", 14, 0, true}, // it owes 12
		{"a", 1, 0, false}, {"b", 1, 0, true},
		{"a", 1, 5 * time.Second, false}, {"a", 1, 2 * time.Second, true},
		{"a", 1, time.Hour, true}, {"a", 9, 0, true}, {"a", 1, 0, false}, // no more than the most came back
		{"a", 1, -time.Hour, false}, // a clock that goes back gives nothing
	} {
		now = now.Add(tt.wait)
		if err := drink(tt.peer, tt.cost); (err == nil) != tt.ok || err != nil && !errors.Is(err, flow.ErrLater) {
			t.Errorf("step %d: %s takes %v: %v", i, tt.peer, tt.cost, err)
		}
	}
}

// So many at once, and one more when one of them is done.
func TestSharesAtOnce(t *testing.T) {
	t.Parallel()
	s := shares{most: 10, atOnce: 2}
	now := time.Unix(1000, 0)
	first, err1 := s.begin("a", now)
	_, err2 := s.begin("a", now)
	_, err3 := s.begin("a", now)
	_, errB := s.begin("b", now)
	if err1 != nil || err2 != nil || errB != nil || !errors.Is(err3, flow.ErrLater) {
		t.Fatalf("%v, %v, %v, another node: %v", err1, err2, err3, errB)
	}
	first(1)
	if _, err := s.begin("a", now); err != nil {
		t.Error(err)
	}
}

// Nodes that come and go are forgotten, and those that owe something are not.
func TestSharesForget(t *testing.T) {
	t.Parallel()
	s := shares{most: 10, each: 1, atOnce: 1}
	now := time.Unix(1000, 0)
	end, err := s.begin("debtor", now)
	if err != nil {
		t.Fatal(err)
	}
	end(1e9)
	for i := range 10 * manyShares {
		now = now.Add(time.Second)
		end, err := s.begin(flow.NodeID(fmt.Sprint(i)), now)
		if err != nil {
			t.Fatal(err)
		}
		end(5)
	}
	if n := len(s.peers); n > manyShares {
		t.Errorf("%d nodes are remembered", n)
	}
	if _, err := s.begin("debtor", now); !errors.Is(err, flow.ErrLater) {
		t.Errorf("who owes: %v", err)
	}
}
