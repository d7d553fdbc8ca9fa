package rule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// lookTimeout bounds one look at the chain.
const lookTimeout = 5 * time.Second

// A follower keeps a book's view the newest.
type follower struct {
	book    *Book
	changed chan struct{} // one slot: there may be a new block
	track   tracker
	silent  bool // the last look failed
}

func newFollower(b *Book) *follower {
	return &follower{book: b, changed: make(chan struct{}, 1), track: tracker{maxSkew: b.cfg.MaxSkew}}
}

func (f *follower) run(ctx context.Context) {
	cancel := f.book.cfg.Chain.Watch(func() {
		select {
		case f.changed <- struct{}{}:
		default:
		}
	})
	defer cancel()
	tick := time.NewTicker(f.book.cfg.Poll)
	defer tick.Stop()
	for {
		f.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-f.changed:
		case <-tick.C:
		}
	}
}

// look reads the head, and the rules if they have changed.
func (f *follower) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	asked := time.Now()
	head, err := f.book.cfg.Chain.Head(ctx)
	if err != nil {
		f.fail(ctx, err)
		return
	}
	old := f.book.now.Load()
	if old.set != nil && head == old.head && old.why == nil {
		f.track.same(asked)
		f.heard()
		return
	}
	st, err := f.book.cfg.Chain.State(ctx, head.Hash)
	if err != nil {
		f.fail(ctx, err)
		return
	}
	next := &view{set: old.set, head: head}
	why, err := f.read(st, head, asked, next)
	if err != nil {
		f.fail(ctx, err)
		return
	}
	next.states = newStates(f.book.cfg.Chain, head.Hash, st)
	f.heard()
	if why != nil {
		next.why, next.head, next.states = later(why), old.head, old.states
	}
	f.show(old, next)
}

// read reads what of the rules has changed into next. It returns why not to
// judge, if so; an error means that the state can't be read now.
func (f *follower) read(st chain.State, head chain.Head, asked time.Time, next *view) (why, err error) {
	manager, had := f.book.cfg.Manager, next.set
	s, err := readManager(st, manager)
	if err != nil {
		return nil, err
	}
	reload, why := f.track.see(head, s.Epoch, asked, time.Now())
	if why != nil {
		return why, nil
	}
	same := had != nil && !reload && s.Epoch == had.epoch && s.Paused == had.paused
	if same {
		same, err = had.intact(st)
	}
	if err == nil && !same {
		next.set, err = loadSet(st, manager, s)
	}
	if err != nil {
		f.track.odd = f.track.odd || reload // still to be done
	}
	return nil, err
}

// fail keeps the view. If there are rules, their age will tell when not to
// judge by them any more; if there are none, this is the reason.
func (f *follower) fail(ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the book is closing
	}
	if !f.silent {
		f.silent = true
		f.book.cfg.Log.Info("rules can't be read", "err", err)
	}
	if old := f.book.now.Load(); old.set == nil {
		f.book.now.Store(&view{why: later(err)})
	}
}

func (f *follower) heard() {
	if f.silent {
		f.silent = false
		f.book.cfg.Log.Info("rules can be read again")
	}
}

// show makes a view the book's and tells those who wait.
func (f *follower) show(old, next *view) {
	log := f.book.cfg.Log
	switch {
	case next.why != nil && (old.why == nil || old.why.Error() != next.why.Error()):
		log.Info("judging stopped", "err", next.why)
	case next.why == nil && old.why != nil && old.set != nil:
		log.Info("judging went on", "epoch", next.set.epoch, "block", next.head.Number)
	}
	if next.set != old.set && next.set != nil {
		log.Info("rules loaded", "epoch", next.set.epoch, "block", next.head.Number,
			"rules", len(next.set.rules), "paused", next.set.paused)
	}
	f.book.now.Store(next)
	if changed := f.book.cfg.Changed; changed != nil && next.set != old.set && next.set != nil {
		changed(next.set, next.head)
	}
	f.book.notify()
}

// A tracker holds each look at the chain against those before: it decides, and
// does nothing.
type tracker struct {
	maxSkew time.Duration
	head    chain.Head // the newest seen; the zero value: none
	epoch   uint64     // the highest seen
	asked   time.Time  // when head was last seen to be the newest, at the latest
	behind  bool       // the last new block was too old for our clock
	lag     error      // and the one before it was, too
	odd     bool       // there was something that a sound chain does not do
}

// same takes note that head was still the newest at the time asked.
func (t *tracker) same(asked time.Time) { t.asked = asked }

// see takes note of a head and its epoch, asked for and got at two times of our
// clock. It returns whether rules in memory must be read anew whatever their
// epoch, and why not to judge, if so.
//
// About clocks it knows only what is sure. A block that was made when we got
// it has a time not later than ours. One that was not there when we asked
// before, and so was made after that, is not older than that; as it may have
// lain somewhere on its way, that is believed when it happens twice in a row.
func (t *tracker) see(head chain.Head, epoch uint64, asked, got time.Time) (reload bool, why error) {
	before := *t
	if head.Era > before.head.Era { // the chain has told that it went back: only the rules must not
		t.odd, before.head = true, chain.Head{Era: head.Era}
	}
	switch {
	case head.Number < before.head.Number:
		t.odd = true
		return false, fmt.Errorf("the chain went back from block %d to %d", before.head.Number, head.Number)
	case epoch < before.epoch:
		t.odd = true
		return false, fmt.Errorf("the epoch of the rules went back from %d to %d", before.epoch, epoch)
	case head.Number == before.head.Number && head.Hash != before.head.Hash && before.head.Hash != (chain.Hash{}):
		t.odd = true
		return false, fmt.Errorf("block %d was final and has been replaced", head.Number)
	}
	t.head, t.epoch, t.asked = head, epoch, asked
	reload, t.odd = t.odd, false
	if ahead := head.Time.Sub(got); ahead > t.maxSkew {
		return reload, fmt.Errorf("the clock is at least %v behind the chain's, more than %v", ahead.Truncate(time.Millisecond), t.maxSkew)
	}
	if head.Number == before.head.Number || before.asked.IsZero() {
		return reload, t.lag
	}
	late := before.asked.Sub(head.Time.Add(time.Second)) // a block's time is its second
	t.behind, t.lag = late > t.maxSkew, nil
	if t.behind && before.behind {
		t.lag = fmt.Errorf("the clock is at least %v ahead of the chain's, more than %v", late.Truncate(time.Millisecond), t.maxSkew)
	}
	return reload, t.lag
}
