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
	audit *audit

	mu       sync.Mutex // guards watchers and last
	watchers map[int]func()
	last     int
}

// A view is what the book knows at one moment. It never changes.
type view struct {
	set  *Set // nil: not loaded yet
	head chain.Head
	why  error // why not to judge; wraps flow.ErrLater; nil: judge
}

type counters struct {
	accepted, refused, later atomic.Uint64
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
	b.audit = newAudit(b)
	f := newFollower(b)
	b.done.Go(func() { f.run(run) })
	b.done.Go(func() { b.audit.run(run) })
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
	group, r, now := c.Group, c.Reading, c.Now
	w := b.now.Load()
	if err := b.knows(w, now); err != nil {
		return b.later(err)
	}
	native := !b.audit.disagreed.Load()
	var v flow.Verdict
	if native {
		v = Evaluate(w.set, c)
		v.Block = w.head.Number
	} else {
		var err error
		if v, err = b.byContract(w, group, r, now); err != nil {
			return b.later(err)
		}
	}
	if !v.OK() {
		if native {
			if err := b.audit.refusal(w, group, r, now, v); err != nil {
				return b.later(err)
			}
		}
		b.count.refused.Add(1)
		return v, nil
	}
	if n := b.count.accepted.Add(1); native && n%b.cfg.Sample == 0 {
		b.audit.sample(w, group, r, now, v)
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
	if age := now.Sub(w.head.Time); age > b.cfg.MaxStale {
		return later(fmt.Errorf("the newest block seen is %v old, more than %v", age.Truncate(time.Millisecond), b.cfg.MaxStale))
	} else if -age > b.cfg.MaxSkew {
		return later(fmt.Errorf("the clock is %v behind the chain's, more than %v", (-age).Truncate(time.Millisecond), b.cfg.MaxSkew))
	}
	return nil
}

// contractTimeout bounds one judging by the contract itself.
const contractTimeout = 2 * time.Second

// byContract has the contract judge, when native judging is not to be trusted.
func (b *Book) byContract(w *view, group string, r *flow.Reading, now time.Time) (flow.Verdict, error) {
	ctx, cancel := context.WithTimeout(context.Background(), contractTimeout)
	defer cancel()
	a, err := check(ctx, b.cfg.Chain, b.cfg.Manager, w.head.Hash, appendCheck(nil, group, r, now))
	if err != nil {
		return flow.Verdict{}, later(fmt.Errorf("ask the contract: %w", err))
	}
	return flow.Verdict{Reason: a.reason, Clause: "the contract itself says: " + a.reason.String(), Group: group,
		Rule: b.cfg.Manager.Hex(), Version: a.version, Epoch: a.epoch, Block: w.head.Number}, nil
}

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
	Unchecked uint64 `json:"unchecked_total"` // verdicts it could not judge again
	Waiting   int    `json:"waiting"`         // verdicts it has yet to judge again
}

// Status is what the book knows at the time now.
func (b *Book) Status(now time.Time) Status {
	w := b.now.Load()
	s := Status{
		Manager: b.cfg.Manager.Hex(), Block: w.head.Number, BlockAt: w.head.Time,
		Native:   !b.audit.disagreed.Load(),
		Accepted: b.count.accepted.Load(), Refused: b.count.refused.Load(), Later: b.count.later.Load(),
		Checked: b.audit.agreed.Load(), Disagreed: b.audit.differed.Load(), Unchecked: b.audit.lost.Load(),
		Waiting: len(b.audit.queue),
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
