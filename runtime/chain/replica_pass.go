package chain

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Transactions that were handed in here wait here, and go to whoever makes the
// next block: at once, and again as long as they are in none.

const (
	passAgain = 3 * time.Second // before a transaction is passed to the same node again
	passBytes = 1 << 20         // in one question
)

// pass hands transactions on, until the replica ends.
func (r *Replica) pass() {
	given := map[Hash]time.Time{} // when, to the node to
	var to flow.NodeID
	for {
		select {
		case <-r.passing:
		case <-r.ends.Done():
			return
		}
		e, maker := r.embedded(), r.cfg.Peers.Turn()
		if e == nil || maker == "" || maker == r.cfg.Self {
			continue
		}
		if maker != to {
			to = maker
			clear(given)
		}
		r.passTo(maker, e, given)
	}
}

// passTo passes what waits and was not passed lately, and forgets what waits no
// more.
func (r *Replica) passTo(maker flow.NodeID, e *Embedded, given map[Hash]time.Time) {
	waits := map[Hash]bool{}
	var items [][]byte
	var names []Hash
	size := 0
	send := func() bool {
		if len(items) == 0 {
			return true
		}
		_, _, err := r.ask(maker, e.Genesis(), replicaTalk{Kind: askTake}, items...)
		if err != nil {
			r.log.Debug("transactions wait for the node that makes blocks", "peer", maker, "err", err)
			return false
		}
		for _, n := range names {
			given[n] = time.Now()
		}
		items, names, size = nil, nil, 0
		return true
	}
	for _, tx := range e.waiting() {
		hash := tx.Hash()
		waits[hash] = true
		if time.Since(given[hash]) < passAgain {
			continue
		}
		raw, err := tx.MarshalBinary()
		if err != nil {
			continue // it came in that form
		}
		items, names, size = append(items, raw), append(names, hash), size+len(raw)
		if (size > passBytes || len(items) == mostTxs) && !send() {
			return
		}
	}
	send()
	for hash := range given {
		if !waits[hash] {
			delete(given, hash)
		}
	}
}
