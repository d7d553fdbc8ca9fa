package chain

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// One node makes the blocks. It need not be sure that it is the only one: of two
// blocks on the same parent the ledger takes one. But before its first it must
// have all that was final anywhere, since a ledger may know less than the
// replicas: it may be new, or come from a backup.

const (
	leadEvery   = 100 * time.Millisecond // how often it is looked at whose turn it is
	patienceFor = 15 * time.Second       // for the word of every maker, when nothing was agreed yet
	headWithin  = time.Second            // for the word of one: it may be dead
	replayAfter = 2 * time.Second        // when the ledger knows less than this replica
	failedMost  = 5                      // blocks that a node may fail to give
)

// quorum is what a replica is to the chain that it holds.
type quorum struct{ r *Replica }

func (q quorum) Seals() bool {
	q.r.mu.Lock()
	defer q.r.mu.Unlock()
	return q.r.leads
}

func (q quorum) Agree(ctx context.Context, b Block) error {
	err := q.r.cfg.Ledger.Put(ctx, q.r.embedded().Genesis(), b)
	if errors.Is(err, ErrOvertaken) {
		q.r.setLeads(false) // see what there is, first
	}
	return err
}

func (q quorum) Pass() {
	select {
	case q.r.passing <- struct{}{}:
	default:
	}
}

// lead watches whose turn it is to make blocks, until the replica ends.
func (r *Replica) lead() {
	var since time.Time // when it became this node's turn
	for r.pause(leadEvery) {
		e := r.embedded()
		mine := e != nil && r.cfg.Peers.Turn() == r.cfg.Self
		if !mine {
			since = time.Time{}
			clear(r.failed)
			r.setLeads(false)
			continue
		}
		if since.IsZero() {
			since = time.Now()
		}
		if quorum.Seals(quorum{r}) {
			continue
		}
		ready, err := r.prepare(e, time.Since(since))
		if err != nil {
			r.log.Debug("chain replica makes no blocks yet", "err", err)
			r.pause(retryEvery)
		}
		r.setLeads(ready && err == nil)
	}
	r.setLeads(false)
}

func (r *Replica) setLeads(leads bool) {
	r.mu.Lock()
	was := r.leads
	r.leads = leads
	r.mu.Unlock()
	if leads && !was {
		r.log.Info("chain blocks are made here", "block", r.embedded().head().Number)
	}
}

// prepare brings the ledger and this replica up to the newest block that is final
// anywhere; true when both are there. It has been this node's turn for some time.
func (r *Replica) prepare(e *Embedded, turn time.Duration) (bool, error) {
	at, known, err := r.now()
	if err != nil {
		return false, err
	}
	newest, node, err := r.newest(e, known || turn > patienceFor)
	if err != nil {
		return false, err
	}
	here := e.head()
	switch {
	case !known && newest.Number > here.Number:
		return false, r.brought(node, r.bring(e, node, newest.Number)) // the first one of the ledger
	case !known:
		return false, r.put(e, here.Number)
	case at.Genesis != e.Genesis() || at.Number == here.Number && at.Hash != here.Hash:
		return false, errNotOurs // follow tells
	case at.Number > here.Number:
		return false, nil // follow fetches
	case at.Number < here.Number && turn < replayAfter:
		return false, nil // it may not have been heard yet, after a start
	case at.Number < here.Number:
		return false, r.replay(e, at)
	case newest.Number > here.Number:
		return false, r.brought(node, r.bring(e, node, here.Number+1))
	}
	return true, nil
}

func (r *Replica) now() (Agreed, bool, error) {
	ctx, cancel := context.WithTimeout(r.ends, headWithin)
	defer cancel()
	return r.cfg.Ledger.Now(ctx)
}

// newest is the newest block that any of those who may make blocks has final, and
// whose it is. Unless some may be missing, each of them must be heard: one that is
// away may have more.
func (r *Replica) newest(e *Embedded, some bool) (best Head, node flow.NodeID, err error) {
	best = e.head()
	for m, a := range r.heads() {
		switch {
		case a.err != nil && !some:
			return best, "", a.err
		case a.err != nil || a.Genesis == (Hash{}) || r.failed[m] >= failedMost:
		case a.Genesis != e.Genesis():
			r.log.Warn("another node has another chain", "peer", m, "genesis", a.Genesis, "own", e.Genesis())
		case a.Number > best.Number:
			best, node = Head{Number: a.Number, Hash: a.Hash}, m
		}
	}
	return best, node, nil
}

type headAnswer struct {
	replicaTalk
	err error
}

// heads asks all who may make blocks at the same time.
func (r *Replica) heads() map[flow.NodeID]headAnswer {
	makers := r.cfg.Peers.Makers()
	answers := make([]headAnswer, len(makers))
	var asking sync.WaitGroup
	for i, m := range makers {
		asking.Go(func() {
			a, _, err := r.ask(m, Hash{}, replicaTalk{Kind: askHead})
			answers[i] = headAnswer{a, err}
		})
	}
	asking.Wait()
	all := make(map[flow.NodeID]headAnswer, len(makers))
	for i, m := range makers {
		all[m] = answers[i]
	}
	return all
}

// brought counts the blocks that a node has promised and not given, or that were
// no good: it is left out after some.
func (r *Replica) brought(node flow.NodeID, err error) error {
	if err == nil {
		return nil
	}
	if r.failed[node]++; r.failed[node] == failedMost {
		r.log.Error("another node says that it has newer blocks; they are left out", "peer", node, "err", err)
	}
	return err
}

// put brings a block of this replica to the ledger.
func (r *Replica) put(e *Embedded, number uint64) error {
	b, err := e.Block(number)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.ends, agreeWithin)
	defer cancel()
	return r.cfg.Ledger.Put(ctx, e.Genesis(), b)
}

// replay brings the blocks after at to a ledger that has forgotten them.
func (r *Replica) replay(e *Embedded, at Agreed) error {
	b, err := e.Block(at.Number)
	if err != nil {
		return err
	}
	if b.Hash != at.Hash {
		r.forked(e, at)
		return errNotOurs
	}
	last := e.head().Number
	r.log.Warn("the register knows less of the chain than this node, which brings it forward", "from", at.Number+1, "to", last)
	for n := at.Number + 1; n <= last && r.ends.Err() == nil; n++ {
		if err := r.put(e, n); err != nil {
			return fmt.Errorf("bring block %d forward: %w", n, err)
		}
	}
	return nil
}

// bring has a block of another replica agreed on, which is ahead of the ledger.
// One that follows ours was executed first.
func (r *Replica) bring(e *Embedded, node flow.NodeID, number uint64) error {
	_, items, err := r.ask(node, e.Genesis(), replicaTalk{Kind: askBlocks, Number: number, Most: 1})
	if err != nil {
		return err
	}
	if len(items) != 1 {
		return fmt.Errorf("node %s sent %d blocks where one was asked for", node, len(items))
	}
	b, err := ParseBlock(items[0])
	if err != nil {
		return fmt.Errorf("node %s: %w", node, err)
	}
	if here := e.head(); b.Number == here.Number+1 {
		if b.Parent != here.Hash {
			return fmt.Errorf("node %s: block %d does not follow the agreed one", node, b.Number)
		}
		if err := e.try(b); err != nil {
			return fmt.Errorf("node %s: block %d: %w", node, b.Number, err)
		}
	}
	ctx, cancel := context.WithTimeout(r.ends, agreeWithin)
	defer cancel()
	return r.cfg.Ledger.Put(ctx, e.Genesis(), b)
}
