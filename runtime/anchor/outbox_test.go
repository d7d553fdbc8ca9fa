package anchor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

// A counter counts what was paid.
type counter struct {
	mu   sync.Mutex
	paid map[string]int
	err  error
}

func (c *counter) pay(_ context.Context, call []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.paid[string(call)]++
	return nil
}

func (c *counter) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func openOutbox(t *testing.T, d *waltest.Disk, c *counter, told *alarms) *Outbox {
	t.Helper()
	o, err := OpenOutbox(d, slog.New(slog.DiscardHandler), told.tell, c.pay)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What was synced is sent, over crashes, too, and who waits is told then.
func TestOutbox(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d, c, told := &waltest.Disk{}, &counter{paid: map[string]int{}}, &alarms{}
		o := openOutbox(t, d, c, told)
		var want []string
		for round := range 6 {
			if rng.IntN(2) == 0 {
				c.fail(errors.New("nobody can be reached"))
			}
			for k := range 1 + rng.IntN(5) {
				call := fmt.Sprintf("%d %d", round, k)
				if err := o.Add([]byte(call)); err != nil {
					t.Fatal(err)
				}
				want = append(want, call)
			}
			if err := o.Sync(); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(2) == 0 {
				d.Crash(rng)
				o.Close() // which writes nothing any more
				c.fail(nil)
				o = openOutbox(t, d, c, told)
			}
			c.fail(nil)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		if err := o.Wait(ctx); err != nil {
			t.Fatalf("seed %d: %v, %d wait", seed, err, o.Waiting())
		}
		cancel()
		for _, call := range want {
			if c.paid[call] == 0 {
				t.Errorf("seed %d: %s was never sent", seed, call)
			}
		}
		if n := o.Waiting(); n != 0 {
			t.Errorf("seed %d: %d wait", seed, n)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		before := len(c.paid)
		o = openOutbox(t, d, c, told)
		if err := o.Wait(t.Context()); err != nil || o.Waiting() != 0 || len(c.paid) != before {
			t.Errorf("seed %d: opened again, something waits: %v", seed, err)
		}
		o.Close()
	}
}

// What the contract refuses is told of, and not sent for ever.
func TestOutboxRefused(t *testing.T) {
	d, c, told := &waltest.Disk{}, &counter{paid: map[string]int{}}, &alarms{}
	o := openOutbox(t, d, c, told)
	defer o.Close()
	c.fail(&chain.RevertError{Msg: "execution reverted"})
	if err := o.Add([]byte("bad")); err != nil {
		t.Fatal(err)
	}
	if err := o.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := o.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !told.any("execution reverted") {
		t.Errorf("told %q", told.list)
	}
}

// The file does not grow with what is done.
func TestOutboxStaysSmall(t *testing.T) {
	d, c := &waltest.Disk{}, &counter{paid: map[string]int{}}
	o := openOutbox(t, d, c, &alarms{})
	defer o.Close()
	call := make([]byte, 4000)
	for round := range 20 {
		for k := range 50 {
			call[0], call[1] = byte(round), byte(k)
			if err := o.Add(call); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Sync(); err != nil {
			t.Fatal(err)
		}
		if err := o.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the file is small", func() bool { return d.Used() < 2*outboxClean })
	if err := o.Add(make([]byte, outboxMost+1)); err == nil {
		t.Error("there is room for everything")
	}
}
