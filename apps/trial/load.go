package trial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// LoadConfig says what the classic experiment is done with.
type LoadConfig struct {
	Exe      string   // what to start nodes with
	Args     []string // so that it calls [Host]
	Counts   []int    // simultaneous requests; 10, 100 and 1,000
	Rounds   int      // of each; 3
	PerCheck bool     // also with a transaction for each check

	Progress func(string) // told how it goes; may be nil
}

// LoadResult is how long so many simultaneous requests took: the median of the
// rounds.
type LoadResult struct {
	N        int     `json:"n"`
	Mode     string  `json:"mode"`       // "cold", "warm" or "per-check"
	Answered float64 `json:"answered_s"` // until the last was answered
	Anchored float64 `json:"anchored_s"` // until the checks of all were on the chain
	Failed   int     `json:"failed"`     // in all rounds: not answered, or refused
}

// The modes of a round.
const (
	loadCold     = "cold"      // each device connects anew, with a full handshake
	loadWarm     = "warm"      // over connections that are open
	loadPerCheck = "per-check" // the same, and each check is a transaction of its own before the answer
)

func (c *LoadConfig) setDefaults() {
	if len(c.Counts) == 0 {
		c.Counts = []int{10, 100, 1000}
	}
	if c.Rounds == 0 {
		c.Rounds = 3
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
}

// loadBeds is among how many beds devices are divided, twenty each when there
// are a thousand.
const loadBeds = 50

// Load does the experiment of the paper: so many devices bring a reading to one
// node at the same moment, and it is measured how long it takes until the last
// of them is answered, and until all checks are anchored on the chain.
func Load(ctx context.Context, cfg LoadConfig) ([]LoadResult, error) {
	cfg.setDefaults()
	res, err := loadOn(ctx, cfg, flow.Anchored, loadCold, loadWarm)
	if err == nil && cfg.PerCheck {
		var more []LoadResult
		more, err = loadOn(ctx, cfg, flow.PerCheck, loadPerCheck)
		res = append(res, more...)
	}
	return res, err
}

// loadOn measures on a node whose rules have the mode.
func loadOn(ctx context.Context, cfg LoadConfig, mode flow.Mode, how ...string) (res []LoadResult, err error) {
	most := slices.Max(cfg.Counts)
	h, err := newHouse(ctx, houseConfig{exe: cfg.Exe, args: cfg.Args, devices: most, beds: min(loadBeds, most), mode: mode, progress: cfg.Progress})
	if err != nil {
		return nil, err
	}
	defer func() { err = h.c.stop(err) }()
	defer h.hangUp()
	if err := h.begin(ctx); err != nil {
		return nil, err
	}
	l := &loading{house: h, all: h.crowd(h.signers, 0, h.at)}
	if err := l.all.connect(ctx); err != nil { // and warm up
		return nil, err
	}
	if _, err := l.burst(ctx, most, loadWarm); err != nil {
		return nil, err
	}
	for _, n := range cfg.Counts {
		rounds := map[string][]burst{}
		for r := range cfg.Rounds {
			for _, mode := range how {
				b, err := l.burst(ctx, n, mode)
				if err != nil {
					return nil, fmt.Errorf("%d requests, %s: %w", n, mode, err)
				}
				h.say("round %d: %d requests, %s: all answered after %.3f s, anchored after %.3f s, %d failed", r+1, n, mode, b.answered.Seconds(), b.anchored.Seconds(), b.failed)
				if b.why != nil {
					h.say("failed: %v", b.why)
				}
				rounds[mode] = append(rounds[mode], b)
			}
		}
		for _, mode := range how {
			res = append(res, sumUp(n, mode, rounds[mode]))
		}
	}
	return res, nil
}

// sumUp is the median of the rounds.
func sumUp(n int, mode string, rounds []burst) LoadResult {
	res := LoadResult{N: n, Mode: mode}
	var answered, anchored []time.Duration
	for _, b := range rounds {
		answered, anchored = append(answered, b.answered), append(anchored, b.anchored)
		res.Failed += b.failed
	}
	res.Answered, res.Anchored = seconds(median(answered)), seconds(median(anchored))
	return res
}

// seconds are exact to the tenth of a millisecond.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1e4) / 1e4 }

type loading struct {
	*house
	all    *crowd
	checks uint64 // in the node's log, all anchored, after the last burst
}

// A burst is one round.
type burst struct {
	answered, anchored time.Duration
	failed             int
	why                error // of one that failed
}

// burst has the first n devices bring a reading each at the same moment.
func (l *loading) burst(ctx context.Context, n int, mode string) (b burst, err error) {
	devices := l.all.all[:n]
	if mode == loadCold {
		(&crowd{all: devices}).hangUp()
	} else if err := l.open(ctx, devices); err != nil {
		return b, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	start, began := make(chan struct{}), time.Time{}
	for _, d := range devices {
		wg.Go(func() {
			<-start
			err := d.once(ctx, mode == loadCold)
			mu.Lock()
			defer mu.Unlock()
			b.answered = max(b.answered, time.Since(began))
			if err != nil {
				b.failed++
				b.why = err
			}
		})
	}
	began = time.Now()
	close(start)
	wg.Wait()
	if ctx.Err() != nil {
		return b, context.Cause(ctx)
	}
	at, err := l.anchored(ctx, n-b.failed)
	b.anchored = max(b.answered, at.Sub(began))
	return b, err
}

// open connects those that have no connection, after a failure.
func (l *loading) open(ctx context.Context, devices []*caller) error {
	var cut crowd
	for _, d := range devices {
		if d.conn == nil {
			cut.all = append(cut.all, d)
		}
	}
	return cut.connect(ctx)
}

// once brings one reading. One that finds no connection, or hears that its reading
// is not settled yet, tries again soon, as devices do, while [loadPatience] lasts.
func (c *caller) once(ctx context.Context, anew bool) error {
	over := time.Now().Add(loadPatience)
	for wait := 50 * time.Millisecond; anew; wait = min(2*wait, time.Second) {
		err := c.connect(ctx)
		if err == nil {
			break
		}
		if time.Now().After(over) || pause(ctx, wait) != nil {
			return err
		}
	}
	err := c.bring(ctx)
	for errors.Is(err, errBusy) && time.Now().Before(over) && pause(ctx, time.Second) == nil {
		err = c.again(ctx)
	}
	if err != nil && !errors.Is(err, errRefused) {
		c.hangUp() // where the connection stands is not known
	}
	return err
}

// loadPatience is how long a device tries, and how long checks may take to come to
// the chain.
const loadPatience = time.Minute

// checksEach is how many checks a reading makes that is accepted: one at
// the collector, one at the storage.
const checksEach = 2

// anchored is when so many more readings than before were seen on the chain, with
// all their checks and whatever else the node has judged.
func (l *loading) anchored(ctx context.Context, more int) (at time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	want := l.checks + uint64(checksEach*more)
	err = l.c.until(ctx, "a", "the checks come to the chain", func(s *control.Snapshot) string {
		if len(s.Checks) == 0 {
			return "the node keeps no log of checks"
		}
		c := s.Checks[0]
		if c.Size < want || c.Anchored < c.Size || c.Sending > 0 {
			return fmt.Sprintf("%d checks, want %d; %d are anchored, %d are being sent: %s", c.Size, want, c.Anchored, c.Sending, c.Problem)
		}
		l.checks, at = c.Size, c.At
		return ""
	})
	return at, err
}
