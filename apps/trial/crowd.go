package trial

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

func after(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(d, func() { close(c) })
	return c
}

// A crowd is some devices.
type crowd struct{ all []*caller }

// A leg is what they came to.
type leg struct {
	rate   float64
	cost   float64         // µs of the server's processor time a request
	waits  []time.Duration // in rising order
	failed int
	why    error // of one that failed
}

func (g *crowd) hangUp() {
	for _, c := range g.all {
		c.hangUp()
	}
}

// connect has all connect, some at a time.
func (g *crowd) connect(ctx context.Context) error {
	return g.each(16, func(c *caller) error {
		for try := 0; ; try++ {
			err := c.connect(ctx)
			if err == nil || try == 5 || ctx.Err() != nil {
				return err
			}
			pause(ctx, 200*time.Millisecond)
		}
	})
}

// comeBack has all connect at once, and bring a reading each.
func (g *crowd) comeBack(ctx context.Context) error {
	return g.each(len(g.all), func(c *caller) error {
		for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
			err := c.connect(ctx)
			if err == nil {
				return c.bring(ctx)
			}
			if pause(ctx, wait) != nil {
				return err
			}
		}
	})
}

func (g *crowd) each(atOnce int, do func(*caller) error) error {
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	errs := make([]error, len(g.all))
	for n, c := range g.all {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs[n] = do(c)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// run has all bring readings as fast as they are answered.
func (g *crowd) run(ctx context.Context, d time.Duration) (leg, error) {
	return g.bring(ctx, after(d), 0)
}

// pace has all bring a reading every so often until over is closed.
func (g *crowd) pace(ctx context.Context, every time.Duration, over <-chan struct{}) (leg, error) {
	return g.bring(ctx, over, every)
}

func (g *crowd) bring(ctx context.Context, over <-chan struct{}, every time.Duration) (leg, error) {
	var mu sync.Mutex
	var total leg
	began := time.Now()
	err := g.each(len(g.all), func(c *caller) error {
		var own leg
		for next := time.Now(); ; {
			if next = next.Add(every); every > 0 && pause(ctx, time.Until(next)) != nil {
				return ctx.Err()
			}
			select {
			case <-over:
				mu.Lock()
				defer mu.Unlock()
				total.waits = append(total.waits, own.waits...)
				total.failed += own.failed
				if own.why != nil {
					total.why = own.why
				}
				return nil
			default:
			}
			from := time.Now()
			err := c.bring(ctx)
			switch {
			case err == nil:
				own.waits = append(own.waits, time.Since(from))
			case ctx.Err() != nil:
				return ctx.Err()
			default:
				own.failed++
				own.why = err
				if !errors.Is(err, errRefused) {
					if err := c.connect(ctx); err != nil {
						return err
					}
				}
			}
		}
	})
	total.rate = float64(len(total.waits)) / time.Since(began).Seconds()
	slices.Sort(total.waits)
	return total, err
}
