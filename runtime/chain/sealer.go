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

// lookEvery is how often the sealer looks at the pool unasked: a transaction
// may have come before it listened.
const lookEvery = time.Second

// A sealer makes the blocks of a chain without peers.
type sealer struct {
	eth       *eth.Ethereum
	heartbeat time.Duration
	log       *slog.Logger
	sealed    func() // called after each block
	stop      chan struct{}
	done      chan struct{} // closed when run has returned
	drained   chan struct{} // closed when drain has returned
	arrived   chan struct{} // one slot: there are new transactions
}

func startSealer(e *eth.Ethereum, heartbeat time.Duration, log *slog.Logger, sealed func()) *sealer {
	s := &sealer{
		eth: e, heartbeat: heartbeat, log: log, sealed: sealed,
		stop: make(chan struct{}), done: make(chan struct{}), drained: make(chan struct{}),
		arrived: make(chan struct{}, 1),
	}
	go s.drain()
	go s.run()
	return s
}

func (s *sealer) close() {
	close(s.stop)
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
		case <-s.stop:
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
		switch {
		case err != nil && ok:
			s.log.Error("chain stopped making blocks", "err", err)
		case err == nil && !ok:
			s.log.Info("chain went on making blocks")
		}
		ok = err == nil
		select {
		case <-s.stop:
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
	pending, _ := s.eth.TxPool().Stats()
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
		case <-s.stop:
			wait.Stop()
			return false
		}
	}
}

func (s *sealer) seal(parent *types.Header) error {
	chain, pool := s.eth.BlockChain(), s.eth.TxPool()
	if err := pool.Sync(); err != nil {
		return fmt.Errorf("wait for the pool: %w", err)
	}
	block, _, err := s.eth.Miner().BuildTestingPayload(&miner.BuildPayloadArgs{
		Parent:      parent.Hash(),
		Timestamp:   uint64(time.Now().Unix()),
		Withdrawals: types.Withdrawals{},
		BeaconRoot:  &common.Hash{},
	}, nil, false, nil)
	if err != nil {
		return fmt.Errorf("build block %v: %w", parent.Number.Uint64()+1, err)
	}
	if _, err := chain.InsertBlockWithoutSetHead(context.Background(), block, false); err != nil {
		return fmt.Errorf("insert block %v: %w", block.NumberU64(), err)
	}
	if _, err := chain.SetCanonical(block); err != nil {
		return fmt.Errorf("set head %v: %w", block.NumberU64(), err)
	}
	// Finalized only once it is on the disk: what we confirm, a kill -9 can't
	// take back. The store's log is otherwise buffered in the process.
	if err := s.eth.ChainDb().SyncKeyValue(); err != nil {
		return fmt.Errorf("sync block %v: %w", block.NumberU64(), err)
	}
	chain.SetFinalized(block.Header())
	chain.SetSafe(block.Header())
	s.sealed()
	// The pool still counts what the block holds until it has seen it; an
	// empty block would follow and use up the next second.
	if err := pool.Sync(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("wait for the pool: %w", err)
	}
	return nil
}
