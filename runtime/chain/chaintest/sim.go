package chaintest

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A Sim is go-ethereum's simulated chain. Each transaction is at once in a
// block of its own. A block's time is what Clock says when it is made; the EVM
// sees another.
type Sim struct {
	backend *simulated.Backend
	client  simClient
	inside  *rpc.Client   // the same without its types
	proved  *chain.Remote // the same, read as from far away

	mu       sync.Mutex // guards what follows
	clock    func() time.Time
	times    map[uint64]time.Time
	failure  error
	head     func(chain.Head) chain.Head
	call     func(data, out []byte) []byte
	watchers map[int]func()
	last     int
}

// simClient is what simulated.Client has and its interface does not show.
type simClient interface {
	simulated.Client
	CallContractAtHash(context.Context, ethereum.CallMsg, chain.Hash) ([]byte, error)
}

// NewSim makes a chain that lives as long as the test, and an account that can pay.
func NewSim(t testing.TB, clock func() time.Time) (*Sim, *chain.Key) {
	t.Helper()
	payer, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	rich := new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil)
	b := simulated.NewBackend(types.GenesisAlloc{payer.Address(): {Balance: rich}}, func(_ *node.Config, conf *ethconfig.Config) {
		osaka := *params.AllDevChainProtocolChanges
		osaka.BogotaTime = nil // not released, and gas is another there
		conf.Genesis.Config = &osaka
	})
	client := b.Client().(simClient)
	s := &Sim{backend: b, client: client, clock: clock, times: map[uint64]time.Time{}, watchers: map[int]func(){}}
	// Simulated.Client has a field of this name, which its interface hides.
	s.inside = reflect.ValueOf(client).FieldByName("Client").Interface().(*ethclient.Client).Client()
	// Each block is final at once.
	s.proved = chain.Attach(s.inside, chain.RemoteConfig{Agreed: func() (uint64, chain.Hash, bool) {
		h, err := client.HeaderByNumber(context.Background(), nil)
		if err != nil {
			return 0, chain.Hash{}, false
		}
		return h.Number.Uint64(), h.Hash(), true
	}})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Commit()
	return s, payer
}

// Commit makes a block.
func (s *Sim) Commit() {
	s.backend.Commit()
	n, err := s.client.BlockNumber(context.Background())
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	s.times[n] = s.clock().Truncate(time.Second)
	calls := make([]func(), 0, len(s.watchers))
	for _, f := range s.watchers {
		calls = append(calls, f)
	}
	s.mu.Unlock()
	for _, f := range calls {
		f()
	}
}

// Fork makes a block on top of the one with the hash parent, and one more, so
// that what followed on that block is replaced.
func (s *Sim) Fork(parent chain.Hash) error {
	if err := s.backend.Fork(parent); err != nil {
		return err
	}
	s.Commit()
	return nil
}

// Fail makes every request fail, or with nil no longer.
func (s *Sim) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// TwistHead changes what Head answers, or with nil no longer.
func (s *Sim) TwistHead(f func(chain.Head) chain.Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = f
}

// TwistCall changes what Call answers, or with nil no longer.
func (s *Sim) TwistCall(f func(data, out []byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call = f
}

func (s *Sim) fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// ID implements chain.Reader.
func (s *Sim) ID(ctx context.Context) (uint64, error) {
	id, err := s.client.ChainID(ctx)
	if err := errors.Join(err, s.fault()); err != nil {
		return 0, err
	}
	return id.Uint64(), nil
}

// Head implements chain.Reader.
func (s *Sim) Head(ctx context.Context) (chain.Head, error) {
	h, err := s.client.HeaderByNumber(ctx, nil)
	if err := errors.Join(err, s.fault()); err != nil {
		return chain.Head{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, known := s.times[h.Number.Uint64()]
	if !known {
		// Between the making of a block and the noting of its time.
		return chain.Head{}, fmt.Errorf("block %v is being made", h.Number)
	}
	head := chain.Head{Number: h.Number.Uint64(), Hash: h.Hash(), Time: at}
	if s.head != nil {
		head = s.head(head)
	}
	return head, nil
}

// Call implements chain.Reader.
func (s *Sim) Call(ctx context.Context, at chain.Hash, to chain.Address, data []byte) ([]byte, error) {
	out, err := s.client.CallContractAtHash(ctx, ethereum.CallMsg{To: &to, Data: data}, at)
	if err := errors.Join(reverted(err), s.fault()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	twist := s.call
	s.mu.Unlock()
	if twist != nil {
		out = twist(data, out)
	}
	return out, nil
}

// State implements chain.Reader.
func (s *Sim) State(ctx context.Context, at chain.Hash) (chain.State, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	return s.proved.State(ctx, at)
}

// Header implements chain.Reader.
func (s *Sim) Header(ctx context.Context, number uint64) (chain.Header, error) {
	if err := s.fault(); err != nil {
		return chain.Header{}, err
	}
	return s.proved.Header(ctx, number)
}

// Logs implements chain.Reader.
func (s *Sim) Logs(ctx context.Context, q chain.Query) ([]chain.Log, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	return s.proved.Logs(ctx, q)
}

// ReceiptProof implements chain.Reader.
func (s *Sim) ReceiptProof(ctx context.Context, tx chain.Hash) (*chain.ReceiptProof, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	return s.proved.ReceiptProof(ctx, tx)
}

// Watch implements chain.Reader.
func (s *Sim) Watch(changed func()) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	n := s.last
	s.watchers[n] = changed
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, n)
	}
}

// Nonce implements chain.Chain.
func (s *Sim) Nonce(ctx context.Context, account chain.Address) (uint64, error) {
	n, err := s.client.PendingNonceAt(ctx, account)
	return n, errors.Join(err, s.fault())
}

// Fee implements chain.Chain.
func (s *Sim) Fee(ctx context.Context) (chain.Fee, error) {
	price, err := s.client.SuggestGasPrice(ctx)
	tip, tipErr := s.client.SuggestGasTipCap(ctx)
	if err := errors.Join(err, tipErr, s.fault()); err != nil {
		return chain.Fee{}, err
	}
	return chain.Fee{Max: price.Mul(price, big.NewInt(2)), Tip: tip}, nil
}

// Gas implements chain.Chain.
func (s *Sim) Gas(ctx context.Context, from chain.Address, to *chain.Address, data []byte) (uint64, error) {
	n, err := s.client.EstimateGas(ctx, ethereum.CallMsg{From: from, To: to, Data: data})
	return n, errors.Join(reverted(err), s.fault())
}

// Send implements chain.Chain, and makes a block.
func (s *Sim) Send(ctx context.Context, raw []byte) (chain.Hash, error) {
	var tx types.Transaction
	if err := errors.Join(tx.UnmarshalBinary(raw), s.fault()); err != nil {
		return chain.Hash{}, err
	}
	if err := s.client.SendTransaction(ctx, &tx); err != nil {
		return chain.Hash{}, err
	}
	s.Commit()
	return tx.Hash(), nil
}

// Receipt implements chain.Chain.
func (s *Sim) Receipt(ctx context.Context, tx chain.Hash) (chain.Receipt, error) {
	for {
		r, err := s.client.TransactionReceipt(ctx, tx)
		if err == nil {
			return chain.Receipt{Tx: tx, Block: r.BlockNumber.Uint64(), OK: r.Status == types.ReceiptStatusSuccessful,
				Contract: r.ContractAddress, Gas: r.GasUsed}, s.fault()
		}
		select {
		case <-ctx.Done():
			return chain.Receipt{}, ctx.Err()
		case <-time.After(time.Millisecond): // its index of transactions lags behind
		}
	}
}

func reverted(err error) error {
	if data, ok := ethclient.RevertErrorData(err); ok {
		return &chain.RevertError{Msg: err.Error(), Data: data}
	}
	return err
}

var _ chain.Chain = (*Sim)(nil)
