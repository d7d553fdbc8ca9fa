package anchor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A Sender brings a signed head to the contract. It may return before the head is
// in a final block; an error says that it may not have come there.
type Sender interface {
	Anchor(ctx context.Context, s Signed) error
}

// Config says what is anchored, where and how often.
type Config struct {
	Log      *tlog.Log
	Key      *chain.Key                              // of the log's account
	Chain    chain.Reader                            // this node's own view
	Contract func(context.Context) (Contract, error) // asked until it answers; default: that of Manager
	Manager  chain.Address                           // of the rules
	Sender   Sender
	Signer   func() flow.Signer // the node's certificate
	Epoch    func() uint64      // of the rules now; nil: 0
	Disk     wal.Disk           // a folder for what was signed
	Slog     *slog.Logger

	Every  time.Duration // between two heads; default 1 s
	Leaves uint64        // a head goes at once when so many entries wait; default 10,000
	// Behind and Late are how many entries may be on disk and not anchored, and
	// for how long, before people are told; default 100,000 and 30 s.
	Behind uint64
	Late   time.Duration
	// Alarm is told when something is wrong, and with "" when nothing is any more.
	Alarm func(problem string)
}

func (c *Config) setDefaults() error {
	if c.Log == nil || c.Key == nil || c.Chain == nil || c.Sender == nil || c.Signer == nil || c.Disk == nil || c.Slog == nil {
		return errors.New("anchor: Log, Key, Chain, Sender, Signer, Disk and Slog must be set")
	}
	if c.Contract == nil {
		c.Contract = func(ctx context.Context) (Contract, error) { return Of(ctx, c.Chain, c.Manager) }
	}
	if c.Epoch == nil {
		c.Epoch = func() uint64 { return 0 }
	}
	if c.Alarm == nil {
		c.Alarm = func(string) {}
	}
	c.Every = orElse(c.Every, time.Second)
	c.Leaves = orElse(c.Leaves, 10_000)
	c.Behind = orElse(c.Behind, 100_000)
	c.Late = orElse(c.Late, 30*time.Second)
	return nil
}

func orElse[T int | uint64 | time.Duration](v, d T) T {
	if v == 0 {
		return d
	}
	return v
}

// ErrHistory reports a log that does not continue what was signed or anchored of
// it before. It is not anchored any more: move its folder away, which keeps what
// is there as evidence, and the node begins another log.
var ErrHistory = errors.New("the log does not continue what was anchored of it")

// An Anchor anchors one log until it is closed.
type Anchor struct {
	cfg     Config
	signed  signedHeads
	kept    keptHeads
	more    chan struct{} // one slot: many entries wait, or the chain has a new block
	stop    context.CancelFunc
	done    sync.WaitGroup
	resumed bool // what the contract has was held against the log; run's alone

	mu         sync.Mutex // guards what follows
	contract   Contract   // Address zero: not found yet
	chainID    uint64
	at         State     // as the contract had it last, and the log agrees
	anchored   time.Time // when at was last seen to rise
	since      time.Time // since when something waits; zero: nothing does
	problem    string
	broken     error // ErrHistory
	toldBroken bool  // people know
	waiters    map[*waiter]bool
}

type waiter struct {
	size uint64
	done chan struct{}
}

// Start begins to anchor. It does not wait for the chain.
func Start(cfg Config) (*Anchor, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	a := &Anchor{cfg: cfg, more: make(chan struct{}, 1), waiters: map[*waiter]bool{}}
	if err := a.signed.open(cfg.Disk); err != nil {
		return nil, fmt.Errorf("open what was signed: %w", err)
	}
	if err := a.kept.open(cfg.Disk); err != nil {
		return nil, errors.Join(fmt.Errorf("open the signed heads: %w", err), a.signed.close())
	}
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	unwatch := cfg.Chain.Watch(a.wake)
	a.done.Go(func() {
		defer unwatch()
		a.run(ctx)
	})
	return a, nil
}

// Close ends it. What is on its way comes to the chain, and is seen when the log
// is opened again.
func (a *Anchor) Close() error {
	a.stop()
	a.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), vouchWithin)
	defer cancel()
	a.vouchNewest(ctx) // there may be no later
	return errors.Join(a.signed.close(), a.kept.close())
}

func (a *Anchor) wake() {
	select {
	case a.more <- struct{}{}:
	default:
	}
}

// Synced says that the log has grown, so that a head may be due before its time.
func (a *Anchor) Synced(size uint64) {
	a.mu.Lock()
	due := size > a.at.Size && size-a.at.Size >= a.cfg.Leaves
	if a.since.IsZero() && size > a.at.Size {
		a.since = time.Now()
	}
	a.mu.Unlock()
	if due {
		a.wake()
	}
}

func (a *Anchor) run(ctx context.Context) {
	tick := time.NewTicker(a.cfg.Every)
	defer tick.Stop()
	var last, vouched time.Time // when a head was sent, and one signed by the node
	for {
		size := a.cfg.Log.Size()
		a.look(ctx, size)
		if waiting := size - min(size, a.state().Size); waiting > 0 && (time.Since(last) >= a.cfg.Every || waiting >= a.cfg.Leaves) {
			last = time.Now()
			a.tell(a.step(ctx, size))
		}
		if time.Since(vouched) >= vouchEach {
			vouched = time.Now()
			a.vouchNewest(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.more:
		}
	}
}

// step brings one head to the contract and waits until it is seen there.
func (a *Anchor) step(ctx context.Context, size uint64) error {
	ctx, cancel := context.WithTimeout(ctx, stepWithin)
	defer cancel()
	if !a.resumed {
		if err := a.resume(ctx); err != nil {
			return err
		}
		a.resumed = true
	}
	from := a.state().Size
	if size <= from {
		return nil
	}
	h, err := a.head(from, size)
	if err != nil {
		return err
	}
	if err := a.signed.add(h.Head); err != nil {
		return fmt.Errorf("note what is signed: %w", err)
	}
	if err := a.cfg.Sender.Anchor(ctx, h); err != nil {
		a.resumed = false // it may have come there all the same
		return fmt.Errorf("bring the head of %d checks to the chain: %w", size, err)
	}
	if err := a.await(ctx, h.Head); err != nil {
		a.resumed = false
		return err
	}
	return nil
}

// vouchEach is how often an anchored head is signed by the node's certificate
// unasked.
const (
	vouchEach   = time.Minute
	vouchWithin = 2 * time.Second // at the end
)

const stepWithin = 30 * time.Second

// head makes the signed head of the first size entries.
func (a *Anchor) head(from, size uint64) (Signed, error) {
	root, err := a.cfg.Log.Root(size)
	if err != nil {
		return Signed{}, err
	}
	a.mu.Lock()
	c, id := a.contract, a.chainID
	a.mu.Unlock()
	h := Head{Log: a.cfg.Key.Address(), From: from, To: size, Root: root, Epoch: a.cfg.Epoch(), At: time.Now().UTC().Truncate(time.Millisecond)}
	return h.Sign(a.cfg.Key, id, c.Address)
}

// await waits until this node itself sees a head in a final block.
func (a *Anchor) await(ctx context.Context, h Head) error {
	tick := time.NewTicker(awaitEach)
	defer tick.Stop()
	for {
		s, err := a.contractState(ctx)
		if err == nil && s.Size >= h.To {
			return a.reached(s)
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = fmt.Errorf("the head of %d checks is in no final block yet", h.To)
			}
			return err
		case <-a.more:
		case <-tick.C:
		}
	}
}

const awaitEach = 200 * time.Millisecond

func (a *Anchor) contractState(ctx context.Context) (State, error) {
	a.mu.Lock()
	c := a.contract
	a.mu.Unlock()
	return c.State(ctx, a.cfg.Key.Address())
}
