package rule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Config says which rules a book follows.
type Config struct {
	Chain   chain.Reader
	Manager chain.Address
	Log     *slog.Logger

	MaxStale time.Duration // judge by no block older than this; default 30 s, at most 5 min
	MaxSkew  time.Duration // judge while the clock is no farther off the chain's; default 2 s
	Poll     time.Duration // between two looks at the chain; default 250 ms
	Sample   uint64        // of so many accepted readings the contract checks one; default 1000

	// Alarm is told once when the contract does not share a native verdict, and
	// native judging ends. It must not block. May be nil.
	Alarm func(*Disagreement)
	// Changed is told of rules that are judged by from now on, and of the block
	// that they were read at. It must not block. May be nil.
	Changed func(*Set, chain.Head)
}

func (c *Config) setDefaults() error {
	if c.Chain == nil {
		return errors.New("no chain to follow")
	}
	if c.Manager == (chain.Address{}) {
		return errors.New("no address of a rule manager")
	}
	if c.Log == nil {
		return errors.New("no logger")
	}
	setDefault(&c.MaxStale, 30*time.Second)
	setDefault(&c.MaxSkew, 2*time.Second)
	setDefault(&c.Poll, 250*time.Millisecond)
	if c.MaxStale < 0 || c.MaxStale > 5*time.Minute {
		return fmt.Errorf("staleness %v: want at most 5m, or refusing would come too late", c.MaxStale)
	}
	if c.MaxSkew < 0 || c.Poll < 0 {
		return fmt.Errorf("skew %v, poll %v: want no negative time", c.MaxSkew, c.Poll)
	}
	if c.Sample == 0 {
		c.Sample = 1000
	}
	return nil
}

func setDefault(d *time.Duration, v time.Duration) {
	if *d == 0 {
		*d = v
	}
}

// A Book holds the rules of a manager as they are on the chain now, and judges
// by them. Any goroutine may use it.
type Book struct {
	cfg  Config
	stop context.CancelFunc
	done sync.WaitGroup

	now   atomic.Pointer[view]
	count counters
	cross cross

	mu       sync.Mutex // guards watchers and last
	watchers map[int]func()
	last     int
}

// A view is what the book knows at one moment. It never changes.
type view struct {
	set    *Set // nil: not loaded yet
	head   chain.Head
	states *states // of head; nil with no set
	why    error   // why not to judge; wraps flow.ErrLater; nil: judge
}

type counters struct {
	accepted, refused, later atomic.Uint64
	native                   atomic.Uint64 // accepted without asking
}

// Start follows the rules until Close. It does not wait for the first look at
// the chain: until then, judging is for later.
func Start(cfg Config) (*Book, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, fmt.Errorf("follow rules: %w", err)
	}
	cfg.Log = cfg.Log.With("rule", cfg.Manager.Hex())
	run, stop := context.WithCancel(context.Background())
	b := &Book{cfg: cfg, stop: stop, watchers: map[int]func(){}}
	b.now.Store(&view{why: later(errors.New("the rules are not loaded yet"))})
	f := newFollower(b)
	b.done.Go(func() { f.run(run) })
	return b, nil
}

// Close stops following.
func (b *Book) Close() error {
	b.stop()
	b.done.Wait()
	return nil
}

// Judge judges a reading. An error wraps flow.ErrLater: the rules can't be known
// now; what [Book.Notify] was given is called when that may have changed.
func (b *Book) Judge(c *flow.Case) (flow.Verdict, error) {
	w := b.now.Load()
	if err := b.knows(w, c.Now); err != nil {
		return b.later(err)
	}
	f := factsOf(c)
	v, err := b.judge(w, &f)
	if err != nil {
		return b.later(err)
	}
	v.Block = w.head.Number
	if v.OK() {
		b.count.accepted.Add(1)
	} else {
		b.count.refused.Add(1)
	}
	return v, nil
}

func (b *Book) judge(w *view, f *facts) (flow.Verdict, error) {
	if b.cross.disagreed.Load() || !w.set.native(f) {
		return b.byContract(w, f)
	}
	var v flow.Verdict
	w.set.judge(f, &v)
	switch {
	case !v.OK():
		return b.refusal(w, f, v)
	case b.count.native.Add(1)%b.cfg.Sample == 0:
		return b.sample(w, f, v), nil
	}
	return v, nil
}

func (b *Book) later(err error) (flow.Verdict, error) {
	b.count.later.Add(1)
	return flow.Verdict{}, err
}

// knows reports, as an error, why the rules can't be known at the time now.
func (b *Book) knows(w *view, now time.Time) error {
	if w.why != nil {
		return w.why
	}
	if w.set.paused {
		return errPaused
	}
	if age := now.Sub(w.head.Time); age > b.cfg.MaxStale {
		return later(fmt.Errorf("the newest block seen is %v old, more than %v", age.Truncate(time.Millisecond), b.cfg.MaxStale))
	} else if -age > b.cfg.MaxSkew {
		return later(fmt.Errorf("the clock is %v behind the chain's, more than %v", (-age).Truncate(time.Millisecond), b.cfg.MaxSkew))
	}
	return nil
}

// errPaused is why readings wait that would all be refused: whoever stopped the
// manager means to start it again, and nothing that came meanwhile is to be lost.
var errPaused = later(errors.New("the rule manager is paused"))

// later makes an error of one that only time can mend.
func later(err error) error { return fmt.Errorf("judge: %w: %w", err, flow.ErrLater) }

// Notify has changed called after each new block, each change of the rules and
// whenever judging may be possible again. It must not block.
func (b *Book) Notify(changed func()) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	n := b.last
	b.watchers[n] = changed
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, n)
	}
}

func (b *Book) notify() {
	b.mu.Lock()
	calls := make([]func(), 0, len(b.watchers))
	for _, f := range b.watchers {
		calls = append(calls, f)
	}
	b.mu.Unlock()
	for _, f := range calls {
		f()
	}
}

// A Status is what a book knows and what it has done since Start.
type Status struct {
	Manager  string    `json:"manager"`
	Epoch    uint64    `json:"epoch"`
	Paused   bool      `json:"paused"`
	Rules    int       `json:"rules"`
	Block    uint64    `json:"block"`
	BlockAt  time.Time `json:"blockAt"`
	Why      string    `json:"why,omitempty"` // why it does not judge; "": it does
	Native   bool      `json:"native"`        // false: the contract disagreed once and judges itself since
	Accepted uint64    `json:"accepted_total"`
	Refused  uint64    `json:"refused_total"`
	Later    uint64    `json:"later_total"` // readings sent back to wait

	Checked   uint64 `json:"checked_total"`   // verdicts the contract agreed with
	Disagreed uint64 `json:"disagreed_total"` // verdicts it did not agree with
	Unchecked uint64 `json:"unchecked_total"` // verdicts it could not be asked about
}

// Status is what the book knows at the time now.
func (b *Book) Status(now time.Time) Status {
	w := b.now.Load()
	s := Status{
		Manager: b.cfg.Manager.Hex(), Block: w.head.Number, BlockAt: w.head.Time,
		Native:   !b.cross.disagreed.Load(),
		Accepted: b.count.accepted.Load(), Refused: b.count.refused.Load(), Later: b.count.later.Load(),
		Checked: b.cross.agreed.Load(), Disagreed: b.cross.differed.Load(), Unchecked: b.cross.lost.Load(),
	}
	if w.set != nil {
		s.Epoch, s.Paused, s.Rules = w.set.epoch, w.set.paused, len(w.set.rules)
	}
	if err := b.knows(w, now); err != nil {
		s.Why = err.Error()
	}
	return s
}

// Rules are the rules as the book knows them, or nil before the first look.
func (b *Book) Rules() *Set { return b.now.Load().set }
