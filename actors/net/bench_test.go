package netactors

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// drive runs the actor whenever something may have happened, until is says so.
// What goes wrong on the way is tried again, as a node does.
func drive(t *testing.T, b *actortest.Bench, what string, is func() bool) {
	t.Helper()
	late := time.Now().Add(20 * time.Second)
	for {
		err := b.TryRun()
		if is() {
			return
		}
		if err != nil && !errors.Is(err, flow.ErrLater) && !errors.Is(err, flow.ErrUnfit) {
			t.Logf("tried again: %v", err)
		}
		if time.Now().After(late) {
			t.Fatalf("waited in vain until %s (%v)", what, err)
		}
		time.Sleep(time.Millisecond) // what happens on a socket, nobody tells the bench
	}
}

// gather takes n tokens of a port.
func gather(t *testing.T, b *actortest.Bench, port string, n int) (got []flow.Value) {
	t.Helper()
	drive(t, b, "tokens come on "+port, func() bool {
		got = append(got, b.Take(port)...)
		return len(got) >= n
	})
	return got
}
