package trial

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// IdleConfig says how idle actors are measured.
type IdleConfig struct {
	Exe    string        // what to start nodes with
	Args   []string      // so that it calls [Host]
	Actors int           // on one node, half of them linked to the other half; 10,000
	Over   time.Duration // how long the processor is watched; 10 s
	Settle time.Duration // before that: nodes gather reports for some seconds after somebody looked; 12 s

	Progress func(string) // told how it goes; may be nil
}

// IdleResult is what idle actors cost, beyond a node without any. Links
// between them, and what the register keeps of them, are in it.
type IdleResult struct {
	Actors        int     `json:"actors"`
	BytesEach     float64 `json:"bytes_each"`     // of heap and stacks, garbage collected
	CPUPercent    float64 `json:"cpu_percent"`    // of one processor, for all actors together
	EmptyPercent  float64 `json:"empty_percent"`  // of one processor, for the node without them
	GoroutineEach float64 `json:"goroutine_each"` // goroutines an actor
	DeployS       float64 `json:"deploy_s"`       // until all of them ran
}

// Idle measures what idle actors cost on one node.
func Idle(ctx context.Context, cfg IdleConfig) (res IdleResult, err error) {
	if cfg.Actors == 0 {
		cfg.Actors = 10_000
	}
	if cfg.Over == 0 {
		cfg.Over = 10 * time.Second
	}
	if cfg.Settle == 0 {
		cfg.Settle = 12 * time.Second
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	res.Actors = cfg.Actors / 2 * 2
	c, err := newCluster(cfg.Exe, cfg.Args, []flow.NodeID{"one"}, 1, nil)
	if err != nil {
		return res, err
	}
	defer func() { err = c.stop(err) }()
	if err := c.startAll(ctx); err != nil {
		return res, err
	}
	cfg.Progress("a node without actors")
	before, empty, err := c.rest(ctx, cfg)
	if err != nil {
		return res, err
	}
	cfg.Progress(fmt.Sprintf("deploying %d actors", res.Actors))
	if res.DeployS, _, err = c.run(ctx, pairs(res.Actors), res.Actors); err != nil {
		return res, err
	}
	cfg.Progress("leaving them alone")
	after, busy, err := c.rest(ctx, cfg)
	if err != nil {
		return res, err
	}
	each := float64(res.Actors)
	res.BytesEach = float64(int64(after.Heap)-int64(before.Heap)) / each
	res.GoroutineEach = float64(after.Goroutines-before.Goroutines) / each
	res.EmptyPercent, res.CPUPercent = 100*empty, 100*(busy-empty)
	return res, nil
}

// rest leaves the first node alone and sees what its process computes:
// processors, on average. The heap is looked at last.
func (c *cluster) rest(ctx context.Context, cfg IdleConfig) (after hostTold, busy float64, err error) {
	if err := pause(ctx, cfg.Settle); err != nil {
		return after, 0, err
	}
	before, err := c.ask(ctx, c.names[0], hostWish{})
	if err != nil {
		return after, 0, err
	}
	begun := time.Now()
	if err := pause(ctx, cfg.Over); err != nil {
		return after, 0, err
	}
	if after, err = c.ask(ctx, c.names[0], hostWish{}); err != nil {
		return after, 0, err
	}
	busy = (after.CPU - before.CPU).Seconds() / time.Since(begun).Seconds()
	after, err = c.ask(ctx, c.names[0], hostWish{Heap: true})
	return after, busy, err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pairs is a script of n actors, each two of them linked.
func pairs(n int) string {
	var b strings.Builder
	for i := range n / 2 {
		fmt.Fprintf(&b, "s%d : trial.Once()\nt%d : trial.Idle()\ns%d.out > t%d.in\n", i, i, i, i)
	}
	return b.String()
}

// run deploys a script and measures how long it takes until all its actors run,
// and until each link has brought a token.
func (c *cluster) run(ctx context.Context, script string, actors int) (running, linked float64, err error) {
	cl, err := c.client(c.names[0])
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	deployed := make(chan error, 1)
	go func() {
		_, err := cl.Deploy(ctx, control.Deployment{Name: "idle", Script: script})
		deployed <- err
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var started, taken int64
		for _, n := range c.names {
			t, err := c.ask(ctx, n, hostWish{})
			if err != nil {
				return 0, 0, err
			}
			started, taken = started+t.Started, taken+t.Taken
		}
		if running == 0 && started == int64(actors) {
			running = time.Since(begun).Seconds()
		}
		if running > 0 && taken == int64(actors/2) {
			linked = time.Since(begun).Seconds()
			if deployed != nil {
				err = <-deployed
			}
			return running, linked, err
		}
		select {
		case err := <-deployed:
			if err != nil {
				return 0, 0, fmt.Errorf("deploy %d actors: %w", actors, err)
			}
			deployed = nil // and so not looked at again
		case <-tick.C:
		case <-ctx.Done():
			return 0, 0, fmt.Errorf("%d of %d actors run and %d of %d links have brought a token: %w", started, actors, taken, actors/2, context.Cause(ctx))
		}
	}
}
