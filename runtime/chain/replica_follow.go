package chain

import (
	"errors"
	"fmt"
	"time"
)

// retryEvery is the pause after something went wrong.
const retryEvery = 500 * time.Millisecond

// follow takes in the blocks that were agreed on, until the replica ends.
func (r *Replica) follow() {
	for r.ends.Err() == nil {
		if err := r.step(); err != nil && r.ends.Err() == nil {
			r.log.Debug("chain replica is behind", "err", err)
			r.pause(retryEvery)
		}
	}
}

// step takes in one block, or what there is to fetch.
func (r *Replica) step() error {
	e := r.embedded()
	after := uint64(0)
	if e != nil {
		after = e.head().Number
	}
	at, next, known, err := r.cfg.Ledger.Next(r.ends, after)
	if err != nil || !known {
		return err
	}
	if e == nil {
		return r.join(at)
	}
	if at.Genesis != e.Genesis() {
		r.trouble(fmt.Sprintf("the chain in %s begins with block %s, and the cluster's chain with %s: move that folder away and start the node again, which then fetches the cluster's chain", r.cfg.Dir, e.Genesis(), at.Genesis))
		r.pause(time.Minute)
		return nil
	}
	r.heard(at)
	if err := r.takeIn(e, at, next); err != nil {
		if errors.Is(err, errNotOurs) {
			r.forked(e, at)
			return nil
		}
		return err
	}
	if at.Number == e.head().Number && at.Hash == e.head().Hash {
		r.trouble("")
	}
	return nil
}

// takeIn adds the next block, or fetches those before it.
func (r *Replica) takeIn(e *Embedded, at Agreed, next *Block) error {
	here := e.head()
	switch {
	case at.Number == here.Number && at.Hash != here.Hash, next != nil && next.Number == here.Number+1 && next.Parent != here.Hash:
		if e.head() != here {
			return nil // one was added meanwhile
		}
		return errNotOurs
	case at.Number <= here.Number:
		return nil // what is agreed is behind: see lead
	case next != nil && next.Number == here.Number+1:
		err := e.Add(*next)
		if errors.Is(err, ErrOvertaken) {
			return nil // this node has made it
		}
		if err != nil {
			r.trouble(fmt.Sprintf("block %d was agreed on and can't be taken in here: %v", next.Number, err))
		}
		return err
	default:
		return r.fetch(e, at)
	}
}

// heard keeps the newest of what is agreed.
func (r *Replica) heard(at Agreed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agreed = at
}

// forked stands still: what was final here is not what was agreed on.
func (r *Replica) forked(e *Embedded, at Agreed) {
	here := e.head()
	r.trouble(fmt.Sprintf("block %d is %s in %s, and the cluster has agreed on another chain (now at block %d, %s): it went on from a backup while this copy was away. "+
		"Keep that folder for the record, move it away and start the node again: it then fetches the cluster's chain", here.Number, here.Hash, r.cfg.Dir, at.Number, at.Hash))
	r.pause(30 * time.Second)
}
