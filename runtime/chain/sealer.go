package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/miner"
)

// agreeWithin bounds the wait for the others' word on a block.
const agreeWithin = 3 * time.Second

// lookEvery is how often the sealer looks at the pool unasked: a transaction
// may have come before it listened.
const lookEvery = time.Second

// A sealer makes the blocks of a chain, if it is this process that makes them.
type sealer struct {
	chain     *Embedded
	eth       *eth.Ethereum
	heartbeat time.Duration
	quorum    Quorum // nil: none
	log       *slog.Logger
	ends      context.Context // done with close
	stop      context.CancelFunc
	done      chan struct{} // closed when run has returned
	drained   chan struct{} // closed when drain has returned
	arrived   chan struct{} // one slot: there are new transactions
}

func startSealer(e *Embedded, heartbeat time.Duration, quorum Quorum) *sealer {
	s := &sealer{
		chain: e, eth: e.eth, heartbeat: heartbeat, quorum: quorum, log: e.log,
		done: make(chan struct{}), drained: make(chan struct{}), arrived: make(chan struct{}, 1),
	}
	s.ends, s.stop = context.WithCancel(context.Background())
	go s.drain()
	go s.run()
	return s
}

func (s *sealer) close() {
	s.stop()
	<-s.done
	<-s.drained
}

// drain empties the pool's feed. The feed waits for its slowest listener and
// the pool for the feed, so the goroutine that seals must not be the one.
func (s *sealer) drain() {
	defer close(s.drained)
	txs := make(chan core.NewTxsEvent, 256)
	sub := s.eth.TxPool().SubscribeTransactions(txs, true)
	defer sub.Unsubscribe()
	for {
		select {
		case <-txs:
			select {
			case s.arrived <- struct{}{}:
			default:
			}
		case <-sub.Err():
			return
		case <-s.ends.Done():
			return
		}
	}
}

func (s *sealer) run() {
	defer close(s.done)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	ok := true
	for {
		err := s.step()
		if s.ends.Err() != nil {
			return // whatever it is, nobody is to mend it
		}
		switch {
		case errors.Is(err, ErrOvertaken): // it comes from who has made it
			err = nil
		case err != nil && ok:
			s.log.Error("chain stopped making blocks", "err", err)
		case err == nil && !ok:
			s.log.Info("chain went on making blocks")
		}
		ok = err == nil
		select {
		case <-s.ends.Done():
			return
		case <-s.arrived:
		case <-tick.C:
		}
	}
}

// step makes one block if there is something to put in it, or if it is time
// for an empty one.
func (s *sealer) step() error {
	head := s.eth.BlockChain().CurrentBlock()
	pending, queued := s.eth.TxPool().Stats()
	if s.quorum != nil && !s.quorum.Seals() {
		if pending+queued > 0 {
			s.quorum.Pass()
		}
		return nil
	}
	if pending == 0 && time.Since(time.Unix(int64(head.Time), 0)) < s.heartbeat {
		return nil
	}
	if !s.waitUntil(time.Unix(int64(head.Time)+1, 0)) {
		return nil
	}
	return s.seal(head)
}

// waitUntil waits out the second of the block before: times of blocks rise,
// and the chain's clock must not run ahead of the true one. It is false if the
// sealer is to stop.
func (s *sealer) waitUntil(t time.Time) bool {
	// More than once if the clock is set back, or runs slower than the timer.
	for {
		wait := time.NewTimer(time.Until(t))
		select {
		case <-wait.C:
			if !time.Now().Before(t) {
				return true
			}
		case <-s.ends.Done():
			wait.Stop()
			return false
		}
	}
}

func (s *sealer) seal(parent *types.Header) error {
	pool := s.eth.TxPool()
	if err := pool.Sync(); err != nil {
		return fmt.Errorf("wait for the pool: %w", err)
	}
	built, _, err := s.eth.Miner().BuildTestingPayload(&miner.BuildPayloadArgs{
		Parent:      parent.Hash(),
		Timestamp:   uint64(time.Now().Unix()),
		Withdrawals: types.Withdrawals{},
		BeaconRoot:  &common.Hash{},
	}, nil, false, nil)
	if err != nil {
		return fmt.Errorf("build block %v: %w", parent.Number.Uint64()+1, err)
	}
	block, err := blockOf(built)
	if err != nil {
		return err
	}
	if err := s.agree(block); err != nil {
		return err
	}
	if err := s.chain.Add(block); err != nil {
		return err
	}
	// The pool still counts what the block holds until it has seen it; an
	// empty block would follow and use up the next second.
	if err := pool.Sync(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("wait for the pool: %w", err)
	}
	return nil
}

// agree asks the others for a block that was made here. It was executed before:
// what can't be executed must never be agreed on.
func (s *sealer) agree(b Block) error {
	if s.quorum == nil {
		return nil
	}
	if err := s.chain.try(b); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ends, agreeWithin)
	defer cancel()
	return s.quorum.Agree(ctx, b)
}
