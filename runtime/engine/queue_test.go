package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/wardflow/wardflow/runtime/flow"
)

// idle takes nothing.
type idle struct{}

func (idle) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Guard: func() bool { return false }, Fire: func(*flow.Firing) error { return nil }}}
}

// With one stopped peer of two, the other gets what the two queues of the
// stopped one's link hold, and then stalls (calvin-reference 2.5).
func TestQueuesBoundWhatAStoppedPeerDoesNotTake(t *testing.T) {
	length := func(n int) map[string]any { return map[string]any{"queue_length": int64(n)} }
	for _, tt := range []struct {
		out, in, usual, want int
	}{
		{0, 0, 4, 8}, {2, 3, 4, 5}, {0, 3, 4, 7}, {2, 0, 4, 6}, {1, 1, 4, 2}, {2, 3, 0, 5},
		{0, 3, 0, 32}, {0, 0, 0, 32}, // only the window counts
	} {
		t.Run(fmt.Sprintf("out %d, in %d, usual %d", tt.out, tt.in, tt.usual), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := &got{}
				p := &plant{t: t, queue: tt.usual, window: 32,
					types: flow.Types{
						"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: 1000}, nil }},
						"test.Got":    {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
						"test.Idle":   {New: func(map[string]flow.Value) (flow.Actor, error) { return idle{}, nil }},
					},
					nodes: []flow.Node{{ID: "app:a", Type: "test.Source", Ports: map[string]map[string]any{}},
						{ID: "app:b", Type: "test.Got"}, {ID: "app:c", Type: "test.Idle", Ports: map[string]map[string]any{}}},
					links: []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:a.out > app:c.in")}}
				if tt.out > 0 {
					p.nodes[0].Ports["out:out"] = length(tt.out)
				}
				if tt.in > 0 {
					p.nodes[2].Ports["in:in"] = length(tt.in)
				}
				p.start()
				p.settle()
				if len(sink.values) != tt.want {
					t.Errorf("the peer that goes on took %d tokens, want %d", len(sink.values), tt.want)
				}
				p.close()
			})
		})
	}
}

// However short the queues are, all goes through in order.
func TestShortQueuesCarryEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var give, want []flow.Value
		sum := int64(0)
		for n := range int64(1000) {
			sum += n
			give, want = append(give, n), append(want, sum)
		}
		p, sink := adder(t, "", nil, give...)
		p.queue = 1
		p.start()
		p.settle()
		if !slices.Equal(sink.values, want) {
			t.Errorf("c took %d sums, want %d in order", len(sink.values), len(want))
		}
		p.close()
	})
}

func TestAQueueOfNothingIsRefused(t *testing.T) {
	p, _ := adder(t, "", nil)
	p.start()
	if err := p.eng.Stop(t.Context(), "app:c"); err != nil {
		t.Fatal(err)
	}
	n := flow.Node{ID: "app:c", Type: "test.Got", Ports: map[string]map[string]any{"in:in": {"queue_length": int64(0)}}}
	if err := p.eng.Start(t.Context(), activation(n, p.links)); err == nil {
		t.Error("an in-port with a queue of no tokens was started")
	}
	p.close()
}
