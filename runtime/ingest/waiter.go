package ingest

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A waiter gathers the answers to one batch.
type waiter struct {
	outcomes []Outcome // each is written by its own answer, and read when all have come
	left     atomic.Int32
	done     chan struct{}
}

// answer is what the actor calls for item i. It counts once.
func (w *waiter) answer(i int, r *flow.Reading, warning string) func(flow.Answer) {
	var once sync.Once
	return func(a flow.Answer) {
		once.Do(func() {
			w.outcomes[i] = outcome(r, a)
			w.outcomes[i].Warning = warning
			if w.left.Add(-1) == 0 {
				close(w.done)
			}
		})
	}
}

func (w *waiter) wait(ctx context.Context, gone <-chan struct{}, patience time.Duration) ([]Outcome, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-w.done:
		return w.outcomes, nil
	case <-ctx.Done():
	case <-gone:
	case <-timer.C:
	}
	return nil, &Refusal{Status: http.StatusServiceUnavailable, After: time.Second,
		Why: "the readings are not settled yet: bring the same again, with the same numbers"}
}
