package anchor

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// resume finds the contract, and where it has got to with this log.
func (a *Anchor) resume(ctx context.Context) error {
	a.mu.Lock()
	found := a.contract.Chain != nil
	a.mu.Unlock()
	if !found {
		c, err := a.cfg.Contract(ctx)
		if err != nil {
			return err
		}
		id, err := c.Chain.ID(ctx)
		if err != nil {
			return err
		}
		a.mu.Lock()
		a.contract, a.chainID = c, id
		a.mu.Unlock()
	}
	if top, ok := a.signed.newest(); ok {
		if err := a.continues(top.size, top.root, "signed"); err != nil {
			return err
		}
	}
	s, err := a.contractState(ctx)
	if err != nil {
		return err
	}
	return a.reached(s)
}

// continues checks that the log on disk has this root at this size.
func (a *Anchor) continues(size uint64, root [32]byte, what string) error {
	if have := a.cfg.Log.Size(); have < size {
		return fmt.Errorf("%w: %d checks were %s, and %d are there: the last ones were taken away, or the folder was put back from a backup", ErrHistory, size, what, have)
	}
	is, err := a.cfg.Log.Root(size)
	if err != nil {
		return err
	}
	if is != root {
		return fmt.Errorf("%w: the first %d checks are not those that were %s: see wardflow checks verify", ErrHistory, size, what)
	}
	return nil
}

// reached notes what the contract has, once the log agrees.
func (a *Anchor) reached(s State) error {
	if s.Size > 0 {
		if err := a.continues(s.Size, s.Root, "anchored"); err != nil {
			return err
		}
	}
	size := a.cfg.Log.Size()
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if s.Size > a.at.Size {
		a.anchored = now
		a.since = time.Time{}
		if size > s.Size {
			a.since = now
		}
	}
	a.at = s
	for w := range a.waiters {
		if w.size <= s.Size {
			close(w.done)
			delete(a.waiters, w)
		}
	}
	return nil
}

// look notes since when something waits.
func (a *Anchor) look(ctx context.Context, size uint64) {
	a.mu.Lock()
	if size <= a.at.Size {
		a.since = time.Time{}
	} else if a.since.IsZero() {
		a.since = time.Now()
	}
	behind, since, problem := size-min(size, a.at.Size), a.since, a.problem
	a.mu.Unlock()
	if problem != "" || ctx.Err() != nil {
		return
	}
	switch {
	case behind > a.cfg.Behind:
		a.alarm(fmt.Sprintf("%d checks are not anchored yet", behind))
	case !since.IsZero() && time.Since(since) > a.cfg.Late:
		a.alarm(fmt.Sprintf("%d checks are not anchored yet, the oldest for %v", behind, time.Since(since).Round(time.Second)))
	}
}

// tell takes the outcome of a step: people are told of what lasts.
func (a *Anchor) tell(err error) {
	a.mu.Lock()
	told, late := a.problem, !a.since.IsZero() && time.Since(a.since) > a.cfg.Late
	if errors.Is(err, ErrHistory) {
		a.broken = err
	} else if err == nil {
		a.broken = nil
	}
	a.mu.Unlock()
	switch {
	case err == nil && told != "":
		a.alarm("")
	case errors.Is(err, ErrHistory):
		a.alarm(err.Error())
	case err != nil && late:
		a.alarm("checks are not anchored: " + err.Error())
	case err != nil:
		a.cfg.Slog.Debug("head of the checks was not anchored", "err", err)
	}
}

// alarm tells people once of what lasts, and once more when it is [ErrHistory].
func (a *Anchor) alarm(problem string) {
	a.mu.Lock()
	broken := a.broken != nil
	told := a.problem != "" && (a.toldBroken || !broken)
	first := a.problem == ""
	a.problem, a.toldBroken = problem, broken
	a.mu.Unlock()
	if problem == "" && !first || problem != "" && !told {
		a.cfg.Alarm(problem)
	}
}

func (a *Anchor) brokenBy() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.broken
}

func (a *Anchor) state() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at
}

// A Status is how far a log is anchored.
type Status struct {
	Log      string    // the log's account
	Contract string    // "" when it is not found yet
	Chain    uint64    // id, with it
	Size     uint64    // checks on disk
	Anchored uint64    // of them, in final blocks
	Block    uint64    // the last head's
	At       time.Time // when that was seen; zero: not by this process
	Since    time.Time // since when a check waits; zero: none does
	Problem  string    // what people must know; "": nothing
}

// Status is how far the log is anchored now.
func (a *Anchor) Status() Status {
	size := a.cfg.Log.Size()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Status{Log: a.cfg.Key.Address().Hex(), Chain: a.chainID, Size: size, Anchored: a.at.Size, Block: a.at.Block,
		At: a.anchored, Since: a.since, Problem: a.problem}
	if a.contract.Chain != nil {
		s.Contract = a.contract.Address.Hex()
	}
	return s
}

// Wait returns when the first size entries are in a final block.
func (a *Anchor) Wait(ctx context.Context, size uint64) error {
	w := &waiter{size, make(chan struct{})}
	a.mu.Lock()
	if a.at.Size >= size {
		a.mu.Unlock()
		return nil
	}
	a.waiters[w] = true
	a.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		a.mu.Lock()
		delete(a.waiters, w)
		a.mu.Unlock()
		if err := a.brokenBy(); err != nil {
			return err
		}
		return fmt.Errorf("wait for %d checks to be anchored: %w", size, context.Cause(ctx))
	}
}
